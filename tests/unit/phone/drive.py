"""Drives an agent through hours by a fake clock: wakes it, ends its scans, answers its questions."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from bluezone.phone.agent import Agent, AgentSettings
from bluezone.phone.events import (
    Action,
    AskTime,
    BatchesPolled,
    Broadcast,
    Event,
    PollBatches,
    SaveInterval,
    Scan,
    ScanEnded,
    Silence,
    TimeAnswered,
    TimeFailed,
    Woke,
)
from bluezone.phone.own_key import OwnKey
from bluezone.phone.status import Problem, Status
from bluezone.phone.trusted_time import Reading, TrustedTime
from bluezone.protocol.advertisement import Payload, parse_advertisement
from bluezone.protocol.manifest import Head
from bluezone.radio.port import HeardAdvertisement
from tests.unit.phone.case import MIDNIGHT, seeded

SETTINGS = AgentSettings(service_uuid=0x4E56)
# What a radio hears between two instants of its own clock.
Air = Callable[[float, float], Iterable[HeardAdvertisement]]


@dataclass
class Drive:
    """One agent with a world around it.

    Attributes:
        true: what time it really is, seconds UTC.
        system_error: how wrong the machine's clock is, seconds.
        service_error: how wrong signed time is; None while the service cannot be reached.
        air: what scans hear.
        scan_ends: False for a radio that never comes back.
        done: every action with the moment it was asked for.
    """

    true: float = MIDNIGHT + 1000.0
    system_error: float = 0.0
    service_error: float | None = 0.0
    air: Air = lambda _begin, _end: ()
    scan_ends: bool = True
    keys: tuple[OwnKey, ...] = ()
    time: TrustedTime = field(default_factory=TrustedTime)
    head: Head | None = None
    seed: int = 1
    done: list[tuple[float, Action]] = field(default_factory=list)
    agent: Agent = field(init=False)

    def __post_init__(self) -> None:
        """Makes the agent; the machine was switched on an hour ago."""
        self._switched_on = self.true - 3600
        self._scan_until: tuple[float, float] | None = None
        self.agent = Agent(SETTINGS, self.keys, self.time, self.head, seeded(self.seed))

    def reading(self) -> Reading:
        """Both clocks, now."""
        return Reading(self.true + self.system_error, self.true - self._switched_on)

    def handle(self, event: Event) -> list[Action]:
        """One event; scans and questions that it leads to are taken up."""
        actions = self.agent.handle(event, self.reading())
        self.done += [(self.true, action) for action in actions]
        for action in actions:
            if isinstance(action, Scan) and self.scan_ends:
                self._scan_until = (self.true + self.system_error, self.true + action.seconds)
            elif isinstance(action, AskTime):
                self._answer()
            elif isinstance(action, PollBatches):
                self.handle(BatchesPolled(self.head))
        return actions

    def run(self, seconds: float) -> Drive:
        """Lets time pass."""
        end = self.true + seconds
        self.handle(Woke())
        while self.true < end:
            wake = self.true + max(self.agent.wake_in(self.reading()), 0.001)
            if self._scan_until is not None and self._scan_until[1] <= min(wake, end):
                self.true = self._scan_until[1]
                self._end_scan()
            else:
                self.true = min(wake, end)
                self.handle(Woke())
        return self

    def status(self) -> Status:
        """How the agent says it is."""
        return self.agent.status(self.reading())

    def problems(self) -> set[Problem]:
        """What it complains of."""
        return {problem for problem, _ in self.status().problems}

    def of(self, kind: type[Action]) -> list[tuple[float, Action]]:
        """Actions of one kind, with their moments."""
        return [(at, action) for at, action in self.done if isinstance(action, kind)]

    def said(self) -> list[tuple[float, Payload, bool]]:
        """Everything that was put on the air: when, what, and whether under a new address."""
        return [
            (at, parse_advertisement(action.advertisement), action.new_address)
            for at, action in self.done
            if isinstance(action, Broadcast)
        ]

    def spoken(self) -> list[tuple[float, float, Payload]]:
        """From when to when which payload was on the air."""
        found: list[tuple[float, float, Payload]] = []
        current: tuple[float, Payload] | None = None
        for at, action in [*self.done, (self.true, Silence())]:
            if isinstance(action, Broadcast | Silence):
                if current is not None:
                    found.append((current[0], at, current[1]))
                current = (
                    (at, parse_advertisement(action.advertisement)) if isinstance(action, Broadcast) else None
                )
        return found

    def saved(self) -> list[SaveInterval]:
        """Finished intervals that were handed out."""
        return [action for _, action in self.done if isinstance(action, SaveInterval)]

    def _answer(self) -> None:
        if self.service_error is None:
            self.handle(TimeFailed("the service cannot be reached"))
            return
        monotonic = self.reading().monotonic
        self.handle(TimeAnswered(int(self.true + self.service_error), monotonic, monotonic))

    def _end_scan(self) -> None:
        if self._scan_until is not None:
            begin = self._scan_until[0]
            self._scan_until = None
            self.handle(ScanEnded(tuple(self.air(begin, self.true + self.system_error))))
