"""A unit, a job and a small kit for tests of the kit."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from bluezone.outreach.kit.items import find_item
from bluezone.outreach.kit.job import Job
from bluezone.outreach.kit.logo import load_logo
from bluezone.outreach.kit.unit_file import Unit, load_unit, parse_unit
from bluezone.outreach.kit.wording import words_for
from tests.docs.repository import ROOT

EXAMPLE = ROOT / "examples" / "gia-nghia.toml"

logo_once = cache(load_logo)

MakeJob = Callable[..., Job]
MakeUnit = Callable[..., Unit]


@pytest.fixture
def make_unit() -> MakeUnit:
    """The example's unit, with some of its entries replaced."""

    def make(**changes: str) -> Unit:
        text = EXAMPLE.read_text(encoding="utf-8")
        lines = []
        for line in text.splitlines():
            entry = line.split("=")[0].strip()
            lines.append(f"{entry} = {changes.pop(entry)}" if entry in changes else line)
        assert not changes, f"the example has no {sorted(changes)}"
        return parse_unit("\n".join(lines).encode(), EXAMPLE.parent)

    return make


@pytest.fixture
def make_job(tmp_path: Path) -> MakeJob:
    """A job for an item of the example's unit."""

    def make(item_id: str, language: str = "vi", unit: Unit | None = None, folder: str = "job") -> Job:
        unit = unit or load_unit(EXAMPLE)
        item = find_item(item_id)
        assert item
        (tmp_path / folder).mkdir(exist_ok=True)
        return Job(
            item=item,
            language=language,
            unit=unit,
            words=words_for(language, unit),
            logo_png=logo_once(unit.logo) if unit.logo else None,
            folder=tmp_path / folder,
            cache=tmp_path,
        )

    return make
