"""Phones without an event loop: real agents, a list of transmissions as the air, real matching.

Decides how an agent's actions are carried out at once and how a scan hears a list of transmissions. All
decisions are the phone's own: agent, sightings, records, matching, exposure and risk.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from bluezone.authority.keys import draw_keys, region_of
from bluezone.phone.agent import Agent, AgentSettings
from bluezone.phone.chance import RandomBytes
from bluezone.phone.encounter import EncounterRecord, Sample
from bluezone.phone.events import (
    AskTime,
    BatchesPolled,
    Broadcast,
    Event,
    Forget,
    PollBatches,
    SaveInterval,
    Scan,
    ScanEnded,
    Silence,
    TimeAnswered,
    Woke,
)
from bluezone.phone.following import MatchSettings, assess_minutes
from bluezone.phone.matching import Hit, MatchResult, RecordRef, find_hits, verify_hits
from bluezone.phone.risk import Alert, RiskRules
from bluezone.phone.trusted_time import Reading, TrustedTime
from bluezone.protocol.advertisement import DEFAULT_SERVICE_UUID
from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import over_at
from bluezone.protocol.interval import utc_day_of
from bluezone.radio.port import HeardAdvertisement

# 2026-10-15 00:00 UTC, 07:00 in Vietnam: a key window begins.
MORNING = 1_792_022_400.0
ADVERTISING_S = 0.26
NEAR_RSSI_DBM = -58
DEFAULT_SETTINGS = AgentSettings(DEFAULT_SERVICE_UUID)
_STEP_S = 0.001

Matcher = Callable[[Iterable[tuple[Hit, Sequence[Sample]]]], MatchResult]


@dataclass(frozen=True, slots=True)
class Transmission:
    """One unchanged advertisement on the air.

    Attributes:
        begin, end: seconds UTC.
        data: AD structures, at most 31 bytes.
        rssi_dbm: how strongly everybody in the story hears it.
    """

    begin: float
    end: float
    data: bytes
    rssi_dbm: int = NEAR_RSSI_DBM


class DrivenPhone:
    """One phone: its agent, what it said and what it saved.

    Args:
        random_bytes: every draw of this phone.
        begin: seconds UTC at which it is switched on.
        skew_s: by how much its system clock is wrong, seconds.
        signed_lie_s: by how much the time service lies to it: a control, nobody can sign such an answer.
        settings: of the agent.

    Attributes:
        said: its transmissions, finished ones only.
        speaking: the one that is on the air, its end not known yet.
        saved: intervals that it wrote, in order.
        forgets: days (since 1970-01-01) before which it wanted everything forgotten.
        agent: the production state machine.
    """

    def __init__(
        self,
        random_bytes: RandomBytes,
        begin: float = MORNING,
        *,
        skew_s: float = 0.0,
        signed_lie_s: float = 0.0,
        settings: AgentSettings = DEFAULT_SETTINGS,
    ) -> None:
        self.agent = Agent(settings, [], TrustedTime(), None, random_bytes)
        self.said: list[Transmission] = []
        self.saved: list[SaveInterval] = []
        self.forgets: list[int] = []
        self.skew_s = skew_s
        self._lie_s = signed_lie_s
        self._now = begin
        self.speaking: Transmission | None = None
        self._scan: tuple[float, float] | None = None

    def reading(self) -> Reading:
        """Both clocks of this phone, now."""
        return Reading(self._now + self.skew_s, self._now)

    def live(self, until: float, air: Sequence[Transmission] = ()) -> None:
        """Lives on to an instant (seconds UTC), hearing what is on the air."""
        while self._now < until:
            self._handle(Woke())
            if self._scan is not None and self._now >= self._scan[1]:
                heard = tuple(self._heard(air))
                self._scan = None
                self._handle(ScanEnded(heard))
            wait = max(_STEP_S, self.agent.wake_in(self.reading()))
            due = [self._now + wait, until, *([self._scan[1]] if self._scan else [])]
            self._now = max(min(due), self._now + _STEP_S)
            if self.speaking is not None:
                self.speaking = replace(self.speaking, end=self._now)

    def sections(self) -> list[Section]:
        """All its own keys as a batch would publish them."""
        return [
            Section(own.start, own.key.rolling_period, (own.key.tek.reveal(),)) for own in self.agent.keys
        ]

    def records(self) -> list[EncounterRecord]:
        """Everything that it wrote about others."""
        return [record for saved in self.saved for record in saved.records]

    def scans(self) -> list[int]:
        """Starts of its own scans, ascending seconds UTC."""
        return sorted(at for saved in self.saved for at in saved.scans)

    def _handle(self, event: Event) -> None:
        for action in self.agent.handle(event, self.reading()):
            match action:
                case Broadcast():
                    self._fall_silent()
                    self.speaking = Transmission(self._now, self._now, action.advertisement)
                case Silence():
                    self._fall_silent()
                case Scan():
                    self._scan = (self._now, self._now + action.seconds)
                case SaveInterval():
                    self.saved.append(action)
                case Forget():
                    self.forgets.append(action.before_day)
                case AskTime():
                    self._handle(TimeAnswered(round(self._now + self._lie_s), self._now, self._now))
                case PollBatches():
                    self._handle(BatchesPolled(None))
                case _:
                    pass  # Keys and time need no disk here.

    def _fall_silent(self) -> None:
        if self.speaking is not None:
            self.said.append(self.speaking)
            self.speaking = None

    def _heard(self, air: Sequence[Transmission]) -> list[HeardAdvertisement]:
        if self._scan is None:
            return []
        begin, end = self._scan
        found: dict[bytes, HeardAdvertisement] = {}
        for one in air:
            low, high = max(begin, one.begin), min(end, one.end)
            if low >= high:
                continue
            count = max(1, int((high - low) / ADVERTISING_S))
            known = found.get(one.data)
            at = low + self.skew_s if known is None else known.at
            total = count + (known.count if known else 0)
            found[one.data] = HeardAdvertisement(at, one.data[:6], one.data, one.rssi_dbm, total)
        return list(found.values())


def index_of(records: Iterable[EncounterRecord]) -> dict[tuple[int, bytes], list[RecordRef]]:
    """Records filed as the store files them; a reference's row is the record's place in the list."""
    found: dict[tuple[int, bytes], list[RecordRef]] = {}
    for row, one in enumerate(records):
        ref = RecordRef(utc_day_of(one.interval), row, one.index_hash)
        found.setdefault((one.interval, one.label), []).append(ref)
    return found


def match(
    records: Sequence[EncounterRecord],
    sections: Sequence[Section],
    manifest_time: int | None = None,
    matcher: Matcher = verify_hits,
) -> MatchResult:
    """What a batch yields against some records.

    Args:
        records: of one phone.
        sections: of the batch.
        manifest_time: seconds UTC; the moment at which all its keys are over when None.
        matcher: rules R4 to R6; a control passes a twin that lacks one.
    """
    if manifest_time is None:
        manifest_time = max(over_at(one.rolling_start, one.rolling_period) for one in sections)
    hits = find_hits(sections, manifest_time, index_of(records))
    return matcher((hit, records[hit.ref.row].samples) for hit in hits)


def alerts_of(phone: DrivenPhone, result: MatchResult, settings: MatchSettings | None = None) -> list[Alert]:
    """The alerts that verified minutes raise on a phone: rules R7 and R8, own scans, the risk rule."""
    return assess_minutes(result.minutes, phone.scans(), settings or MATCH_SETTINGS)


def _fixed_region() -> MatchSettings:
    keys = draw_keys(lambda count: bytes(range(count)))
    return MatchSettings(region_of(keys, name="Bluezone", number=84, address="http://127.0.0.1"), RiskRules())


MATCH_SETTINGS = _fixed_region()
