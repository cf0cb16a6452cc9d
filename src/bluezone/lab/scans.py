"""Scans: when each phone listened and what it heard then, cut out of its receptions.

Decides where a scan begins and ends, and how a dense recording is thinned to a slower rhythm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from bluezone.lab.recording import Reception, Recording

# A silence of more than this ends a scan; a phone that listens all the time is cut at the longest scan.
SILENCE_S = 2.0
LONGEST_SCAN_S = 5.0


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan of one receiver.

    Attributes:
        at: its first reception, seconds.
        rssi_dbm: sender to mean level, dBm; a sender that is not in it was not heard.
    """

    at: float
    rssi_dbm: Mapping[str, float]


def scans_of(recording: Recording) -> dict[str, list[Scan]]:
    """Receiver to its scans in order of time, those known to be empty included."""
    found: dict[str, list[Scan]] = {}
    current: dict[str, list[Reception]] = {}
    for one in recording.receptions:
        run = current.setdefault(one.receiver, [])
        if run and (one.at - run[-1].at > SILENCE_S or one.at - run[0].at > LONGEST_SCAN_S):
            found.setdefault(one.receiver, []).append(_scan(run))
            run.clear()
        run.append(one)
    for receiver, run in current.items():
        found.setdefault(receiver, []).append(_scan(run))
    for receiver, starts in recording.empty_scans.items():
        found.setdefault(receiver, []).extend(Scan(at, {}) for at in starts)
    return {receiver: sorted(scans, key=lambda scan: scan.at) for receiver, scans in found.items()}


def thinned(scans: Sequence[Scan], rhythm_s: float, look_s: float, phase_s: float) -> list[Scan]:
    """What a phone would have heard that listens only now and then: one look in each period.

    Args:
        scans: of one receiver, in order of time.
        rhythm_s: from look to look, seconds.
        look_s: scans that begin within this time of a look's start make up the look.
        phase_s: of the first look, from second 0.
    """
    looks: dict[int, list[Scan]] = {}
    for scan in scans:
        number, into = divmod(scan.at - phase_s, rhythm_s)
        if into < look_s:
            looks.setdefault(int(number), []).append(scan)
    return [_merged(looks[number]) for number in sorted(looks)]


def _scan(run: Iterable[Reception]) -> Scan:
    heard: dict[str, list[float]] = {}
    first = float("inf")
    for one in run:
        first = min(first, one.at)
        heard.setdefault(one.sender, []).append(one.rssi_dbm)
    return Scan(first, {sender: fmean(levels) for sender, levels in heard.items()})


def _merged(scans: Sequence[Scan]) -> Scan:
    heard: dict[str, list[float]] = {}
    for scan in scans:
        for sender, rssi in scan.rssi_dbm.items():
            heard.setdefault(sender, []).append(rssi)
    return Scan(scans[0].at, {sender: fmean(levels) for sender, levels in heard.items()})
