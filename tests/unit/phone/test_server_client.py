"""The phone's HTTP: resuming, sizes, conditional requests, and answers of a hostile service."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from bluezone.clock import ManualClock
from bluezone.phone.errors import ServerError, ServerUnreachable, UnexpectedAnswer
from bluezone.phone.server_client import ServerClient, open_http
from bluezone.protocol.batch import Section
from bluezone.protocol.batch_index import INDEX_ADDRESS, body_address
from bluezone.protocol.errors import BodyMismatch, IndexMalformed, ManifestMalformed, SignedTimeError
from bluezone.protocol.manifest import Manifest
from bluezone.protocol.signed_time import TIME_ADDRESS, sign_time
from bluezone.protocol.upload import Answer, AnswerStatus, Redemption, RedemptionMode
from tests.unit.phone.case import MIDNIGHT, REGION, Service, Stream, open_client
from tests.vectors import signed

TEKS = tuple(bytes([number]) * 16 for number in range(1, 100))
SECTIONS = [Section(2_833_200, 24, TEKS)]
BODY_LENGTH = 9 + 16 * 99


BROKEN = httpx.ReadError("the connection broke")


class Endless(httpx.AsyncByteStream):
    """A body without an end; counts what was taken from it."""

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 1000
            yield bytes(1000)


@pytest.fixture
def service() -> Service:
    """A service whose clock is at midnight."""
    return Service(ManualClock(MIDNIGHT, 50.0))


@pytest.fixture
def client(service: Service) -> ServerClient:
    """A client of it."""
    return open_client(service)


@pytest.fixture
def manifest(service: Service) -> Manifest:
    """The manifest of a batch with 99 keys on offer."""
    return service.publish(SECTIONS)


def answer_with(service: Service, *answers: httpx.Response | httpx.HTTPError) -> None:
    """Lets the service give these answers first."""
    waiting = iter(answers)

    def before(_request: httpx.Request) -> httpx.Response | None:
        found = next(waiting, None)
        if isinstance(found, httpx.HTTPError):
            raise found
        return found

    service.before = before


class TestTime:
    """The nonce is fresh, the answer verified, the round trip measured."""

    async def test_good(self, service: Service, client: ServerClient) -> None:
        def slow(_request: httpx.Request) -> None:
            service.clock.advance(4)

        service.before = slow
        answer = await client.ask_time()
        assert (answer.signed, answer.asked_at, answer.answered_at) == (MIDNIGHT + 4, 50.0, 54.0)
        assert service.paths() == [TIME_ADDRESS]

    async def test_every_question_has_its_own_nonce(self, service: Service, client: ServerClient) -> None:
        await client.ask_time()
        await client.ask_time()
        assert len(set(service.bodies)) == 2
        assert all(len(nonce) == 16 for nonce in service.bodies)

    async def test_forged_replayed_and_cut_answers(self, service: Service, client: ServerClient) -> None:
        key = signed.private_key("time")
        wrong = signed.private_key("operator")
        answers = [
            sign_time(bytes(16), MIDNIGHT, key),
            bytes(96),
            sign_time(bytes(16), MIDNIGHT, key)[:-1],
            b"",
        ]
        answer_with(service, *(httpx.Response(200, content=content) for content in answers))
        for _ in answers:
            with pytest.raises(SignedTimeError):
                await client.ask_time()
        service.before = lambda r: httpx.Response(200, content=sign_time(r.content, MIDNIGHT, wrong))
        with pytest.raises(SignedTimeError):
            await client.ask_time()


class TestIndex:
    """Conditional, and only what is well formed."""

    async def test_not_changed_means_none(self, service: Service, client: ServerClient) -> None:
        service.publish(SECTIONS)
        first = await client.fetch_index()
        assert first is not None
        assert first.last == 1
        assert await client.fetch_index() is None
        assert "If-None-Match" not in service.requests[0].headers
        assert service.requests[1].headers["If-None-Match"] == '"1-1"'
        client.forget_index()
        assert await client.fetch_index() is not None
        service.publish(SECTIONS)
        second = await client.fetch_index()
        assert second is not None
        assert second.last == 2

    async def test_malformed_ones_are_refused_and_leave_no_tag(
        self, service: Service, client: ServerClient
    ) -> None:
        service.publish(SECTIONS)
        answer_with(service, httpx.Response(200, content=b"{}", headers={"ETag": '"x"'}))
        with pytest.raises(IndexMalformed):
            await client.fetch_index()
        assert await client.fetch_index() is not None
        assert "If-None-Match" not in service.requests[1].headers

    @pytest.mark.parametrize("tag", [b'"\xff\xfe"', b"x" * 500])
    async def test_a_hostile_tag_is_not_sent_back(
        self, service: Service, client: ServerClient, tag: bytes
    ) -> None:
        service.publish(SECTIONS)
        good = service(httpx.Request("GET", REGION.address + INDEX_ADDRESS)).content
        answer_with(service, httpx.Response(200, content=good, headers=[(b"ETag", tag)]))
        await client.fetch_index()
        assert await client.fetch_index() is not None
        assert "If-None-Match" not in service.requests[-1].headers


class TestBody:
    """Whole and signed, or not at all; a broken one goes on where it stopped."""

    async def test_whole(self, client: ServerClient, manifest: Manifest, tmp_path: Path) -> None:
        body = await client.fetch_body(manifest, tmp_path / "x.part")
        assert len(body) == BODY_LENGTH
        assert list(tmp_path.iterdir()) == []

    async def test_it_goes_on_where_it_broke(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path
    ) -> None:
        whole = service.files[body_address(1)]
        answer_with(
            service,
            httpx.Response(200, stream=Stream(whole[:700], BROKEN)),
            httpx.Response(206, stream=Stream(whole[700:1000], BROKEN)),
        )
        for kept in (700, 1000):
            with pytest.raises(ServerUnreachable):
                await client.fetch_body(manifest, tmp_path / "x.part")
            assert (tmp_path / "x.part").stat().st_size == kept
        # Another process, after a restart, goes on too.
        assert await open_client(service).fetch_body(manifest, tmp_path / "x.part") == whole
        assert [request.headers.get("Range") for request in service.requests] == [
            None,
            "bytes=700-",
            "bytes=1000-",
        ]
        assert list(tmp_path.iterdir()) == []

    async def test_an_end_without_an_error_goes_on_too(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path
    ) -> None:
        whole = service.files[body_address(1)]
        answer_with(service, httpx.Response(200, content=whole[:700]))
        with pytest.raises(ServerUnreachable, match="700"):
            await client.fetch_body(manifest, tmp_path / "x.part")
        assert await client.fetch_body(manifest, tmp_path / "x.part") == whole

    async def test_a_service_without_ranges_begins_anew(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path
    ) -> None:
        whole = service.files[body_address(1)]
        (tmp_path / "x.part").write_bytes(whole[:700])
        answer_with(service, httpx.Response(200, content=whole))
        assert await client.fetch_body(manifest, tmp_path / "x.part") == whole

    async def test_a_whole_part_needs_no_request(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path
    ) -> None:
        (tmp_path / "x.part").write_bytes(service.files[body_address(1)])
        await client.fetch_body(manifest, tmp_path / "x.part")
        assert service.requests == []

    @pytest.mark.parametrize("left", [b"\xff" * 700, b"\xff" * BODY_LENGTH, b"\xff" * 9999])
    async def test_a_part_of_something_else_heals(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path, left: bytes
    ) -> None:
        (tmp_path / "x.part").write_bytes(left)
        try:
            body = await client.fetch_body(manifest, tmp_path / "x.part")
        except BodyMismatch:
            assert not (tmp_path / "x.part").exists()
            body = await client.fetch_body(manifest, tmp_path / "x.part")
        assert body == service.files[body_address(1)]

    async def test_a_range_that_cannot_be_satisfied_begins_anew(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path
    ) -> None:
        (tmp_path / "x.part").write_bytes(bytes(5))
        answer_with(service, httpx.Response(416))
        with pytest.raises(UnexpectedAnswer):
            await client.fetch_body(manifest, tmp_path / "x.part")
        assert await client.fetch_body(manifest, tmp_path / "x.part") == service.files[body_address(1)]

    async def test_a_passing_trouble_keeps_what_has_arrived(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path
    ) -> None:
        (tmp_path / "x.part").write_bytes(service.files[body_address(1)][:700])
        answer_with(service, httpx.Response(503), httpx.ConnectError("no route"))
        for _ in range(2):
            with pytest.raises(ServerError):
                await client.fetch_body(manifest, tmp_path / "x.part")
        assert (tmp_path / "x.part").stat().st_size == 700

    async def test_another_content_is_a_mismatch(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path
    ) -> None:
        service.files[body_address(1)] = bytes(BODY_LENGTH)
        with pytest.raises(BodyMismatch):
            await client.fetch_body(manifest, tmp_path / "x.part")
        assert list(tmp_path.iterdir()) == []

    async def test_an_endless_one_is_cut_and_thrown_away(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path
    ) -> None:
        endless = Endless()
        answer_with(service, httpx.Response(200, stream=endless))
        with pytest.raises(BodyMismatch):
            await client.fetch_body(manifest, tmp_path / "x.part")
        assert endless.taken <= BODY_LENGTH + 2000
        assert list(tmp_path.iterdir()) == []

    async def test_a_compressed_one_is_not_unpacked(
        self, service: Service, client: ServerClient, manifest: Manifest, tmp_path: Path
    ) -> None:
        bomb = gzip.compress(bytes(50_000_000))
        assert len(bomb) > BODY_LENGTH
        answer_with(service, httpx.Response(200, stream=Stream(bomb), headers={"Content-Encoding": "gzip"}))
        with pytest.raises(BodyMismatch):
            await client.fetch_body(manifest, tmp_path / "x.part")
        assert service.requests[0].headers["Accept-Encoding"] == "identity"

    async def test_an_empty_body(self, service: Service, client: ServerClient, tmp_path: Path) -> None:
        empty = service.publish([])
        assert await client.fetch_body(empty, tmp_path / "x.part") == b""


class TestExchanges:
    """Redemption and publishing: 128 bytes, always."""

    async def test_good(self, service: Service, client: ServerClient) -> None:
        request = Redemption(RedemptionMode.CODE, bytes(8), bytes(32)).encode()
        assert (await client.redeem(request)).status is AnswerStatus.GOOD
        service.answers = [Answer(AnswerStatus.KEYS_OVERLAP)]
        assert (await client.publish(bytes(4096))).status is AnswerStatus.KEYS_OVERLAP
        assert service.paths() == ["/v1/redeem", "/v1/publish"]
        assert [len(body) for body in service.bodies] == [48, 4096]

    @pytest.mark.parametrize("content", [b"", bytes(127), b"\xff" * 128, b"\x63" + bytes(127)])
    async def test_an_unknown_answer(self, service: Service, client: ServerClient, content: bytes) -> None:
        answer_with(service, httpx.Response(200, content=content))
        with pytest.raises(UnexpectedAnswer):
            await client.publish(bytes(4096))

    async def test_oversized_answers_are_not_read_to_their_end(
        self, service: Service, client: ServerClient
    ) -> None:
        calls = (
            client.ask_time,
            client.fetch_index,
            lambda: client.fetch_manifest(1),
            lambda: client.redeem(b""),
        )
        for call in calls:
            endless = Endless()
            answer_with(service, httpx.Response(200, stream=endless))
            with pytest.raises(UnexpectedAnswer):
                await call()
            assert endless.taken <= 6000

    @pytest.mark.parametrize("status", [201, 204, 301, 302, 400, 404, 500, 503])
    async def test_other_statuses_are_told_and_no_redirect_is_followed(
        self, service: Service, client: ServerClient, status: int
    ) -> None:
        answer_with(service, httpx.Response(status, headers={"Location": "https://elsewhere.example/"}))
        with pytest.raises(UnexpectedAnswer, match=str(status)):
            await client.fetch_manifest(1)
        assert len(service.requests) == 1

    @pytest.mark.parametrize(
        "error", [httpx.ConnectError(""), httpx.ReadTimeout("slow"), httpx.RemoteProtocolError("garbage")]
    )
    async def test_no_answer(self, service: Service, client: ServerClient, error: httpx.HTTPError) -> None:
        answer_with(service, error)
        with pytest.raises(ServerUnreachable, match="cannot be reached"):
            await client.fetch_index()

    async def test_a_malformed_manifest(self, service: Service, client: ServerClient) -> None:
        answer_with(service, httpx.Response(200, content=b"BZB1"))
        with pytest.raises(ManifestMalformed):
            await client.fetch_manifest(1)


async def test_no_cookie_and_no_name_goes_along() -> None:
    headers: list[dict[bytes, bytes]] = []

    async def app(scope: dict[str, object], _receive: object, send: object) -> None:
        headers.append(dict(scope["headers"]))  # type: ignore[call-overload]
        cookies = [(b"set-cookie", b"who=you; Path=/"), (b"set-cookie", b"x=y; Domain=127.0.0.1")]
        await send({"type": "http.response.start", "status": 200, "headers": cookies})  # type: ignore[operator]
        await send({"type": "http.response.body", "body": bytes(128)})  # type: ignore[operator]

    async with open_http(REGION, app) as http:
        client = ServerClient(REGION, http, ManualClock(), bytes)
        for _ in range(3):
            assert (await client.publish(bytes(4096))).status is AnswerStatus.GOOD
    assert all(b"cookie" not in one for one in headers)
    assert headers[0] == headers[2]
