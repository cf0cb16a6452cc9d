"""Cover traffic: how often, and that its bytes cannot be told from real ones by size or order."""

from __future__ import annotations

import statistics
from pathlib import Path

import pytest

from bluezone.clock import ManualClock
from bluezone.phone.cover import cover_redemption, cover_upload, wait_for_cover
from bluezone.phone.events import SendCover, Woke
from bluezone.phone.publishing import MAX_WAIT_S, MIN_WAIT_S, Publisher
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.upload import RedemptionMode, decode_redemption, decode_upload
from tests.unit.phone.case import MIDNIGHT, REGION, Service, open_client, seeded
from tests.unit.phone.drive import Drive


def test_waits_are_exponential_with_five_days_mean() -> None:
    draw = seeded(3)
    waits = [wait_for_cover(draw) for _ in range(4000)]
    assert statistics.fmean(waits) == pytest.approx(5 * 86_400, rel=0.05)
    assert statistics.pstdev(waits) == pytest.approx(5 * 86_400, rel=0.06)


def test_bytes_are_cover_and_have_the_real_sizes() -> None:
    redemption, upload = cover_redemption(seeded()), cover_upload(seeded())
    assert len(redemption) == 48
    assert decode_redemption(redemption).mode is RedemptionMode.COVER
    assert len(upload) == 4096
    assert decode_upload(upload) is None


async def test_cover_is_a_redemption_a_wait_and_an_upload(tmp_path: Path) -> None:
    clock = ManualClock(MIDNIGHT)
    service = Service(clock)
    store = PhoneStore.open(tmp_path / "home", seeded(), durable=False)
    try:
        await Publisher(open_client(service), store, REGION, clock, seeded(9)).send_cover()
    finally:
        store.close()
    assert service.paths() == ["/v1/redeem", "/v1/publish"]
    assert [len(body) for body in service.bodies] == [48, 4096]
    assert MIN_WAIT_S <= clock.system() - MIDNIGHT <= MAX_WAIT_S


def test_an_agent_sends_cover_about_once_in_five_days() -> None:
    counts = []
    for seed in range(6):
        drive = Drive(seed=seed)
        drive.run(600)
        # Twenty days in steps of a quarter of an hour: the agent only needs to be woken now and then.
        for _ in range(4 * 24 * 20):
            drive.true += 900
            drive.handle(Woke())
        counts.append(sum(isinstance(action, SendCover) for _, action in drive.done))
    assert 10 <= sum(counts) <= 40, counts
