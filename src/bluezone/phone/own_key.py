"""This phone's own temporary exposure keys: which one serves an interval, closing one early, erasing.

Decides windows and periods; what a key is worth outside is protocol/. Source: docs/protocol.md, section 2.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bluezone.phone.chance import RandomBytes
from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import DiagnosisKey
from bluezone.protocol.interval import DEFAULT_WINDOW, INTERVALS_PER_DAY, utc_day_of, window_of
from bluezone.protocol.keys import TEK_LENGTH, TemporaryExposureKey, expand

KEPT_DAYS = 14


@dataclass(frozen=True, slots=True)
class OwnKey:
    """A key of this phone.

    Attributes:
        key: 16 secret bytes with start and period.
        published: it was, or is about to be, sent to the authority.
        window: 24 intervals, or 144 in surge mode: what its UTC day was divided into when it was drawn.
    """

    key: DiagnosisKey
    published: bool = False
    window: int = DEFAULT_WINDOW

    @property
    def start(self) -> int:
        """First interval."""
        return self.key.rolling_start

    @property
    def end(self) -> int:
        """First interval after the last one."""
        return self.key.rolling_start + self.key.rolling_period


def serving_key(keys: Iterable[OwnKey], interval: int) -> OwnKey | None:
    """The key whose identifiers this phone says in an interval, if one has been drawn."""
    return next((own for own in keys if own.start <= interval < own.end), None)


def draw_key(
    keys: Sequence[OwnKey], interval: int, random_bytes: RandomBytes, tek_period: int = DEFAULT_WINDOW
) -> OwnKey:
    """A new key that serves `interval`.

    The first key of a window takes the whole window, also when it is drawn in the middle; one drawn
    after an early close takes what is left.

    Args:
        keys: those that exist; none of them serves the interval.
        interval: u32.
        random_bytes: source of 16 bytes.
        tek_period: 24 intervals, or 144 in surge mode, as the newest batch says. It holds from the first
            UTC midnight for which no key has been drawn, so a day that has one keeps its division.
    """
    today = [own.window for own in keys if utc_day_of(own.start) == utc_day_of(interval)]
    window = today[0] if today else tek_period
    start, end = window_of(interval, window)
    earlier = [own.end for own in keys if start < own.end <= interval]
    begin = max(earlier, default=start)
    key = DiagnosisKey(TemporaryExposureKey(random_bytes(TEK_LENGTH)), begin, end - begin)
    return OwnKey(key, window=window)


def own_identifiers(keys: Iterable[OwnKey]) -> frozenset[bytes]:
    """Every visible identifier (12 bytes) that this phone has said or will say with these keys."""
    return frozenset(
        visible for own in keys for visible in expand(own.key.tek.reveal(), own.start, own.key.rolling_period)
    )


def close_early(own: OwnKey, interval: int) -> OwnKey:
    """The same key, serving only to the end of `interval`, which it must be serving now."""
    return replace(own, key=replace(own.key, rolling_period=interval + 1 - own.start))


def stolen_keys(sections: Iterable[Section], keys: Iterable[OwnKey]) -> list[OwnKey]:
    """Own keys that stand in a batch although this phone never published them (section 5.8)."""
    private = {own.key.tek.reveal(): own for own in keys if not own.published}
    found = (private.keys() & set(section.teks) for section in sections)
    return [private[tek] for teks in found for tek in sorted(teks)]


def merged(known: Iterable[OwnKey], given: Iterable[OwnKey]) -> list[OwnKey]:
    """What to keep of own keys when a list of them comes that may be older than what is known.

    A key that was closed stays closed, one that was published stays published, and none is lost by not
    being in the list. Where a new key would serve an interval of a known one, the known one stays: it may
    have been said, or committed to.

    Args:
        known: as they are kept; they do not overlap.
        given: some or all of them, and new ones.

    Returns:
        Own keys by start.
    """
    kept = {own.start: own for own in known}
    new = []
    for own in given:
        old = kept.get(own.start)
        if old is None:
            new.append(own)
        elif own.key.tek == old.key.tek and own.end < old.end:
            kept[own.start] = replace(old, key=own.key)
    for own in new:  # Only now: a key that takes the rest of a window comes with the one that leaves it.
        if all(own.end <= other.start or other.end <= own.start for other in kept.values()):
            kept[own.start] = own
    return [kept[start] for start in sorted(kept)]


def without_expired(keys: Iterable[OwnKey], interval: int) -> list[OwnKey]:
    """Own keys that are not older than 14 days."""
    oldest = interval - KEPT_DAYS * INTERVALS_PER_DAY
    return [own for own in keys if own.end > oldest]
