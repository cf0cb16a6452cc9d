"""The clocks: what each reading promises."""

import time

import pytest

from bluezone.clock import Clock, LoopClock, ManualClock, SystemClock
from bluezone.sim.virtual_time import run_virtual


def test_system_clock_reads_the_machine() -> None:
    clock: Clock = SystemClock()
    assert abs(clock.system() - time.time()) < 1
    first = clock.monotonic()
    assert clock.monotonic() >= first


def test_system_clock_counts_suspend_where_the_system_can_tell() -> None:
    if not hasattr(time, "CLOCK_BOOTTIME"):
        pytest.skip("this system has no clock that counts suspend")
    assert abs(SystemClock().monotonic() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 1


async def test_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(system=1000.0, monotonic=5.0)
    assert (clock.system(), clock.monotonic()) == (1000.0, 5.0)
    clock.advance(2.5)
    assert (clock.system(), clock.monotonic()) == (1002.5, 7.5)
    await clock.sleep(10)
    assert (clock.system(), clock.monotonic()) == (1012.5, 17.5)


def test_manual_system_time_can_be_pushed_but_monotonic_cannot() -> None:
    clock = ManualClock(system=1000.0)
    clock.set_system(10.0)
    assert (clock.system(), clock.monotonic()) == (10.0, 0.0)
    with pytest.raises(ValueError, match="cannot go back"):
        clock.advance(-1)


def test_loop_clock_follows_a_virtual_loop() -> None:
    async def main() -> tuple[float, float]:
        clock = LoopClock(1_700_000_000.0)
        await clock.sleep(86_400)
        return clock.system(), clock.monotonic()

    assert run_virtual(main()) == (1_700_086_400.0, 86_400.0)


def test_loop_clock_starts_at_its_epoch_at_any_moment_of_the_loop() -> None:
    async def main() -> float:
        await LoopClock(0.0).sleep(77)
        return LoopClock(500.0).system()

    assert run_virtual(main()) == 500.0
