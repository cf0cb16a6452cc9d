"""T-34, the server's side: nothing outside of the bytes tells a real request from cover traffic."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import httpx
import pytest
from sqlalchemy import Connection

from bluezone.authority.api.app import create_app
from bluezone.authority.home import memory_authority
from bluezone.authority.service import Authority
from bluezone.authority.settings import ServiceRules
from bluezone.clock import LoopClock
from bluezone.protocol.upload import (
    AnswerStatus,
    Redemption,
    RedemptionMode,
    decode_answer,
    encode_cover_upload,
)
from bluezone.sim.virtual_time import run_virtual
from tests.unit.authority.case import (
    NOW,
    TODAY,
    UNKNOWN_CODE,
    code_request,
    make_case,
    running_authority,
    seeded,
)

ROUNDS = 30
# What somebody sees who reads no content: size, header names and values, status, and the wait in seconds.
Outside = tuple[int, int, tuple[tuple[str, str], ...], float]


async def ask(
    client: httpx.AsyncClient, clock: LoopClock, address: str, data: bytes
) -> tuple[bytes, Outside]:
    """An answer, and what it looks like from outside."""
    before = clock.monotonic()
    answer = await client.post(address, content=data)
    headers = tuple(sorted(answer.headers.items()))
    waited = round(clock.monotonic() - before, 6)
    return answer.content, (answer.status_code, len(answer.content), headers, waited)


async def real_pair(
    client: httpx.AsyncClient, clock: LoopClock, authority: Authority, number: int
) -> list[Outside]:
    """Code, certificate, upload; every third person uses a sample, every fifth mistypes."""
    case = make_case(1000 + number)
    if number % 3:
        request = code_request(await authority.issue_code(TODAY), case.commitment)
    else:
        await authority.laboratory.add_sample(str(number), case.commitment)
        await authority.laboratory.certify(str(number), TODAY)
        request = Redemption(RedemptionMode.SWAB, bytes(8), case.commitment).encode()
    if number % 5 == 4:
        request = code_request(UNKNOWN_CODE, case.commitment)
    answer, first = await ask(client, clock, "/v1/redeem", request)
    upload = case.upload(decode_answer(answer).certificate).encode()
    return [first, (await ask(client, clock, "/v1/publish", upload))[1]]


async def cover_pair(client: httpx.AsyncClient, clock: LoopClock, draw: random.Random) -> list[Outside]:
    """The same two requests from a phone that has nothing to say."""
    fake = Redemption(RedemptionMode.COVER, draw.randbytes(8), draw.randbytes(32)).encode()
    upload = encode_cover_upload(draw.randbytes(4089))
    first = (await ask(client, clock, "/v1/redeem", fake))[1]
    return [first, (await ask(client, clock, "/v1/publish", upload))[1]]


async def all_pairs(busy_s: Callable[[], float] | None = None) -> tuple[list[list[Outside]], ...]:
    """Real and cover pairs, and pairs that are refused; the database takes `busy_s` for each transaction."""
    clock = LoopClock(NOW)
    # Enough for those who mistype; who only guesses is refused before the database is asked.
    rules = ServiceRules(guess_burst=7)
    authority = await memory_authority(clock=clock, random_bytes=seeded(), rules=rules)
    transport = httpx.ASGITransport(app=create_app(authority, build_batches=False))  # type: ignore[arg-type]
    draw = random.Random(34)
    if busy_s is not None:
        make_busy(authority, clock, busy_s)
    async with httpx.AsyncClient(transport=transport, base_url="http://authority") as client:
        real = [await real_pair(client, clock, authority, number) for number in range(ROUNDS)]
        cover = [await cover_pair(client, clock, draw) for _ in range(ROUNDS)]
        refused = [await refused_pair(client, clock, draw) for _ in range(ROUNDS)]
    await authority.close()
    return real, cover, refused


def make_busy(authority: Authority, clock: LoopClock, busy_s: Callable[[], float]) -> None:
    """As if a slow disk held the database: on the loop's clock, which work in a thread does not move."""
    run = authority._database.run

    async def late(call: Callable[[Connection], object]) -> object:
        await clock.sleep(busy_s())
        return await run(call)

    authority._database.run = late  # type: ignore[method-assign,assignment]


async def refused_pair(client: httpx.AsyncClient, clock: LoopClock, draw: random.Random) -> list[Outside]:
    """Decided without the database: malformed, guessed once too often, and a certificate that is forged."""
    guess = Redemption(RedemptionMode.CODE, draw.randbytes(8), draw.randbytes(32)).encode()
    first = draw.choice([b"", draw.randbytes(48), guess])
    forged = make_case(draw.randrange(1000)).upload(bytes(109)).encode()
    second = draw.choice([b"", draw.randbytes(4096), forged])
    return [
        (await ask(client, clock, "/v1/redeem", first))[1],
        (await ask(client, clock, "/v1/publish", second))[1],
    ]


def test_real_and_cover_requests_look_alike_from_outside() -> None:
    real, cover, refused = run_virtual(all_pairs())
    # Stronger than a two-sample test: all samples are one constant.
    assert len({tuple(pair) for pair in [*real, *cover, *refused]}) == 1
    assert {outside[3] for pair in real for outside in pair} == {1.0}


def test_they_look_alike_while_the_database_is_busy() -> None:
    real, cover, refused = run_virtual(all_pairs(lambda: 3.0))
    assert len({tuple(pair) for pair in [*real, *cover, *refused]}) == 1
    assert {outside[3] for pair in real for outside in pair} == {3.0}


def test_what_a_real_request_needs_more_of_a_busy_database_does_not_show() -> None:
    draw = random.Random(35)
    real, cover, refused = run_virtual(all_pairs(lambda: draw.uniform(3.05, 3.95)))
    assert {outside[3] for pair in [*real, *cover, *refused] for outside in pair} == {4.0}


async def test_a_request_takes_one_turn_at_the_database_whatever_it_is() -> None:
    """One more would be one more wait for each group of others."""
    async with running_authority(rules=ServiceRules(guess_burst=1)) as (authority, _):
        case, noise = make_case(), seeded()
        code = await authority.issue_code(TODAY)
        certificate = decode_answer(await authority.redeem(code_request(code, case.commitment))).certificate
        requests: dict[str, Callable[[], Awaitable[bytes]]] = {
            "code": lambda: authority.redeem(code_request(code, case.commitment)),
            "unknown code": lambda: authority.redeem(code_request(UNKNOWN_CODE, case.commitment)),
            "too many guesses": lambda: authority.redeem(code_request(UNKNOWN_CODE, case.commitment)),
            "no sample": lambda: authority.redeem(
                Redemption(RedemptionMode.SWAB, bytes(8), case.commitment).encode()
            ),
            "cover": lambda: authority.redeem(Redemption(RedemptionMode.COVER, noise(8), noise(32)).encode()),
            "malformed": lambda: authority.redeem(b""),
            "upload": lambda: authority.publish(case.upload(certificate).encode()),
            "upload again": lambda: authority.publish(case.upload(certificate).encode()),
            "forged": lambda: authority.publish(case.upload(bytes(109)).encode()),
            "other keys": lambda: authority.publish(make_case(2).upload(certificate).encode()),
            "cover upload": lambda: authority.publish(encode_cover_upload(noise(4089))),
            "malformed upload": lambda: authority.publish(bytes(4096)),
        }
        turns = {}
        for name, request in requests.items():
            with watched(authority) as calls:
                await request()
            turns[name] = len(calls)
        assert turns == dict.fromkeys(requests, 1)


@contextmanager
def watched(authority: Authority) -> Iterator[list[object]]:
    """What the database is asked meanwhile."""
    calls: list[object] = []
    run = authority._database.run

    async def noted(call: Callable[[Connection], object]) -> object:
        calls.append(call)
        return await run(call)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(authority._database, "run", noted)
        yield calls


async def test_cover_is_told_to_try_again_when_a_real_request_would_be() -> None:
    """Otherwise only real uploads would be sent again once the database is back."""
    redemption = Redemption(RedemptionMode.COVER, bytes(8), bytes(32)).encode()
    upload = encode_cover_upload(bytes(4089))
    async with running_authority() as (authority, _):
        for status in (AnswerStatus.GOOD, AnswerStatus.UNAVAILABLE):
            assert decode_answer(await authority.redeem(redemption)).status is status
            assert decode_answer(await authority.publish(upload)).status is status
            assert decode_answer(await authority.publish(bytes(4096))).status is AnswerStatus.MALFORMED
            await authority._database.close()


def test_a_certificate_of_cover_traffic_is_as_random_as_a_real_one() -> None:
    async def answers() -> list[bytes]:
        clock = LoopClock(NOW)
        authority = await memory_authority(clock=clock, random_bytes=seeded())
        request = Redemption(RedemptionMode.COVER, bytes(8), bytes(32)).encode()
        found = [decode_answer(await authority.redeem(request)).certificate for _ in range(200)]
        await authority.close()
        return found

    certificates = run_virtual(answers())
    assert len(set(certificates)) == 200
    ones = sum(int.from_bytes(one, "big").bit_count() for one in certificates)
    bits = 200 * 109 * 8
    assert abs(ones - bits / 2) < 5 * (bits / 4) ** 0.5
