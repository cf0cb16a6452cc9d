"""A confirmed case as its phone would publish it, and an authority to publish to: shared by the tests.

Everything is drawn from a seed, so that a failing test fails the same way again.
"""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.home import memory_authority
from bluezone.authority.service import Authority
from bluezone.authority.settings import ServiceRules
from bluezone.clock import ManualClock
from bluezone.protocol.certificate import Certificate, sign_certificate
from bluezone.protocol.diagnosis_key import LEAF_COUNT
from bluezone.protocol.interval import DAY_S, INTERVAL_S, local_day_of
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
from bluezone.protocol.verification_code import format_code, parse_code

# 2023-11-15 04:00:00 UTC, 11:00 in Vietnam: the first second of a key window.
WINDOW_START = 1_700_020_800
NOW = WINDOW_START + 7 * INTERVAL_S + 65
TODAY = local_day_of(NOW, 420)
# Well typed, and never issued by a seeded authority.
UNKNOWN_CODE = format_code(bytes(8))


def seeded(seed: int = 1) -> Callable[[int], bytes]:
    """A source of repeatable random bytes."""
    return random.Random(seed).randbytes


@dataclass(frozen=True, slots=True)
class Case:
    """What a phone holds after it closed its running key: salt r and 120 slots."""

    salt: bytes
    slots: tuple[Slot, ...]

    def upload(self, certificate: bytes) -> Upload:
        """The publish request."""
        return Upload(certificate, self.salt, self.slots)

    @property
    def commitment(self) -> bytes:
        """C, 32 bytes."""
        return self.upload(bytes(109)).commitment()

    @property
    def teks(self) -> set[bytes]:
        """The keys that it publishes."""
        return {slot.tek for slot in self.slots if isinstance(slot, PublishedSlot)}

    def changed(self, number: int, **fields: object) -> Case:
        """The same case with other fields in one slot."""
        slots = list(self.slots)
        slots[number] = replace(slots[number], **fields)  # type: ignore[arg-type]
        return Case(self.salt, tuple(slots))


def make_case(seed: int = 1, *, now: int = NOW, key_count: int = 7) -> Case:
    """The running key, closed early at `now`, and the whole windows before it; random leaves after.

    Args:
        seed: of its random bytes.
        now: seconds UTC.
        key_count: published keys; the last is the running one.
    """
    draw, interval = seeded(seed), now // INTERVAL_S
    running = interval - interval % 24
    keys = [PublishedSlot(running - 24 * back, 24, 24, draw(16)) for back in range(key_count - 1, 0, -1)]
    closed = interval + 1 - running
    keys.append(PublishedSlot(running, closed, closed, draw(16)))
    leaves = [WithheldSlot(draw(32)) for _ in range(LEAF_COUNT - key_count)]
    return Case(draw(16), (*keys, *leaves))


def certified(
    case: Case, key: Ed25519PrivateKey, *, onset_day: int = TODAY, expires_at: int = NOW + DAY_S
) -> bytes:
    """The upload of a case, with a certificate that was made by hand."""
    return case.upload(sign_certificate(Certificate(case.commitment, onset_day, expires_at), key)).encode()


def code_request(typed: str, commitment: bytes) -> bytes:
    """The redemption (48 bytes) of a code as a person typed it."""
    return Redemption(RedemptionMode.CODE, parse_code(typed), commitment).encode()


@asynccontextmanager
async def running_authority(
    now: int = NOW, rules: ServiceRules | None = None, seed: int = 99, database_url: str = "sqlite://"
) -> AsyncIterator[tuple[Authority, ManualClock]]:
    """An authority in memory, and the clock that stands still until a test moves it."""
    clock = ManualClock(system=now)
    authority = await memory_authority(
        clock=clock, random_bytes=seeded(seed), rules=rules, database_url=database_url
    )
    try:
        yield authority, clock
    finally:
        await authority.close()


async def published(authority: Authority, case: Case, *, onset_day: int = TODAY) -> Answer:
    """Code, certificate and upload of a case; the answer to the upload."""
    code = await authority.issue_code(onset_day)
    answer = decode_answer(await authority.redeem(code_request(code, case.commitment)))
    assert answer.status is AnswerStatus.GOOD
    return decode_answer(await authority.publish(case.upload(answer.certificate).encode()))
