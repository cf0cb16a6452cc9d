"""Measuring kits: what is counted is what lies in the folders, and further communes are kits of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.outreach.kit.manifest import read_manifest
from bluezone.outreach.kit.measure import measure
from bluezone.outreach.kit.unit_file import load_unit
from tests.unit.outreach.kit.conftest import EXAMPLE

pytestmark = pytest.mark.slow


@pytest.mark.timeout(300)
def test_two_communes_without_films_are_counted_as_they_lie_there(tmp_path: Path) -> None:
    shown: list[float] = []
    told = measure(load_unit(EXAMPLE), 2, tmp_path, ("vi",), False, shown.append)
    assert told.missing == ()
    assert shown == [0.5, 1.0]
    assert all(seconds > 0 for seconds in told.seconds)
    manifests = [read_manifest(tmp_path / folder) for folder in ("000", "001")]
    assert manifests[0].unit != manifests[1].unit
    for manifest, counted in zip(manifests, told.bytes, strict=True):
        assert len({entry.item for entry in manifest.files}) == 9
        assert sum(entry.bytes for entry in manifest.files) == counted
    posters = [(tmp_path / folder / "poster" / "poster-a3-vi.pdf").read_bytes() for folder in ("000", "001")]
    assert posters[0] != posters[1]
    files = [one for one in tmp_path.glob("0*/*/*") if one.is_file() and ".build" not in one.parts]
    assert told.file_count == len(files)
