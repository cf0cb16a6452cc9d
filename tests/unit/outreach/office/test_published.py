"""What the public sees of an office's reports: nothing before a deadline, then what stood at it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bluezone.outreach.figures import Share
from bluezone.outreach.office.published import KEPT_S
from tests.unit.outreach.office.case import CITY, DUE_AT, HOUR_S, Office, running_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """The example city."""
    async with running_office(tmp_path) as running:
        yield running


def at(office: Office, instant: float) -> None:
    """Moves the clock forward to an instant, seconds UTC."""
    office.clock.advance(instant - office.clock.system())


async def test_totals_are_those_of_the_deadline(office: Office) -> None:
    totals = office.service.published_totals("gia-nghia")
    assert totals is not None
    instruction = await office.instruct(await office.signed_in(CITY))
    await office.report(await office.unit(), instruction)
    assert await totals.latest() is None, "before the deadline nothing is public"
    at(office, DUE_AT + HOUR_S)
    found = await totals.latest()
    assert found is not None
    assert (found.units, found.reported, found.installed, found.as_of_day) == (14, 1, 2910, 18_493)
    assert (found.of_population, found.of_smartphones) == (Share(2910, 11_200, 1), Share(2910, 5800, 1))
    late = {
        "population": "9.400",
        "smartphones": "4.900",
        "residents_installed": "2.121",
        "residents_new": "",
    }
    await office.report(await office.unit("nghia-duc"), instruction, "nghia-duc", **late)
    office.clock.advance(2 * KEPT_S)
    assert await totals.latest() == found, "a late report does not change what was published"


async def test_an_office_that_names_nobody_publishes_nothing(office: Office) -> None:
    assert office.service.published_totals("") is None


async def test_another_office_has_nothing_to_publish(office: Office) -> None:
    await office.instruct(await office.signed_in(CITY))
    at(office, DUE_AT + HOUR_S)
    above = office.service.published_totals("dak-nong")
    assert above is not None
    assert await above.latest() is None
