"""One phone at work: owns clock, radio, store and network, and does what its agent says.

Decides nothing about protocol. Every failure of a part becomes an event or a log line and the phone goes
on; only a broken store ends it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import structlog

from bluezone.clock import Clock
from bluezone.phone.agent import Agent, AgentSettings
from bluezone.phone.chance import RandomBytes
from bluezone.phone.errors import DiagnosisError, PhoneError, ServerError
from bluezone.phone.events import (
    Action,
    AskTime,
    Broadcast,
    Event,
    Forget,
    KeysChanged,
    PlaceFixed,
    PollBatches,
    PollFailed,
    RadioFailed,
    SaveInterval,
    SaveKeys,
    SaveTime,
    Scan,
    ScanEnded,
    SendCover,
    Silence,
    TimeFailed,
    Woke,
)
from bluezone.phone.following import BatchFollower, MatchSettings, tek_period_of
from bluezone.phone.place import Fix
from bluezone.phone.publishing import Published, Publisher, commit_before_swab, shown_commitment
from bluezone.phone.risk import RiskRules
from bluezone.phone.server_client import ServerClient
from bluezone.phone.status import Status
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.phone.trusted_time import Reading, TrustedTime
from bluezone.protocol.errors import ProtocolError, SignedTimeError
from bluezone.protocol.region import Region
from bluezone.protocol.verification_code import parse_code
from bluezone.radio.port import Radio, RadioError

# From scan start to scan start, as shares of the mean: 50 to 70 s of 60.
SHORTEST_GAP, LONGEST_GAP = 5 / 6, 7 / 6
_SAVED_TIME = "time"
_LONGEST_WAIT_S = 60.0
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class PhoneSettings:
    """What differs from phone to phone, and what a demo shortens.

    Attributes:
        dbm_at_1m: this model's level at one metre, a multiple of 4 in -100..24.
        receiver_correction_db: of this model, dB.
        scan_rhythm_s: mean time from scan to scan, seconds.
        poll_s: mean time from index poll to index poll, seconds.
        longest_alert_delay_s: see MatchSettings.
        rules: the risk rule in force.
    """

    dbm_at_1m: int = -60
    receiver_correction_db: int = 0
    scan_rhythm_s: float = 60.0
    poll_s: float = 4 * 3600.0
    longest_alert_delay_s: float = 4 * 3600.0
    rules: RiskRules = field(default_factory=RiskRules)


class PhoneRunner:
    """Runs one phone until it is cancelled.

    Args:
        region: from the region file.
        store: open; the caller closes it.
        radio: not open yet.
        client: of the region's service.
        clock: of this machine, or of a simulation.
        random_bytes: every draw of this phone.
        settings: of this phone.
    """

    def __init__(
        self,
        region: Region,
        store: PhoneStore,
        radio: Radio,
        client: ServerClient,
        clock: Clock,
        random_bytes: RandomBytes,
        settings: PhoneSettings | None = None,
    ) -> None:
        settings = settings or PhoneSettings()
        self.region = region
        self.store = store
        self._radio = radio
        self._radio_open = False
        self._opening = asyncio.Lock()
        self._clock = clock
        self._random_bytes = random_bytes
        self._client = client
        match = MatchSettings(
            region, settings.rules, settings.receiver_correction_db, settings.longest_alert_delay_s
        )
        self._follower = BatchFollower(self._client, store, match, random_bytes)
        self._publisher = Publisher(self._client, store, region, clock, random_bytes)
        saved = store.ledger.fact(_SAVED_TIME)
        self._agent = Agent(
            AgentSettings(
                region.service_uuid,
                settings.dbm_at_1m,
                settings.scan_rhythm_s * SHORTEST_GAP,
                settings.scan_rhythm_s * LONGEST_GAP,
                settings.poll_s,
            ),
            store.ledger.own_keys(),
            TrustedTime(saved=float(int(saved)) if saved else None),
            store.ledger.head(),
            random_bytes,
            tek_period_of(store.ledger),
        )
        self._events: deque[Event] = deque([Woke()])
        self._waiter: asyncio.Future[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._publishing = asyncio.Lock()

    async def run(self) -> None:
        """Works until cancelled, then takes the advertisement off the air."""
        try:
            while True:
                event = self._events.popleft() if self._events else await self._next_event()
                for action in self._agent.handle(event, self._reading()):
                    await self._do(action)
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await self._radio.close()

    def locate(self, fix: Fix) -> None:
        """Takes a position; only called when the owner opted in to place."""
        self._post(PlaceFixed(fix))

    def status(self) -> Status:
        """How this phone is doing."""
        return self._agent.status(self._reading())

    async def publish(self, typed_code: str, withheld_starts: frozenset[int] = frozenset()) -> Published:
        """Publishes this phone's keys with a verification code; its owner has consented.

        An earlier attempt whose upload got no answer is finished instead, with what was agreed to then.

        Args:
            typed_code: as a person types it.
            withheld_starts: rolling_start of keys that the owner keeps back.

        Raises:
            CodeError: mistyped. DiagnosisError: refused. ServerError: no answer.
        """
        code = parse_code(typed_code)  # A typing error must not close the running key.
        async with self._one_attempt():
            if earlier := await self._publisher.finish_earlier():
                return earlier
            now = self._trusted_now()
            _, commitment = self._publisher.close_and_commit(now, code)
            self._tell_keys()
            certificate = await self._publisher.redeem_code(typed_code, commitment, now)
            return await self._publisher.publish(commitment, certificate, now, withheld_starts)

    async def publish_swab(self, withheld_starts: frozenset[int] = frozenset()) -> Published:
        """Publishes this phone's keys after a positive swab; its owner has consented. See `publish`.

        Args:
            withheld_starts: rolling_start of keys that the owner keeps back.

        Raises:
            DiagnosisError: no certified sample, or refused. ServerError: no answer.
        """
        async with self._one_attempt():
            if earlier := await self._publisher.finish_earlier():
                return earlier
            now = self._trusted_now()
            commitment, certificate = await self._publisher.redeem_swab(now)
            self._publisher.close_running(now)
            self._tell_keys()
            return await self._publisher.publish(commitment, certificate, now, withheld_starts)

    def commit_before_swab(self) -> bytes:
        """C, 32 bytes, for the QR that the laboratory stores with the sample.

        Raises:
            DiagnosisError: this phone does not know the time yet.
        """
        _, commitment = commit_before_swab(self.store, self._trusted_now(), self._random_bytes)
        self._tell_keys()
        return commitment.hash()

    def shown_at_swab(self) -> tuple[bytes, int] | None:
        """C, 32 bytes, of the code to show again, and when it was made, seconds UTC; None without one."""
        now = self.status().now
        shown = None if now is None else shown_commitment(self.store, now)
        return (shown.hash(), shown.made_at) if shown else None

    @asynccontextmanager
    async def _one_attempt(self) -> AsyncIterator[None]:
        """One attempt to publish; the next one waits until its last request is sent.

        Its owner reads a refusal at once, while what makes it look like cover goes on behind.
        """
        await self._publishing.acquire()
        try:
            yield
        finally:
            self._tell_keys()
            self._start(self._finish_attempt())

    async def _finish_attempt(self) -> None:
        try:
            await self._publisher.finish_as_cover()
        except (PhoneError, ProtocolError) as error:
            log.info("cover-not-sent", code=error.code)
        finally:
            self._publishing.release()

    def _trusted_now(self) -> float:
        now = self.status().now
        if now is None:
            raise DiagnosisError("this phone does not know what time it is yet; please try again in a minute")
        return now

    # --- events ------------------------------------------------------------------------------------

    def _reading(self) -> Reading:
        return Reading(self._clock.system(), self._clock.monotonic())

    def _post(self, event: Event) -> None:
        self._events.append(event)
        self._wake(self._waiter)

    def _tell_keys(self) -> None:
        """Tells the agent its own keys as they are stored, before anything else that waits for it.

        With an older list it would go on speaking with a key that was closed, and draw one where a
        commitment has one already.
        """
        others = (event for event in self._events if not isinstance(event, KeysChanged))
        self._events = deque([KeysChanged(tuple(self.store.ledger.own_keys())), *others])
        self._wake(self._waiter)

    async def _next_event(self) -> Event:
        """Waits for a posted event, or for the moment at which the agent wants to be woken."""
        loop = asyncio.get_running_loop()
        self._waiter = loop.create_future()
        wait = min(self._agent.wake_in(self._reading()), _LONGEST_WAIT_S)
        timer = loop.call_later(wait, self._wake, self._waiter)
        try:
            await self._waiter
        finally:
            timer.cancel()
            self._waiter = None
        return self._events.popleft() if self._events else Woke()

    @staticmethod
    def _wake(waiter: asyncio.Future[None] | None) -> None:
        if waiter is not None and not waiter.done():
            waiter.set_result(None)

    # --- actions -----------------------------------------------------------------------------------

    async def _do(self, action: Action) -> None:
        match action:
            case Broadcast() | Silence():
                await self._speak(action)
            case Scan():
                self._start(self._scan(action.seconds))
            case SaveInterval():
                self.store.days.save_interval(action.interval, action.records, action.scans)
            case SaveKeys():
                kept = self.store.ledger.save_own_keys(action.keys, action.expired_starts)
                if tuple(kept) != action.keys:
                    self._tell_keys()
            case SaveTime():
                self.store.ledger.save_fact(_SAVED_TIME, b"%d" % action.now)
            case AskTime():
                self._start(self._ask_time())
            case PollBatches():
                self._start(self._poll(action.now))
            case SendCover():
                self._start(self._send_cover())
            case Forget():
                self.store.forget_before(action.before_day)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("phone-task-failed", error=type(error).__name__)

    async def _speak(self, action: Broadcast | Silence) -> None:
        try:
            await self._need_radio()
            if isinstance(action, Broadcast):
                await self._radio.broadcast(action.advertisement, new_address=action.new_address)
            else:
                await self._radio.silence()
        except RadioError as error:
            self._radio_failed("broadcast", error)

    async def _scan(self, seconds: float) -> None:
        try:
            await self._need_radio()
            self._post(ScanEnded(tuple(await self._radio.scan(seconds))))
        except RadioError as error:
            self._radio_failed("scan", error)

    async def _need_radio(self) -> None:
        async with self._opening:  # A scan and a broadcast may both find the radio closed.
            if not self._radio_open:
                with suppress(RadioError):  # After a failure it may still hold what it had.
                    await self._radio.close()
                info = await self._radio.open()
                self._radio_open = True
                log.info("radio-open", name=info.name)

    def _radio_failed(self, doing: str, error: RadioError) -> None:
        # It is opened anew the next time it is needed: an adapter that was pulled out may be back.
        self._radio_open = False
        log.warning("radio-failed", doing=doing, code=error.code, reason=str(error))
        self._post(RadioFailed(doing, str(error)))

    async def _ask_time(self) -> None:
        try:
            self._post(await self._client.ask_time())
        except (ServerError, SignedTimeError) as error:
            log.warning("time-not-synced", code=error.code, reason=str(error))
            self._post(TimeFailed(str(error)))

    async def _send_cover(self) -> None:
        await self._unless_publishing(self._publisher.send_cover)

    async def _poll(self, now: int) -> None:
        try:
            self._post(await self._follower.poll(now))
        except Exception as error:
            # Whatever it was, it is said and tried again; its text may hold a key.
            log.error("batches-not-followed", error=type(error).__name__)
            self._post(PollFailed(f"the lists of keys could not be used ({type(error).__name__})"))
        await self._unless_publishing(self._publisher.resume)

    async def _unless_publishing(self, send: Callable[[], Awaitable[object]]) -> None:
        """Sends a pair of requests, unless an attempt is running or another pair is on its way.

        Two pairs at once are something that only a case sends; and while one upload waits for its answer, no
        other may be prepared.
        """
        if self._publishing.locked():
            return
        async with self._publishing:
            try:
                await send()
            except (PhoneError, ProtocolError) as error:
                log.warning("upload-not-accepted", code=error.code, reason=str(error))
