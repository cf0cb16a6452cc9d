"""The phone's side of the authority's HTTP: time, index, batches, redemption, publishing.

Decides sizes, time-outs and resuming; verifies the signed time. Sends nothing that was heard: every
request it can make is in this file. What a batch means is following.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx

from bluezone.clock import Clock
from bluezone.phone.chance import RandomBytes
from bluezone.phone.errors import ServerUnreachable, StoreUnwritable, UnexpectedAnswer
from bluezone.phone.events import TimeAnswered
from bluezone.protocol.batch_index import (
    INDEX_ADDRESS,
    MAX_INDEX_LENGTH,
    BatchIndex,
    body_address,
    decode_index,
    manifest_address,
)
from bluezone.protocol.configuration import CONFIGURATION_ADDRESS, MAX_CONFIGURATION_LENGTH
from bluezone.protocol.errors import BodyMismatch, RedemptionError
from bluezone.protocol.manifest import MAX_FILE_LENGTH, Manifest, SignedManifest, check_body, decode_manifest
from bluezone.protocol.region import Region
from bluezone.protocol.signed_time import NONCE_LENGTH, TIME_ADDRESS, TIME_ANSWER_LENGTH, verify_time
from bluezone.protocol.upload import ANSWER_LENGTH, Answer, decode_answer

TIMEOUT_S = 30.0
MAX_TAG_LENGTH = 200
# Answers are taken as they are: a compressed one could grow past every limit while it is unpacked.
_PLAIN = {"Accept-Encoding": "identity"}
_BYTES = {"Content-Type": "application/octet-stream"}


def open_http(region: Region, app: Callable[..., Any] | None = None) -> httpx.AsyncClient:
    """An HTTP client for a region's service; it follows no redirect and keeps no cookie.

    Args:
        region: its address is the base of every request.
        app: an ASGI application to call instead of the network: a simulator has the service in-process.
    """
    transport = httpx.ASGITransport(app=app) if app is not None else None
    # A cookie would tie together what a phone asks, redeems and publishes.
    no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=[]))
    return httpx.AsyncClient(
        base_url=region.address,
        timeout=TIMEOUT_S,
        follow_redirects=False,
        transport=transport,
        cookies=no_cookies,
    )


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    tag: str
    content: bytes


class ServerClient:
    """Talks to one region's service.

    Args:
        region: address and keys.
        http: with the region's address as base.
        clock: for round trips.
        random_bytes: for nonces.
    """

    def __init__(
        self, region: Region, http: httpx.AsyncClient, clock: Clock, random_bytes: RandomBytes
    ) -> None:
        self._region = region
        self._http = http
        self._clock = clock
        self._random_bytes = random_bytes
        self._index_tag = ""
        self._configuration_tag = ""

    async def ask_time(self) -> TimeAnswered:
        """Asks what time it is, with a fresh nonce of 16 bytes, and verifies the answer.

        Raises:
            ServerError, SignedTimeError.
        """
        nonce = self._random_bytes(NONCE_LENGTH)
        asked_at = self._clock.monotonic()
        answer = await self._request("POST", TIME_ADDRESS, TIME_ANSWER_LENGTH, content=nonce, headers=_BYTES)
        answered_at = self._clock.monotonic()
        return TimeAnswered(verify_time(answer.content, nonce, self._region.time_key), asked_at, answered_at)

    async def fetch_index(self) -> BatchIndex | None:
        """The index, or None if it has not changed since the last time.

        Raises:
            ServerError, IndexMalformed.
        """
        headers = {"If-None-Match": self._index_tag} if self._index_tag else {}
        answer = await self._request(
            "GET", INDEX_ADDRESS, MAX_INDEX_LENGTH, headers=headers, allowed=(200, 304)
        )
        if answer.status == httpx.codes.NOT_MODIFIED:
            return None
        index = decode_index(answer.content, self._region.number)
        self._index_tag = _usable_tag(answer.tag)
        return index

    async def fetch_configuration(self) -> bytes | None:
        """The file of the signed configuration; None if it has not changed, or the region has none.

        Raises:
            ServerError.
        """
        headers = {"If-None-Match": self._configuration_tag} if self._configuration_tag else {}
        answer = await self._request(
            "GET",
            CONFIGURATION_ADDRESS,
            MAX_CONFIGURATION_LENGTH,
            headers=headers,
            allowed=(200, 304, 404),
        )
        if answer.status != httpx.codes.OK:
            return None
        self._configuration_tag = _usable_tag(answer.tag)
        return answer.content

    def forget_configuration(self) -> None:
        """Asks for the whole configuration next time: the last one was refused."""
        self._configuration_tag = ""

    def forget_index(self) -> None:
        """Asks for the whole index next time: what it offered could not be used to the end."""
        self._index_tag = ""

    async def fetch_manifest(self, seq: int) -> SignedManifest:
        """The manifest of one batch; its signatures are not verified yet.

        Raises:
            ServerError, ManifestMalformed.
        """
        answer = await self._request("GET", manifest_address(seq), MAX_FILE_LENGTH)
        return decode_manifest(answer.content)

    async def fetch_body(self, manifest: Manifest, part: Path) -> bytes:
        """The body of one batch, going on where an earlier attempt stopped.

        Args:
            manifest: verified.
            part: file that holds what has arrived so far; deleted when the body is whole.

        Raises:
            ServerError: the connection broke; what arrived stays in `part`.
            StoreUnwritable: this phone's disk does not take it.
            BodyMismatch: whole, and not what was signed; `part` is deleted.
        """
        try:
            return await self._fetch_body(manifest, part)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StoreUnwritable(f"this phone cannot keep batch {manifest.seq}: {reason}") from None

    async def _fetch_body(self, manifest: Manifest, part: Path) -> bytes:
        have = part.stat().st_size if part.exists() else 0
        if have > manifest.body_length:
            part.unlink()
            have = 0
        if have < manifest.body_length or not part.exists():
            await self._download(manifest, part, have)
        body = part.read_bytes()
        if len(body) < manifest.body_length:
            raise ServerUnreachable(
                f"batch {manifest.seq} broke off after {len(body)} bytes; it will go on there"
            )
        part.unlink()
        check_body(manifest, body)
        return body

    async def redeem(self, request: bytes) -> Answer:
        """Sends a redemption of 48 bytes.

        Raises:
            ServerError.
        """
        return await self._exchange("/v1/redeem", request)

    async def publish(self, request: bytes) -> Answer:
        """Sends an upload of 4096 bytes.

        Raises:
            ServerError.
        """
        return await self._exchange("/v1/publish", request)

    async def _exchange(self, address: str, request: bytes) -> Answer:
        answer = await self._request("POST", address, ANSWER_LENGTH, content=request, headers=_BYTES)
        try:
            return decode_answer(answer.content)
        except RedemptionError as error:
            raise UnexpectedAnswer(str(error)) from None

    async def _download(self, manifest: Manifest, part: Path, have: int) -> None:
        headers = _PLAIN | ({"Range": f"bytes={have}-"} if have else {})
        try:
            async with self._http.stream("GET", body_address(manifest.seq), headers=headers) as answer:
                if answer.status_code == httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
                    part.unlink(missing_ok=True)  # Next time from the beginning.
                if answer.status_code not in (httpx.codes.OK, httpx.codes.PARTIAL_CONTENT):
                    raise UnexpectedAnswer(f"the service answered {answer.status_code} for a batch")
                goes_on = have and answer.status_code == httpx.codes.PARTIAL_CONTENT
                received = have if goes_on else 0
                with part.open("ab" if goes_on else "wb") as file:
                    async for chunk in answer.aiter_raw():
                        received += len(chunk)
                        if received > manifest.body_length:
                            raise BodyMismatch(f"batch {manifest.seq} is longer than was signed")
                        file.write(chunk)
        except httpx.HTTPError as error:
            raise _unreachable(error) from None
        except BodyMismatch:
            part.unlink(missing_ok=True)
            raise

    async def _request(
        self,
        method: str,
        address: str,
        limit: int,
        *,
        allowed: tuple[int, ...] = (200,),
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> _Reply:
        """One small exchange; an answer larger than `limit` bytes is not read to its end."""
        received = b""
        try:
            sent = _PLAIN | (headers or {})
            async with self._http.stream(method, address, content=content, headers=sent) as answer:
                if answer.status_code not in allowed:
                    raise UnexpectedAnswer(f"the service answered {answer.status_code} to {method} {address}")
                async for chunk in answer.aiter_raw():
                    received += chunk
                    if len(received) > limit:
                        raise UnexpectedAnswer(
                            f"the service answered more than the {limit} bytes that fit here"
                        )
        except httpx.HTTPError as error:
            raise _unreachable(error) from None
        return _Reply(answer.status_code, answer.headers.get("ETag", ""), received)


def _usable_tag(tag: str) -> str:
    return tag if tag.isascii() and tag.isprintable() and len(tag) <= MAX_TAG_LENGTH else ""


def _unreachable(error: httpx.HTTPError) -> ServerUnreachable:
    reason = str(error) or type(error).__name__
    return ServerUnreachable(f"the health authority's service cannot be reached: {reason}")
