"""Route 2: F0 confirmed -> code -> upload -> batch -> every phone -> match -> alert."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.phone.errors import DiagnosisError
from bluezone.protocol.errors import CodeError
from bluezone.protocol.interval import local_day_of
from bluezone.sim.town import Depth, Town, TownSettings
from bluezone.sim.virtual_time import run_virtual
from tests.routes.small_town import MORNING, Distances

# 0 is the case; 1 sits beside it, 2 at eight metres, 3 is nowhere near, 4 sits beside 1 only.
TOWN = Distances({(0, 1): 1.0, (0, 2): 8.0, (1, 4): 1.0})


def _town(home: Path, depth: Depth) -> Town:
    return Town(home, 5, TOWN, MORNING, 3, TownSettings(depth=depth))


@pytest.mark.parametrize("depth", ["hci", "frame"])
def test_exactly_those_who_were_near_are_warned(tmp_path: Path, depth: Depth) -> None:
    async def story() -> None:
        town = _town(tmp_path, depth)
        await town.start()
        await town.clock.sleep(30 * 60)
        code = await town.confirm()
        published = await town.publish(0, code)
        assert published.sent_count == 1
        assert town.alerted() == set(), "nobody can know before the key is over and in a batch"
        await town.clock.sleep(45 * 60)
        assert town.alerted() == {1}
        (shown,) = town.phones[1].store.ledger.alerts()
        assert shown.alert.day == local_day_of(MORNING, 420)
        assert 36 * 60 <= shown.alert.near_s <= 42 * 60, "together until the closed key ends, 40 minutes"
        assert shown.alert.mean_level_db == 0.0
        heads = {phone.store.ledger.head() for phone in town.phones}
        assert len(heads) == 1, "every phone follows the same chain"
        await town.stop()

    run_virtual(story())


def test_a_code_works_once_and_a_typing_error_costs_nothing(tmp_path: Path) -> None:
    async def story() -> None:
        town = _town(tmp_path, "frame")
        await town.start()
        await town.clock.sleep(20 * 60)
        code = await town.confirm()
        before = town.phones[0].store.ledger.own_keys()
        with pytest.raises(CodeError):
            await town.publish(0, code[:-1] + ("0" if code[-1] != "0" else "1"))
        assert town.phones[0].store.ledger.own_keys() == before, "the running key was not closed"
        await town.publish(0, code)
        with pytest.raises(DiagnosisError, match="already used"):
            await town.publish(1, code)
        await town.stop()

    run_virtual(story())


def test_a_phone_that_was_off_learns_of_it_later_and_only_once(tmp_path: Path) -> None:
    async def story() -> None:
        town = _town(tmp_path, "frame")
        await town.start()
        await town.clock.sleep(30 * 60)
        await town.publish(0, await town.confirm())
        await town.switch_off()
        await town.clock.sleep(3 * 3600)
        assert town.alerted() == set()
        await town.switch_on()
        await town.clock.sleep(30 * 60)
        assert town.alerted() == {1}
        minutes = town.phones[1].store.ledger.verified_minutes()
        await town.clock.sleep(2 * 3600)
        assert town.phones[1].store.ledger.verified_minutes() == minutes
        await town.stop()

    run_virtual(story())


def test_a_sample_taken_with_the_phones_code_needs_no_verification_code(tmp_path: Path) -> None:
    """Swab mode: the code is shown before the result; the result certifies that phone and no other."""

    async def story() -> None:
        town = _town(tmp_path, "frame")
        await town.start()
        await town.clock.sleep(30 * 60)
        case, stranger = town.runner(0), town.runner(2)
        shown = case.commit_before_swab()
        assert case.shown_at_swab() == (shown, int(town.clock.system()))
        laboratory = town.authority.laboratory
        await laboratory.add_sample("tube", shown)
        with pytest.raises(DiagnosisError, match="no positive sample"):
            await case.publish_swab()
        await laboratory.certify("tube", local_day_of(town.clock.system(), 420))
        stranger.commit_before_swab()
        with pytest.raises(DiagnosisError, match="no positive sample"):
            await stranger.publish_swab()
        assert (await case.publish_swab()).sent_count == 1
        assert case.shown_at_swab() is None, "its keys are public; a new sample gets a new code"
        await town.clock.sleep(45 * 60)
        assert town.alerted() == {1}
        await town.stop()

    run_virtual(story())
