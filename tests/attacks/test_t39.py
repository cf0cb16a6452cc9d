"""T-39: an implementation that differs in one bit. The vectors, section 10 and the committed set, find it."""

from __future__ import annotations

import json

from bluezone.sim.attacks import derivation
from bluezone.sim.attacks.outcome import Setting
from tests.vectors.generate import FILE, render


def test_t39_section_10_comes_out(setting: Setting) -> None:
    outcome = derivation.vectors(setting)
    assert outcome.passed, outcome.measured


def test_t39_the_committed_set_is_made_again_byte_for_byte() -> None:
    assert FILE.read_text(encoding="utf-8") == render()


def test_t39_the_set_has_a_case_of_every_kind_and_many_that_must_be_refused() -> None:
    cases = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
    assert sum("error" in case for case in cases) > 70
    assert len({case["kind"] for case in cases}) >= 10
