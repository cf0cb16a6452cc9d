"""The clock as a port: what time the machine believes it is, and how long something took.

Decides nothing about trust: whether the system time may be used at all is the phone's decision.
Every place gets its clock as an argument, so a test or a simulation can hand it another one.
"""

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Two readings and one wait; nothing else in the project asks the operating system for time."""

    def system(self) -> float:
        """Return the time that the machine believes, in seconds UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never run backwards and go on during sleep of the machine."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of this clock."""
        ...


# Linux stops CLOCK_MONOTONIC during suspend; only CLOCK_BOOTTIME counts a night in a pocket.
_COUNTS_SLEEP: int | None = getattr(time, "CLOCK_BOOTTIME", None)


class SystemClock:
    """The clock of this machine."""

    def system(self) -> float:
        """Return the machine's time in seconds UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds since some past moment, suspend included where the system can tell."""
        if _COUNTS_SLEEP is None:
            return time.monotonic()
        return time.clock_gettime(_COUNTS_SLEEP)

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds."""
        await asyncio.sleep(seconds)


class ManualClock:
    """A clock that stands still until somebody moves it: for tests of single decisions."""

    def __init__(self, system: float = 0.0, monotonic: float = 0.0) -> None:
        """Start at the given readings.

        Args:
            system: seconds UTC.
            monotonic: seconds.
        """
        self._system = system
        self._monotonic = monotonic

    def system(self) -> float:
        """Return the time that was set, in seconds UTC."""
        return self._system

    def monotonic(self) -> float:
        """Return the sum of all advances, in seconds."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let both readings go forward together.

        Raises:
            ValueError: for a negative duration; a monotonic clock cannot go back.
        """
        if seconds < 0:
            raise ValueError("a monotonic clock cannot go back; use set_system to move the system time")
        self._system += seconds
        self._monotonic += seconds

    def set_system(self, system: float) -> None:
        """Move only the system time, as a person or a time server does (seconds UTC)."""
        self._system = system

    async def sleep(self, seconds: float) -> None:
        """Advance at once and let other tasks run."""
        self.advance(max(0.0, seconds))
        await asyncio.sleep(0)


class LoopClock:
    """A clock that follows the running event loop, so that a virtual-time loop carries it along."""

    def __init__(self, epoch: float) -> None:
        """Bind to the running loop.

        Args:
            epoch: the system time, in seconds UTC, at this moment of the loop.
        """
        self._loop = asyncio.get_running_loop()
        self._offset = epoch - self._loop.time()

    def system(self) -> float:
        """Return the epoch plus the loop's time since then, in seconds UTC."""
        return self._offset + self._loop.time()

    def monotonic(self) -> float:
        """Return the loop's own time in seconds."""
        return self._loop.time()

    async def sleep(self, seconds: float) -> None:
        """Wait that many seconds of the loop."""
        await asyncio.sleep(seconds)
