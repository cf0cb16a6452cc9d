"""T-34, the server's side: nothing outside of the bytes tells a real request from cover traffic."""

from __future__ import annotations

import random

import httpx

from bluezone.authority.api.app import create_app
from bluezone.authority.home import memory_authority
from bluezone.authority.service import Authority
from bluezone.clock import LoopClock
from bluezone.protocol.upload import (
    Redemption,
    RedemptionMode,
    decode_answer,
    encode_cover_upload,
)
from bluezone.sim.virtual_time import run_virtual
from tests.unit.authority.case import NOW, TODAY, UNKNOWN_CODE, code_request, make_case, seeded

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


def test_real_and_cover_requests_look_alike_from_outside() -> None:
    async def both() -> tuple[list[list[Outside]], list[list[Outside]]]:
        clock = LoopClock(NOW)
        authority = await memory_authority(clock=clock, random_bytes=seeded())
        transport = httpx.ASGITransport(app=create_app(authority, build_batches=False))  # type: ignore[arg-type]
        draw = random.Random(34)
        async with httpx.AsyncClient(transport=transport, base_url="http://authority") as client:
            real = [await real_pair(client, clock, authority, number) for number in range(ROUNDS)]
            cover = [await cover_pair(client, clock, draw) for _ in range(ROUNDS)]
        await authority.close()
        return real, cover

    real, cover = run_virtual(both())
    # Stronger than a two-sample test: both samples are one constant.
    assert {tuple(pair) for pair in real} == {tuple(pair) for pair in cover}
    assert len({tuple(pair) for pair in real}) == 1
    assert {outside[3] for pair in real for outside in pair} == {1.0}


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
