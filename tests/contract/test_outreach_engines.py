"""The offices' service keeps the same on every database engine, also when everybody comes at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from bluezone.database.port import open_database
from bluezone.outreach.errors import ReportOutdated, UnitsOutdated
from bluezone.outreach.figures import Denominator, Figures, Share, Summary, Uptake
from bluezone.outreach.instruction import Instruction, Target
from bluezone.outreach.office.access import unit_identity
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.office.reminding import may_try
from bluezone.outreach.office.reporting import Typed
from bluezone.outreach.report import Report
from bluezone.outreach.storage import reminders, uploads
from bluezone.outreach.storage.codec import decode, encode
from bluezone.outreach.storage.reports import Place
from bluezone.outreach.storage.schema import SCHEMA, SIGNIN_SCHEMA, check, migrate
from bluezone.outreach.storage.tables import metadata
from bluezone.outreach.unit_sources import example_units
from bluezone.outreach.units import Unit, UnitTree
from bluezone.web.signin.tables import metadata as signin_metadata
from tests.postgres import new_database
from tests.unit.outreach.case import INSTRUCTION
from tests.unit.outreach.office.case import ABOVE, CITY, DUE_AT, GOOD, HOUR_S, Office, opened, running_office

# An office counts its staff and nothing else.
NOT_RESIDENTS = dict.fromkeys(("population", "smartphones", "residents_installed", "residents_new"), "")
PHU = unit_identity("nghia-phu", "Phường Nghĩa Phú")


@pytest.fixture(params=["sqlite", "postgresql"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    """A running service on each engine."""
    url = await new_database() if request.param == "postgresql" else f"sqlite:///{tmp_path}/o.db"
    async with running_office(tmp_path, url) as running:
        yield running


def typed(instruction: str, author: str, unit: str = "nghia-phu", **changes: str) -> Typed:
    """A first report as one browser sends it."""
    return Typed(Place(instruction, 0, unit), author, 0, GOOD | changes, is_sure=True)


async def test_the_steps_build_exactly_the_tables(office: Office) -> None:
    run = office.service.ground.database.run
    assert await run(lambda conn: SCHEMA.differences(conn, beside=(signin_metadata,))) == []
    assert await run(lambda conn: SIGNIN_SCHEMA.differences(conn, beside=(metadata,))) == []
    await run(migrate)
    await run(check)


async def test_of_eight_officers_at_one_report_one_is_first_and_nobody_loses_a_word(office: Office) -> None:
    instruction = await office.instruct(await office.signed_in(CITY))
    reporting = office.service.reporting
    results = await asyncio.gather(
        *(reporting.submit(typed(instruction, f"browser-{n}", posters=str(n)), by=PHU) for n in range(8)),
        return_exceptions=True,
    )
    outdated = [one for one in results if isinstance(one, ReportOutdated)]
    assert len(outdated) == 7
    desk = await reporting.open(Place(instruction, 0, "nghia-phu"), by=PHU)
    assert desk.version == 1
    kept = {draft.texts["posters"] for draft in desk.other_drafts}
    assert kept | {str(desk.versions[0].figures.posters)} == {str(n) for n in range(8)}


async def test_all_units_at_once_lose_nothing(office: Office) -> None:
    instruction = await office.instruct(await office.signed_in(CITY))
    units = [unit for unit in example_units() if unit.parent_id == "gia-nghia"]
    await asyncio.gather(
        *(
            office.service.reporting.submit(
                typed(instruction, unit.unit_id, unit.unit_id, **NOT_RESIDENTS)
                if not unit.has_residents
                else typed(
                    instruction,
                    unit.unit_id,
                    unit=unit.unit_id,
                    population=str(unit.population),
                    smartphones=str(unit.smartphones),
                    residents_installed="2000",
                ),
                by=unit_identity(unit.unit_id, unit.name),
            )
            for unit in units
        )
    )
    total = (await office.service.summing.roll_up(instruction, by=CITY)).rollup.total
    assert (total.reported_count, total.missing) == (14, ())


async def test_two_processes_that_remind_at_once_remind_each_unit_once(
    office: Office, tmp_path: Path
) -> None:
    await office.instruct(await office.signed_in(CITY))
    office.clock.set_system(DUE_AT - 24 * HOUR_S)
    other = opened(tmp_path, office.service.ground.database, office.clock, seed=2)
    sent = await asyncio.gather(office.service.reminding.look_once(), other.reminding.look_once())
    assert sum(sent) == 14
    assert len(list(office.messages.glob("*.eml"))) == 28


async def test_a_new_list_of_units_reaches_every_process(office: Office, tmp_path: Path) -> None:
    other = opened(tmp_path, office.service.ground.database, office.clock, seed=2)
    assert len(await other.units.tree()) == 16
    listed = [*example_units(), Unit("moi", "Xã Mới", "xã", "gia-nghia")]
    await office.service.units.replace(listed, by=CITY, first=True)
    assert "moi" in await other.units.tree()


async def test_of_two_lists_of_units_at_once_one_is_told_that_it_is_late(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = opened(tmp_path, office.service.ground.database, office.clock, seed=2)
    both_have_read, read = asyncio.Barrier(2), Ground.tree_and_edition

    async def read_together(ground: Ground) -> tuple[UnitTree, int]:
        found = await read(ground)
        await both_have_read.wait()
        return found

    lists = [[*example_units(), Unit(f"moi-{n}", f"Xã Mới {n}", "xã", "gia-nghia")] for n in range(2)]
    with monkeypatch.context() as patch:
        patch.setattr(Ground, "tree_and_edition", read_together)
        results = await asyncio.gather(
            office.service.units.replace(lists[0], by=ABOVE),
            other.units.replace(lists[1], by=ABOVE),
            return_exceptions=True,
        )
    assert sum(isinstance(one, UnitsOutdated) for one in results) == 1, results
    tree = await office.service.units.tree()
    for number, result in enumerate(results):
        assert (f"moi-{number}" in tree) is not isinstance(result, UnitsOutdated)


async def test_what_stands_in_tables_of_an_older_version_goes_on() -> None:
    database = open_database("sqlite://")
    await database.run(SIGNIN_SCHEMA.migrate)
    await database.run(lambda conn: SCHEMA.migrate(conn, "0001"))
    old = (
        "INSERT INTO outreach_reminders VALUES ('i', 0, 'u', 24, 5, 'u@example.vn')",
        "INSERT INTO outreach_uploads VALUES ('up', 'units', 'so-tttt', 'u.csv', 5, x'00')",
    )
    for statement in old:
        await database.run(lambda conn, statement=statement: conn.exec_driver_sql(statement))  # type: ignore[misc]
    await database.run(migrate)
    await database.run(check)
    (reminder,) = await database.run(lambda conn: reminders.list_sent(conn, "i", 0))
    assert (reminder.tries, reminder.failed_at, reminder.sent_to) == (1, None, "u@example.vn")
    assert not may_try(reminder, DUE_AT)
    upload = await database.run(lambda conn: uploads.find(conn, "up", "so-tttt"))
    assert upload is not None
    assert upload.edition == 0, "it is compared with no list, and so never taken over"
    await database.close()


def test_what_is_kept_comes_back_exactly() -> None:
    share = Share(2121, 3073, 1)
    uptake = Uptake(2121, share, share, Share())
    rolled = Summary(
        Figures(population=3073, residents_installed=2121), uptake, late=("a", "b"), missing=("c",)
    )
    report = Report("i", 0, "u", 3, date(2020, 8, 18), Figures(posters=1), "khó\nkhăn", rolled=rolled)
    assert decode(encode(report), Report) == report
    target = Target(Fraction(1, 3), Denominator.STAFF)
    for instruction in (INSTRUCTION, Instruction("i", "o", "1", date(2020, 8, 17), "x", 1, target=target)):
        assert decode(encode(instruction), Instruction) == instruction
    for unit in example_units():
        assert decode(encode(unit), Unit) == unit


async def test_a_closed_database_is_a_sentence(tmp_path: Path) -> None:
    async with running_office(tmp_path) as office:
        city = await office.signed_in(CITY)
        instruction = await office.instruct(city)
        await office.service.ground.database.close()
        page = await city.open(f"/office/instructions/{instruction}")
        assert page.status == 503
        assert "Không có gì bị thay đổi" in page.text
        office.service.ground.database = open_database("sqlite://")
