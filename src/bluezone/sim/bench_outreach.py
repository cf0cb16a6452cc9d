"""What a roll-up of the whole country costs: three levels and 11,000 communes, as in 2020.

Decides the load alone: invented figures, some units late, some missing, some corrected.
"""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

from bluezone.outreach.figures import Denominator, Figures
from bluezone.outreach.home import create_home, open_outreach
from bluezone.outreach.instruction import Instruction, Target
from bluezone.outreach.office.access import OFFICE
from bluezone.outreach.report import Report
from bluezone.outreach.rollup import RollUp, roll_up
from bluezone.outreach.service import Outreach
from bluezone.outreach.storage import instructions, reports
from bluezone.outreach.units import Unit, UnitTree
from bluezone.sim.bench_phone import Measured
from bluezone.web.signin.rules import Identity

PROVINCES, DISTRICTS, COMMUNES = 63, 700, 11_000
_DUE_AT = 1_597_827_600  # 19 August 2020, 16:00 in Viet Nam
_ROUNDS = 3
_NATION = Identity("bench", OFFICE, "vn", "Cả nước")


def country(communes: int = COMMUNES) -> UnitTree:
    """A country of invented units: provinces, districts and communes below one office."""
    units = [Unit("vn", "Cả nước")]
    units += [Unit(f"p{n}", f"Tỉnh {n}", parent_id="vn") for n in range(PROVINCES)]
    units += [Unit(f"d{n}", f"Huyện {n}", parent_id=f"p{n % PROVINCES}") for n in range(DISTRICTS)]
    units += [Unit(f"c{n}", f"Xã {n}", parent_id=f"d{n % DISTRICTS}") for n in range(communes)]
    return UnitTree(units)


def national_instruction() -> Instruction:
    """One that asks the provinces, ranked against the population."""
    issued = datetime.fromtimestamp(_DUE_AT, UTC).date()
    target = Target(Fraction(1, 2), Denominator.POPULATION)
    return Instruction("bench", "vn", "1/BENCH", issued, "báo cáo", _DUE_AT, target=target)


def reports_of(tree: UnitTree, seed: int = 1) -> dict[str, list[Report]]:
    """Reports of all communes but one in twenty; one in ten late, one in eight corrected once."""
    draw = random.Random(seed)  # noqa: S311  a load, not a secret
    found: dict[str, list[Report]] = {}
    for unit in tree.leaves("vn"):
        if draw.random() < 0.05:
            continue
        population = draw.randrange(2_000, 30_000)
        smartphones = population * draw.randrange(30, 70) // 100
        installed = smartphones * draw.randrange(5, 60) // 100
        figures = Figures(population, smartphones, 40, 30, installed, installed // 3, 4, 500, 20, 3, 200)
        sent_at = _DUE_AT + (600 if draw.random() < 0.1 else -600)
        count = 2 if draw.random() < 0.125 else 1
        found[unit.unit_id] = [
            Report(
                "bench",
                0,
                unit.unit_id,
                n + 1,
                national_instruction().issued_on,
                figures,
                submitted_at=sent_at + n,
            )
            for n in range(count)
        ]
    return found


def measure_rollup() -> list[Measured]:
    """The national table from all communes, with and without a period before to compare with."""
    tree, instruction = country(), national_instruction()
    versions = reports_of(tree)
    earlier = {unit_id: every[-1] for unit_id, every in reports_of(tree, seed=2).items()}
    reported = sum(len(every) for every in versions.values())
    found = []
    for what, previous in (("", {}), (", compared with the period before", earlier)):
        best_s = min(_timed(tree, versions, instruction, previous) for _ in range(_ROUNDS))
        label = f"roll up {COMMUNES:,} communes ({reported:,} versions) to {PROVINCES} provinces{what}"
        found.append(Measured(label, 1e3 * best_s, "ms"))
    return found


def _timed(
    tree: UnitTree, versions: dict[str, list[Report]], instruction: Instruction, previous: dict[str, Report]
) -> float:
    began = time.perf_counter()
    made: RollUp = roll_up(
        tree, versions, instruction=instruction, period=0, at=_DUE_AT + 3600, previous=previous
    )
    taken_s = time.perf_counter() - began
    if made.total.reported_count != len(versions):
        raise AssertionError("the roll-up lost a report")
    return taken_s


async def measure_kept_rollup(communes: int = COMMUNES) -> list[Measured]:
    """The same as an office's page does it: every report read from SQLite on disk, then the table.

    Args:
        communes: below the one office.

    Raises:
        AssertionError: a report that was kept is not in the table.
    """
    tree, instruction = country(communes), national_instruction()
    versions = reports_of(tree)
    opened = replace(instruction, opened_at=_DUE_AT - 86_400)
    kept = [report for every in versions.values() for report in every]

    def keep(conn: Any) -> None:
        instructions.add(conn, opened, _DUE_AT - 86_400)
        for report in kept:
            reports.add(conn, report, f"unit:{report.unit_id}")

    with tempfile.TemporaryDirectory(prefix="bluezone-rollup-") as folder:
        settings = await create_home(Path(folder) / "home", list(tree), port=8585, address="http://127.0.0.1")
        service = open_outreach(settings)
        try:
            await service.ground.database.run(keep)
            taken_s = [await _timed_kept(service, len(versions)) for _ in range(1 + _ROUNDS)]
        finally:
            await service.close()
    what = f"read {communes:,} communes ({len(kept):,} versions) from SQLite and roll up"
    return [
        Measured(f"{what}, the first time with the list of units", 1e3 * taken_s[0], "ms"),
        Measured(f"{what}, again", 1e3 * min(taken_s[1:]), "ms"),
    ]


async def _timed_kept(service: Outreach, expected: int) -> float:
    began = time.perf_counter()
    made = await service.summing.roll_up("bench", 0, by=_NATION)
    taken_s = time.perf_counter() - began
    if made.rollup.total.reported_count != expected:
        raise AssertionError("the roll-up lost a report")
    return taken_s
