"""A trace of real contacts, lived through by phones: everybody carries one for the whole trace.

Decides when phones are on: only while the data set has data; at night they are switched off, which they
must survive. Leaves judging the result to judge.py.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bluezone.phone.encounter import Sample
from bluezone.phone.matching import RecordIndex, RecordRef
from bluezone.phone.own_key import OwnKey
from bluezone.protocol.interval import DAY_S
from bluezone.sim.air import Air, AirModel
from bluezone.sim.town import Town, TownSettings
from bluezone.sim.trace import Period, Trace
from bluezone.sim.world import TraceWorld

# Long after the last contact every key is over, and every scan has its successor.
SETTLE_S = 1800
# Nobody is confirmed while the trace runs, so phones need no more than the deployed rhythm of polls.
POLL_S = 4 * 3600.0
BATCH_PERIOD_S = 4 * 3600
PROGRESS_STEP_S = 1800

Progress = Callable[[float], None]


@dataclass(frozen=True, slots=True)
class StoredPhone:
    """What one phone holds at the end of a trace.

    Attributes:
        keys: own keys.
        index: its records for matching.
        samples: of all records.
        scans: starts of own scans, ascending whole seconds UTC.
    """

    keys: tuple[OwnKey, ...]
    index: RecordIndex
    samples: dict[RecordRef, tuple[Sample, ...]]
    scans: list[int]


@dataclass(frozen=True, slots=True)
class Replay:
    """A trace that was lived through.

    Attributes:
        phones: by station.
        ended_at: seconds UTC; from then on all keys are over.
        receiver_correction_db: that every phone applies, dB.
    """

    phones: list[StoredPhone]
    ended_at: int
    receiver_correction_db: int


async def replay(
    trace: Trace,
    model: AirModel,
    seed: int,
    home: Path,
    progress: Progress,
    *,
    rhythm_s: float = 60.0,
    calibrated: bool = True,
) -> Replay:
    """Lets everybody's phone live through a trace. Must run on a virtual-time loop.

    Args:
        trace: who was how near in each step.
        model: of the air.
        seed: decides every draw.
        home: folder for the stores.
        progress: called with the share that is done, 0..1.
        rhythm_s: mean time from scan to scan of every phone, seconds.
        calibrated: whether phones know how strongly their model sends.
    """
    periods = _days(trace)
    air = Air(model, TraceWorld(trace), seed)
    settings = TownSettings(
        depth="frame",
        poll_s=POLL_S,
        batch_period_s=BATCH_PERIOD_S,
        receiver_correction_db=round(air.receiver_correction_db),
        scan_rhythm_s=rhythm_s,
        calibrated=calibrated,
    )
    town = Town(home, trace.people_count, air, periods[0].start - SETTLE_S, seed, settings)
    total = sum(period.end - period.start for period in periods)
    await town.start()
    try:
        done = 0.0
        for period in periods:
            await _sleep_until(town, period.start - SETTLE_S)
            await town.switch_on()
            while (now := town.clock.system()) < period.end + SETTLE_S:
                await town.clock.sleep(min(PROGRESS_STEP_S, period.end + SETTLE_S - now))
                progress(min(1.0, (done + town.clock.system() - period.start) / total))
            await town.switch_off()
            done += period.end - period.start
        phones = [_stored(town, station) for station in range(trace.people_count)]
        return Replay(phones, int(town.clock.system()), settings.receiver_correction_db)
    finally:
        await town.stop()


async def _sleep_until(town: Town, at: float) -> None:
    await town.clock.sleep(max(0.0, at - town.clock.system()))


def _days(trace: Trace) -> list[Period]:
    """Active periods; those that would touch with their margins are one."""
    joined: list[Period] = []
    for period in trace.active_periods():
        if joined and period.start - joined[-1].end <= 2 * SETTLE_S:
            joined[-1] = Period(joined[-1].start, period.end)
        else:
            joined.append(period)
    return joined


def _stored(town: Town, station: int) -> StoredPhone:
    store = town.phones[station].store
    index = store.days.index()
    refs = [ref for filed in index.values() for ref in filed]
    return StoredPhone(tuple(store.ledger.own_keys()), index, store.days.samples(refs), store.days.scans())


def first_day(trace: Trace, utc_offset_minutes: int) -> int:
    """Local civil date of the trace's first step, days since 1970-01-01."""
    return int((trace.active_periods()[0].start + utc_offset_minutes * 60) // DAY_S)
