"""An event loop with a clock of its own: a day of simulated people passes in seconds.

The loop's selector jumps to the next timer instead of waiting for it. It decides only when time may
move: never while work is outstanding in a thread, and no faster than the pace that was asked for.
Timers run at exactly their own time and, when they are equal, in the order in which they were set, so that
one seed always gives one course of events, at every pace.
"""

import asyncio
import contextlib
import heapq
import math
import selectors
import time
from asyncio.events import TimerHandle
from collections.abc import Callable, Coroutine, Iterator, Mapping
from concurrent.futures import Executor
from contextvars import Context
from typing import Any, TypeVar, cast

T = TypeVar("T")

# A loop that cannot keep its pace falls behind by at most this; it then gives up the lost time
# instead of rushing through it later.
MAX_BACKLOG_S = 0.5


class _OrderedTimer(TimerHandle):
    """A timer that keeps its place among timers of the same instant (the base class compares times only)."""

    __slots__ = ("order",)

    order: int

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, _OrderedTimer):
            return NotImplemented
        mine, theirs = self._when, other._when  # type: ignore[attr-defined]
        return bool(mine < theirs or (mine == theirs and self.order < other.order))


class _JumpingSelector(selectors.BaseSelector):
    """Real sockets and wake-ups, but a wait for a timer becomes a step of virtual time."""

    def __init__(self) -> None:
        self.real = selectors.DefaultSelector()
        self.wait: Callable[[float | None], list[tuple[selectors.SelectorKey, int]]] = self.real.select

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self.real.register(fileobj, events, data)

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self.real.unregister(fileobj)

    def modify(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        return self.real.modify(fileobj, events, data)

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        return self.wait(timeout)

    def close(self) -> None:
        self.real.close()

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self.real.get_map()


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """An asyncio loop whose `time()` is simulated seconds, starting at 0.

    `pace` may be changed at any moment, also from another thread: None jumps as fast as possible, a
    number is simulated seconds per real second, 0 is a pause (sockets and threads are still served).
    """

    def __init__(self, pace: float | None = None) -> None:
        selector = _JumpingSelector()
        super().__init__(selector)
        selector.wait = self._wait
        self._real = selector.real
        self._now = 0.0
        self._outstanding = 0
        self._timer_count = 0
        self._pace = _checked_pace(pace)
        self._anchored_pace = self._pace
        self._anchor_now = 0.0
        self._anchor_real = time.monotonic()
        self._set_resolution()

    @property
    def pace(self) -> float | None:
        """Simulated seconds per real second; None as fast as possible, 0 paused."""
        return self._pace

    @pace.setter
    def pace(self, pace: float | None) -> None:
        self._pace = _checked_pace(pace)
        if not self.is_closed():
            self._write_to_self()  # type: ignore[attr-defined]

    def time(self) -> float:
        """Return the simulated seconds since the loop was made."""
        return self._now

    @contextlib.contextmanager
    def real_work(self) -> Iterator[None]:
        """Hold the virtual time while something outside of this loop is being waited for."""
        self._outstanding += 1
        try:
            yield
        finally:
            self._outstanding -= 1

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> TimerHandle:
        """Set a timer; equal timers keep the order in which they were set."""
        self._check_closed()  # type: ignore[attr-defined]
        self._timer_count += 1
        timer = _OrderedTimer(when, callback, args, self, context)
        timer.order = self._timer_count
        heapq.heappush(self._scheduled, timer)  # type: ignore[attr-defined]
        timer._scheduled = True  # type: ignore[attr-defined]
        return timer

    def run_in_executor(  # type: ignore[override]
        self, executor: Executor | None, func: Callable[..., T], *args: Any
    ) -> asyncio.Future[T]:
        """Run `func` in a thread; the virtual time stands still until it is done."""
        future = super().run_in_executor(executor, func, *args)
        self._outstanding += 1
        future.add_done_callback(self._work_done)
        return future

    async def shutdown_default_executor(self, *args: Any, **kwargs: Any) -> None:
        """Join the threads in real time; newer Pythons put a timeout on it that must not be jumped to."""
        with self.real_work():
            await super().shutdown_default_executor(*args, **kwargs)

    def _work_done(self, _future: asyncio.Future[Any]) -> None:
        self._outstanding -= 1

    def _wait(self, timeout: float | None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is not None and timeout <= 0:
            return self._real.select(0)
        if self._outstanding:
            return self._wait_frozen()
        pace = self._pace  # another thread may change it meanwhile
        if pace != self._anchored_pace:
            self._anchor(pace)
        if timeout is None:
            return self._wait_idle()
        target = cast(TimerHandle, self._scheduled[0]).when()  # type: ignore[attr-defined]
        if pace is not None:
            return self._wait_paced(target, pace)
        events = self._real.select(0)
        if not events:
            self._move_to(target)
        return events

    def _wait_frozen(self) -> list[tuple[selectors.SelectorKey, int]]:
        events = self._real.select(None)
        self._anchor(self._anchored_pace)
        return events

    def _wait_idle(self) -> list[tuple[selectors.SelectorKey, int]]:
        """Without a timer nothing can happen by itself: wait for the world outside."""
        events = self._real.select(None)
        if self._anchored_pace:
            self._move_to(max(self._now, self._paced_now(self._anchored_pace)))
        return events

    def _wait_paced(self, target: float, pace: float) -> list[tuple[selectors.SelectorKey, int]]:
        if pace == 0:
            return self._real.select(None)
        ahead_s = (target - self._paced_now(pace)) / pace
        if ahead_s < -MAX_BACKLOG_S:
            self._anchor(pace)
            self._anchor_now = target
        events = self._real.select(max(0.0, ahead_s))
        # A timer runs at exactly its own time, so that the pace changes nothing but the waiting.
        self._move_to(max(self._now, min(target, self._paced_now(pace))))
        return events

    def _paced_now(self, pace: float) -> float:
        return self._anchor_now + (time.monotonic() - self._anchor_real) * pace

    def _anchor(self, pace: float | None) -> None:
        self._anchored_pace = pace
        self._anchor_now = self._now
        self._anchor_real = time.monotonic()

    def _move_to(self, now: float) -> None:
        self._now = now
        self._set_resolution()

    def _set_resolution(self) -> None:
        # The base class runs every timer before `time() + resolution`: one representable step makes that
        # exactly the timers that are due, at every magnitude of the time.
        self._clock_resolution = math.ulp(self._now)


def _checked_pace(pace: float | None) -> float | None:
    if pace is not None and not 0 <= pace < math.inf:
        raise ValueError("a pace is None, 0 for a pause, or a positive number of seconds per real second")
    return pace


def run_virtual(main: Coroutine[Any, Any, T], *, pace: float | None = None) -> T:
    """Run a coroutine on a new virtual-time loop, as `asyncio.run` does on a real one.

    Args:
        main: what to run; inside it `asyncio.get_running_loop()` is the `VirtualTimeLoop`.
        pace: simulated seconds per real second; None as fast as possible, 0 paused.

    Returns:
        What the coroutine returns.
    """
    with asyncio.Runner(loop_factory=lambda: VirtualTimeLoop(pace)) as runner:
        return runner.run(main)
