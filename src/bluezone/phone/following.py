"""Following the chain of batches: fetch what is new, verify it, match it, save results with the head.

Decides the order of the steps, and that none of them keeps the phone from its other work; each step is a
pure function elsewhere (manifest, batch, matching, exposure, risk). Source: docs/protocol.md, sections 6
and 8.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import structlog

from bluezone.phone.chance import RandomBytes, uniform
from bluezone.phone.errors import ServerError, StoreUnwritable
from bluezone.phone.events import BatchesPolled
from bluezone.phone.exposure import Surroundings, observed_rhythm, surroundings_of, with_probabilities
from bluezone.phone.matching import (
    Hit,
    RecordRef,
    VerifiedMinute,
    hits_of,
    passing_minutes,
    usable_pieces,
    verify_hits,
)
from bluezone.phone.own_key import KEPT_DAYS, OwnKey, stolen_keys
from bluezone.phone.proximity import RHYTHM_FACTOR, ProximityModel, rhythm_fits
from bluezone.phone.region_rules import kept_configuration, rules_of
from bluezone.phone.risk import Alert, RiskRules, assess, judged_scans
from bluezone.phone.server_client import ServerClient
from bluezone.phone.shipped import proximity_model
from bluezone.phone.store.ledger import CONFIGURATION, HEAD_MANIFEST, STOLEN, TEK_PERIOD, Ledger, ShownAlert
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.batch import Section, decode_body
from bluezone.protocol.batch_index import BatchIndex
from bluezone.protocol.configuration import accept_configuration
from bluezone.protocol.errors import BatchBodyError, BatchError, ConfigurationError, SplitView
from bluezone.protocol.interval import DAY_S, DEFAULT_WINDOW, interval_of, minute_of
from bluezone.protocol.manifest import Head, SignedManifest, check_successor, verify_signatures
from bluezone.protocol.region import Region

MAX_AHEAD_S = 120
_NOTHING: Surroundings = {}
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MatchSettings:
    """What matching and alerting depend on.

    Attributes:
        region: keys, number, civil date.
        rules: the risk rule in force.
        receiver_correction_db: of this phone's model, dB.
        longest_alert_delay_s: an alert is shown after a random time up to this; 0 in the demo.
        model: how probable nearness is, where the rule asks for it.
    """

    region: Region
    rules: RiskRules
    receiver_correction_db: int = 0
    longest_alert_delay_s: float = 4 * 3600.0
    model: ProximityModel = field(default_factory=proximity_model)


class BatchFollower:
    """Keeps one phone up to date with its region's batches.

    Args:
        client: fetches.
        store: of this phone.
        settings: of this phone.
        random_bytes: delays of alerts.
    """

    def __init__(
        self, client: ServerClient, store: PhoneStore, settings: MatchSettings, random_bytes: RandomBytes
    ) -> None:
        self._client = client
        self._store = store
        self._settings = settings
        self._random_bytes = random_bytes
        self._one_at_a_time = asyncio.Lock()

    async def poll(self, now: int) -> BatchesPolled:
        """Follows the index as far as it goes; a failure stops there and is told in a sentence.

        Args:
            now: trusted time, seconds UTC.
        """
        async with self._one_at_a_time:  # Two at once would use a batch twice (R1).
            return await self._follow(now)

    async def _follow(self, now: int) -> BatchesPolled:
        head, notes, stopped = self._store.ledger.head(), [], True
        refused = await self._refresh_rules(now)
        try:
            index = await self._client.fetch_index()
            if index is not None:
                await self._compare_head(index, head)
                for seq in range(_next_seq(head, index), index.last + 1):
                    head, note = await self._take(seq, index, head, now)
                    notes += [note] if note else []
            stopped = False
        except (BatchError, ServerError, StoreUnwritable) as error:
            log.warning("batches-not-followed", code=error.code, reason=str(error))
            notes.append(str(error))
        finally:
            if stopped:
                self._client.forget_index()
        ledger = self._store.ledger
        return BatchesPolled(
            head,
            "; ".join(notes),
            stopped,
            tek_period=tek_period_of(ledger),
            key_stolen=ledger.fact(STOLEN) is not None,
            split_view=bool(self._store.evidence.manifests()),
            configuration_refused=refused,
            rhythm=self._rhythm(now),
        )

    def _rhythm(self, now: int) -> str:
        """Why the minutes of this phone's alerts are not to be trusted, if its scans came otherwise."""
        settings = self._settings_now()
        by_windows = settings.rules.kind == "window"
        expected = settings.model.rhythm_s if by_windows else settings.rules.rhythm_s
        observed = observed_rhythm(self._store.days.scans(), now)
        if observed is None or expected / RHYTHM_FACTOR <= observed <= expected * RHYTHM_FACTOR:
            return ""
        return f"scans come every {observed:.0f} s; nearness is judged for one each {expected:.0f} s"

    async def _refresh_rules(self, now: int) -> str:
        """Takes a newer signed configuration over; returns why it was not taken, if it was refused."""
        known = kept_configuration(self._store.ledger.fact(CONFIGURATION))
        try:
            file = await self._client.fetch_configuration()
            if file is not None:
                accept_configuration(file, self._settings.region, known.version if known else None, now)
                self._store.ledger.save_fact(CONFIGURATION, file)
        except ConfigurationError as error:
            self._client.forget_configuration()
            log.warning("configuration-refused", code=error.code, reason=str(error))
            return str(error)
        except ServerError as error:
            log.info("configuration-not-fetched", code=error.code)
        return ""

    def _settings_now(self) -> MatchSettings:
        """The settings of this phone with the risk rule in force."""
        configuration = kept_configuration(self._store.ledger.fact(CONFIGURATION))
        return replace(self._settings, rules=rules_of(configuration, self._settings.rules))

    async def _compare_head(self, index: BatchIndex, head: Head | None) -> None:
        """Asks for the head again: another signed manifest with its number proves a split view.

        Raises:
            SplitView: both are kept as evidence.
        """
        if head is None or not index.first <= head.seq <= index.last:
            return
        shown = await self._client.fetch_manifest(head.seq)
        if shown.manifest.head() == head:
            return
        verify_signatures(shown, self._settings.region.signers)
        if shown.manifest.seq == head.seq:
            kept = self._store.ledger.fact(HEAD_MANIFEST) or b""
            self._store.evidence.keep(head.seq, kept, shown.encode())
            raise SplitView(
                f"two different signed batches carry the number {head.seq}; both are kept as evidence"
            )

    async def _take(self, seq: int, index: BatchIndex, head: Head | None, now: int) -> tuple[Head, str]:
        """Fetches, verifies and uses one batch; returns the new head and what to tell."""
        region = self._settings.region
        signed = await self._client.fetch_manifest(seq)
        manifest = signed.manifest
        roles = verify_signatures(signed, region.signers)
        if manifest.seq != seq:
            raise BatchError(f"the service sent batch {manifest.seq} for batch {seq}")
        check_successor(manifest, region.number, head, index.first)
        if manifest.time > now + MAX_AHEAD_S:
            raise BatchError(f"batch {seq} lies ahead of trusted time; it waits for the next time sync")
        body = await self._client.fetch_body(manifest, self._store.home / f"{seq:08d}.part")
        note = ""
        if head is not None and seq > head.seq + 1:
            note = f"batches {head.seq + 1} to {seq - 1} are no longer offered and were missed"
        try:
            sections, is_stolen = await asyncio.to_thread(_open_body, body, self._store.ledger.own_keys())
        except BatchBodyError as error:
            sections, is_stolen = [], False
            note = f"batch {seq} is signed but malformed and was skipped: {error}"
        if is_stolen:
            log.warning("own-key-published-by-somebody-else", seq=seq)
            self._store.ledger.save_fact(STOLEN, b"%d" % seq)
        rejected = self._use(signed, await self._find(sections, manifest.time), now)
        log.info("batch-used", seq=seq, signers=sorted(roles), rejected=rejected, note=note)
        return manifest.head(), note

    async def _find(self, sections: Sequence[Section], manifest_time: int) -> list[Hit]:
        """R2 and R3, in small steps: a phone must go silent and change its identifier in time meanwhile."""
        index: dict[tuple[int, bytes], list[RecordRef]] = {}
        for part in self._store.days.index_parts():
            for key, ref in part:
                index.setdefault(key, []).append(ref)
            await asyncio.sleep(0)
        hits: list[Hit] = []
        for piece in usable_pieces(sections, manifest_time, index):
            hits += hits_of(piece, index)
            await asyncio.sleep(0)
        return hits

    def _use(self, signed: SignedManifest, hits: Sequence[Hit], now: int) -> int:
        """R4 to R8 and what follows, saved with the head; returns how many samples were rejected (R9)."""
        store = self._store
        samples = store.days.samples(hit.ref for hit in hits)
        result = verify_hits(
            ((hit, samples[hit.ref]) for hit in hits if hit.ref in samples),
            self._settings.receiver_correction_db,
        )
        minutes = {(one.key_id, one.minute): one for one in result.minutes}
        minutes |= {(one.key_id, one.minute): one for one in store.ledger.verified_minutes()}
        alerts = self._assess(list(minutes.values()))
        oldest = minute_of(now - KEPT_DAYS * DAY_S)
        store.ledger.save_batch(signed, result.minutes, result.matched, self._to_show(alerts, now), oldest)
        store.finish_erasing()
        return result.rejected_count

    def _assess(self, minutes: Sequence[VerifiedMinute]) -> list[Alert]:
        settings, days = self._settings_now(), self._store.days
        scans = days.scans()
        heard = days.receptions({interval_of(one.received_at) for one in minutes})
        return assess_minutes(minutes, scans, settings, surroundings_of(heard, scans))

    def _to_show(self, alerts: Sequence[Alert], now: int) -> list[ShownAlert]:
        longest = self._settings.longest_alert_delay_s
        return [ShownAlert(one, now + int(uniform(self._random_bytes, 0.0, longest))) for one in alerts]


def _open_body(body: bytes, own_keys: Sequence[OwnKey]) -> tuple[list[Section], bool]:
    """The sections of a body, and whether a key of this phone that it never published is in them.

    Raises:
        BatchBodyError: malformed.
    """
    sections = decode_body(body)
    return sections, bool(stolen_keys(sections, own_keys))


def tek_period_of(ledger: Ledger) -> int:
    """How long keys live, 24 or 144 intervals, as the newest batch says."""
    return int(ledger.fact(TEK_PERIOD) or DEFAULT_WINDOW)


def assess_minutes(
    minutes: Sequence[VerifiedMinute],
    scans: Sequence[int],
    settings: MatchSettings,
    surroundings: Surroundings = _NOTHING,
) -> list[Alert]:
    """From verified minutes (R6) to alerts: the security floor, own scans, the risk rule.

    Where levels decide, the windows around the same scans say how sure the alert's time is.

    Args:
        minutes: of all batches so far.
        scans: starts of all own scans, ascending seconds UTC.
        settings: rules and civil date.
        surroundings: what else the scans around them heard.
    """
    passing, rules = passing_minutes(minutes), settings.rules
    model = settings.model
    found = judged_scans(passing, scans, rules, model, surroundings)
    if rules.kind == "level" and rhythm_fits(rules.rhythm_s, model):
        found = with_probabilities(found, passing, scans, surroundings, model, rules.intercept_db)
    return assess(found, rules, settings.region.utc_offset_minutes)


def _next_seq(head: Head | None, index: BatchIndex) -> int:
    if head is None:
        return index.last
    return max(head.seq + 1, index.first)
