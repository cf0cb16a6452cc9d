"""Following the chain: each batch once, head and results together, every refusal said (section 6)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from msgspec import structs

from bluezone.clock import ManualClock
from bluezone.phone.following import BatchFollower, MatchSettings, assess_minutes
from bluezone.phone.matching import VerifiedMinute
from bluezone.phone.risk import Alert, Kind, RiskRules
from bluezone.phone.status import Problem
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.batch import Section
from bluezone.protocol.batch_index import body_address, manifest_address
from bluezone.protocol.interval import interval_of
from bluezone.protocol.manifest import Head, SignedManifest, next_manifest, sign_manifest
from tests.unit.phone.case import (
    MIDNIGHT,
    REGION,
    SIGNING,
    TEK,
    Service,
    contact,
    open_client,
    seeded,
    store_beside_tek,
)
from tests.unit.phone.drive import Drive

START = interval_of(MIDNIGHT)
SECTION = Section(START, 24, (TEK,))
# The contact's key is over, and the batch that carries it is made.
NOW = MIDNIGHT + 24 * 600 + 300
SETTINGS = MatchSettings(REGION, RiskRules(), longest_alert_delay_s=0.0)


@pytest.fixture
def service() -> Service:
    """A service at the time of the batch."""
    return Service(ManualClock(NOW))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PhoneStore]:
    """A phone that was beside the holder of TEK for 20 minutes."""
    opened = store_beside_tek(tmp_path / "home")
    yield opened
    opened.close()


@pytest.fixture
def follower(service: Service, store: PhoneStore) -> BatchFollower:
    """What keeps that phone up to date."""
    return BatchFollower(open_client(service), store, SETTINGS, seeded(2))


def seq_of(head: Head | None) -> int:
    """Its number; 0 for none."""
    return head.seq if head else 0


async def test_a_contact_is_alerted_once(
    service: Service, store: PhoneStore, follower: BatchFollower
) -> None:
    service.publish([SECTION])
    polled = await follower.poll(NOW)
    assert (seq_of(polled.head), polled.sentence, polled.stopped) == (1, "", False)
    (shown,) = store.ledger.alerts()
    assert shown.alert.day == (MIDNIGHT + 7 * 3600) // 86_400
    assert shown.alert.near_s == pytest.approx(1200, abs=61)
    assert shown.alert.least_s is not None, "windows say how sure that is"
    assert shown.alert.most_s is not None
    assert 300 < shown.alert.least_s < shown.alert.near_s
    assert shown.alert.least_s < shown.alert.most_s
    assert shown.show_at == NOW
    assert len(store.ledger.verified_minutes()) == 20
    requests = len(service.requests)
    await follower.poll(NOW)
    assert len(service.requests) == requests + 2, "configuration and index alone, and neither had changed"
    assert len(store.ledger.alerts()) == 1


async def test_somebody_elses_key_alerts_nobody(
    service: Service, store: PhoneStore, follower: BatchFollower
) -> None:
    service.publish([Section(START, 24, (bytes(16), b"\x07" * 16))])
    assert seq_of((await follower.poll(NOW)).head) == 1
    assert store.ledger.alerts() == []
    assert store.ledger.verified_minutes() == []


async def test_time_adds_up_over_the_keys_of_several_batches(
    service: Service, store: PhoneStore, follower: BatchFollower
) -> None:
    """Ten minutes with each of two keys: neither alone alerts, both together do."""
    other = b"\x33" * 16
    store.days.erase_history()
    for tek, begin in ((TEK, MIDNIGHT + 3600), (other, MIDNIGHT + 7200)):
        for one in (found := contact(tek, begin, 10))[0]:
            store.days.save_interval(
                one.interval, [one], [at for at in found[1] if interval_of(at) == one.interval]
            )
    service.publish([SECTION])
    await follower.poll(NOW)
    assert store.ledger.alerts() == []
    service.publish([Section(START, 24, (other,))])
    await follower.poll(NOW)
    assert len(store.ledger.alerts()) == 1


async def test_the_delay_of_an_alert_is_random_and_bounded(service: Service, store: PhoneStore) -> None:
    service.publish([SECTION])
    slow = replace(SETTINGS, longest_alert_delay_s=4 * 3600.0)
    await BatchFollower(open_client(service), store, slow, seeded(5)).poll(NOW)
    (shown,) = store.ledger.alerts()
    assert NOW < shown.show_at < NOW + 4 * 3600


@pytest.mark.parametrize("kind", ["level", "window"])
@pytest.mark.parametrize(
    ("gap", "model_rhythm_s", "told"),
    [
        (60, 60.0, {}),
        (200, 60.0, {"level": 60, "window": 60}),
        (200, 255.0, {"level": 60}),
        (60, 255.0, {"window": 255}),
    ],
)
async def test_scans_in_another_rhythm_than_the_rule_in_force_asks_for(
    service: Service,
    store: PhoneStore,
    kind: Kind,
    gap: int,
    model_rhythm_s: float,
    told: dict[Kind, int],
) -> None:
    """A rule of levels has its own rhythm, one of windows that of its model."""
    store.days.erase_history()
    scans = range(NOW - 40 * gap, NOW, gap)
    for interval in range(interval_of(scans[0]), interval_of(NOW) + 1):
        store.days.save_interval(interval, [], [at for at in scans if interval_of(at) == interval])
    service.publish([])
    settings = replace(
        SETTINGS, rules=RiskRules(kind=kind), model=structs.replace(SETTINGS.model, rhythm_s=model_rhythm_s)
    )
    polled = await BatchFollower(open_client(service), store, settings, seeded(2)).poll(NOW)
    expected = told.get(kind)
    sentence = f"scans come every {gap} s; nearness is judged for one each {expected} s" if expected else ""
    assert polled.rhythm == sentence
    drive = Drive()
    drive.run(60)
    drive.handle(polled)
    said = [sentence for problem, sentence in drive.status().problems if problem is Problem.SCAN_RHYTHM]
    assert said == ([sentence] if sentence else [])


class TestChain:
    """What is taken, in which order, and what is said."""

    async def test_without_a_head_the_newest(self, service: Service, follower: BatchFollower) -> None:
        for _ in range(4):
            service.publish([])
        polled = await follower.poll(NOW)
        assert seq_of(polled.head) == 4
        assert polled.sentence == ""
        assert manifest_address(3) not in service.paths()

    async def test_then_one_after_the_other(self, service: Service, follower: BatchFollower) -> None:
        service.publish([])
        await follower.poll(NOW)
        for _ in range(3):
            service.publish([])
        assert seq_of((await follower.poll(NOW)).head) == 4
        bodies = [path for path in service.paths() if path.endswith(".body")]
        assert bodies == [body_address(seq) for seq in (1, 2, 3, 4)]

    async def test_missed_batches_are_said_even_if_later_ones_are_good(
        self, service: Service, follower: BatchFollower
    ) -> None:
        service.publish([])
        await follower.poll(NOW)
        for _ in range(6):
            service.publish([])
        service.first = 5
        polled = await follower.poll(NOW)
        assert seq_of(polled.head) == 7
        assert "batches 2 to 4" in polled.sentence
        assert not polled.stopped

    async def test_an_index_that_goes_back_changes_nothing(
        self, service: Service, follower: BatchFollower
    ) -> None:
        for _ in range(3):
            service.publish([])
        await follower.poll(NOW)
        del service.chain[1:]
        assert seq_of((await follower.poll(NOW)).head) == 3

    async def test_no_batch_yet_is_a_failure_that_is_tried_again(
        self, service: Service, follower: BatchFollower
    ) -> None:
        polled = await follower.poll(NOW)
        assert polled.stopped
        assert "404" in polled.sentence
        service.publish([])
        assert seq_of((await follower.poll(NOW)).head) == 1


class TestRefused:
    """T-21: each leaves the chain and the results as they were, and says why."""

    async def refused(
        self, service: Service, follower: BatchFollower, store: PhoneStore, *, word: str, now: int = NOW
    ) -> None:
        before = (store.ledger.head(), store.ledger.verified_minutes(), store.ledger.alerts())
        polled = await follower.poll(now)
        assert polled.stopped
        assert word in polled.sentence
        assert polled.head == before[0]
        assert (store.ledger.head(), store.ledger.verified_minutes(), store.ledger.alerts()) == before
        asked = len(service.requests)
        await follower.poll(now)
        assert "If-None-Match" not in service.requests[asked].headers, "it is looked at again"

    def following(
        self, service: Service, *, roles: tuple[str, ...] = ("operator", "auditor"), **changes: object
    ) -> SignedManifest:
        head = service.chain[-1].manifest.head()
        manifest = next_manifest(head, region=84, time=NOW, tek_period=24, body=b"")
        return sign_manifest(replace(manifest, **changes), [SIGNING[role] for role in roles])  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("word", "changes"),
        [
            ("does not continue", {"previous": b"\x01" * 32}),
            ("region", {"region": 85}),
            ("older than", {"time": NOW - 5}),
            ("not those that were signed", {"body_hash": bytes(32)}),
            ("ahead of trusted time", {"time": NOW + 121}),
            ("for batch 2", {"seq": 3}),
        ],
    )
    async def test_wrong_contents(
        self,
        service: Service,
        follower: BatchFollower,
        store: PhoneStore,
        word: str,
        changes: dict[str, object],
    ) -> None:
        service.publish([SECTION])
        await follower.poll(NOW)
        bad = self.following(service, **changes)  # type: ignore[arg-type]
        service.add(bad, b"")
        service.files[manifest_address(2)] = bad.encode()
        service.files[body_address(2)] = b""
        service.chain[-1] = sign_manifest(replace(bad.manifest, seq=2), [])
        await self.refused(service, follower, store, word=word)

    @pytest.mark.parametrize("roles", [(), ("operator",)])
    async def test_too_few_signers(
        self, service: Service, follower: BatchFollower, store: PhoneStore, roles: tuple[str, ...]
    ) -> None:
        service.publish([SECTION])
        await follower.poll(NOW)
        service.add(self.following(service, roles=roles), b"")
        await self.refused(service, follower, store, word="signatures needed")

    async def test_a_gap(self, service: Service, follower: BatchFollower, store: PhoneStore) -> None:
        service.publish([SECTION])
        await follower.poll(NOW)
        service.publish([])
        service.publish([])
        service.files[manifest_address(2)] = service.files[manifest_address(3)]
        await self.refused(service, follower, store, word="batch 3 for batch 2")

    async def test_ahead_of_time_waits_and_is_taken_later(
        self, service: Service, follower: BatchFollower, store: PhoneStore
    ) -> None:
        service.publish([], time=NOW + 600)
        await self.refused(service, follower, store, word="ahead of trusted time")
        assert seq_of((await follower.poll(NOW + 480)).head) == 1

    async def test_no_connection(self, service: Service, follower: BatchFollower, store: PhoneStore) -> None:
        service.publish([SECTION])

        def broken(request: httpx.Request) -> None:
            if request.url.path.endswith(".body"):
                raise httpx.ConnectError("no route")

        service.before = broken
        await self.refused(service, follower, store, word="cannot be reached")
        service.before = lambda _request: None
        assert seq_of((await follower.poll(NOW)).head) == 1

    async def test_batches_before_the_refused_one_count(
        self, service: Service, follower: BatchFollower, store: PhoneStore
    ) -> None:
        service.publish([])
        await follower.poll(NOW)
        service.publish([SECTION])
        service.add(self.following(service, roles=("auditor",)), b"")
        polled = await follower.poll(NOW)
        assert (seq_of(polled.head), polled.stopped) == (2, True)
        assert store.ledger.head() == polled.head
        assert len(store.ledger.alerts()) == 1


class TestMalformedButSigned:
    """It is shown and skipped; the head advances."""

    async def test_alone(self, service: Service, store: PhoneStore, follower: BatchFollower) -> None:
        service.publish_body(b"no sections")
        polled = await follower.poll(NOW)
        assert seq_of(polled.head) == 1
        assert "malformed and was skipped" in polled.sentence
        assert store.ledger.head() == polled.head

    async def test_a_good_one_after_it_counts_and_both_are_told(
        self, service: Service, store: PhoneStore, follower: BatchFollower
    ) -> None:
        service.publish([])
        await follower.poll(NOW)
        service.publish_body(b"no sections")
        service.publish([SECTION])
        polled = await follower.poll(NOW)
        assert seq_of(polled.head) == 3
        assert "batch 2 is signed but malformed" in polled.sentence
        assert len(store.ledger.alerts()) == 1


class TestR1:
    """Each batch is used once, against the records that exist then."""

    async def test_records_that_come_later_are_not_compared_with_an_old_batch(
        self, service: Service, store: PhoneStore, follower: BatchFollower
    ) -> None:
        store.days.erase_history()
        service.publish([SECTION])
        await follower.poll(NOW)
        records, scans = contact(TEK, MIDNIGHT + 3600, 20)
        for one in records:
            store.days.save_interval(one.interval, [one], scans)
        service.publish([])
        await follower.poll(NOW)
        assert store.ledger.alerts() == []

    async def test_a_crash_before_saving_uses_it_again_and_after_it_not(
        self, service: Service, store: PhoneStore, follower: BatchFollower, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        service.publish([SECTION])
        crash = monkeypatch.context()
        with crash as patched:
            patched.setattr(type(store.ledger), "_save_alert", _fail)
            with pytest.raises(RuntimeError):
                await follower.poll(NOW)
        assert store.ledger.head() is None
        assert store.ledger.verified_minutes() == []
        polled = await follower.poll(NOW)
        assert seq_of(polled.head) == 1
        assert len(store.ledger.alerts()) == 1

    async def test_places_of_matched_records_are_gone_afterwards(
        self, service: Service, store: PhoneStore, follower: BatchFollower
    ) -> None:
        ref = next(iter(store.days.index().values()))[0]
        (one,) = store.days.samples([ref]).values()
        placed = tuple(replace(sample, commitments=(b"none",) * 4) for sample in one)
        store.days.save_interval(
            START + 6, [replace(contact(TEK, MIDNIGHT + 3600, 1)[0][0], samples=placed)], []
        )
        service.publish([SECTION])
        await follower.poll(NOW)
        refs = [ref for found in store.days.index().values() for ref in found]
        kept = store.days.samples(refs)
        found = [sample.commitments for samples in kept.values() for sample in samples]
        assert found
        assert set(found) == {()}
        assert store.ledger.to_erase() == []


def _fail(*_arguments: object) -> None:
    raise RuntimeError("the power went")


def test_rejected_minutes_never_reach_the_risk_rule() -> None:
    """R7 stands between matching and risk: two long minutes alone are nothing."""
    rules = RiskRules(alert_s=1.0)
    settings = replace(SETTINGS, rules=rules)
    minutes = [VerifiedMinute(b"k", q, q * 60, 0) for q in (100, 101)]
    scans = [minute.received_at for minute in minutes]
    assert assess_minutes(minutes, scans, settings) == []
    third = VerifiedMinute(b"k", 102, 102 * 60, 0)
    assert len(assess_minutes([*minutes, third], [*scans, third.received_at], settings)) == 1


@pytest.mark.parametrize(("rhythm_s", "judged"), [(60.0, True), (120.0, True), (240.0, False)])
def test_how_sure_an_alert_is_nobody_says_at_a_rhythm_the_model_is_not_for(
    rhythm_s: float, judged: bool
) -> None:
    minutes = [VerifiedMinute(b"k", q, q * 60, 0) for q in range(100, 140)]
    settings = replace(SETTINGS, rules=RiskRules(rhythm_s=rhythm_s))
    (found,) = assess_minutes(minutes, [one.received_at for one in minutes], settings)
    assert (found.least_s is not None, found.most_s is not None) == (judged, judged)


def test_weak_company_in_the_same_scans_makes_an_alert_of_levels_surer() -> None:
    """Among others who are heard far weaker a phone is more surely near; what is counted is the same."""
    minutes = [VerifiedMinute(b"k", q, q * 60, -4, -64) for q in range(100, 120)]
    scans = [one.received_at for one in minutes]

    def alert(others_dbm: int) -> Alert:
        around = {at: [-64, others_dbm, others_dbm] for at in scans}
        (found,) = assess_minutes(minutes, scans, SETTINGS, around)
        return found

    surer, doubtful = alert(-90), alert(-50)
    assert (surer.near_s, surer.mean_level_db) == (doubtful.near_s, doubtful.mean_level_db)
    assert (surer.least_s or 0) > (doubtful.least_s or 0) + 60
