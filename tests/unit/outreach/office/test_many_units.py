"""What one unit costs does not grow with how many are asked: a province has thousands of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, Engine, event

from bluezone.outreach.errors import UnitUnknown
from bluezone.outreach.instruction import Instruction, expected_units
from bluezone.outreach.office import instructing
from bluezone.outreach.office.access import unit_identity
from bluezone.outreach.office.reporting import Typed
from bluezone.outreach.pages import instructions as pages
from bluezone.outreach.storage import instructions, reminders
from bluezone.outreach.storage.reminders import SentReminder
from bluezone.outreach.storage.reports import Place
from bluezone.outreach.units import UnitTree
from tests.unit.outreach.office.case import CITY, DUE_AT, HOUR_S, Office

Sent = tuple[Office, str]
PHU = unit_identity("nghia-phu", "Phường Nghĩa Phú")


@contextmanager
def statements(table: str) -> Iterator[list[tuple[str, str]]]:
    """Every statement that names a table, with its values as text, while the block runs."""
    seen: list[tuple[str, str]] = []

    def note(_conn: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        if table in statement:
            seen.append((statement.split(maxsplit=1)[0], str(values)))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(Engine, "before_cursor_execute", note)


async def test_an_autosave_looks_at_its_own_unit_only(sent: Sent) -> None:
    office, instruction = sent
    typed = Typed(Place(instruction, 0, "nghia-phu"), "browser", 0, {"posters": "3"})
    with statements("outreach_recipients") as seen:
        await office.service.reporting.save_draft(typed, by=PHU)
        await office.service.reporting.open(typed.place, "browser", by=PHU)
    assert seen
    assert all("nghia-phu" in values for _, values in seen), seen


async def test_sending_to_a_unit_again_looks_at_no_other(sent: Sent) -> None:
    office, instruction = sent
    with statements("outreach_recipients") as seen:
        await office.service.instructing.send_again(instruction, "nghia-phu", by=CITY)
    assert seen
    assert all("nghia-phu" in values for _, values in seen), seen


async def test_links_for_all_units_are_noted_in_as_many_statements_as_for_one(
    sent: Sent, monkeypatch: pytest.MonkeyPatch
) -> None:
    office, instruction = sent
    units = tuple(one.unit_id for one in (await office.service.units.tree()).children("gia-nghia"))
    asked: list[int] = []

    def counted(instruction: Instruction, tree: UnitTree, period: int) -> tuple[str, ...]:
        asked.append(period)
        return expected_units(instruction, tree, period)

    monkeypatch.setattr(instructing, "expected_units", counted)
    counts = []
    for wanted in ((), units[:1], units, units + units):
        asked.clear()
        with statements("outreach_recipients") as seen:
            invitations = await office.service.instructing.print_links(instruction, wanted, by=CITY)
        assert len(invitations) == len(set(wanted) or units)
        counts.append((len(seen), len(asked)))
    assert all(said <= 1 and looked <= 2 for said, looked in counts), counts


async def test_links_for_a_unit_that_is_not_asked_are_refused_whole(sent: Sent) -> None:
    office, instruction = sent
    with pytest.raises(UnitUnknown), statements("signin_links") as seen:
        await office.service.instructing.print_links(instruction, ("y-te", "dak-nong"), by=CITY)
    assert not seen


async def test_asking_many_adds_whoever_is_missing_and_changes_nobody(sent: Sent) -> None:
    office, instruction = sent

    def ask(conn: Connection) -> tuple[dict[str, object], dict[str, object]]:
        before = instructions.list_recipients(conn, instruction)
        instructions.ask_all(conn, instruction, ["y-te", "a", "nghia-phu", "b"])
        return dict(before), dict(instructions.list_recipients(conn, instruction))

    with statements("outreach_recipients") as seen:
        before, after = await office.service.ground.database.run(ask)
    assert [verb for verb, _ in seen].count("INSERT") == 1
    assert set(after) - set(before) == {"a", "b"}
    assert {one: after[one] for one in before} == before


class Watching(SentReminder):
    """A reminder that counts how often somebody asks whose it is."""

    asked = 0

    def __getattribute__(self, name: str) -> object:
        if name == "unit_id":
            Watching.asked += 1
        return super().__getattribute__(name)


async def test_watching_looks_at_each_reminder_once(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    office, instruction = sent
    for hours in (-24, -3, 1):
        office.clock.set_system(DUE_AT + hours * HOUR_S)
        assert await office.service.reminding.look_once() == 14
    found = await office.service.ground.database.run(lambda conn: reminders.list_sent(conn, instruction, 0))
    slow = {unit: [one for one in found if one.unit_id == unit] for unit in {one.unit_id for one in found}}
    monkeypatch.setattr(reminders, "SentReminder", Watching)
    watched = await office.service.instructing.watch(instruction, by=CITY)
    assert Watching.asked == len(found) == 3 * 14
    assert [len(one.reminded) for one in watched.standings] == [3] * 14
    for one in watched.standings:
        assert [kept.claimed_at for kept in one.reminded] == [
            kept.claimed_at for kept in slow[one.unit.unit_id]
        ]


async def test_codes_are_drawn_beside_the_event_loop(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    office, instruction = sent
    threads, draw = [], pages.qr_path

    def drawn(address: str) -> tuple[str, int]:
        threads.append(threading.current_thread())
        return draw(address)

    monkeypatch.setattr(pages, "qr_path", drawn)
    city = await office.signed_in(CITY)
    page = await city.open(f"/office/instructions/{instruction}")
    await city.press(page, f"/office/instructions/{instruction}/links")
    assert len(threads) == 14
    assert threading.main_thread() not in threads
