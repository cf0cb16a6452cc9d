"""The virtual-time loop: it jumps when it may, and only then."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import cast

import pytest

from bluezone.sim.virtual_time import VirtualTimeLoop, run_virtual

DAY_S = 86_400.0


def running() -> VirtualTimeLoop:
    return cast(VirtualTimeLoop, asyncio.get_running_loop())


def test_a_day_of_minutes_passes_at_once() -> None:
    async def main() -> tuple[float, int]:
        minutes = 0
        while running().time() < DAY_S:
            await asyncio.sleep(60)
            minutes += 1
        return running().time(), minutes

    begin = time.monotonic()
    assert run_virtual(main()) == (DAY_S, 1440)
    assert time.monotonic() - begin < 2


def test_timers_run_at_exactly_their_time() -> None:
    async def main() -> list[float]:
        seen: list[float] = []
        loop = running()
        for when in (0.1, 0.7, 1e6 + 1 / 3, 1e6 + 1 / 3 + 1e-9):
            loop.call_at(when, lambda: seen.append(loop.time()))
        await asyncio.sleep(2e6)
        return seen

    assert run_virtual(main()) == [0.1, 0.7, 1e6 + 1 / 3, 1e6 + 1 / 3 + 1e-9]


@pytest.mark.parametrize("pace", [None, 1e9])
def test_equal_timers_keep_their_order(pace: float | None) -> None:
    async def main() -> list[int]:
        seen: list[int] = []
        for number in range(200):
            running().call_at(5.0, seen.append, number)
            running().call_at(5.0 + number, seen.append, 1000)
        await asyncio.sleep(1000)
        return [number for number in seen if number < 1000]

    assert run_virtual(main(), pace=pace) == list(range(200))


def test_cancelled_timers_do_not_stop_the_jumps() -> None:
    async def main() -> float:
        handles = [running().call_later(n, lambda: None) for n in range(1, 500)]
        for handle in handles:
            handle.cancel()
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), 3600)
        return running().time()

    assert run_virtual(main()) == 3600


def test_time_stands_still_while_a_thread_works() -> None:
    async def main() -> tuple[float, float]:
        ticks = 0

        async def tick() -> None:
            nonlocal ticks
            while True:
                await asyncio.sleep(1)
                ticks += 1

        ticker = asyncio.create_task(tick())
        await asyncio.sleep(10.5)
        before = running().time()
        await asyncio.to_thread(time.sleep, 0.05)
        after = running().time()
        assert ticks == 10
        ticker.cancel()
        return before, after

    assert run_virtual(main()) == (10.5, 10.5)


def test_time_stands_still_until_all_threads_are_done() -> None:
    async def main() -> list[float]:
        async def work(seconds: float) -> float:
            await asyncio.to_thread(time.sleep, seconds)
            return running().time()

        sleeper = asyncio.create_task(asyncio.sleep(1))
        done = await asyncio.gather(work(0.01), work(0.05), work(0.03))
        assert not sleeper.done()
        return list(done)

    assert run_virtual(main()) == [0.0, 0.0, 0.0]


def test_an_error_in_a_thread_frees_the_time() -> None:
    def fail() -> None:
        raise LookupError("in the thread")

    async def main() -> float:
        with pytest.raises(LookupError):
            await asyncio.to_thread(fail)
        await asyncio.sleep(100)
        return running().time()

    assert run_virtual(main()) == 100


def test_time_can_be_held_for_work_outside() -> None:
    async def main() -> float:
        loop, event = running(), asyncio.Event()
        timer = threading.Timer(0.05, lambda: loop.call_soon_threadsafe(event.set))
        sleeper = asyncio.create_task(asyncio.sleep(50))
        with loop.real_work():
            timer.start()
            await event.wait()
        assert not sleeper.done()
        return loop.time()

    assert run_virtual(main()) == 0


def test_sockets_are_served() -> None:
    async def main() -> bytes:
        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write((await reader.readline()).upper())
            writer.close()

        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hello\n")
        line = await reader.readline()
        writer.close()
        server.close()
        return line

    assert run_virtual(main()) == b"HELLO\n"


def test_an_error_and_a_result_come_out() -> None:
    async def fail() -> None:
        await asyncio.sleep(5)
        raise KeyError("inside")

    async def succeed() -> int:
        return 7

    with pytest.raises(KeyError, match="inside"):
        run_virtual(fail())
    assert run_virtual(succeed()) == 7


def test_pace_is_simulated_seconds_per_real_second() -> None:
    begin = time.monotonic()
    run_virtual(asyncio.sleep(20), pace=100)
    assert 0.19 < time.monotonic() - begin < 1.5


def test_a_paced_timer_still_runs_at_exactly_its_time() -> None:
    async def main() -> float:
        await asyncio.sleep(1 / 3)
        return running().time()

    assert run_virtual(main(), pace=50) == 1 / 3


def test_a_slow_loop_gives_up_lost_time() -> None:
    async def main() -> float:
        await asyncio.sleep(0.01)
        time.sleep(0.8)  # noqa: ASYNC251  a callback that blocks is what is tested
        begin = time.monotonic()
        await asyncio.sleep(1)
        await asyncio.sleep(10)
        return time.monotonic() - begin

    # Of 0.8 s that were lost at most 0.5 s are caught up with, so 11 s at pace 20 take at least 0.05 s.
    assert run_virtual(main(), pace=20) > 0.4


def test_pause_and_resume_from_another_thread() -> None:
    seen: list[float] = []

    def interfere(loop: VirtualTimeLoop) -> None:
        time.sleep(0.05)
        loop.pace = 0
        time.sleep(0.05)
        seen.append(loop.time())
        time.sleep(0.1)
        seen.append(loop.time())
        loop.pace = None

    async def main() -> float:
        helper = threading.Thread(target=interfere, args=(running(),))
        helper.start()
        await asyncio.sleep(1000)
        helper.join()
        return running().time()

    begin = time.monotonic()
    assert run_virtual(main(), pace=10) == 1000
    assert time.monotonic() - begin < 5
    assert seen[0] == seen[1] < 10


def test_a_paused_loop_still_serves_threads() -> None:
    async def main() -> tuple[float, str]:
        loop = running()
        waiting: asyncio.Future[str] = loop.create_future()
        sleeper = asyncio.create_task(asyncio.sleep(1))
        set_result: Callable[[str], None] = waiting.set_result
        threading.Timer(0.03, lambda: loop.call_soon_threadsafe(set_result, "served")).start()
        answer = await waiting
        stood = loop.time()
        loop.pace = None
        await sleeper
        return stood, answer

    assert run_virtual(main(), pace=0) == (0.0, "served")


@pytest.mark.parametrize("pace", [-1.0, float("inf"), float("nan")])
def test_impossible_paces_are_refused(pace: float) -> None:
    with pytest.raises(ValueError, match="pace"):
        VirtualTimeLoop(pace)
