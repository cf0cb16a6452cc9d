"""The configuration at the authority: changed by name, signed, served, followed by its own batches."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner, Result

from bluezone.authority.api.app import create_app
from bluezone.authority.domain.configure import CHANGEABLE, next_configuration, problems_of
from bluezone.authority.errors import ConfigurationRefused
from bluezone.authority.service import Authority
from bluezone.cli.authority import authority as command
from bluezone.protocol.batch import decode_body
from bluezone.protocol.configuration import SensingNumbers, accept_configuration, switch_interval
from bluezone.protocol.interval import DAY_S, INTERVAL_S
from bluezone.protocol.manifest import decode_manifest
from tests.unit.authority.case import NOW, running_authority


async def periods_of(authority: Authority, seq: int) -> tuple[int, list[tuple[int, int]]]:
    """The period in the manifest, and the whole windows of the body."""
    manifest = decode_manifest((await authority.batch_file(f"{seq:08d}.manifest")).content).manifest
    sections = decode_body((await authority.batch_file(f"{seq:08d}.body")).content)
    whole = [(s.rolling_start, s.rolling_period) for s in sections if s.rolling_period in (24, 144)]
    return manifest.tek_period, whole


async def test_versions_are_signed_published_and_taken_by_phones() -> None:
    async with running_authority() as (authority, clock):
        first = await authority.configuring.configure({"risk.alert_s": "600"}, 30)
        assert (first.version, first.risk.alert_s, first.tek_period, first.tek_period_from) == (
            1,
            600.0,
            24,
            0,
        )
        clock.advance(DAY_S)
        second = await authority.configuring.configure({"risk.near_level_db": "-8"}, 7)
        # What is not named stays.
        assert (second.version, second.risk.alert_s, second.risk.near_level_db) == (2, 600.0, -8.0)
        await authority.maintain()
        content = (await authority.configuring.file()).content
        assert accept_configuration(content, authority.region, 1, clock.system()) == second
        assert second.expires_at == NOW + 8 * DAY_S


async def test_surge_mode_begins_at_its_midnight_and_ends_at_another() -> None:
    async with running_authority() as (authority, clock):
        surge = await authority.configuring.configure({"tek_period": "144"}, 30)
        assert surge.tek_period_from == switch_interval(NOW)
        start = surge.tek_period_from
        # A version that leaves the period alone leaves its midnight alone.
        assert (await authority.configuring.configure({}, 30)).tek_period_from == start
        clock.set_system(start * INTERVAL_S - 1)
        await authority.build_batch()
        assert (await periods_of(authority, 1))[0] == 24
        clock.set_system(start * INTERVAL_S + 2 * DAY_S + 120)
        await authority.build_batch()
        period, whole = await periods_of(authority, 2)
        assert period == 144
        assert {length for at, length in whole if at >= start} == {144}
        assert {length for at, length in whole if at < start} == {24}
        assert len([at for at, _ in whole if at >= start]) == 2
        back = await authority.configuring.configure({"tek_period": "24"}, 30)
        clock.set_system(back.tek_period_from * INTERVAL_S + 14400 + 120)
        await authority.build_batch()
        period, whole = await periods_of(authority, 3)
        assert (period, whole[-1]) == (24, (back.tek_period_from, 24))
        assert (back.tek_period_from - 144, 144) in whole


async def test_a_switch_that_is_called_off_in_time_never_happens() -> None:
    async with running_authority() as (authority, clock):
        surge = await authority.configuring.configure({"tek_period": "144"}, 30)
        off = await authority.configuring.configure({"tek_period": "24"}, 30)
        assert off.tek_period_from == surge.tek_period_from
        clock.set_system(off.tek_period_from * INTERVAL_S + 3 * DAY_S)
        await authority.build_batch()
        period, whole = await periods_of(authority, 1)
        assert (period, {length for _, length in whole}) == (24, {24})


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"risk.alert": "900"}, "there is no risk.alert"),
        ({"version": "7"}, "there is no version"),
        ({"risk.alert_s": "soon"}, "alert_s"),
        ({"risk.alert_s": "0"}, "alert_s"),
        ({"risk.alert_s": "nan"}, "alert_s"),
        ({"risk.near_level_db": "inf"}, "near_level_db"),
        ({"tek_period": "25"}, "tek_period"),
        ({"risk.": "1"}, "there is no risk."),
        ({"sensing.rule": "distance"}, "rule"),
        ({"sensing.near_probability": "1"}, "near_probability"),
        ({"sensing.intercept_db": "-31"}, "intercept_db"),
        ({"sensing.intercept_db": "nan"}, "intercept_db"),
    ],
)
def test_a_change_that_phones_would_refuse(changes: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigurationRefused, match=re.escape(words)):
        next_configuration(None, changes, region=84, now=NOW, valid_days=30)


def test_what_can_be_changed() -> None:
    assert set(CHANGEABLE) == {
        "tek_period",
        "risk.near_level_db",
        "risk.alert_s",
        "risk.span_s",
        "risk.rhythm_s",
        "risk.longest_half_gap",
        "sensing.rule",
        "sensing.near_probability",
        "sensing.intercept_db",
    }


def test_a_calibration_is_kept_by_later_versions() -> None:
    first = next_configuration(None, {"sensing.intercept_db": "-2.5"}, region=84, now=NOW, valid_days=30)
    assert first.sensing == SensingNumbers("level", 0.5, -2.5)
    later = next_configuration(first, {"risk.alert_s": "600"}, region=84, now=NOW + 60, valid_days=30)
    assert later.sensing == first.sensing
    changed = next_configuration(later, {"sensing.rule": "window"}, region=84, now=NOW + 90, valid_days=30)
    assert changed.sensing == SensingNumbers("window", 0.5, -2.5)


def test_the_operator_is_told_before_it_expires() -> None:
    found = next_configuration(None, {}, region=84, now=NOW, valid_days=30)
    assert problems_of(None, NOW) == problems_of(found, NOW) == []
    assert "expires in 47 hours" in problems_of(found, found.expires_at - 48 * 3600 + 1)[0]
    assert "has expired" in problems_of(found, found.expires_at)[0]


async def test_over_http() -> None:
    async with running_authority() as (authority, _):
        transport = httpx.ASGITransport(app=create_app(authority, build_batches=False))  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://authority") as client:
            missing = await client.get("/v1/configuration")
            assert (missing.status_code, missing.json()["code"]) == (404, "object-missing")
            await authority.configuring.configure({}, 30)
            await authority.maintain()
            first = await client.get("/v1/configuration")
            assert first.headers["cache-control"] == "public, max-age=300"
            accept_configuration(first.content, authority.region, None, NOW)
            tag = {"if-none-match": first.headers["etag"]}
            assert (await client.get("/v1/configuration", headers=tag)).status_code == 304
            await authority.configuring.configure({"risk.alert_s": "800"}, 30)
            await authority.maintain()
            changed = await client.get("/v1/configuration", headers=tag)
            assert (changed.status_code, changed.content != first.content) == (200, True)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_by_command(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert run("init", "--home", home).exit_code == 0
    assert "Configuration: none" in run("status", "--home", home).output
    configure = ("configure", "--home", home, "--set")
    done = run(*configure, "risk.alert_s=900", "--set", "tek_period=144", "--valid-days", "30")
    assert (done.exit_code, "version 1" in done.output, "144" in done.output) == (0, True, True)
    assert "version 1" in run("status", "--home", home).output
    assert (home / "objects" / "configuration").read_bytes()[:7] == b"BZ1-CNF"
    for wrong, code in (("risk.alert_s=1", 1), ("x=1", 1), ("nonsense", 2), ("=1", 2)):
        assert run(*configure, wrong).exit_code == code
    (home / "keys" / "configuration_auditor.key").unlink()
    assert "version 2" in run(*configure, "risk.alert_s=800").output
    (home / "keys" / "configuration_operator.key").unlink()
    few = run(*configure, "risk.alert_s=700")
    assert (few.exit_code, "not-enough-signers" in few.output) == (1, True)
    # The service itself needs none of these keys.
    assert run("batch", "build", "--home", home).exit_code == 0
