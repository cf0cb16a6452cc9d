"""The demo without a page: one morning, one confirmed case, and who was warned.

Decides when the case is confirmed and how the result is read. Exit codes and printing are the CLI's.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bluezone.radio.capture import Capture
from bluezone.sim.air import Air, AirModel
from bluezone.sim.scenario import Scenario, commune_day
from bluezone.sim.town import Depth, Town, TownSettings
from bluezone.sim.virtual_time import run_virtual

PROGRESS_STEP_S = 600
BATCH_PERIOD_S = 900
# Deployed phones ask every four hours; here, after the confirmation an hour is left.
POLL_S = 1200.0


@dataclass(frozen=True, slots=True)
class PersonResult:
    """What became of one person.

    Attributes:
        label_vi, label_en: role.
        near_s: longest time within 2 m of the case in any 24 hours, seconds, by the map.
        must: had to be warned.
        alerted: was warned.
        felt_s: near time that the phone itself found, seconds; 0 without an alert.
    """

    label_vi: str
    label_en: str
    near_s: int
    must: bool
    alerted: bool
    felt_s: float


@dataclass(frozen=True, slots=True)
class OnceResult:
    """A whole run.

    Attributes:
        case: label of the confirmed person, vi and en.
        people: everybody else.
        sent_count: keys that the case published.
        identifiers_stored: encounter records over all phones at the end.
        wall_s: seconds that the run took.
    """

    case: tuple[str, str]
    people: tuple[PersonResult, ...]
    sent_count: int
    identifiers_stored: int
    wall_s: float

    @property
    def missed(self) -> int:
        """People who had to be warned and were not."""
        return sum(one.must and not one.alerted for one in self.people)

    @property
    def false(self) -> int:
        """People who were warned and had no reason to be."""
        return sum(one.alerted and not one.must for one in self.people)


def run_once(
    seed: int,
    depth: Depth,
    people: int,
    progress: Callable[[float], None],
    capture: Capture | None = None,
) -> OnceResult:
    """Runs the default scenario as fast as the machine can.

    Args:
        seed: of scenario, air and phones.
        depth: how real the air is.
        people: 24..48.
        progress: called with the share that is done, 0..1.
        capture: at depth `hci`, gets every HCI packet.
    """
    scenario = commune_day(seed, people)
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bluezone-once-") as home:
        found = run_virtual(_live(scenario, seed, depth, Path(home), progress, capture))
    alerts, sent_count, stored = found
    results = tuple(
        PersonResult(
            person.label_vi,
            person.label_en,
            scenario.truth.of(scenario.case, person.station).within_2m_s,
            person.station in scenario.must_be_alerted,
            person.station in alerts,
            alerts.get(person.station, 0.0),
        )
        for person in scenario.people
        if person.station != scenario.case
    )
    case = scenario.people[scenario.case]
    wall_s = time.monotonic() - started
    return OnceResult((case.label_vi, case.label_en), results, sent_count, stored, wall_s)


async def _live(
    scenario: Scenario,
    seed: int,
    depth: Depth,
    home: Path,
    progress: Callable[[float], None],
    capture: Capture | None,
) -> tuple[dict[int, float], int, int]:
    air = Air(AirModel.mild(), scenario.world, seed)
    settings = TownSettings(
        depth=depth,
        batch_period_s=BATCH_PERIOD_S,
        poll_s=POLL_S,
        receiver_correction_db=round(air.receiver_correction_db),
    )
    town = Town(home, len(scenario.people), air, scenario.start_at, seed, settings, capture)
    await town.start()
    try:
        await _until(town, scenario.confirmed_at, scenario, progress)
        published = await town.publish(scenario.case, await town.confirm())
        await _until(town, scenario.end_at, scenario, progress)
        alerts = {
            station: town.phones[station].store.ledger.alerts()[0].alert.near_s for station in town.alerted()
        }
        stored = sum(sum(phone.store.days.counts().values()) for phone in town.phones)
        return alerts, published.sent_count, stored
    finally:
        await town.stop()


async def _until(town: Town, at: float, scenario: Scenario, progress: Callable[[float], None]) -> None:
    while (now := town.clock.system()) < at:
        await town.clock.sleep(min(PROGRESS_STEP_S, at - now))
        progress((town.clock.system() - scenario.start_at) / scenario.duration_s)
