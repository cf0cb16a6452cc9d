"""T-06: a live relay with place off. This one is open: the test holds what it costs the liar."""

from __future__ import annotations

from pathlib import Path

from bluezone.sim.attacks import replay
from bluezone.sim.attacks.outcome import Setting

SECURITY = Path(__file__).parent.parent.parent / "docs" / "security.md"


def test_t06_it_takes_three_minutes_of_live_relay(setting: Setting) -> None:
    outcome = replay.live_relay(setting)
    assert outcome.passed, outcome.measured


def test_t06_two_relayed_minutes_pass_no_floor_and_three_do(setting: Setting) -> None:
    case = replay.speaking_case(setting)
    assert replay.passed_floor(setting, case, 2) == 0
    assert replay.passed_floor(setting, case, 3) > 0


def test_t06_it_is_open_and_the_security_page_says_so(setting: Setting) -> None:
    assert replay.live_relay(setting).count == setting.victim_count
    assert "relay" in SECURITY.read_text(encoding="utf-8")
