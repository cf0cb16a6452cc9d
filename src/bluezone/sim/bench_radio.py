"""What the virtual radio costs: phones that advertise and scan as real ones do, at either depth.

Decides the load alone: new data each minute, a new address every ten minutes, a scan of 4 s in each minute.
The figures are for whoever chooses how many phones one core can carry.
"""

import asyncio
import random
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Literal

from bluezone.clock import LoopClock
from bluezone.radio.port import Radio
from bluezone.radio.virtual.frame import FrameAir
from bluezone.radio.virtual.hci_air import HciAir
from bluezone.radio.virtual.medium import FixedMedium
from bluezone.sim.virtual_time import run_virtual

Depth = Literal["hci", "frame"]

_EPOCH = 1_700_000_000.0
_SCAN_S = 4.0
_MINUTES_PER_ADDRESS = 10
_ADVERTISEMENT_BYTES = 31

# The search begins with so many phones and then aims a little below the limit that it expects.
_FIRST_TRIAL = 256
_CAUTION = 0.85


@dataclass(frozen=True, slots=True)
class RadioCost:
    """What one run took.

    Attributes:
        depth: `hci` or `frame`.
        phones: on one air.
        near: senders in range of each phone.
        seconds: simulated.
        scans: that ended.
        receptions: advertisements that reached a phone, repetitions included.
        cpu_s: processor time, hosts and lists included.
        us_per_reception: cpu_s spread over the receptions, microseconds.
        core_share: part of one core that real time would take; above 1 it cannot be kept.
    """

    depth: Depth
    phones: int
    near: int
    seconds: float
    scans: int
    receptions: int
    cpu_s: float
    us_per_reception: float
    core_share: float


def run(phones: int, seconds: float, *, near: int | None = None, depth: Depth = "hci") -> dict[str, object]:
    """Let phones meet for some simulated time and return what it cost.

    Args:
        phones: at least 2.
        seconds: simulated.
        near: how many senders each phone can hear; None lets everybody hear everybody.
        depth: `hci` or `frame`.

    Returns:
        The fields of `RadioCost`.
    """
    return asdict(measure(phones, seconds, near=near, depth=depth))


def measure(phones: int, seconds: float, *, near: int | None = None, depth: Depth = "hci") -> RadioCost:
    """Do what `run` does and return the value itself."""
    near = phones - 1 if near is None else min(near, phones - 1)
    scans, receptions, cpu_s = run_virtual(_meet(phones, seconds, near, depth))
    per_reception = 1e6 * cpu_s / receptions if receptions else 0.0
    return RadioCost(depth, phones, near, seconds, scans, receptions, cpu_s, per_reception, cpu_s / seconds)


def real_time_phones(seconds: float = 15.0) -> dict[str, object]:
    """Find how many phones, all in range of each other, one core carries in real time at HCI depth.

    The work grows with the square of the phones, so a small trial tells nearly where the limit is; the
    number that is returned has been tried.

    Args:
        seconds: simulated, for each trial.

    Returns:
        `phones` and the `trials`.
    """
    trials = [measure(_FIRST_TRIAL, seconds)]
    while trials[-1].core_share >= 1 or len(trials) == 1:
        last = trials[-1]
        trials.append(measure(max(2, int(_CAUTION * last.phones / sqrt(last.core_share))), seconds))
    return {"phones": trials[-1].phones, "trials": [asdict(trial) for trial in trials]}


async def _meet(phones: int, seconds: float, near: int, depth: Depth) -> tuple[int, int, float]:
    clock = LoopClock(_EPOCH)
    medium = FixedMedium(range(phones), pairs=_ring(phones, near))
    air = HciAir(medium, clock) if depth == "hci" else FrameAir(medium, clock)
    totals = [0, 0]
    begin = time.process_time()
    async with asyncio.TaskGroup() as group:
        for station in range(phones):
            dice = random.Random(station)  # noqa: S311  a load, not a secret
            radio: Radio = air.radio(station, dice.randbytes)
            await radio.open()
            group.create_task(_advertise(radio, clock, dice, seconds))
            group.create_task(_listen(radio, clock, dice, seconds, totals))
    return totals[0], totals[1], time.process_time() - begin


def _ring(phones: int, near: int) -> Mapping[tuple[int, int], int]:
    """Let each phone hear the `near` phones that follow it on a ring."""
    return {
        ((receiver + step) % phones, receiver): -50 - step % 40
        for receiver in range(phones)
        for step in range(1, near + 1)
    }


async def _advertise(radio: Radio, clock: LoopClock, dice: random.Random, seconds: float) -> None:
    end = clock.system() + seconds
    await clock.sleep(dice.uniform(0, 1))
    minute = 0
    while clock.system() < end:
        data = dice.randbytes(_ADVERTISEMENT_BYTES)
        await radio.broadcast(data, new_address=minute % _MINUTES_PER_ADDRESS == 0)
        minute += 1
        await clock.sleep(60)


async def _listen(
    radio: Radio, clock: LoopClock, dice: random.Random, seconds: float, totals: list[int]
) -> None:
    end = clock.system() + seconds
    await clock.sleep(dice.uniform(0, 60))
    while clock.system() < end:
        heard = await radio.scan(_SCAN_S)
        totals[0] += 1
        totals[1] += sum(item.count for item in heard)
        await clock.sleep(60 - _SCAN_S)
