"""Route 1: air -> phone store. Two phones over HCI; what each keeps of the other, and what it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from bluezone.phone.matching import find_hits, verify_hits
from bluezone.protocol.batch import Section
from bluezone.protocol.interval import interval_of
from bluezone.protocol.keys import expand, index_hash
from bluezone.sim.town import Depth, Town, TownSettings
from bluezone.sim.virtual_time import run_virtual
from tests.routes.small_town import MORNING, Distances

MINUTES = 32


async def _meet(home: Path, depth: Depth) -> Town:
    town = Town(home, 3, Distances({(0, 1): 1.0}), MORNING, 7, TownSettings(depth=depth))
    await town.start()
    await town.clock.sleep(MINUTES * 60)
    await town.switch_off()
    return town


@pytest.mark.parametrize("depth", ["hci", "frame"])
def test_two_phones_that_meet_keep_each_other_and_a_third_keeps_nobody(tmp_path: Path, depth: Depth) -> None:
    async def story() -> None:
        town = await _meet(tmp_path, depth)
        own, other, far = (phone.store for phone in town.phones)
        (key,) = other.ledger.own_keys()
        tek = key.key.tek.reveal()
        section = Section(key.start, key.key.rolling_period, (tek,))
        hits = list(find_hits([section], int(MORNING) + 6 * 3600, own.days.index()))
        result = verify_hits((hit, own.days.samples([hit.ref])[hit.ref]) for hit in hits)
        # Three intervals are finished and stored; a scan a minute, a few lost to rotation and to minutes
        # that hold two scans.
        assert {hit.interval for hit in hits} == {interval_of(MORNING) + step for step in range(3)}
        assert 25 <= len(result.minutes) <= 30
        assert result.rejected_count == 0
        assert {one.level_db for one in result.minutes} == {0}
        assert far.days.index() == {}
        assert len(far.days.scans()) >= 27, "scans in which nothing was heard are kept too"
        await town.stop()

    run_virtual(story())


def test_no_visible_identifier_is_in_the_store(tmp_path: Path) -> None:
    async def story() -> list[bytes]:
        town = await _meet(tmp_path, "frame")
        own, other = town.phones[0].store, town.phones[1].store
        (key,) = other.ledger.own_keys()
        visible = expand(key.key.tek.reveal(), key.start, 3)
        records = [(label, ref) for (_, label), refs in own.days.index().items() for ref in refs]
        assert {(label, ref.index_hash) for label, ref in records} == {
            (v[:2], index_hash(v)) for v in visible
        }
        await town.stop()
        return visible

    visible = run_virtual(story())
    content = b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    assert len(content) > 10_000
    for identifier in visible:
        assert not any(identifier[at : at + 6] in content for at in range(7))
