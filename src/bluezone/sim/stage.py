"""The live demo's town, in a thread of its own: a page asks it questions and it answers.

Decides nothing that a town does not; translates between the page's thread, where time is real, and the
town's loop, where it has the presenter's pace. The map is for the presenter only: no phone knows it.
"""

from __future__ import annotations

import asyncio
import tempfile
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from bluezone.phone.publishing import Published
from bluezone.phone.risk import Alert
from bluezone.phone.runner import PhoneRunner
from bluezone.phone.status import Status
from bluezone.phone.ui.runner_view import publish_by
from bluezone.protocol.region import Region
from bluezone.sim.air import Air, AirModel
from bluezone.sim.commune import DEFAULT_PEOPLE
from bluezone.sim.errors import PhoneOffError
from bluezone.sim.scenario import Scenario, commune_day
from bluezone.sim.town import Depth, Town, TownSettings
from bluezone.sim.virtual_time import VirtualTimeLoop

T = TypeVar("T")
DEFAULT_PACE = 60.0
DEMO_BATCH_PERIOD_S = 900
DEMO_POLL_S = 600.0


@dataclass(frozen=True, slots=True)
class PersonNow:
    """One person, as the presenter sees them.

    Attributes:
        x, y: metres.
        place: key of the place in which the person sits, or None while walking.
        status: of the phone; None while it is off.
        alert: the newest one that the phone shows.
        published_at: when the phone published keys, seconds UTC.
    """

    x: float
    y: float
    place: str | None
    status: Status | None
    alert: Alert | None
    published_at: float | None


@dataclass(frozen=True, slots=True)
class Happening:
    """A line for the presenter: what, who, when. `what` is a message key of the catalogue."""

    at: float
    what: str
    station: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The town at one instant.

    Attributes:
        now: seconds UTC.
        pace: simulated seconds per real second; None as fast as possible, 0 paused.
        finished: the scenario's day is over; phones go on, people sit where they are.
        people: by station.
        batch_seq: number of the newest batch; 0 before the first.
        happenings: oldest first.
    """

    now: float
    pace: float | None
    finished: bool
    people: tuple[PersonNow, ...]
    batch_seq: int
    happenings: tuple[Happening, ...]


class Stage:
    """A running demo; every method may be called from any thread or loop.

    Args:
        seed: of the scenario, the air and every phone.
        people: 24..48.
        depth: how real the air is.
        pace: simulated seconds per real second at the start.
    """

    def __init__(
        self,
        seed: int = 1,
        people: int = DEFAULT_PEOPLE,
        depth: Depth = "hci",
        pace: float | None = DEFAULT_PACE,
    ) -> None:
        self.scenario: Scenario = commune_day(seed, people)
        self._seed = seed
        self._depth: Depth = depth
        self._loop = VirtualTimeLoop(pace)
        self._home = tempfile.TemporaryDirectory(prefix="bluezone-demo-")
        self._thread = threading.Thread(target=self._loop.run_forever, name="town", daemon=True)
        self._town: Town
        self._host: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()
        self._hurry: asyncio.TimerHandle | None = None
        self._alerted: set[int] = set()
        self._published: dict[int, float] = {}
        self._happenings: list[Happening] = []

    async def start(self) -> None:
        """Starts the thread and the town in it."""
        self._thread.start()
        await self._call(self._start)

    async def stop(self) -> None:
        """Stops the town and its thread, and deletes the phones' stores."""
        self._loop.pace = None
        await self._call(self._stop)
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.get_running_loop().run_in_executor(None, self._thread.join)
        self._loop.close()
        self._home.cleanup()

    @property
    def region(self) -> Region:
        """Of the town's authority; only after the start."""
        return self._town.region

    def set_pace(self, pace: float | None) -> None:
        """Changes the pace: simulated seconds per real second, 0 to pause, None as fast as possible."""
        self._loop.call_soon_threadsafe(self._cancel_hurry)
        self._loop.pace = pace

    def hurry(self, until: float, pace: float | None, then: float | None) -> None:
        """Goes at one pace up to an instant (seconds UTC) and at another from then on.

        A pace that somebody sets in between stays.
        """
        self._loop.call_soon_threadsafe(self._begin_hurry, until, pace, then)

    async def snapshot(self) -> Snapshot:
        """The town now."""
        return await self._call(self._snapshot)

    async def confirm(self, station: int, onset_day: int | None = None) -> str:
        """The health worker confirms somebody; the code that is then read out.

        Args:
            station: whom.
            onset_day: first day of illness, days since 1970-01-01; today if None.
        """
        return await self._call(lambda: self._confirm(station, onset_day))

    async def publish(
        self, station: int, code: str | None, withheld_starts: frozenset[int] = frozenset()
    ) -> Published:
        """Somebody agrees and types a code; keys whose rolling_start is withheld are kept back.

        Without a code, a positive sample that was taken with this phone's own code.

        Raises:
            PhoneError, CodeError, PhoneOffError.
        """
        return await self._call(lambda: self._publish(station, code, withheld_starts))

    async def ask(self, station: int, question: Callable[[PhoneRunner], T]) -> T:
        """Asks one phone something, in the town's own thread.

        Raises:
            PhoneOffError: it is not switched on yet.
        """

        async def answer() -> T:
            return question(self._town.runner(station))

        return await self._call(answer)

    # --- in the town's thread ------------------------------------------------------------------------

    async def _call(self, work: Callable[[], Awaitable[T]]) -> T:
        async def run() -> T:
            return await work()

        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), self._loop))

    async def _start(self) -> None:
        scenario = self.scenario
        air = Air(AirModel.mild(), scenario.world, self._seed)
        settings = TownSettings(
            depth=self._depth,
            batch_period_s=DEMO_BATCH_PERIOD_S,
            poll_s=DEMO_POLL_S,
            receiver_correction_db=round(air.receiver_correction_db),
        )
        people = len(scenario.people)
        self._town = Town(Path(self._home.name), people, air, scenario.start_at, self._seed, settings)
        started = self._loop.create_future()
        self._host = self._loop.create_task(self._hold_open(started))
        await started

    async def _hold_open(self, started: asyncio.Future[None]) -> None:
        # What one task opens it must also close: the authority's app holds a cancel scope.
        try:
            await self._town.start()
        except BaseException as error:
            started.set_exception(error)
            raise
        started.set_result(None)
        await self._closing.wait()
        await self._town.stop()

    async def _stop(self) -> None:
        self._closing.set()
        if self._host is not None:
            await self._host

    async def _confirm(self, station: int, onset_day: int | None) -> str:
        code = await self._town.confirm(onset_day)
        self._note("confirmed", station)
        return code

    async def _publish(self, station: int, code: str | None, withheld_starts: frozenset[int]) -> Published:
        published = await publish_by(self._town.runner(station), code, withheld_starts)
        self._published[station] = self._town.clock.system()
        self._note("published", station)
        return published

    async def _snapshot(self) -> Snapshot:
        now = self._town.clock.system()
        people = tuple(self._person(station, now) for station in range(len(self.scenario.people)))
        heads = [one.status.head.seq for one in people if one.status and one.status.head]
        return Snapshot(
            now=now,
            pace=self._loop.pace,
            finished=now >= self.scenario.end_at,
            people=people,
            batch_seq=max(heads, default=0),
            happenings=tuple(sorted(self._happenings, key=lambda one: one.at)),
        )

    def _person(self, station: int, now: float) -> PersonNow:
        world = self.scenario.world
        x, y = world.position(station, now)
        try:
            status = self._town.runner(station).status()
        except PhoneOffError:
            status = None
        return PersonNow(
            x,
            y,
            world.place_of(station, now),
            status,
            self._alert(station, now),
            self._published.get(station),
        )

    def _alert(self, station: int, now: float) -> Alert | None:
        shown = [one for one in self._town.phones[station].store.ledger.alerts() if one.show_at <= now]
        if shown and station not in self._alerted:
            self._alerted.add(station)
            self._note("alerted", station, min(one.show_at for one in shown))
        return shown[0].alert if shown else None

    def _note(self, what: str, station: int, at: float | None = None) -> None:
        self._happenings.append(Happening(at or self._town.clock.system(), what, station))

    def _begin_hurry(self, until: float, pace: float | None, then: float | None) -> None:
        self._cancel_hurry()
        self._loop.pace = pace
        wait = max(0.0, until - self._town.clock.system())
        self._hurry = self._loop.call_later(wait, self._end_hurry, then)

    def _end_hurry(self, then: float | None) -> None:
        self._hurry = None
        self._loop.pace = then

    def _cancel_hurry(self) -> None:
        if self._hurry is not None:
            self._hurry.cancel()
            self._hurry = None
