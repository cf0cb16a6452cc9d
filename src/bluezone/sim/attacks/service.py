"""A batch service that does what an attacker wants: any files, any index, signed by whoever has keys.

The phone's client talks to it as to the real one. What phones make of it is theirs to decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.keys import AuthorityKeys, draw_keys, region_of
from bluezone.clock import ManualClock
from bluezone.phone.chance import RandomBytes
from bluezone.phone.following import BatchFollower, MatchSettings
from bluezone.phone.risk import RiskRules
from bluezone.phone.server_client import ServerClient
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.batch import Section, encode_body
from bluezone.protocol.batch_index import (
    INDEX_ADDRESS,
    INDEX_FORMAT,
    BatchIndex,
    body_address,
    manifest_address,
)
from bluezone.protocol.manifest import Head, Manifest, SignedManifest, next_manifest, sign_manifest
from bluezone.protocol.region import Region

ADDRESS = "http://127.0.0.1"


@dataclass(slots=True)
class HostileService:
    """Files on offer, and every request that came.

    Attributes:
        keys: all private keys of the region.
        region: what phones were told.
        files: by address.
        head: of the chain that it has made so far.
        first, last: the index; no index while `last` is 0.
    """

    keys: AuthorityKeys
    region: Region
    files: dict[str, bytes] = field(default_factory=dict)
    head: Head | None = None
    first: int = 1
    last: int = 0
    asked: list[str] = field(default_factory=list)

    @staticmethod
    def open(random_bytes: RandomBytes) -> HostileService:
        """A service with new keys and nothing on offer."""
        keys = draw_keys(random_bytes)
        return HostileService(keys, region_of(keys, name="Bluezone", number=84, address=ADDRESS))

    def signers(self, *roles: str) -> list[Ed25519PrivateKey]:
        """Private keys of some roles; the operator and the auditor when none is named."""
        return [self.keys.signers[role] for role in roles or ("operator", "auditor")]

    def next(self, time: int, sections: Iterable[Section] = ()) -> tuple[Manifest, bytes]:
        """The manifest and the body that rightly continue the chain."""
        body = encode_body(sections)
        return next_manifest(self.head, region=self.region.number, time=time, tek_period=24, body=body), body

    def offer(self, signed: SignedManifest, body: bytes, *, continues: bool = True) -> None:
        """Puts a batch on offer as the newest one."""
        seq = signed.manifest.seq
        self.files[manifest_address(seq)] = signed.encode()
        self.files[body_address(seq)] = body
        self.last = seq
        if continues:
            self.head = signed.manifest.head()

    def publish(self, time: int, sections: Sequence[Section] = ()) -> Manifest:
        """An honest batch."""
        manifest, body = self.next(time, sections)
        self.offer(sign_manifest(manifest, self.signers()), body)
        return manifest

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answers one request of a phone."""
        path = request.url.path
        self.asked.append(path)
        if path == INDEX_ADDRESS and self.last:
            index = BatchIndex(INDEX_FORMAT, self.region.number, self.first, self.last)
            return httpx.Response(200, stream=httpx.ByteStream(index.encode()))
        content = self.files.get(path)
        if content is None:
            return httpx.Response(404, stream=httpx.ByteStream(b""))
        return httpx.Response(200, stream=httpx.ByteStream(content))

    def follower(self, store: PhoneStore, random_bytes: RandomBytes, now: float) -> BatchFollower:
        """A phone's follower that talks to this service."""
        http = httpx.AsyncClient(base_url=ADDRESS, transport=httpx.MockTransport(self))
        client = ServerClient(self.region, http, ManualClock(system=now), random_bytes)
        settings = MatchSettings(self.region, RiskRules(), longest_alert_delay_s=0.0)
        return BatchFollower(client, store, settings, random_bytes)
