"""Alarms of the chain: a key of this phone that it never published, and two lists under one number."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bluezone.clock import ManualClock
from bluezone.phone.following import BatchFollower, MatchSettings
from bluezone.phone.own_key import OwnKey, stolen_keys
from bluezone.phone.risk import RiskRules
from bluezone.phone.status import Problem
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import DiagnosisKey
from bluezone.protocol.interval import interval_of
from bluezone.protocol.keys import TemporaryExposureKey
from bluezone.protocol.manifest import decode_manifest, sign_manifest, verify_signatures
from tests.unit.phone.case import MIDNIGHT, REGION, SIGNING, TEK, Service, open_client, seeded
from tests.unit.phone.drive import Drive

START = interval_of(MIDNIGHT)
NOW = MIDNIGHT + 24 * 600 + 300
OWN = OwnKey(DiagnosisKey(TemporaryExposureKey(TEK), START, 24))
BATCH = [Section(START, 24, (TEK, b"\xff" * 16))]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PhoneStore]:
    opened = PhoneStore.open(tmp_path / "home", seeded(), durable=False)
    yield opened
    opened.close()


def follower(service: Service, store: PhoneStore) -> BatchFollower:
    return BatchFollower(open_client(service), store, MatchSettings(REGION, RiskRules()), seeded(2))


@pytest.mark.parametrize("published", [False, True])
async def test_an_own_key_in_the_list_is_an_alarm_unless_its_owner_sent_it(
    store: PhoneStore, published: bool
) -> None:
    store.ledger.save_own_keys([replace(OWN, published=published)])
    service = Service(ManualClock(NOW))
    service.publish(BATCH)
    polled = await follower(service, store).poll(NOW)
    assert polled.key_stolen is not published
    assert [own.key.tek for own in stolen_keys(BATCH, [replace(OWN, published=published)])] == (
        [] if published else [OWN.key.tek]
    )


async def test_the_alarm_stays_and_reaches_the_screen(store: PhoneStore) -> None:
    store.ledger.save_own_keys([OWN])
    service = Service(ManualClock(NOW))
    service.publish(BATCH)
    await follower(service, store).poll(NOW)
    again = await follower(service, store).poll(NOW + 60)
    assert again.key_stolen
    drive = Drive()
    drive.run(60)
    drive.handle(again)
    assert Problem.IDENTIFIER_STOLEN in {problem for problem, _ in drive.status().problems}


async def test_two_signed_lists_with_one_number_are_kept_as_evidence(store: PhoneStore) -> None:
    service = Service(ManualClock(NOW))
    service.publish([])
    phone = follower(service, store)
    assert not (await phone.poll(NOW)).split_view
    shown = service.chain[0].manifest
    other = sign_manifest(replace(shown, time=shown.time + 1), [SIGNING["operator"], SIGNING["auditor"]])
    service.files["/v1/batches/00000001.manifest"] = other.encode()
    service.publish([])
    polled = await phone.poll(NOW + 60)
    assert polled.split_view
    assert polled.head == shown.head(), "nothing of the second view is followed"
    kept = [decode_manifest(file) for seq, file in store.evidence.manifests() if seq == 1]
    assert {one.manifest for one in kept} == {shown, other.manifest}
    for one in kept:
        verify_signatures(one, REGION.signers)


async def test_an_unsigned_second_view_is_no_evidence(store: PhoneStore) -> None:
    service = Service(ManualClock(NOW))
    service.publish([])
    phone = follower(service, store)
    await phone.poll(NOW)
    shown = service.chain[0].manifest
    forged = sign_manifest(replace(shown, time=shown.time + 1), [SIGNING["operator"]])
    service.files["/v1/batches/00000001.manifest"] = forged.encode()
    service.publish([])
    polled = await phone.poll(NOW + 60)
    assert not polled.split_view
    assert polled.stopped
    assert store.evidence.manifests() == []
