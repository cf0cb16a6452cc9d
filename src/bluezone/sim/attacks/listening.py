"""Attacks by who listens for long, or reads the logs: T-32 and T-33."""

from __future__ import annotations

import io
import logging
import re
import struct
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from bluezone.phone.errors import PhoneError
from bluezone.phone.place import Fix
from bluezone.protocol.errors import ProtocolError
from bluezone.protocol.interval import INTERVAL_S, interval_of
from bluezone.protocol.keys import expand, full_identifier
from bluezone.protocol.tags import cell_of, neighbour_cells, place_commitment
from bluezone.radio.capture import Capture
from bluezone.radio.hci_host import (
    LE_SET_ADVERTISING_DATA,
    LE_SET_ADVERTISING_ENABLE,
    LE_SET_RANDOM_ADDRESS,
)
from bluezone.sim.attacks.driven import MORNING
from bluezone.sim.attacks.outcome import Outcome, Setting
from bluezone.sim.attacks.store import HERE
from bluezone.sim.attacks.wire import Distances, WatchedTown
from bluezone.sim.town import Town, TownSettings
from bluezone.sim.virtual_time import run_virtual

_RECORD = struct.Struct(">IIIIQ")
_COMMAND = 2
_EPOCH_US = 0x00DCDDB30F2F8000
# V within the advertising data of our advertisement: after flags, UUID list, service data head, header byte.
_VISIBLE = slice(12, 24)


@dataclass(slots=True)
class Station:
    """What the HCI commands of one phone tell.

    Attributes:
        said_under: address to the identifiers that it was on the air with.
        on_air: (from, to) in seconds UTC.
    """

    said_under: dict[bytes, set[bytes]] = field(default_factory=lambda: defaultdict(set))
    on_air: list[tuple[float, float]] = field(default_factory=list)


def addresses(setting: Setting) -> Outcome:
    """T-32: a day's HCI trace of two phones: does an address outlive an identifier, is there a silent gap?"""
    trace = io.BytesIO()
    hours = 24
    run_virtual(_town_day(setting, trace, hours))
    stations = read_trace(trace.getvalue())
    shared = sum(len(said) > 1 for one in stations.values() for said in one.said_under.values())
    used = sum(len(one.said_under) for one in stations.values())
    gaps = [gap for one in stations.values() for gap in boundary_gaps(one, hours)]
    outside = sum(not (0 <= before <= 4.01 and 0.49 <= after <= 8.01) for before, after in gaps)
    return Outcome(
        shared == 0 and outside == 0 and len(gaps) >= len(stations) * (6 * hours - 2) and used > 6 * hours,
        f"{hours} h of {len(stations)} phones: {used} addresses, {shared} of them with two identifiers;"
        f" {len(gaps)} boundaries, {outside} without the silent gap",
        shared + outside,
    )


async def _town_day(setting: Setting, trace: io.BytesIO, hours: int) -> None:
    near = Distances({(0, 1): 2.0})
    town = Town(
        setting.folder / "hci", 2, near, MORNING, setting.seed, TownSettings(depth="hci"), Capture(trace)
    )
    await town.start()
    await town.clock.sleep(hours * 3600 - 5)
    await town.stop()


def read_trace(trace: bytes) -> dict[int, Station]:
    """What each station's host told its controller, out of a btsnoop file."""
    stations: dict[int, Station] = defaultdict(Station)
    address: dict[int, bytes] = {}
    visible: dict[int, bytes] = {}
    since: dict[int, float] = {}
    for station, at, opcode, parameters in _commands(trace):
        if opcode == LE_SET_RANDOM_ADDRESS:
            address[station] = parameters
        elif opcode == LE_SET_ADVERTISING_DATA:
            visible[station] = parameters[1:][_VISIBLE]
        elif opcode == LE_SET_ADVERTISING_ENABLE and parameters == b"\x01":
            since[station] = at
        elif opcode == LE_SET_ADVERTISING_ENABLE and station in since:
            stations[station].on_air.append((since.pop(station), at))
        if station in since:
            stations[station].said_under[address[station]].add(visible[station])
    return stations


def _commands(trace: bytes) -> Iterator[tuple[int, float, int, bytes]]:
    offset = 16
    while offset < len(trace):
        _, length, flags, _, stamp = _RECORD.unpack_from(trace, offset)
        offset += _RECORD.size
        body = trace[offset : offset + length]
        offset += length
        if flags & 0xFFFF == _COMMAND:
            yield flags >> 16, (stamp - _EPOCH_US) / 1e6, int.from_bytes(body[:2], "little"), body[3:]


def boundary_gaps(station: Station, hours: int) -> list[tuple[float, float]]:
    """Seconds of silence before and after each interval boundary; 0 and 0 where it was on the air."""
    gaps = []
    for number in range(1, 6 * hours):
        boundary = MORNING + number * INTERVAL_S
        if any(begin < boundary < end for begin, end in station.on_air):
            gaps.append((0.0, 0.0))
            continue
        before = [end for _, end in station.on_air if end <= boundary]
        after = [begin for begin, _ in station.on_air if begin >= boundary]
        if before and after:
            gaps.append((boundary - before[-1], after[0] - boundary))
    return gaps


class _Lines(logging.Handler):
    """Keeps every line of the standard library's logs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@contextmanager
def everything_logged() -> Iterator[list[str]]:
    """Collects every line of both kinds of logs at DEBUG meanwhile, and every exception's text."""
    handler, root = _Lines(), logging.getLogger()
    level, config = root.level, structlog.get_config()
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)

    def keep(_logger: object, method: str, event: structlog.typing.EventDict) -> str:
        handler.lines.append(f"{method} {event!r}")
        raise structlog.DropEvent

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG),
        processors=[structlog.processors.format_exc_info, keep],
        cache_logger_on_first_use=False,
    )
    try:
        yield handler.lines
    finally:
        structlog.configure(**config)
        root.setLevel(level)
        root.removeHandler(handler)


def logs(setting: Setting) -> Outcome:
    """T-33: somebody reads every line at DEBUG of a town that lives, publishes, fails and warns."""
    with everything_logged() as lines:
        secrets, alerted = run_virtual(_told_town(setting, lines))
    found = [name for line in lines for name, form in secrets if form in line]
    return Outcome(
        not found and len(lines) > 50 and bool(alerted),
        f"{len(lines)} lines and texts of exceptions, {len(secrets)} forms of secrets: {len(found)} found",
        len(found),
    )


async def _told_town(setting: Setting, lines: list[str]) -> tuple[list[tuple[str, str]], set[int]]:
    town = WatchedTown(
        setting.folder / "logged",
        3,
        Distances({(0, 1): 1.0, (1, 2): 9.0}),
        MORNING,
        setting.seed,
        TownSettings(),
    )
    await town.start()
    await town.clock.sleep(90)
    for _ in range(setting.choose(60, 240)):
        for station in range(3):
            fix = Fix(*HERE, 20.0, 1.0, town.clock.monotonic())
            town.runner(station).locate(fix)
            lines.append(f"{fix!r} {town.runner(station).status()!r}")
        await town.clock.sleep(25)
    for mistake in ("0", "ABCDEFGHJKMNPQ", await town.confirm()):
        try:
            lines.append(repr(await town.publish(0, mistake)))
            lines.append(repr(await town.publish(1, mistake)))
        except (ProtocolError, PhoneError) as error:
            lines.append(f"{error!r} {error}")
    await town.clock.sleep(45 * 60)
    keys = [own for phone in town.phones for own in phone.store.ledger.own_keys()]
    lines += [repr(own) for own in keys]
    secrets = list(_secrets(town))
    alerted = town.alerted()
    await town.stop()
    return secrets, alerted


def _secrets(town: Town) -> Iterator[tuple[str, str]]:
    """TEK, K, V, c and place of every phone, as hex, as Python bytes and as numbers."""
    end = interval_of(town.clock.system())
    cells = {cell_of(*HERE), *neighbour_cells(*HERE)}
    for phone in town.phones:
        for own in phone.store.ledger.own_keys():
            tek = own.key.tek.reveal()
            yield from forms("TEK", tek)
            for interval in range(own.start, min(own.end, end + 1)):
                visible = expand(tek, interval, 1)[0]
                yield from forms("V", visible)
                yield from forms("K", full_identifier(own.key.tek, interval).tag_key.reveal())
                for cell in cells:
                    yield from forms("c", place_commitment(visible, cell))
    for x, y in cells:
        yield "cell", f"{x}, {y}"
    yield from (("place", re.sub(r"0+$", "", f"{degrees}")) for degrees in HERE)


def forms(name: str, secret: bytes) -> Iterator[tuple[str, str]]:
    """A secret as a careless line would show it: hex digits, or the bytes as Python prints them."""
    yield name, secret.hex()
    yield name, repr(secret)[2:-1]
