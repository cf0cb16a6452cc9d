"""From "I am a confirmed case" to 4096 bytes: commitment, withholding, upload. Only with consent.

Decides which own keys are committed to and which of them are published. Leaves asking the owner to
the screens, sending to the runner. Source: docs/protocol.md, section 5.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass, field

from bluezone.phone.chance import RandomBytes
from bluezone.phone.own_key import OwnKey, close_early, draw_key, serving_key
from bluezone.protocol.certificate import Certificate
from bluezone.protocol.diagnosis_key import LEAF_COUNT, LEAF_LENGTH, SALT_LENGTH, commitment_of
from bluezone.protocol.interval import DEFAULT_WINDOW, INTERVALS_PER_DAY, interval_of, window_of
from bluezone.protocol.upload import PublishedSlot, Slot, Upload, WithheldSlot

WINDOWS_BEFORE = 84
WINDOWS_AFTER = 18
DAYS_BEFORE_ONSET = 2


@dataclass(frozen=True, slots=True)
class CommittedLeaf:
    """One of the 120 leaves.

    Attributes:
        leaf: 32 bytes.
        rolling_start, committed_period: of the own key behind it; period 0 for a random leaf.
    """

    leaf: bytes
    rolling_start: int = 0
    committed_period: int = 0


@dataclass(frozen=True, slots=True)
class Commitment:
    """What binds a certificate to this phone's keys; kept 21 days.

    Attributes:
        made_at: seconds UTC.
        salt: r, 16 bytes; never goes to a laboratory.
        leaves: 120, by rolling_start, then random ones.
    """

    made_at: int
    salt: bytes = field(repr=False)
    leaves: tuple[CommittedLeaf, ...] = field(repr=False)

    def hash(self) -> bytes:
        """C, 32 bytes."""
        return commitment_of(self.salt, [leaf.leaf for leaf in self.leaves])


def prepare_keys(
    keys: Sequence[OwnKey],
    now: float,
    random_bytes: RandomBytes,
    tek_period: int = DEFAULT_WINDOW,
    *,
    close_running: bool = True,
) -> list[OwnKey]:
    """Own keys as code mode wants them before it commits: the running one closed early, later ones drawn.

    Args:
        keys: all own keys.
        now: seconds UTC.
        random_bytes: source of new keys.
        tek_period: 24 or 144 intervals.
        close_running: code mode commits after the early close; before a swab nothing is closed.

    Returns:
        Own keys by start: the running one ends with this interval, and every window up to 18 ahead has one.
    """
    interval = interval_of(now)
    prepared = list(keys)
    running = serving_key(prepared, interval)
    if running is not None and close_running:
        prepared[prepared.index(running)] = close_early(running, interval)
    ahead = window_of(interval)[0] + (WINDOWS_AFTER + 1) * DEFAULT_WINDOW
    position = interval + 1
    while position < ahead:
        serving = serving_key(prepared, position)
        if serving is None:
            serving = draw_key(prepared, position, random_bytes, tek_period)
            prepared.append(serving)
        position = serving.end
    return sorted(prepared, key=lambda own: own.start)


def commit(keys: Sequence[OwnKey], now: float, random_bytes: RandomBytes) -> Commitment:
    """Binds to the keys of 84 windows before, the running one and 18 after; the rest are random leaves.

    Args:
        keys: own keys as `prepare_keys` returns them.
        now: seconds UTC.
        random_bytes: source of the salt and of random leaves.
    """
    start = window_of(interval_of(now))[0]
    first, last = start - WINDOWS_BEFORE * DEFAULT_WINDOW, start + (WINDOWS_AFTER + 1) * DEFAULT_WINDOW
    chosen = sorted((own for own in keys if first <= own.start < last), key=lambda own: own.start)[
        -LEAF_COUNT:
    ]
    leaves = [
        CommittedLeaf(random_bytes(LEAF_LENGTH))
        if own.published
        else CommittedLeaf(own.key.leaf(), own.start, own.key.rolling_period)
        for own in chosen
    ]
    leaves += [CommittedLeaf(random_bytes(LEAF_LENGTH)) for _ in range(LEAF_COUNT - len(leaves))]
    return Commitment(int(now), random_bytes(SALT_LENGTH), tuple(leaves))


def choose_published(
    commitment: Commitment,
    keys: Sequence[OwnKey],
    certificate: Certificate,
    now: float,
    withheld_starts: Container[int] = (),
) -> list[OwnKey]:
    """The own keys that an upload will publish.

    Args:
        commitment: that the certificate was signed for.
        keys: own keys; erased ones are simply absent.
        certificate: verified.
        now: seconds UTC.
        withheld_starts: rolling_start of keys that the owner, or a silent window, withholds.
    """
    committed = {leaf.rolling_start: leaf.committed_period for leaf in commitment.leaves}
    earliest = (certificate.onset_day - DAYS_BEFORE_ONSET) * INTERVALS_PER_DAY
    latest_end = int(now + 120) // 600 + 1
    return [
        own
        for own in sorted(keys, key=lambda one: one.start)
        if not own.published
        and 0 < own.key.rolling_period <= committed.get(own.start, 0)
        and own.start >= earliest
        and own.end <= latest_end
        and own.start not in withheld_starts
    ]


def build_upload(commitment: Commitment, certificate: bytes, published: Sequence[OwnKey]) -> Upload:
    """The upload that opens a commitment and publishes some of its keys.

    Args:
        commitment: with all 120 leaves.
        certificate: 109 bytes.
        published: from `choose_published`; all other keys go as their leaves.
    """
    by_start = {own.start: own for own in published}
    return Upload(certificate, commitment.salt, tuple(_slot(leaf, by_start) for leaf in commitment.leaves))


def _slot(committed: CommittedLeaf, by_start: dict[int, OwnKey]) -> Slot:
    own = by_start.get(committed.rolling_start) if committed.committed_period else None
    if own is None:
        return WithheldSlot(committed.leaf)
    return PublishedSlot(own.start, committed.committed_period, own.key.rolling_period, own.key.tek.reveal())


def silent_window_starts(
    keys: Sequence[OwnKey],
    scan_counts: dict[int, int],
    record_counts: dict[int, int],
    scans_per_interval: float,
) -> set[int]:
    """Keys of windows in which nothing was heard although the phone scanned throughout.

    Publishing them could warn nobody and would tell when the owner was alone.

    Args:
        keys: own keys.
        scan_counts, record_counts: per interval.
        scans_per_interval: that a phone which scans throughout makes at least.
    """
    silent = set()
    for own in keys:
        intervals = range(own.start, own.end)
        heard = any(record_counts.get(interval) for interval in intervals)
        throughout = all(scan_counts.get(interval, 0) >= scans_per_interval for interval in intervals)
        if throughout and not heard:
            silent.add(own.start)
    return silent
