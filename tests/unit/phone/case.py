"""A phone's surroundings for tests: seeded chance, other people's frames, and a service in memory."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx

from bluezone.clock import ManualClock
from bluezone.phone.chance import RandomBytes
from bluezone.phone.encounter import EncounterRecord, Sample
from bluezone.phone.own_key import OwnKey, draw_key
from bluezone.phone.server_client import ServerClient
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.advertisement import Payload, build_payload, encode_advertisement
from bluezone.protocol.batch import Section, encode_body
from bluezone.protocol.batch_index import (
    INDEX_ADDRESS,
    INDEX_FORMAT,
    BatchIndex,
    body_address,
    manifest_address,
)
from bluezone.protocol.certificate import Certificate, sign_certificate
from bluezone.protocol.interval import interval_of, minute_of
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier, index_hash, label_of
from bluezone.protocol.manifest import Head, Manifest, SignedManifest, next_manifest, sign_manifest
from bluezone.protocol.region import ROLES, Region
from bluezone.protocol.signed_time import TIME_ADDRESS, sign_time
from bluezone.protocol.tags import NO_PLACE
from bluezone.protocol.upload import Answer, AnswerStatus, decode_redemption
from bluezone.radio.port import HeardAdvertisement
from tests.vectors import signed

# 2023-11-15 00:00 UTC, a midnight: the start of a key window.
MIDNIGHT = 1_700_006_400
TEK = bytes(range(16))
REGION: Region = replace(signed.region(), address="http://127.0.0.1:1")
SIGNING = {role: signed.private_key(role) for role in ROLES}


def seeded(seed: int = 0) -> RandomBytes:
    """Random bytes that come again."""
    return random.Random(seed).randbytes


def payload(
    tek: bytes, at: float, level: int = -60, c: bytes = NO_PLACE, minute: int | None = None
) -> Payload:
    """What the holder of a key says at an instant (or in a given minute of its own clock)."""
    minute = minute_of(at) if minute is None else minute
    return build_payload(full_identifier(TemporaryExposureKey(tek), minute // 10), minute, level, c)


def heard(tek: bytes, at: float, rssi_dbm: int = -60, count: int = 15) -> HeardAdvertisement:
    """The same as a radio reports it."""
    return HeardAdvertisement(at, tek[:6], encode_advertisement(payload(tek, at)), rssi_dbm, count)


def sample(
    tek: bytes,
    at: int,
    *,
    rssi_dbm: int = -60,
    level: int = -60,
    c: bytes = NO_PLACE,
    kept: tuple[bytes, ...] = (),
    minute: int | None = None,
) -> Sample:
    """A sample of an honest frame; `minute` is the sender's where its clock differs."""
    said = payload(tek, at, level, c, minute)
    return Sample(at, rssi_dbm, said.masked_metadata, said.time_tag, said.place_tag, kept)


def record(
    tek: bytes, interval: int, samples: Iterable[Sample] = (), sender_interval: int | None = None
) -> EncounterRecord:
    """A record of one identifier of a key."""
    said_in = interval if sender_interval is None else sender_interval
    visible = full_identifier(TemporaryExposureKey(tek), said_in).visible
    return EncounterRecord(interval, label_of(visible), index_hash(visible), tuple(samples))


def contact(
    tek: bytes, begin: int, minutes: int, rssi_dbm: int = -60
) -> tuple[list[EncounterRecord], list[int]]:
    """Records and own scans of so many minutes beside the holder of a key."""
    scans = [begin + 60 * minute + 10 for minute in range(minutes)]
    samples: dict[int, list[Sample]] = {}
    for at in scans:
        samples.setdefault(interval_of(at), []).append(sample(tek, at + 1, rssi_dbm=rssi_dbm))
    return [record(tek, interval, found) for interval, found in samples.items()], scans


def store_beside_tek(home: Path) -> PhoneStore:
    """The new store of a phone that was beside the holder of TEK for 20 minutes."""
    opened = PhoneStore.open(home, seeded(), durable=False)
    records, scans = contact(TEK, MIDNIGHT + 3600, 20)
    for one in records:
        within = [at for at in scans if interval_of(at) == one.interval]
        opened.days.save_interval(one.interval, [one], within)
    return opened


def keys_of_four_days() -> list[OwnKey]:
    """Own keys of four-hour windows, the last of which begins at MIDNIGHT."""
    last, source = interval_of(MIDNIGHT), seeded(8)
    return [draw_key([], start, source) for start in range(last - 576, last + 1, 24)]


def signed_manifest(seq: int = 5, time: int = MIDNIGHT) -> SignedManifest:
    """A manifest with an empty body, signed by two roles."""
    before = Head(seq - 1, time, bytes([seq]) * 32)
    manifest = next_manifest(before, region=REGION.number, time=time, tek_period=24, body=b"")
    return sign_manifest(manifest, [SIGNING["operator"], SIGNING["auditor"]])


@dataclass
class Service:
    """A health authority in memory: files, signed time, answers to redemptions and uploads."""

    clock: ManualClock
    files: dict[str, bytes] = field(default_factory=dict)
    chain: list[SignedManifest] = field(default_factory=list)
    requests: list[httpx.Request] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    before: Callable[[httpx.Request], httpx.Response | None] = field(default=lambda _request: None)
    first: int = 1

    def publish(self, sections: Iterable[Section], time: int | None = None) -> Manifest:
        """Adds a batch to the chain."""
        return self.publish_body(encode_body(sections), time)

    def publish_body(self, body: bytes, time: int | None = None) -> Manifest:
        """Adds a batch with any body."""
        head = self.chain[-1].manifest.head() if self.chain else None
        time = int(self.clock.system()) if time is None else time
        manifest = next_manifest(head, region=REGION.number, time=time, tek_period=24, body=body)
        self.add(sign_manifest(manifest, [SIGNING["operator"], SIGNING["auditor"]]), body)
        return manifest

    def add(self, one: SignedManifest, body: bytes) -> None:
        """Puts a batch on offer as it is."""
        self.chain.append(one)
        self.files[manifest_address(one.manifest.seq)] = one.encode()
        self.files[body_address(one.manifest.seq)] = body

    def certificate(self, commitment: bytes, onset_day: int | None = None) -> bytes:
        """A certificate that is good for a day."""
        now = int(self.clock.system())
        onset = now // 86_400 if onset_day is None else onset_day
        return sign_certificate(
            Certificate(commitment, onset, now + 86_400), signed.private_key("certificate")
        )

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answers one request."""
        self.requests.append(request)
        self.bodies.append(request.content)
        if (answer := self.before(request)) is not None:
            return answer
        path = request.url.path
        if path == TIME_ADDRESS:
            return httpx.Response(
                200, content=sign_time(request.content, int(self.clock.system()), signed.private_key("time"))
            )
        if path == INDEX_ADDRESS:
            return self._index(request)
        if path == "/v1/redeem":
            good = Answer(AnswerStatus.GOOD, self.certificate(decode_redemption(request.content).commitment))
            return httpx.Response(200, content=(self.answers.pop(0) if self.answers else good).encode())
        if path == "/v1/publish":
            answer_to = self.answers.pop(0) if self.answers else Answer(AnswerStatus.GOOD)
            return httpx.Response(200, content=answer_to.encode())
        return self._file(request)

    def paths(self) -> list[str]:
        """Addresses asked for so far."""
        return [request.url.path for request in self.requests]

    def _index(self, request: httpx.Request) -> httpx.Response:
        if not self.chain:
            return httpx.Response(404)
        content = BatchIndex(INDEX_FORMAT, REGION.number, self.first, self.chain[-1].manifest.seq).encode()
        tag = f'"{self.first}-{self.chain[-1].manifest.seq}"'
        if request.headers.get("If-None-Match") == tag:
            return httpx.Response(304)
        return httpx.Response(200, content=content, headers={"ETag": tag})

    def _file(self, request: httpx.Request) -> httpx.Response:
        content = self.files.get(request.url.path)
        if content is None:
            return httpx.Response(404)
        wanted = request.headers.get("Range")
        if wanted is None:
            return httpx.Response(200, content=content)
        return httpx.Response(206, content=content[int(wanted.removeprefix("bytes=").removesuffix("-")) :])


class Stream(httpx.AsyncByteStream):
    """An answer that arrives in pieces, as from a network."""

    def __init__(self, content: bytes, error: Exception | None = None) -> None:
        self._content = content
        self._error = error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for at in range(0, len(self._content), 256):
            yield self._content[at : at + 256]
        if self._error is not None:
            raise self._error


def open_client(service: Service, seed: int = 5) -> ServerClient:
    """A phone's client that talks to the service in memory."""

    def over_the_wire(request: httpx.Request) -> httpx.Response:
        answer = service(request)
        if not answer.is_stream_consumed:
            return answer
        return httpx.Response(answer.status_code, headers=answer.headers, stream=Stream(answer.content))

    http = httpx.AsyncClient(
        base_url=REGION.address, transport=httpx.MockTransport(over_the_wire), follow_redirects=False
    )
    return ServerClient(REGION, http, service.clock, seeded(seed))
