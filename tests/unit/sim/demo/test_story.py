"""Where the story is follows from what has happened, whoever made it happen."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bluezone.sim.demo.story import READY_AFTER_S, Facts, Step, current_step

START = Facts(0.0, has_code=False, is_sending=False, has_published=False, is_complete=False)


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (START, Step.WATCH),
        (replace(START, elapsed_s=READY_AFTER_S), Step.CONFIRM),
        (replace(START, has_code=True), Step.SHARE),
        (replace(START, has_code=True, is_sending=True), Step.WAIT),
        (replace(START, has_code=True, has_published=True), Step.WAIT),
        (replace(START, has_published=True, is_complete=True), Step.RESULT),
    ],
)
def test_steps(facts: Facts, step: Step) -> None:
    assert current_step(facts) is step
