"""Two small honest models of deployed systems, so that a figure of ours has something to stand beside.

In both the whole 16-byte identifier is on the air, nothing in a frame depends on the minute or the place,
and a receiver accepts an identifier that is heard around the time it belongs to. Left out are their
Bluetooth details: they hear what our victims hear, minute by minute, and warn after the same 15 minutes.

Sources: the 2020 app changes its code every 15 minutes (Bkav, "CEO Nguyen Tu Quang explained the operating
principles of Bluezone", 7 August 2020); here an identifier of it is accepted up to 15 minutes beyond its own
quarter of an hour. Google/Apple: identifiers of ten minutes, accepted within 12 intervals, two hours
(google/exposure-notifications-internals, matching tolerance).
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bluezone.sim.attacks.driven import Transmission

ALERT_MINUTES = 15
SCAN_S = 4.0
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Baseline:
    """One deployed rule.

    Attributes:
        name: for the table.
        life_s: how long an identifier is said, seconds.
        tolerance_s: how far from its own time it is still accepted, seconds.
    """

    name: str
    life_s: int
    tolerance_s: int

    def identifier(self, key: bytes, number: int) -> bytes:
        """The 16 bytes on the air in one period of a key of 16 bytes."""
        encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305  one block, a PRF
        return encryptor.update(struct.pack("<I12s", number, b"identifier"))

    def said(self, key: bytes, begin: float, end: float) -> list[Transmission]:
        """What a case's phone transmits from one instant to another (seconds UTC)."""
        first, last = int(begin // self.life_s), int((end - 1) // self.life_s)
        return [
            Transmission(
                max(begin, number * self.life_s),
                min(end, (number + 1) * self.life_s),
                self.identifier(key, number),
            )
            for number in range(first, last + 1)
        ]

    def accepts(self, number: int, received_at: float) -> bool:
        """Whether an identifier of a period counts when it is received at an instant (seconds UTC)."""
        begin, end = number * self.life_s, (number + 1) * self.life_s
        return begin - self.tolerance_s <= received_at < end + self.tolerance_s

    def accepted_minutes(self, key: bytes, heard: Sequence[tuple[float, bytes]]) -> int:
        """In how many minutes a phone believes it was near the owner of a key that is published.

        Args:
            key: 16 bytes, a day's.
            heard: instant (seconds UTC) and identifier, from anywhere within a day of the key.
        """
        if not heard:
            return 0
        first = int((min(at for at, _ in heard) - _DAY_S) // self.life_s)
        last = int((max(at for at, _ in heard) + _DAY_S) // self.life_s)
        numbers = {self.identifier(key, number): number for number in range(first, last + 1)}
        minutes = {
            int(at // 60)
            for at, identifier in heard
            if identifier in numbers and self.accepts(numbers[identifier], at)
        }
        return len(minutes)


SHORT_REPLAY = Baseline("replay within 15 min", 900, 900)
TWO_HOURS = Baseline("within 2 h", 600, 7200)

Transform = Callable[[Sequence[Transmission]], Sequence[Transmission]]


def believed_minutes(
    baseline: Baseline, key: bytes, contact: tuple[float, float], attack: Transform, phases_s: Sequence[float]
) -> list[int]:
    """How many minutes beside the case each victim believes in, although it never met the case.

    Args:
        baseline: whose rule.
        key: the case's, 16 bytes; published afterwards.
        contact: from when to when the attacker stands beside the case, seconds UTC.
        attack: what the attacker sends, from what the case said.
        phases_s: for each victim, the second of the minute in which its scans begin.
    """
    sent = attack(baseline.said(key, *contact))
    return [baseline.accepted_minutes(key, _heard(sent, phase_s)) for phase_s in phases_s]


def _heard(sent: Sequence[Transmission], phase_s: float) -> list[tuple[float, bytes]]:
    found = []
    for one in sent:
        scan = int((one.begin - SCAN_S - phase_s) // 60) * 60 + phase_s
        while scan < one.end:
            if scan + SCAN_S > one.begin:
                found.append((max(scan, one.begin), one.data))
            scan += 60
    return found
