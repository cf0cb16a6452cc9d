"""T-40: one check of the code is removed. An attack that otherwise fails must then succeed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bluezone.sim.attacks import mutations
from bluezone.sim.attacks.outcome import Setting

MUTATIONS = mutations.load_mutations()
QUICK = ("R4 the time tag", "upload: C unused", "batch: keys ascend")


def test_t40_every_removal_still_fits_the_code() -> None:
    assert [one.rule for one in MUTATIONS if not mutations.fits(one)] == []


def test_t40_every_rule_has_a_removal() -> None:
    rules = {one.rule.split()[0].rstrip(":") for one in MUTATIONS}
    assert {f"R{number}" for number in range(1, 9)} | {"upload", "batch", "code", "swab"} <= rules


def test_t40_three_removals_are_noticed(setting: Setting) -> None:
    chosen = [one for one in MUTATIONS if one.rule in QUICK]
    assert len(chosen) == len(QUICK)
    with mutations.Nursery() as nursery:
        tried = [nursery.try_mutation(setting.folder, one) for one in chosen]
    assert [one.said for one in tried if not one.caught] == []


def test_t40_control_code_that_is_left_alone_or_broken_is_no_mutant(setting: Setting) -> None:
    left_alone = replace(MUTATIONS[0], new=MUTATIONS[0].old, caught_by="T-39")
    broken = replace(MUTATIONS[0], new="not python at all", caught_by="T-11")
    with mutations.Nursery() as nursery:
        assert nursery.unharmed(setting.folder, "T-39")
        assert not nursery.try_mutation(setting.folder, left_alone).caught
        assert not nursery.try_mutation(setting.folder, broken).caught


def test_t40_control_a_text_that_is_gone_is_noticed() -> None:
    assert not mutations.fits(replace(MUTATIONS[0], old="a check that nobody wrote"))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_t40_every_removal_is_noticed(setting: Setting) -> None:
    outcome = mutations.mutants(setting)
    assert outcome.passed, outcome.measured
