"""T-05: a live relay between two places, while both sides know where they are."""

from __future__ import annotations

import pytest

from bluezone.phone.encounter import Sample
from bluezone.phone.matching import Hit, RecordRef
from bluezone.protocol.advertisement import build_payload
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.protocol.tags import cell_of, neighbour_cells, place_commitment
from bluezone.sim.attacks import controls, tags
from bluezone.sim.attacks.outcome import Setting

HANOI, SAIGON = (21.0285, 105.8542), (10.7769, 106.7009)
MINUTES = range(tags.START // 60, tags.START // 60 + 12)
TEK = bytes(range(16))


def test_t05_no_frame_travels_600_km_and_few_3_km(setting: Setting) -> None:
    outcome = tags.relay_with_place(setting)
    assert outcome.passed, outcome.measured


def test_t05_from_hanoi_to_saigon_nothing_verifies() -> None:
    assert tags.verified_with_places(TEK, HANOI, SAIGON, MINUTES) == 0
    assert tags.verified_with_places(TEK, HANOI, HANOI, MINUTES) == 12


def test_t05_who_has_place_off_still_meets_those_who_have_it_on() -> None:
    assert tags.verified_with_places(TEK, None, HANOI, MINUTES) == 12
    assert tags.verified_with_places(TEK, HANOI, None, MINUTES) == 12


def test_t05_control_without_the_place_tag_every_minute_travels() -> None:
    minute = MINUTES[0]
    identifier = full_identifier(TemporaryExposureKey(TEK), minute // 10)
    said = build_payload(identifier, minute, -60, place_commitment(identifier.visible, cell_of(*HANOI)))
    kept = tuple(place_commitment(identifier.visible, cell) for cell in neighbour_cells(*SAIGON))
    sample = Sample(minute * 60 + 30, -60, said.masked_metadata, said.time_tag, said.place_tag, kept)
    hit = Hit(TEK, minute // 10, RecordRef(0, 0, b""))
    assert len(controls.without_place_tag()([(hit, [sample])]).minutes) == 1
    assert len(controls.TwinMatcher()([(hit, [sample])]).minutes) == 0


@pytest.mark.slow
def test_t05_full(full: Setting) -> None:
    outcome = tags.relay_with_place(full)
    assert outcome.passed, outcome.measured
