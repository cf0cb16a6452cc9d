"""T-34: somebody watches the wire and tells a real publication from cover traffic."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import httpx
import pytest

from bluezone.authority.api.app import create_app
from bluezone.authority.home import memory_authority
from bluezone.clock import LoopClock
from bluezone.phone.errors import ServerError
from bluezone.phone.own_key import draw_key
from bluezone.phone.publishing import Publisher
from bluezone.phone.server_client import ServerClient, open_http
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.interval import interval_of, local_day_of, window_of
from bluezone.protocol.verification_code import parse_code
from bluezone.sim.attacks import traffic
from bluezone.sim.attacks.driven import MORNING
from bluezone.sim.attacks.outcome import Setting
from bluezone.sim.attacks.wire import Exchange, Recorder
from bluezone.sim.virtual_time import run_virtual


def test_t34_sizes_order_and_delays_are_the_same(setting: Setting) -> None:
    outcome = traffic.cover_traffic(setting)
    assert outcome.passed, outcome.measured


def test_t34_control_other_delays_are_noticed(setting: Setting) -> None:
    dice = setting.dice("delays")
    real = [dice.uniform(5, 60) for _ in range(60)]
    assert traffic.same_distribution(real, [dice.uniform(5, 60) for _ in range(60)]) > 0.01
    assert traffic.same_distribution(real, [dice.uniform(20, 90) for _ in range(60)]) < 0.01
    assert traffic.same_distribution(real, [30.0] * 60) < 0.01


def test_t34_attempts_that_fail_look_like_cover(setting: Setting) -> None:
    """A refused code, every key kept back, a second shown code: each redemption has its upload."""
    failed = traffic.failed_attempts(setting)
    assert {name: len(exchanges) for name, exchanges in failed.items()} == {
        "a refused code": 2,
        "a good code and every key kept back": 2,
        "a swab after two shown codes": 4,
    }
    assert all(traffic.is_cover(exchanges) for exchanges in failed.values())


def test_t34_control_a_redemption_alone_is_noticed(setting: Setting) -> None:
    pairs = traffic.failed_attempts(setting)["a swab after two shown codes"]
    assert not traffic.is_cover(pairs[:1])
    assert not traffic.is_cover(pairs[1:])
    assert not traffic.is_cover([pairs[0], pairs[2]])


async def _tries(setting: Setting, *, real: bool, lost: int) -> list[Exchange]:
    """What the wire shows of one upload whose first answers get lost, until one arrives."""
    clock, draw = LoopClock(MORNING), setting.random_bytes(f"second tries, {real}")
    authority = await memory_authority(clock=clock, random_bytes=setting.random_bytes("authority"))
    app = create_app(authority)
    recorder = Recorder(app, clock)
    still_lost = lost

    async def losing(scope: Any, receive: Any, send: Any) -> None:
        nonlocal still_lost
        await recorder(scope, receive, send)
        if scope["path"] == "/v1/publish" and still_lost:
            still_lost -= 1
            raise httpx.ReadTimeout("the answer was lost")

    async with app.lifespan(), open_http(authority.region, losing) as http:
        store = PhoneStore.open(setting.folder / f"tries-{real}-{lost}", draw, durable=False)
        client = ServerClient(authority.region, http, clock, draw)
        publisher = Publisher(client, store, authority.region, clock, draw)
        code = await authority.issue_code(local_day_of(clock.system(), 420))
        store.ledger.save_own_keys([draw_key([], window_of(interval_of(clock.system()))[0], draw)])

        async def first() -> None:
            if not real:
                await publisher.send_cover()
                return
            _, commitment = publisher.close_and_commit(clock.system(), parse_code(code))
            certificate = await publisher.redeem_code(code, commitment, clock.system())
            await publisher.publish(commitment, certificate, clock.system())

        with pytest.raises(ServerError):
            await first()
        for _ in range(lost):
            await clock.sleep(4 * 3600)
            with suppress(ServerError):
                await publisher.resume()
        assert store.outbox.pending() is None
        store.close()
    return recorder.exchanges


@pytest.mark.parametrize("lost", [1, 3])
def test_t34_an_upload_that_is_sent_again_looks_like_cover_that_is(setting: Setting, lost: int) -> None:
    real = run_virtual(_tries(setting, real=True, lost=lost))
    cover = run_virtual(_tries(setting, real=False, lost=lost))
    for exchanges in (real, cover):
        assert len(exchanges) == 2 * (lost + 1)
        assert traffic.is_cover(exchanges)
    assert traffic._shape(real) == traffic._shape(cover)
    assert len({one.body for one in real[1::2]}) == len({one.body for one in cover[1::2]}) == 1
    assert len({one.body for one in real[::2]}) == len({one.body for one in cover[::2]}) == lost + 1


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_t34_full(full: Setting) -> None:
    outcome = traffic.cover_traffic(full)
    assert outcome.passed, outcome.measured
