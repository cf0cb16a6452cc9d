"""What the tests of an office share."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.outreach.office.case import CITY, Office, running_office


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    """A running service."""
    async with running_office(tmp_path) as running:
        yield running


@pytest.fixture
async def sent(office: Office) -> tuple[Office, str]:
    """A running service whose office has instructed its units; and the instruction's id."""
    return office, await office.instruct(await office.signed_in(CITY))
