"""T-32: somebody follows a Bluetooth address for a day."""

from __future__ import annotations

from bluezone.sim.attacks import listening
from bluezone.sim.attacks.driven import MORNING
from bluezone.sim.attacks.outcome import Setting


def test_t32_no_address_has_two_identifiers_and_every_boundary_a_gap(setting: Setting) -> None:
    outcome = listening.addresses(setting)
    assert outcome.passed, outcome.measured


def test_t32_control_a_phone_that_never_falls_silent_is_noticed() -> None:
    station = listening.Station(on_air=[(MORNING, MORNING + 3600)])
    assert listening.boundary_gaps(station, 1) == [(0.0, 0.0)] * 5


def test_t32_control_an_address_that_stays_is_noticed() -> None:
    station = listening.Station()
    for visible in (b"one", b"two"):
        station.said_under[b"address"].add(visible)
    assert [len(said) for said in station.said_under.values()] == [2]
