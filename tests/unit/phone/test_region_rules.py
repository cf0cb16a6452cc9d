"""Signed configuration on the phone: taken, refused, kept; the rule in force decides the alert."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from msgspec import structs

from bluezone.clock import ManualClock
from bluezone.phone.following import BatchFollower, MatchSettings
from bluezone.phone.region_rules import kept_configuration, rules_of
from bluezone.phone.risk import RiskRules
from bluezone.phone.status import Problem
from bluezone.phone.store.ledger import CONFIGURATION
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.batch import Section
from bluezone.protocol.configuration import (
    CONFIGURATION_ADDRESS,
    CONFIGURATION_FORMAT,
    Configuration,
    RiskNumbers,
    SensingNumbers,
    decode_configuration,
    sign_configuration,
)
from bluezone.protocol.interval import interval_of
from tests.unit.phone.case import MIDNIGHT, REGION, TEK, Service, open_client, seeded, store_beside_tek
from tests.unit.phone.drive import Drive
from tests.vectors import signed

NOW = MIDNIGHT + 24 * 600 + 300
SIGNERS = [signed.private_key("configuration operator"), signed.private_key("configuration auditor")]


def configuration(version: int = 1, *, alert_s: float = 900.0, signers: int = 2, region: int = 84) -> bytes:
    found = Configuration(
        format=CONFIGURATION_FORMAT,
        region=region,
        version=version,
        issued_at=MIDNIGHT,
        expires_at=MIDNIGHT + 30 * 86_400,
        risk=RiskNumbers(alert_s=alert_s),
    )
    return sign_configuration(found, SIGNERS[:signers]).encode()


@pytest.fixture
def service() -> Service:
    return Service(ManualClock(NOW))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[PhoneStore]:
    """A phone that was beside the holder of TEK for 20 minutes."""
    opened = store_beside_tek(tmp_path / "home")
    yield opened
    opened.close()


def follower(service: Service, store: PhoneStore) -> BatchFollower:
    settings = MatchSettings(REGION, RiskRules(), longest_alert_delay_s=0.0)
    return BatchFollower(open_client(service), store, settings, seeded(2))


@pytest.mark.parametrize(("alert_s", "alerts"), [(900.0, 1), (1500.0, 0)])
async def test_the_rule_in_force_decides(
    service: Service, store: PhoneStore, alert_s: float, alerts: int
) -> None:
    service.files[CONFIGURATION_ADDRESS] = configuration(alert_s=alert_s)
    service.publish([Section(interval_of(MIDNIGHT), 24, (TEK,))])
    polled = await follower(service, store).poll(NOW)
    assert polled.configuration_refused == ""
    assert len(store.ledger.alerts()) == alerts


@pytest.mark.parametrize(
    ("sensing", "alerts"),
    [
        (SensingNumbers(), 1),
        (SensingNumbers(intercept_db=-6.0), 0),
        (SensingNumbers("window", 0.3), 1),
        (SensingNumbers("window", 0.99), 0),
    ],
    ids=["levels", "shifted away", "windows", "certain windows only"],
)
async def test_how_nearness_is_judged_comes_with_it(
    service: Service, store: PhoneStore, sensing: SensingNumbers, alerts: int
) -> None:
    content = structs.replace(decode_configuration(configuration()).configuration, sensing=sensing)
    service.files[CONFIGURATION_ADDRESS] = sign_configuration(content, SIGNERS).encode()
    service.publish([Section(interval_of(MIDNIGHT), 24, (TEK,))])
    assert (await follower(service, store).poll(NOW)).configuration_refused == ""
    found = store.ledger.alerts()
    assert len(found) == alerts
    if alerts and sensing.rule == "window":
        least_s = found[0].alert.least_s
        assert least_s is not None
        assert 0 < least_s < found[0].alert.near_s


@pytest.mark.parametrize(("gap", "told"), [(60, ""), (29, "29"), (31, ""), (119, ""), (121, "121")])
async def test_a_rhythm_that_nearness_is_not_judged_for_is_told(
    service: Service, store: PhoneStore, gap: int, told: str
) -> None:
    begin = NOW - 40 * gap
    for interval in range(interval_of(begin), interval_of(NOW) + 1):
        scans = [at for at in range(begin, NOW, gap) if interval_of(at) == interval]
        store.days.save_interval(interval, [], scans)
    service.publish([])
    polled = await follower(service, store).poll(NOW)
    assert (f"every {told} s" in polled.rhythm) if told else polled.rhythm == ""
    drive = Drive()
    drive.run(60)
    drive.handle(polled)
    assert (Problem.SCAN_RHYTHM in drive.problems()) is bool(told)
    drive.handle(replace(polled, rhythm=""))
    assert Problem.SCAN_RHYTHM not in drive.problems()


def test_every_number_of_a_configuration_becomes_one_of_the_rule() -> None:
    content = structs.replace(
        decode_configuration(configuration()).configuration, sensing=SensingNumbers("window", 0.4, -2.5)
    )
    assert rules_of(content, RiskRules()) == RiskRules(kind="window", near_probability=0.4, intercept_db=-2.5)


async def test_without_one_the_built_in_rule_holds(service: Service, store: PhoneStore) -> None:
    service.publish([Section(interval_of(MIDNIGHT), 24, (TEK,))])
    await follower(service, store).poll(NOW)
    assert len(store.ledger.alerts()) == 1
    assert rules_of(None, RiskRules()) == RiskRules()


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (configuration(signers=1), "signatures"),
        (configuration(region=85), "region"),
        (configuration()[:-1], "length"),
        (configuration(1, alert_s=1500.0), "older"),
    ],
    ids=["one signer", "other region", "cut off", "old version"],
)
async def test_what_is_refused_leaves_the_phone_as_it_was(
    service: Service, store: PhoneStore, bad: bytes, words: str
) -> None:
    good = configuration(2)
    service.files[CONFIGURATION_ADDRESS] = good
    service.publish([])
    phone = follower(service, store)
    await phone.poll(NOW)
    service.files[CONFIGURATION_ADDRESS] = bad
    polled = await phone.poll(NOW + 60)
    assert words in polled.configuration_refused
    assert store.ledger.fact(CONFIGURATION) == good
    drive = Drive()
    drive.run(60)
    drive.handle(polled)
    assert Problem.CONFIGURATION_REFUSED in drive.problems()
    drive.handle(replace(polled, configuration_refused=""))
    assert Problem.CONFIGURATION_REFUSED not in drive.problems()


async def test_an_expired_one_is_not_taken(service: Service, store: PhoneStore) -> None:
    service.files[CONFIGURATION_ADDRESS] = configuration()
    service.publish([])
    polled = await follower(service, store).poll(NOW + 31 * 86_400)
    assert "expired" in polled.configuration_refused
    assert store.ledger.fact(CONFIGURATION) is None


async def test_a_service_without_one_or_in_trouble_is_no_alarm(service: Service, store: PhoneStore) -> None:
    service.publish([])
    phone = follower(service, store)
    assert (await phone.poll(NOW)).configuration_refused == ""
    service.before = lambda request: (
        httpx.Response(500) if request.url.path == CONFIGURATION_ADDRESS else None
    )
    assert (await phone.poll(NOW + 60)).configuration_refused == ""


def test_what_cannot_be_read_any_more_falls_back() -> None:
    assert kept_configuration(None) is None
    assert kept_configuration(b"from another version") is None
