"""The presenter's side of the demo: the town, the codes that were read out, every phone's screens.

Decides what a page may do to the town and how the story's next step is carried out. Leaves pages to
`pages`, the town to the stage.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import count

from bluezone.phone.ui.app import Screens
from bluezone.phone.ui.sharing import Sharing, SharingState
from bluezone.sim.demo.errors import TooManyCodes
from bluezone.sim.demo.result import WARNED_WITHIN_S, Result, near_seconds, result_of
from bluezone.sim.demo.stage_view import StageView
from bluezone.sim.demo.story import READY_AFTER_S, Facts, Step, current_step
from bluezone.sim.stage import DEFAULT_PACE, Snapshot, Stage

MAX_CODES = 50
WAITING_PACE = 300.0


@dataclass(frozen=True, slots=True)
class Confirmation:
    """A case that was confirmed on the staff page.

    Attributes:
        number: from 1.
        station: of the person.
        onset_day: first day of illness, days since 1970-01-01.
        code: 14 digits. A real authority keeps it nowhere; a demo shows it again.
        at: seconds UTC.
    """

    number: int
    station: int
    onset_day: int
    code: str
    at: float


class Presenter:
    """What the pages share.

    Args:
        stage: the caller starts and stops it.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.scenario = stage.scenario
        self.confirmations: list[Confirmation] = []
        self.screens = tuple(self._screens(station) for station in range(len(self.scenario.people)))
        self._numbers = count(1)
        self._calm_pace: float | None = None
        self._near: tuple[frozenset[tuple[int, float]], dict[int, int]] = (frozenset(), {})

    async def confirm(self, station: int, onset_day: int | None = None) -> Confirmation:
        """The health worker confirms somebody.

        Args:
            station: whom.
            onset_day: first day of illness; the civil date of the town's today if None.

        Raises:
            OnsetInvalid: a day that cannot be certified. TooManyCodes.
        """
        if len(self.confirmations) >= MAX_CODES:
            raise TooManyCodes("this demo has issued 50 codes; start it anew for more")
        now = (await self.stage.snapshot()).now
        day = self.today(now) if onset_day is None else onset_day
        code = await self.stage.confirm(station, day)
        made = Confirmation(next(self._numbers), station, day, code, now)
        self.confirmations.append(made)
        return made

    def today(self, now: float) -> int:
        """The town's civil date, days since 1970-01-01."""
        return int((now + self.stage.region.utc_offset_minutes * 60) // 86_400)

    def stop(self) -> None:
        """Ends what the pages have begun."""
        for screens in self.screens:
            screens.sharing.stop()

    async def result(self, snapshot: Snapshot) -> Result | None:
        """Who was near and who is warned; None before anybody has published."""
        published = {
            station: one.published_at
            for station, one in enumerate(snapshot.people)
            if one.published_at is not None
        }
        if not published:
            return None
        key = frozenset(published.items())
        if self._near[0] != key:
            world, start_at = self.scenario.world, self.scenario.start_at
            self._near = key, await asyncio.to_thread(near_seconds, world, start_at, published)
        felt = [one.alert.near_s if one.alert else None for one in snapshot.people]
        late = snapshot.now > max(published.values()) + WARNED_WITHIN_S
        return result_of(self._near[1], felt, set(published), late)

    def step(self, snapshot: Snapshot, result: Result | None) -> Step:
        """Where the story is."""
        return current_step(
            Facts(
                elapsed_s=snapshot.now - self.scenario.start_at,
                has_code=bool(self.confirmations),
                is_sending=any(s.sharing.progress.state is SharingState.SENDING for s in self.screens),
                has_published=result is not None,
                is_complete=result is not None and result.is_complete,
            )
        )

    async def advance(self) -> int | None:
        """Carries out the story's current step; the station whose screen shows it best."""
        snapshot = await self.stage.snapshot()
        result = await self.result(snapshot)
        calm = snapshot.pace or DEFAULT_PACE
        match self.step(snapshot, result):
            case Step.WATCH:
                self.stage.hurry(self.scenario.start_at + READY_AFTER_S, None, calm)
                return None
            case Step.CONFIRM:
                await self.confirm(self.scenario.case)
                return self.scenario.case
            case Step.SHARE:
                return await self._type_newest_code(calm)
            case Step.WAIT:
                self.stage.hurry(snapshot.now + WARNED_WITHIN_S, WAITING_PACE, calm)
                self._calm_pace = calm
                return None
            case Step.RESULT:
                return next((row.station for row in result.rows if row.felt_s), None) if result else None

    def set_pace(self, pace: float | None) -> None:
        """Changes the pace by hand; a hurry of the story is over."""
        self._calm_pace = None
        self.stage.set_pace(pace)

    def settle(self, step: Step) -> None:
        """Ends the hurry towards the result once it is there, so that it can be looked at."""
        if step is Step.RESULT and self._calm_pace is not None:
            self.set_pace(self._calm_pace)

    async def _type_newest_code(self, pace: float) -> int:
        newest = self.confirmations[-1]
        # A town that stands still would never send.
        self.stage.set_pace(pace)
        await self.screens[newest.station].sharing.start(newest.code, frozenset())
        return newest.station

    def _screens(self, station: int) -> Screens:
        person = self.scenario.people[station]
        view = StageView(self.stage, station)
        return Screens(
            view,
            Sharing(view),
            base=f"/phones/{station}",
            owner=(person.label_vi, person.label_en),
            map_address=f"/?phone={station}",
        )
