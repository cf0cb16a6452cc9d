"""What else goes on while a batch is followed: the phone has its turns, histories go, a disk is full."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bluezone.clock import ManualClock
from bluezone.phone import following, matching
from bluezone.phone.events import PollBatches, PollFailed
from bluezone.phone.following import BatchFollower, MatchSettings
from bluezone.phone.risk import RiskRules
from bluezone.phone.status import Problem
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol import keys
from bluezone.protocol.batch import Section, decode_body
from bluezone.protocol.interval import interval_of
from tests.unit.phone.case import (
    MIDNIGHT,
    REGION,
    TEK,
    Service,
    open_client,
    record,
    sample,
    seeded,
    store_beside_tek,
)
from tests.unit.phone.drive import Drive

START = interval_of(MIDNIGHT)
SECTION = Section(START, 24, (TEK,))
NOW = MIDNIGHT + 24 * 600 + 300
SETTINGS = MatchSettings(REGION, RiskRules(), longest_alert_delay_s=0.0)


@pytest.fixture
def service() -> Service:
    """A service at the time of the batch."""
    return Service(ManualClock(NOW))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PhoneStore]:
    """A phone that was beside the holder of TEK for 20 minutes."""
    opened = store_beside_tek(tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture
def follower(service: Service, store: PhoneStore) -> BatchFollower:
    """What keeps that phone up to date."""
    return BatchFollower(open_client(service), store, SETTINGS, seeded(2))


async def test_matching_leaves_the_phone_its_turns(
    service: Service, store: PhoneStore, follower: BatchFollower, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must go silent, change its identifier and end its scans in time, however large a batch is."""
    compared, most, threads = 0, 0, []

    def expand(tek: bytes, start: int, period: int) -> list[bytes]:
        nonlocal compared
        compared += 1
        return keys.expand(tek, start, period)

    def decode(body: bytes) -> list[Section]:
        threads.append(threading.current_thread())
        return decode_body(body)

    async def live_on() -> None:
        nonlocal most
        while True:
            before = compared
            await asyncio.sleep(0)
            most = max(most, compared - before)

    monkeypatch.setattr(matching, "expand", expand)
    monkeypatch.setattr(following, "decode_body", decode)
    teks = {TEK, *(number.to_bytes(16, "big") for number in range(1500))}
    service.publish([Section(START, 24, tuple(sorted(teks)))])
    living = asyncio.create_task(live_on())
    polled = await follower.poll(NOW)
    living.cancel()
    assert polled.head is not None
    assert len(store.ledger.alerts()) == 1
    assert compared == len(teks) > 1500
    assert 0 < most <= matching.PIECE_KEYS
    assert threads
    assert threading.main_thread() not in threads


async def test_a_history_erased_while_a_batch_is_matched_stays_erased(
    service: Service, store: PhoneStore, follower: BatchFollower, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is heard afterwards is not taken for what stood in its place."""
    real_hits_of, later = matching.hits_of, record(bytes(16), START + 6, [sample(bytes(16), NOW)])

    def erase_meanwhile(piece: Section, index: matching.RecordIndex) -> list[matching.Hit]:
        hits = list(real_hits_of(piece, index))
        store.days.erase_history()
        store.days.save_interval(later.interval, [later, later], [])
        return hits

    monkeypatch.setattr(following, "hits_of", erase_meanwhile)
    service.publish([SECTION])
    assert not (await follower.poll(NOW)).stopped
    assert store.ledger.alerts() == []
    assert store.ledger.to_erase() == []
    assert sum(map(len, store.days.index().values())) == 2


async def test_a_full_disk_is_said_and_tried_again(
    service: Service, store: PhoneStore, follower: BatchFollower, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.publish([SECTION])

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as disk:
        disk.setattr(Path, "open", full)
        polled = await follower.poll(NOW)
    assert (polled.head, polled.stopped) == (None, True)
    assert polled.sentence == "this phone cannot keep batch 1: No space left on device"
    assert not (await follower.poll(NOW)).stopped
    assert len(store.ledger.alerts()) == 1


def test_a_poll_that_failed_altogether_is_said_and_tried_again_soon() -> None:
    drive = Drive().run(60)
    count = len(drive.of(PollBatches))
    drive.handle(PollFailed("no idea"))
    assert (Problem.BATCH_REFUSED, "no idea") in drive.status().problems
    drive.run(901)
    assert len(drive.of(PollBatches)) == count + 1
