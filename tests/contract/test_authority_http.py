"""The authority over HTTP, as a phone and a monitoring program see it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from bluezone.authority.api.app import create_app
from bluezone.authority.home import memory_authority
from bluezone.authority.service import Authority
from bluezone.clock import LoopClock, ManualClock
from bluezone.protocol.batch_index import decode_index
from bluezone.protocol.signed_time import verify_time
from bluezone.protocol.upload import (
    AnswerStatus,
    Redemption,
    RedemptionMode,
    decode_answer,
    encode_cover_upload,
)
from bluezone.sim.virtual_time import run_virtual
from bluezone.web.byte_range import RangeUnsatisfiable, parse_range
from tests.unit.authority.case import (
    NOW,
    TODAY,
    UNKNOWN_CODE,
    code_request,
    make_case,
    running_authority,
    seeded,
)

S = AnswerStatus


@asynccontextmanager
async def service() -> AsyncIterator[tuple[httpx.AsyncClient, Authority, ManualClock]]:
    """The app without its batch loop: a clock that sleeps by advancing would build batches for ever."""
    async with running_authority() as (authority, clock):
        transport = httpx.ASGITransport(app=create_app(authority, build_batches=False))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://authority") as client:
            yield client, authority, clock


async def post(client: httpx.AsyncClient, address: str, data: bytes) -> AnswerStatus:
    """The status in the 128 bytes; everything around them must always be the same."""
    answer = await client.post(address, content=data)
    assert answer.status_code == 200
    assert len(answer.content) == 128
    assert dict(answer.headers) == {
        "content-type": "application/octet-stream",
        "content-length": "128",
        "cache-control": "no-store",
    }
    return decode_answer(answer.content).status


async def test_the_whole_way_from_code_to_batch() -> None:
    async with service() as (client, authority, _):
        case = make_case()
        code = await authority.issue_code(TODAY)
        answer = await client.post("/v1/redeem", content=code_request(code, case.commitment))
        certificate = decode_answer(answer.content).certificate
        assert await post(client, "/v1/publish", case.upload(certificate).encode()) is S.GOOD
        await authority.build_batch()
        index = decode_index((await client.get("/v1/batches/index.json")).content, 84)
        assert (index.first, index.last) == (1, 1)
        body = (await client.get("/v1/batches/00000001.body")).content
        assert sum(tek in body for tek in case.teks) == 6


async def test_every_answer_comes_one_second_after_arrival() -> None:
    async with service() as (client, authority, clock):
        cover = Redemption(RedemptionMode.COVER, bytes(8), bytes(32)).encode()
        code = code_request(await authority.issue_code(TODAY), bytes(32))
        for address, data in [
            ("/v1/redeem", cover),
            ("/v1/redeem", code),
            ("/v1/redeem", b""),
            ("/v1/publish", encode_cover_upload(seeded()(4089))),
            ("/v1/publish", make_case().upload(bytes(109)).encode()),
            ("/v1/publish", b"x" * 4095),
        ]:
            before = clock.monotonic()
            await post(client, address, data)
            assert clock.monotonic() - before == pytest.approx(1.0)


async def test_work_counts_towards_the_second() -> None:
    async with service() as (client, authority, clock):
        answer = authority.redeem

        async def slow(data: bytes, caller: str = "") -> bytes:
            clock.advance(0.7)
            return await answer(data, caller)

        authority.redeem = slow  # type: ignore[method-assign]
        before = clock.monotonic()
        await post(client, "/v1/redeem", b"")
        assert clock.monotonic() - before == pytest.approx(1.0)


@pytest.mark.parametrize("length", [0, 4095, 4097, 100_000])
async def test_uploads_of_another_size_are_malformed(length: int) -> None:
    async with service() as (client, _, _):
        assert await post(client, "/v1/publish", b"B" * length) is S.MALFORMED


async def test_no_more_than_one_byte_too_many_is_read() -> None:
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        while True:
            taken += 1
            assert taken < 100, "the service goes on reading"
            yield bytes(1024)

    async with running_authority() as (authority, _):
        app = create_app(authority, build_batches=False)
        body, sent = endless(), []

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": await anext(body), "more_body": True}

        async def send(message: dict[str, object]) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/v1/publish",
            "raw_path": b"/v1/publish",
            "query_string": b"",
            "root_path": "",
            "headers": [],
            "client": ("192.0.2.1", 1),
            "server": ("authority", 80),
            "scheme": "http",
            "http_version": "1.1",
        }
        await app(scope, receive, send)  # type: ignore[arg-type]
    assert taken == 5
    assert sent[0]["status"] == 200


async def test_guessing_is_limited_for_one_address_only() -> None:
    async with running_authority() as (authority, _):
        app = create_app(authority, build_batches=False)
        guess = code_request(UNKNOWN_CODE, bytes(32))

        async def ask(address: str) -> AnswerStatus:
            transport = httpx.ASGITransport(app=app, client=(address, 1))  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://authority") as client:
                return await post(client, "/v1/redeem", guess)

        answers = [await ask("192.0.2.1") for _ in range(25)]
        assert answers[:20] == [S.CODE_UNKNOWN] * 20
        assert answers[-1] is S.TOO_MANY_GUESSES
        assert await ask("192.0.2.2") is S.CODE_UNKNOWN


async def test_signed_time() -> None:
    async with service() as (client, authority, _):
        nonce = bytes(range(16))
        answer = await client.post("/v1/time", content=nonce)
        assert verify_time(answer.content, nonce, authority.region.time_key) == NOW
        short = await client.post("/v1/time", content=nonce[:-1])
        assert (short.status_code, short.json()["code"]) == (400, "signed-time")
        long = await client.post("/v1/time", content=nonce * 100)
        assert (long.status_code, long.json()["code"]) == (413, "too-large")


async def test_the_index_is_short_lived_and_conditional() -> None:
    async with service() as (client, authority, clock):
        missing = await client.get("/v1/batches/index.json")
        assert (missing.status_code, missing.json()["code"]) == (404, "object-missing")
        await authority.build_batch()
        first = await client.get("/v1/batches/index.json")
        assert first.headers["cache-control"] == "public, max-age=60"
        tag = first.headers["etag"]
        same = await client.get("/v1/batches/index.json", headers={"if-none-match": f'W/{tag}, "other"'})
        assert (same.status_code, same.content) == (304, b"")
        assert same.headers["etag"] == tag
        clock.advance(1)
        await authority.build_batch()
        changed = await client.get("/v1/batches/index.json", headers={"if-none-match": tag})
        assert changed.status_code == 200


async def test_batches_are_immutable_and_resumable() -> None:
    async with service() as (client, authority, _):
        await authority.build_batch()
        address = "/v1/batches/00000001.body"
        whole = await client.get(address)
        assert whole.headers["cache-control"] == "public, max-age=1814400, immutable"
        assert whole.headers["accept-ranges"] == "bytes"
        tag, length = whole.headers["etag"], len(whole.content)
        rest = await client.get(address, headers={"range": "bytes=1000-", "if-range": tag})
        assert rest.status_code == 206
        assert rest.headers["content-range"] == f"bytes 1000-{length - 1}/{length}"
        assert whole.content[:1000] + rest.content == whole.content
        other = await client.get(address, headers={"range": "bytes=1000-", "if-range": '"other"'})
        assert (other.status_code, other.content) == (200, whole.content)
        beyond = await client.get(address, headers={"range": f"bytes={length}-"})
        assert (beyond.status_code, beyond.json()["code"]) == (416, "range")
        assert beyond.headers["content-range"] == f"bytes */{length}"


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (None, None),
        ("bytes=0-9", (0, 10)),
        ("bytes=90-200", (90, 100)),
        ("bytes=-10", (90, 100)),
        ("bytes=-1000", (0, 100)),
        ("bytes=99-", (99, 100)),
        ("bytes=-", None),
        ("bytes=9-3", None),
        ("bytes=0-1,5-6", None),
        ("chapters=1-2", None),
        ("bytes=" + "9" * 40 + "-", None),
    ],
)
def test_ranges(header: str | None, part: tuple[int, int] | None) -> None:
    assert parse_range(header, 100) == part


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=-0", "bytes=100-200"])
def test_ranges_after_the_end(header: str) -> None:
    with pytest.raises(RangeUnsatisfiable):
        parse_range(header, 100)


@pytest.mark.parametrize(
    ("method", "address", "status", "code"),
    [
        ("GET", "/", 404, "not-found"),
        ("GET", "/v1/publish", 405, "method-not-allowed"),
        ("GET", "/v1/batches/00000009.body", 404, "object-missing"),
        ("GET", "/v1/batches/..%2Fauthority.db", 404, "object-missing"),
        ("GET", "/v1/batches/authority.toml", 404, "object-missing"),
    ],
)
async def test_addresses_that_lead_nowhere(method: str, address: str, status: int, code: str) -> None:
    async with service() as (client, _, _):
        answer = await client.request(method, address)
        assert answer.status_code == status
        assert answer.json()["code"] in (code, "not-found")
        assert answer.json()["message"].endswith(".")


async def test_an_unforeseen_error_tells_nothing_but_that() -> None:
    async with service() as (client, authority, _):

        async def broken() -> None:
            raise RuntimeError("secret words")

        authority.index = broken  # type: ignore[method-assign,assignment]
        answer = await client.get("/v1/batches/index.json")
        assert (answer.status_code, answer.json()["code"]) == (500, "internal")
        assert "secret" not in answer.text


async def test_health() -> None:
    async with service() as (client, authority, clock):
        assert (await client.get("/health")).status_code == 503
        await authority.build_batch()
        well = await client.get("/health")
        assert (well.status_code, well.json()["status"], well.json()["last_batch"]["seq"]) == (200, "ok", 1)
        clock.advance(14400 + 901)
        overdue = await client.get("/health")
        assert overdue.status_code == 503
        assert "overdue" in overdue.json()["problems"][0]


def test_the_app_builds_batches_by_itself_in_virtual_time() -> None:
    async def two_days() -> tuple[int, int]:
        clock = LoopClock(NOW)
        authority = await memory_authority(clock=clock, random_bytes=seeded())
        app = create_app(authority)
        async with app.lifespan():
            transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
            async with httpx.AsyncClient(transport=transport, base_url="http://authority") as client:
                await asyncio.sleep(2 * 86400)
                index = decode_index((await client.get("/v1/batches/index.json")).content, 84)
                health = await client.get("/health")
        return index.last, health.status_code

    # One at the start, then twelve points of the four-hour grid.
    assert run_virtual(two_days()) == (13, 200)
