"""An authority in memory and owners of keys, for attacks on codes, samples and uploads.

Owners use the phone's own decisions: which keys exist, what is committed to, what is sent. The liar among
them may write an upload by hand.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.home import memory_authority
from bluezone.authority.keys import AuthorityKeys, draw_keys
from bluezone.authority.service import Authority
from bluezone.authority.settings import ServiceRules
from bluezone.clock import ManualClock
from bluezone.phone.chance import RandomBytes
from bluezone.phone.diagnosis import Commitment, build_upload, choose_published, commit, prepare_keys
from bluezone.phone.own_key import OwnKey, draw_key
from bluezone.protocol.certificate import (
    CERTIFICATE_LENGTH,
    Certificate,
    sign_certificate,
    verify_certificate,
)
from bluezone.protocol.diagnosis_key import LEAF_COUNT, LEAF_LENGTH, SALT_LENGTH, commitment_of
from bluezone.protocol.interval import DAY_S, interval_of, local_day_of, window_of
from bluezone.protocol.upload import (
    Answer,
    AnswerStatus,
    PublishedSlot,
    Redemption,
    RedemptionMode,
    Slot,
    Upload,
    WithheldSlot,
    decode_answer,
)
from bluezone.protocol.verification_code import CODE_LENGTH, parse_code
from bluezone.sim.attacks.driven import MORNING
from bluezone.sim.attacks.outcome import Setting

# 11:11 in Vietnam, in the middle of a key window.
NOW = int(MORNING) + 4 * 3600 + 11 * 60 + 5
TODAY = local_day_of(NOW, 420)
WINDOWS = 7


@dataclass(slots=True)
class Clinic:
    """An authority whose clock stands until it is moved, with its keys for hand-made certificates."""

    authority: Authority
    clock: ManualClock
    keys: AuthorityKeys

    @property
    def now(self) -> int:
        """Seconds UTC."""
        return int(self.clock.system())

    async def redeem(self, typed: str, commitment: bytes, caller: str = "1.1.1.1") -> Answer:
        """Presents a code (14 digits) with a commitment (32 bytes)."""
        return await self._redeem(RedemptionMode.CODE, parse_code(typed), commitment, caller)

    async def redeem_swab(self, commitment: bytes) -> Answer:
        """Asks for the certificate of a commitment that the laboratory has."""
        return await self._redeem(RedemptionMode.SWAB, bytes(CODE_LENGTH), commitment, "")

    async def publish(self, upload: Upload) -> AnswerStatus:
        """Sends an upload; what the server says."""
        return decode_answer(await self.authority.publish(upload.encode())).status

    async def certified(self, commitment: bytes, onset_day: int = TODAY) -> bytes:
        """A certificate (109 bytes) by way of a code, as for an honest case."""
        answer = await self.redeem(await self.authority.issue_code(onset_day), commitment)
        return answer.certificate

    def signed(
        self, commitment: bytes, onset_day: int = TODAY, key: Ed25519PrivateKey | None = None
    ) -> bytes:
        """A certificate made by hand."""
        content = Certificate(commitment, onset_day, self.now + DAY_S)
        return sign_certificate(content, key or self.keys.certificate)

    async def _redeem(self, mode: RedemptionMode, code: bytes, commitment: bytes, caller: str) -> Answer:
        request = Redemption(mode, code, commitment).encode()
        return decode_answer(await self.authority.redeem(request, caller))


@asynccontextmanager
async def open_clinic(
    setting: Setting, now: int = NOW, rules: ServiceRules | None = None
) -> AsyncIterator[Clinic]:
    """A new authority in memory."""
    clock, draw = ManualClock(system=now), setting.random_bytes("authority")
    authority = await memory_authority(clock=clock, random_bytes=draw, rules=rules)
    # The same draw as the authority's own first one: these are its keys.
    keys = draw_keys(setting.random_bytes("authority"))
    try:
        yield Clinic(authority, clock, keys)
    finally:
        await authority.close()


@dataclass(frozen=True, slots=True)
class Owner:
    """A phone that has committed to its keys.

    Attributes:
        keys: its own, the running one closed early.
        commitment: C with salt and leaves.
    """

    keys: list[OwnKey]
    commitment: Commitment

    @staticmethod
    def draw(random_bytes: RandomBytes, now: int = NOW, windows: int = WINDOWS) -> Owner:
        """An owner with keys of so many windows, the last one running."""
        keys: list[OwnKey] = []
        running = window_of(interval_of(now))[0]
        for back in range(windows - 1, -1, -1):
            keys.append(draw_key(keys, running - 24 * back, random_bytes))
        prepared = prepare_keys(keys, now, random_bytes)
        return Owner(prepared, commit(prepared, now, random_bytes))

    @property
    def hash(self) -> bytes:
        """C, 32 bytes."""
        return self.commitment.hash()

    def upload(
        self, certificate: bytes, now: int, key: Ed25519PrivateKey, withheld: Iterable[int] = ()
    ) -> Upload:
        """What the phone sends, once it has looked at its certificate (109 bytes)."""
        content = verify_certificate(certificate, key.public_key(), now)
        chosen = choose_published(self.commitment, self.keys, content, now, frozenset(withheld))
        return build_upload(self.commitment, certificate, chosen)


def by_hand(slots: list[PublishedSlot], random_bytes: RandomBytes) -> Upload:
    """An upload with a commitment that a liar made; its certificate is still to come."""
    rest: list[Slot] = [WithheldSlot(random_bytes(LEAF_LENGTH)) for _ in range(LEAF_COUNT - len(slots))]
    return Upload(bytes(CERTIFICATE_LENGTH), random_bytes(SALT_LENGTH), (*slots, *rest))


def opened_commitment(upload: Upload) -> bytes:
    """C, 32 bytes, that an upload opens."""
    return commitment_of(upload.salt, [slot.leaf for slot in upload.slots])
