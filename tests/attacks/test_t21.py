"""T-21: a phone is offered lists that are false: signers, numbers, past, content, region, time."""

from __future__ import annotations

import asyncio

import pytest

from bluezone.protocol.batch import Section
from bluezone.sim.attacks import lists
from bluezone.sim.attacks.outcome import Setting
from bluezone.sim.attacks.service import HostileService


def test_t21_each_is_refused_or_flagged_with_its_sentence(setting: Setting) -> None:
    outcome = lists.false_lists(setting)
    assert outcome.passed, outcome.measured


@pytest.mark.parametrize("name", sorted(lists.ATTACKS))
def test_t21_one_by_one(setting: Setting, name: str) -> None:
    attack = lists.ATTACKS[name]
    polled, minutes, evidence = asyncio.run(lists.after_attack(setting, 0, attack.offer))
    assert attack.sentence in polled.sentence
    assert polled.head is not None
    assert (polled.head.seq, minutes) == (attack.head, 0)
    assert (evidence == 2) == polled.split_view == (name == "two batches with one number")


def test_t21_a_frozen_list_is_told_after_a_day(setting: Setting) -> None:
    assert lists.frozen_is_shown(setting)


def test_t21_control_the_same_keys_in_an_honest_list_are_used(setting: Setting) -> None:
    def offer(service: HostileService, section: Section) -> None:
        service.publish(lists.LATER, [section])

    polled, minutes, _ = asyncio.run(lists.after_attack(setting, 0, offer))
    assert (polled.sentence, minutes) == ("", 10)
