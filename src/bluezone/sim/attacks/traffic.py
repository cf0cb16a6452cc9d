"""Attacks by who watches the network: T-11, T-31 and T-34."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from bluezone.authority.api.app import create_app
from bluezone.authority.home import memory_authority
from bluezone.authority.service import Authority
from bluezone.clock import LoopClock
from bluezone.phone.errors import DiagnosisError
from bluezone.phone.own_key import draw_key
from bluezone.phone.publishing import MAX_WAIT_S, MIN_WAIT_S, Publisher
from bluezone.phone.server_client import ServerClient, open_http
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.batch import Section
from bluezone.protocol.interval import interval_of, local_day_of, window_of
from bluezone.protocol.verification_code import format_code
from bluezone.sim.attacks.driven import MORNING
from bluezone.sim.attacks.lists import LATER, TIME
from bluezone.sim.attacks.outcome import Outcome, Setting
from bluezone.sim.attacks.service import HostileService
from bluezone.sim.attacks.store import START
from bluezone.sim.attacks.wire import Distances, Exchange, Recorder, WatchedTown
from bluezone.sim.town import TownSettings
from bluezone.sim.virtual_time import run_virtual

# Every request that a phone may make, with the exact length of its body.
ALLOWED = {
    r"POST /v1/time": 16,
    r"GET /v1/batches/index\.json": 0,
    r"GET /v1/batches/\d{8}\.(manifest|body)": 0,
    r"GET /v1/configuration": 0,
    r"POST /v1/redeem": 48,
    r"POST /v1/publish": 4096,
}
HEADERS = {
    b"host", b"accept", b"accept-encoding", b"connection", b"user-agent",
    b"content-type", b"content-length", b"if-none-match", b"range",
}  # fmt: skip
HEARD_PART = 6
PAIR = ("POST /v1/redeem", "POST /v1/publish")


def stolen_key(setting: Setting) -> Outcome:
    """T-11: somebody copied a key out of a phone and has it published."""
    alarms = {
        name: asyncio.run(_alarmed(setting, name))
        for name in ("stolen", "published by its owner", "a stranger's")
    }
    return Outcome(
        alarms == {"stolen": True, "published by its owner": False, "a stranger's": False},
        f"the owner's phone raises the alarm: {alarms}",
        int(not alarms["stolen"]),
    )


async def _alarmed(setting: Setting, name: str) -> bool:
    draw = setting.random_bytes(name)
    service, own = HostileService.open(draw), draw_key([], START, draw)
    store = PhoneStore.open(setting.folder / name, draw, durable=False)
    try:
        store.ledger.save_own_keys([own])
        if name == "published by its owner":
            store.outbox.prepare(bytes(4096), [own.start])
        follower = service.follower(store, draw, MORNING)
        service.publish(TIME)
        await follower.poll(TIME)
        tek = draw(16) if name == "a stranger's" else own.key.tek.reveal()
        service.publish(LATER, [Section(START, 24, (tek,))])
        return (await follower.poll(LATER)).key_stolen
    finally:
        store.close()


@dataclass(slots=True)
class Day:
    """What was on the wire, and what was on the air."""

    exchanges: list[Exchange]
    heard: set[bytes] = field(default_factory=set)
    alerted: set[int] = field(default_factory=set)


def data_stays(setting: Setting) -> Outcome:
    """T-31: somebody reads every request of a day in which people met, one was confirmed and some warned."""
    hours = setting.choose(6, 24)
    day = run_virtual(_day(setting, setting.folder / "town", hours))
    foreign = [one.line for one in day.exchanges if not is_allowed(one)]
    told = heard_in(day.exchanges, day.heard)
    kinds = {re.sub(r"\d+", "n", one.line) for one in day.exchanges}
    return Outcome(
        not foreign and not told and day.alerted == {1} and len(kinds) >= 5,
        f"{len(day.exchanges)} requests in {hours} h, {len(kinds)} kinds; others than allowed:"
        f" {len(foreign)}; with a part of {len(day.heard)} heard payloads in them: {len(told)}",
        len(foreign) + len(told),
    )


def is_allowed(one: Exchange) -> bool:
    """Whether a phone may send this."""
    length = next((length for line, length in ALLOWED.items() if re.fullmatch(line, one.line)), None)
    return length == len(one.body) and {name.lower() for name, _ in one.headers} <= HEADERS


def heard_in(exchanges: Sequence[Exchange], payloads: set[bytes]) -> list[str]:
    """Requests that hold six bytes in a row of anything that was on the air, as bytes or as hex."""
    parts = {
        payload[at : at + HEARD_PART]
        for payload in payloads
        for at in range(1, len(payload) - HEARD_PART + 1)
    }

    spelt = {part.hex().encode() for part in parts}

    def tells(sent: bytes) -> bool:
        text, long = sent.lower(), 2 * HEARD_PART
        return any(sent[at : at + HEARD_PART] in parts for at in range(len(sent))) or any(
            text[at : at + long] in spelt for at in range(len(text))
        )

    return [one.line for one in exchanges if tells(one.sent())]


async def _day(setting: Setting, home: Path, hours: int) -> Day:
    near = Distances({(0, 1): 1.0, (0, 2): 9.0, (1, 2): 9.0})
    town = WatchedTown(home, 4, near, MORNING, setting.seed, TownSettings())
    day = Day([])
    await town.start()
    await town.clock.sleep(2 * 3600)
    await town.publish(0, await town.confirm())
    await town.clock.sleep((hours - 2) * 3600)
    day.exchanges, day.heard, day.alerted = town.recorder.exchanges, town.payloads, town.alerted()
    await town.stop()
    return day


def cover_traffic(setting: Setting) -> Outcome:
    """T-34: somebody who sees sizes, order and times of both requests tells real from cover."""
    count = setting.choose(60, 400)
    real, cover = run_virtual(_flows(setting, count))
    same = {_shape(flow) for flow in real} == {_shape(flow) for flow in cover}
    p = {
        name: same_distribution(*[[measure(flow) for flow in flows] for flows in (real, cover)])
        for name, measure in _MEASURES.items()
    }
    shapes = sorted({_shape(flow) for flow in real})
    failed = [name for name, exchanges in failed_attempts(setting).items() if not is_cover(exchanges)]
    return Outcome(
        same and min(p.values()) > 0.01 and len(real) == len(cover) == count and not failed,
        f"{count} real and {count} cover, {len(_ATTEMPTS)} failed attempts ({len(failed)} unlike"
        f" cover): {'the same' if same else 'other'} order, sizes and headers"
        f" ({len(shapes)} form); " + ", ".join(f"p of {name} {value:.2f}" for name, value in p.items()),
        int(not same),
    )


def _wait(flow: Sequence[Exchange]) -> float:
    return flow[1].arrived_at - flow[0].answered_at


def _answer_time(flow: Sequence[Exchange]) -> float:
    return round(flow[0].answered_at - flow[0].arrived_at, 6)


_MEASURES: dict[str, Callable[[Sequence[Exchange]], float]] = {
    "wait between them": _wait,
    "time to answer": _answer_time,
}


def _shape(flow: Sequence[Exchange]) -> tuple[object, ...]:
    return tuple(
        (one.line, len(one.body), one.status, one.answer_length, tuple(name for name, _ in one.headers))
        for one in flow
    )


async def _flows(setting: Setting, count: int) -> tuple[list[list[Exchange]], list[list[Exchange]]]:
    clock = LoopClock(MORNING + 5 * 3600)
    authority = await memory_authority(clock=clock, random_bytes=setting.random_bytes("authority"))
    app = create_app(authority)
    recorder = Recorder(app, clock)
    flows: tuple[list[list[Exchange]], list[list[Exchange]]] = ([], [])
    async with app.lifespan(), open_http(authority.region, recorder) as http:
        for number in range(2 * count):
            draw = setting.random_bytes(f"flow {number}")
            client = ServerClient(authority.region, http, clock, draw)
            store = PhoneStore.open(setting.folder / f"flow-{number}", draw, durable=False)
            publisher = Publisher(client, store, authority.region, clock, draw)
            before = len(recorder.exchanges)
            if number % 2:
                await publisher.send_cover()
            else:
                now = clock.system()
                store.ledger.save_own_keys([draw_key([], window_of(interval_of(now))[0], draw)])
                code = await authority.issue_code(local_day_of(now, 420))
                _, commitment = publisher.close_and_commit(now)
                certificate = await publisher.redeem_code(code, commitment, now)
                await publisher.publish(commitment, certificate, now)
            flows[number % 2].append(recorder.exchanges[before:])
            store.close()
    return flows


def failed_attempts(setting: Setting) -> dict[str, list[Exchange]]:
    """What the wire shows of attempts from which nothing, or not at once something, came."""
    return run_virtual(_failed(setting))


def is_cover(exchanges: Sequence[Exchange]) -> bool:
    """Whether these are pairs of redemption and upload, with the wait of cover traffic within each pair."""
    pairs = list(zip(exchanges[::2], exchanges[1::2], strict=False))
    return len(exchanges) % 2 == 0 and all(
        (first.line, second.line) == PAIR and MIN_WAIT_S <= _wait((first, second)) <= MAX_WAIT_S
        for first, second in pairs
    )


async def _failed(setting: Setting) -> dict[str, list[Exchange]]:
    clock, draw = LoopClock(MORNING + 5 * 3600), setting.random_bytes("attempts")
    authority = await memory_authority(clock=clock, random_bytes=setting.random_bytes("authority"))
    app, seen = create_app(authority), dict[str, list[Exchange]]()
    recorder = Recorder(app, clock)
    async with app.lifespan(), open_http(authority.region, recorder) as http:
        for name, attempt in _ATTEMPTS.items():
            store = PhoneStore.open(setting.folder / name, draw, durable=False)
            client = ServerClient(authority.region, http, clock, draw)
            publisher = Publisher(client, store, authority.region, clock, draw)
            now, before = clock.system(), len(recorder.exchanges)
            store.ledger.save_own_keys([draw_key([], window_of(interval_of(now))[0], draw)])
            with suppress(DiagnosisError):
                await attempt(authority, publisher, clock)
            await publisher.finish_as_cover()
            seen[name] = recorder.exchanges[before:]
            store.close()
    return seen


async def _refused_code(_authority: Authority, publisher: Publisher, clock: LoopClock) -> None:
    _, commitment = publisher.close_and_commit(clock.system())
    await publisher.redeem_code(format_code(bytes(8)), commitment, clock.system())


async def _nothing_to_publish(authority: Authority, publisher: Publisher, clock: LoopClock) -> None:
    now = clock.system()
    keys, commitment = publisher.close_and_commit(now)
    code = await authority.issue_code(local_day_of(now, 420))
    certificate = await publisher.redeem_code(code, commitment, now)
    await publisher.publish(commitment, certificate, now, frozenset(own.start for own in keys))


async def _swab_after_two_shown_codes(authority: Authority, publisher: Publisher, clock: LoopClock) -> None:
    _, shown = publisher.close_and_commit(clock.system())
    await authority.laboratory.add_sample("tube", shown.hash())
    await authority.laboratory.certify("tube", local_day_of(clock.system(), 420))
    await clock.sleep(60)
    publisher.close_and_commit(clock.system())
    commitment, certificate = await publisher.redeem_swab(clock.system())
    await publisher.publish(commitment, certificate, clock.system())


_ATTEMPTS = {
    "a refused code": _refused_code,
    "a good code and every key kept back": _nothing_to_publish,
    "a swab after two shown codes": _swab_after_two_shown_codes,
}


def same_distribution(first: Sequence[float], second: Sequence[float]) -> float:
    """The p of a two-sample Kolmogorov-Smirnov test: small where the two cannot be of one distribution."""
    largest = 0.0
    for value in {*first, *second}:
        below = [sum(one <= value for one in sample) / len(sample) for sample in (first, second)]
        largest = max(largest, abs(below[0] - below[1]))
    size = len(first) * len(second) / (len(first) + len(second))
    scaled = (math.sqrt(size) + 0.12 + 0.11 / math.sqrt(size)) * largest
    if scaled < 0.2:
        return 1.0
    terms = ((1.0 if k % 2 else -1.0) * math.exp(-2 * (k * scaled) ** 2) for k in range(1, 101))
    return min(1.0, max(0.0, 2 * sum(terms)))
