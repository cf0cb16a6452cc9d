"""The phone as a state machine: `handle(event, clock) -> actions`, and nothing else.

The only stateful object among the decisions. It decides when to speak, listen, save, ask the time and
poll; the runner owns clock, radio, store and network and does as it is told. Everything it keeps is in
memory for the current interval only: what is older has been handed out as `SaveInterval`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from bluezone.phone.broadcast import Rotation, advertisement_for, plan_rotation
from bluezone.phone.chance import RandomBytes, uniform
from bluezone.phone.cover import wait_for_cover
from bluezone.phone.encounter import SCAN_S, select_records
from bluezone.phone.events import (
    Action,
    AskTime,
    BatchesPolled,
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
    TimeAnswered,
    TimeFailed,
    Woke,
)
from bluezone.phone.listening import next_scan_at
from bluezone.phone.own_key import (
    KEPT_DAYS,
    OwnKey,
    draw_key,
    own_identifiers,
    serving_key,
    without_expired,
)
from bluezone.phone.place import Fix, receiver_commitments, sender_commitment
from bluezone.phone.sighting import IntervalSightings
from bluezone.phone.status import Problem, Status, batch_problem, time_problem
from bluezone.phone.trusted_time import Reading, TimeStatus, TrustedTime, accept_sync, read_time
from bluezone.protocol.advertisement import parse_advertisement
from bluezone.protocol.errors import AdvertisementError
from bluezone.protocol.interval import DEFAULT_WINDOW, MINUTE_S, interval_of, minute_of, utc_day_of
from bluezone.protocol.keys import FullIdentifier, full_identifier
from bluezone.protocol.manifest import Head

FIRST_TIME_RETRY_S = 5.0
LONGEST_TIME_RETRY_S = 300.0
BATCH_RETRY_S = 600.0
# A scan takes SCAN_S; a radio that has not come back by then never will.
SCAN_OVERDUE_S = 45.0


@dataclass(frozen=True, slots=True)
class AgentSettings:
    """What differs from phone to phone.

    Attributes:
        service_uuid: the region's, 16 bit.
        dbm_at_1m: this model's level at one metre, a multiple of 4 in -100..24.
        shortest_gap_s, longest_gap_s: from scan start to scan start, seconds.
        poll_s: mean time from index poll to index poll, seconds.
    """

    service_uuid: int
    dbm_at_1m: int = -60
    shortest_gap_s: float = 50.0
    longest_gap_s: float = 70.0
    poll_s: float = 4 * 3600.0


@dataclass(slots=True)
class _Speaking:
    """The identifier of the current interval, and how far it has been said."""

    rotation: Rotation
    identifier: FullIdentifier
    minute: int = -1


@dataclass(slots=True)
class _Air:
    """What this interval has brought so far."""

    sightings: dict[int, IntervalSightings] = field(default_factory=dict)
    scans: list[int] = field(default_factory=list)
    scanning_since: float | None = None
    next_scan_at: float = 0.0


class Agent:
    """One phone.

    Args:
        settings: of this phone.
        keys: own keys as stored.
        time: trusted time as stored.
        head: of the batch chain as stored.
        random_bytes: every draw comes from here.
        tek_period: 24 or 144 intervals, as the newest batch says.
    """

    def __init__(
        self,
        settings: AgentSettings,
        keys: Iterable[OwnKey],
        time: TrustedTime,
        head: Head | None,
        random_bytes: RandomBytes,
        tek_period: int = DEFAULT_WINDOW,
    ) -> None:
        self._settings = settings
        self._keys = list(keys)
        self._time = time
        self._head = head
        self._tek_period = tek_period
        self._random_bytes = random_bytes
        self._speaking: _Speaking | None = None
        self._own_visible = own_identifiers(self._keys)
        self._interval: int | None = None
        self._air = _Air()
        self._ask_time_at = 0.0
        self._time_retry_s = FIRST_TIME_RETRY_S
        self._poll_at = 0.0
        self._cover_at: float | None = None
        self._fix: Fix | None = None
        self._started_at: float | None = None
        self._scan_count = 0
        self._echo_count = 0
        self._problems: dict[Problem, str] = {}

    @property
    def keys(self) -> tuple[OwnKey, ...]:
        """Own keys, oldest first."""
        return tuple(self._keys)

    def handle(self, event: Event, clock: Reading) -> list[Action]:
        """What to do about one event.

        Args:
            event: what happened.
            clock: both clocks of the machine, now.
        """
        now = self._now(clock)
        actions: list[Action] = []
        match event:
            case Woke():
                pass
            case ScanEnded():
                self._hear(event, clock, now)
            case RadioFailed():
                self._note_radio_failure(event)
            case TimeAnswered():
                self._take_time(event)
                now = self._now(clock)
            case TimeFailed():
                self._problems[Problem.NO_TIME] = event.sentence
            case BatchesPolled():
                self._note_batches(event, clock)
            case PollFailed():
                self._poll_soon(clock)
                self._problems[Problem.BATCH_REFUSED] = event.sentence
            case KeysChanged():
                self._keys = list(event.keys)
                self._own_visible = own_identifiers(self._keys)
            case PlaceFixed():
                self._fix = event.fix
        self._keep_time_and_batches(clock, now, actions)
        self._keep_cover(clock, now, actions)
        if now is None:
            self._fall_silent(actions)
        else:
            self._live(now, clock.monotonic, actions)
        return actions

    def wake_in(self, clock: Reading) -> float:
        """Seconds until the agent wants to be woken."""
        ask = self._ask_time_at - clock.monotonic
        now = self._now(clock)
        if now is None:
            return max(0.0, min(ask, 1.0))
        due = [self._poll_at - clock.monotonic, ask, (minute_of(now) + 1) * MINUTE_S - now]
        if self._air.scanning_since is None:
            due.append(self._air.next_scan_at - now)
        if self._speaking is not None:
            rotation = self._speaking.rotation
            due += [at - now for at in (rotation.speaks_from, rotation.silent_from) if at > now]
        return max(0.0, min(due))

    def status(self, clock: Reading) -> Status:
        """A snapshot for the screens and the log."""
        reading = read_time(self._time, clock)
        problems = dict(self._problems)
        if reading.status in (TimeStatus.TRUSTED, TimeStatus.PROVISIONAL):
            problems.pop(Problem.NO_TIME, None)
        elif found := time_problem(reading.status):
            problems.setdefault(*found)
        if reading.now is not None and (
            old := batch_problem(self._head, reading.now, self._watching(reading.now))
        ):
            problems[old[0]] = old[1]
        said = self._speaking if self._speaking is not None and self._speaking.minute >= 0 else None
        speaking = said is not None and Problem.CANNOT_BROADCAST not in problems
        return Status(
            time=reading.status,
            now=reading.now,
            speaking=speaking,
            visible_prefix=said.identifier.visible[:2].hex() if said is not None and speaking else "",
            head=self._head,
            met_count=sum(len(sightings) for sightings in self._air.sightings.values()),
            scan_count=self._scan_count,
            echo_count=self._echo_count,
            problems=tuple(sorted(problems.items(), key=lambda one: one[0].value)),
        )

    # --- time and network ------------------------------------------------------------------------

    def _now(self, clock: Reading) -> float | None:
        now = read_time(self._time, clock).now
        if now is not None and now > self._time.reached:
            self._time = replace(self._time, reached=now)
        return now

    def _watching(self, now: float) -> float:
        return self._started_at if self._started_at is not None else now

    def _take_time(self, event: TimeAnswered) -> None:
        accepted = accept_sync(self._time, event.signed, event.asked_at, event.answered_at)
        if accepted is None:
            self._problems[Problem.NO_TIME] = "the time service took longer than 10 seconds to answer"
            return
        self._time = accepted
        self._problems.pop(Problem.NO_TIME, None)
        self._time_retry_s = FIRST_TIME_RETRY_S
        # With every index poll, and at the latest after its mean time.
        later = event.answered_at + self._settings.poll_s
        self._ask_time_at = self._poll_at if self._poll_at > event.answered_at else later

    def _keep_time_and_batches(self, clock: Reading, now: float | None, actions: list[Action]) -> None:
        if clock.monotonic >= self._ask_time_at:
            self._ask_time_at = clock.monotonic + self._time_retry_s
            self._time_retry_s = min(2 * self._time_retry_s, LONGEST_TIME_RETRY_S)
            actions.append(AskTime())
        if now is not None and clock.monotonic >= self._poll_at:
            wait = self._settings.poll_s * uniform(self._random_bytes, 0.9, 1.1)
            self._poll_at = clock.monotonic + wait
            self._ask_time_at = min(self._ask_time_at, self._poll_at)
            actions.append(PollBatches(int(now)))

    def _keep_cover(self, clock: Reading, now: float | None, actions: list[Action]) -> None:
        if self._cover_at is None:
            self._cover_at = clock.monotonic + wait_for_cover(self._random_bytes)
        elif now is not None and clock.monotonic >= self._cover_at:
            self._cover_at = clock.monotonic + wait_for_cover(self._random_bytes)
            actions.append(SendCover())

    def _note_batches(self, event: BatchesPolled, clock: Reading) -> None:
        self._head = event.head
        if event.stopped:
            self._poll_soon(clock)
        self._tek_period = event.tek_period
        if event.key_stolen:
            self._problems[Problem.IDENTIFIER_STOLEN] = "somebody published a key of this phone"
        if event.configuration_refused:
            self._problems[Problem.CONFIGURATION_REFUSED] = event.configuration_refused
        else:
            self._problems.pop(Problem.CONFIGURATION_REFUSED, None)
        if event.rhythm:
            self._problems[Problem.SCAN_RHYTHM] = event.rhythm
        else:
            self._problems.pop(Problem.SCAN_RHYTHM, None)
        if event.split_view:
            self._problems[Problem.SPLIT_VIEW] = "the service showed two different batches with one number"
        if event.sentence:
            self._problems[Problem.BATCH_REFUSED] = event.sentence
        else:
            self._problems.pop(Problem.BATCH_REFUSED, None)

    def _poll_soon(self, clock: Reading) -> None:
        wait = BATCH_RETRY_S * uniform(self._random_bytes, 0.5, 1.5)
        self._poll_at = min(self._poll_at, clock.monotonic + wait)
        self._ask_time_at = min(self._ask_time_at, self._poll_at)

    # --- speaking --------------------------------------------------------------------------------

    def _fall_silent(self, actions: list[Action]) -> None:
        if self._speaking is not None:
            self._speaking = None
            actions.append(Silence())

    def _live(self, now: float, monotonic: float, actions: list[Action]) -> None:
        if self._started_at is None:
            self._started_at = now
        interval = interval_of(now)
        self._close_finished(interval, actions)
        if interval != self._interval:
            self._enter_interval(interval, now, actions)
        self._speak(now, interval, monotonic, actions)
        self._listen(now, actions)

    def _enter_interval(self, interval: int, now: float, actions: list[Action]) -> None:
        day_changed = self._interval is None or utc_day_of(interval) != utc_day_of(self._interval)
        self._interval = interval
        known = self._keys
        expired: tuple[int, ...] = ()
        if day_changed:
            self._keys = without_expired(known, interval)
            expired = tuple(own.start for own in known if own not in self._keys)
            # A day goes as a whole, at the midnight after which its first minute would pass 14 days.
            actions.append(Forget(utc_day_of(interval) - KEPT_DAYS + 1))
        is_new = serving_key(self._keys, interval) is None
        if is_new:
            self._keys.append(draw_key(self._keys, interval, self._random_bytes, self._tek_period))
        if is_new or expired:
            self._own_visible = own_identifiers(self._keys)
            actions.append(SaveKeys(tuple(self._keys), expired))
        if self._time.anchor_time is not None:
            actions.append(SaveTime(int(now)))
        self._fall_silent(actions)

    def _speak(self, now: float, interval: int, monotonic: float, actions: list[Action]) -> None:
        if self._speaking is None:
            self._speaking = self._next_identifier(interval, now)
        speaking, minute = self._speaking, minute_of(now)
        if now >= speaking.rotation.silent_from:
            if speaking.minute >= 0:
                speaking.minute = -1
                actions.append(Silence())
        elif now >= speaking.rotation.speaks_from and minute != speaking.minute:
            settings = self._settings
            self._problems.pop(Problem.CANNOT_BROADCAST, None)  # It comes back if this fails too.
            commitment = sender_commitment(speaking.identifier.visible, self._fix, monotonic)
            said = advertisement_for(
                speaking.identifier, minute, settings.dbm_at_1m, settings.service_uuid, commitment
            )
            actions.append(Broadcast(said, new_address=speaking.minute < 0))
            speaking.minute = minute

    def _next_identifier(self, interval: int, now: float) -> _Speaking:
        own = serving_key(self._keys, interval)
        if own is None:  # _enter_interval has drawn it; anything else is a bug, not an input.
            raise AssertionError(f"no own key serves interval {interval}")
        rotation = plan_rotation(interval, self._random_bytes)
        if self._started_at == now:  # A phone that has just been switched on has nothing to separate.
            rotation = replace(rotation, speaks_from=min(now, rotation.silent_from))
        return _Speaking(rotation, full_identifier(own.key.tek, interval))

    # --- listening -------------------------------------------------------------------------------

    def _listen(self, now: float, actions: list[Action]) -> None:
        air, settings = self._air, self._settings
        if air.scanning_since is not None and now - air.scanning_since > SCAN_OVERDUE_S:
            air.scanning_since = None
            self._problems[Problem.CANNOT_SCAN] = "the radio never came back from a scan"
        if air.scanning_since is not None or now < air.next_scan_at:
            return
        air.scanning_since = now
        air.next_scan_at = next_scan_at(
            now, settings.shortest_gap_s, settings.longest_gap_s, self._random_bytes
        )
        actions.append(Scan(float(SCAN_S)))

    def _hear(self, event: ScanEnded, clock: Reading, now: float | None) -> None:
        started, self._air.scanning_since = self._air.scanning_since, None
        self._problems.pop(Problem.CANNOT_SCAN, None)
        self._scan_count += 1
        if started is None or now is None:
            return
        self._air.scans.append(int(started))
        # The radio stamps with the system clock; records carry trusted time.
        offset = now - clock.system
        for heard in event.heard:
            try:
                payload = parse_advertisement(heard.data, self._settings.service_uuid)
            except AdvertisementError:
                continue
            if payload.visible in self._own_visible:
                self._echo_count += heard.count
                self._problems[Problem.IDENTIFIER_REPEATED] = "somebody repeats this phone's identifier"
                continue
            # A clock that was moved during the scan moves nothing out of it.
            at = min(max(heard.at + offset, started), max(now, started))
            near = receiver_commitments(payload.visible, self._fix, clock.monotonic)
            self._sightings(interval_of(at)).add(payload, at, heard.rssi_dbm, heard.count, near)

    def _sightings(self, interval: int) -> IntervalSightings:
        found = self._air.sightings.get(interval)
        if found is None:
            found = self._air.sightings[interval] = IntervalSightings(interval, self._random_bytes)
        return found

    def _close_finished(self, interval: int, actions: list[Action]) -> None:
        """Hands out finished intervals; one with a scan still running waits for it."""
        if self._air.scanning_since is not None and interval_of(self._air.scanning_since) < interval:
            return
        finished = {one for one in self._air.sightings if one < interval}
        finished |= {interval_of(scan) for scan in self._air.scans if interval_of(scan) < interval}
        for one in sorted(finished):
            sightings = self._air.sightings.pop(one, None)
            records = select_records(sightings.candidates(), self._random_bytes) if sightings else []
            scans = tuple(scan for scan in self._air.scans if interval_of(scan) == one)
            self._air.scans = [scan for scan in self._air.scans if interval_of(scan) != one]
            actions.append(SaveInterval(one, tuple(records), scans))

    def _note_radio_failure(self, event: RadioFailed) -> None:
        if event.doing == "scan":
            self._air.scanning_since = None
            self._problems[Problem.CANNOT_SCAN] = event.sentence
        else:
            self._problems[Problem.CANNOT_BROADCAST] = event.sentence
