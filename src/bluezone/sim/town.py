"""A town in one process: an authority, and a phone for everybody, on one virtual air.

Decides how the real parts are put together; each of them is the one that is deployed. The two depths
differ only in the radio: `hci` gives every phone a Bluetooth controller, `frame` computes what a scan
hears. Must run on a virtual-time loop to be fast; on a real one a day takes a day.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import resource
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

import structlog
from litestar import Litestar

from bluezone.authority.api.app import create_app
from bluezone.authority.domain.batch_plan import SECTION_FLOOR
from bluezone.authority.home import memory_authority
from bluezone.authority.service import Authority
from bluezone.authority.settings import ServiceRules
from bluezone.clock import Clock, LoopClock
from bluezone.phone.device_model import NEUTRAL_DBM_AT_1M
from bluezone.phone.publishing import Published
from bluezone.phone.risk import RiskRules
from bluezone.phone.runner import PhoneRunner, PhoneSettings
from bluezone.phone.server_client import ServerClient, open_http
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.interval import local_day_of
from bluezone.protocol.region import Region
from bluezone.radio.capture import Capture
from bluezone.radio.port import Radio
from bluezone.radio.virtual.frame import FrameAir
from bluezone.radio.virtual.hci_air import HciAir
from bluezone.radio.virtual.medium import Medium
from bluezone.sim.errors import PhoneOffError, TooManyPhonesError
from bluezone.sim.wrong_clock import WrongClock, WrongClockRadio

Depth = Literal["hci", "frame"]
SWITCHED_ON_WITHIN_S = 60.0
# Lock, wrapped keys and ledger stay open; a day and its journal are open while they are written.
FILES_PER_PHONE = 3
SPARE_FILES = 200
log = structlog.get_logger(__name__)


class CalibratedMedium(Medium, Protocol):
    """A medium that knows what each phone model's calibration table says."""

    def dbm_at_1m(self, station: int) -> int:
        """Level at one metre that the station declares, dBm."""
        ...


@dataclass(frozen=True, slots=True)
class TownSettings:
    """What a town shortens or chooses.

    Attributes:
        depth: how real the air is.
        batch_period_s: seconds between batches.
        poll_s: mean seconds between two index polls of a phone.
        longest_alert_delay_s: an alert is shown after a random time up to this.
        receiver_correction_db: of every phone, dB.
        rules: the risk rule in force.
        utc_offset_minutes: of the civil date.
        scan_rhythm_s: mean seconds from scan to scan.
        calibrated: whether phones know how strongly their model sends.
        clock_errors_s: by station, how far its machine's clock is ahead, seconds; 0 where none is given.
    """

    depth: Depth = "frame"
    batch_period_s: int = 900
    poll_s: float = 600.0
    longest_alert_delay_s: float = 0.0
    receiver_correction_db: int = 0
    rules: RiskRules = field(default_factory=RiskRules)
    utc_offset_minutes: int = 420
    scan_rhythm_s: float = 60.0
    calibrated: bool = True
    clock_errors_s: Mapping[int, float] = field(default_factory=dict)


@dataclass(slots=True)
class TownPhone:
    """One phone of the town, switched on or off.

    Attributes:
        station: its number on the air.
        store: stays while the phone is off.
        clock_error_s: how far its machine's clock is ahead, seconds.
        runner: None while it is off.
    """

    station: int
    store: PhoneStore
    random_bytes: Callable[[int], bytes]
    clock_error_s: float = 0.0
    runner: PhoneRunner | None = None
    task: asyncio.Task[None] | None = None


def allow_open_files(count: int) -> None:
    """Raises this process's limit of open files where it is too low.

    Raises:
        TooManyPhonesError: the machine's own limit is lower.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count or soft == resource.RLIM_INFINITY:
        return
    if hard != resource.RLIM_INFINITY and hard < count:
        raise TooManyPhonesError(
            f"{count} open files are needed and this machine allows {hard} (see ulimit -Hn)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


class Town:
    """An authority and its phones.

    Args:
        home: folder for the phones' stores.
        people_count: stations 0..n-1.
        medium: who hears whom.
        epoch: seconds UTC at which the town begins.
        seed: decides every draw of phones and authority.
        settings: of this town.
        capture: at depth `hci`, gets every HCI packet.
    """

    def __init__(
        self,
        home: Path,
        people_count: int,
        medium: CalibratedMedium,
        epoch: float,
        seed: int,
        settings: TownSettings,
        capture: Capture | None = None,
    ) -> None:
        self.settings = settings
        self.phones: list[TownPhone] = []
        self.clock: Clock = LoopClock(epoch)
        self._home = home
        self._people_count = people_count
        self._medium = medium
        self._seed = seed
        if settings.depth == "hci":
            self._air: HciAir | FrameAir = HciAir(medium, self.clock, capture=capture)
        else:
            self._air = FrameAir(medium, self.clock)
        self._stack = contextlib.AsyncExitStack()
        self.authority: Authority
        self.region: Region
        self._app: Litestar

    async def start(self) -> None:
        """Opens the authority and switches every phone on, within a minute.

        Raises:
            TooManyPhonesError: this machine does not allow so many open files.
        """
        allow_open_files(FILES_PER_PHONE * self._people_count + SPARE_FILES)
        # A town has few cases, and every phone of it shares this machine: the least filler is enough.
        rules = ServiceRules(batch_period_s=self.settings.batch_period_s, section_peak=SECTION_FLOOR)
        self.authority = await memory_authority(
            clock=self.clock,
            random_bytes=self._random("authority"),
            name="Bluezone",
            utc_offset_minutes=self.settings.utc_offset_minutes,
            rules=rules,
        )
        self.region = self.authority.region
        self._app = create_app(self.authority)
        await self._stack.enter_async_context(self._app.lifespan())
        for station in range(self._people_count):
            random_bytes = self._random(str(station))
            store = PhoneStore.open(self._home / f"phone-{station}", random_bytes, durable=False)
            self._stack.callback(store.close)
            error_s = self.settings.clock_errors_s.get(station, 0.0)
            self.phones.append(TownPhone(station, store, random_bytes, error_s))
        await self.switch_on()

    async def stop(self) -> None:
        """Switches everything off and closes all stores."""
        await self.switch_off()
        await self._stack.aclose()

    async def switch_on(self, stations: Iterable[int] | None = None) -> None:
        """Switches phones on that are off, all of them if None; each at its own moment within a minute."""
        for phone in self._some(stations):
            if phone.task is None:
                phone.task = asyncio.create_task(self._run(phone))

    async def switch_off(self, stations: Iterable[int] | None = None) -> None:
        """Switches phones off, all of them if None, as a flat battery does: what is in memory is lost."""
        phones = self._some(stations)
        tasks = [phone.task for phone in phones if phone.task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for phone in phones:
            phone.task = phone.runner = None

    async def confirm(self, onset_day: int | None = None) -> str:
        """The health worker confirms a case.

        Args:
            onset_day: first day of illness; today if None.

        Returns:
            The code that the health worker reads out, 14 digits.
        """
        today = local_day_of(self.clock.system(), self.settings.utc_offset_minutes)
        return await self.authority.issue_code(today if onset_day is None else onset_day)

    async def publish(
        self, station: int, code: str, withheld_starts: frozenset[int] = frozenset()
    ) -> Published:
        """A person agrees, types the code, and the phone publishes.

        Args:
            station: of the case.
            code: as it was read out.
            withheld_starts: rolling_start of keys that the person keeps back.

        Raises:
            PhoneError, CodeError: refused, or the phone is off.
        """
        return await self.runner(station).publish(code, withheld_starts)

    def runner(self, station: int) -> PhoneRunner:
        """The running phone of a station.

        Raises:
            PhoneOffError: it is switched off.
        """
        runner = self.phones[station].runner
        if runner is None:
            raise PhoneOffError(f"phone {station} is switched off")
        return runner

    def alerted(self) -> set[int]:
        """Stations whose phone shows an alert now."""
        now = self.clock.system()
        return {
            phone.station
            for phone in self.phones
            if any(shown.show_at <= now for shown in phone.store.ledger.alerts())
        }

    async def _run(self, phone: TownPhone) -> None:
        await self.clock.sleep(SWITCHED_ON_WITHIN_S * int.from_bytes(phone.random_bytes(4), "big") / 2**32)
        settings, clock = self.settings, self._clock_of(phone)
        async with open_http(self.region, self._app) as http:
            phone.runner = PhoneRunner(
                self.region,
                phone.store,
                self._radio(phone),
                ServerClient(self.region, http, clock, phone.random_bytes),
                clock,
                phone.random_bytes,
                PhoneSettings(
                    dbm_at_1m=self._declared(phone),
                    scan_rhythm_s=settings.scan_rhythm_s,
                    receiver_correction_db=settings.receiver_correction_db,
                    poll_s=settings.poll_s,
                    longest_alert_delay_s=settings.longest_alert_delay_s,
                    rules=settings.rules,
                ),
            )
            await phone.runner.run()

    def _declared(self, phone: TownPhone) -> int:
        return self._medium.dbm_at_1m(phone.station) if self.settings.calibrated else NEUTRAL_DBM_AT_1M

    def _radio(self, phone: TownPhone) -> Radio:
        radio: Radio = self._air.radio(phone.station, phone.random_bytes)
        return WrongClockRadio(radio, phone.clock_error_s) if phone.clock_error_s else radio

    def _clock_of(self, phone: TownPhone) -> Clock:
        return WrongClock(self.clock, phone.clock_error_s) if phone.clock_error_s else self.clock

    def _some(self, stations: Iterable[int] | None) -> list[TownPhone]:
        return self.phones if stations is None else [self.phones[station] for station in stations]

    def _random(self, name: str) -> Callable[[int], bytes]:
        # People who do not exist need no secrets, but the same day again when the seed is the same.
        return random.Random(f"{self._seed}/{name}").randbytes  # noqa: S311
