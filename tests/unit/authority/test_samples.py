"""Swab mode, T-13: a positive result certifies the keys that were shown at the swab, and no others."""

from __future__ import annotations

import logging
import sqlite3
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner, Result

from bluezone.authority.domain.samples import SAMPLE_LIFE_S, Sample, sample_hash_of
from bluezone.authority.errors import (
    CommitmentTaken,
    KeyFileError,
    OnsetInvalid,
    SampleCertified,
    SampleIdInvalid,
    SampleTaken,
    SampleUnknown,
)
from bluezone.authority.home import open_authority
from bluezone.authority.service import Authority
from bluezone.authority.settings import load_settings
from bluezone.authority.storage import samples
from bluezone.cli.authority import authority as command
from bluezone.protocol.certificate import verify_certificate
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.swab import format_swab
from bluezone.protocol.upload import Answer, AnswerStatus, Redemption, RedemptionMode, decode_answer
from tests.unit.authority.case import NOW, TODAY, Case, make_case, running_authority

S = AnswerStatus
ID = "BV-103/4711"


async def swab_answer(authority: Authority, case: Case) -> Answer:
    """What a phone in swab mode gets."""
    request = Redemption(RedemptionMode.SWAB, bytes(8), case.commitment)
    return decode_answer(await authority.redeem(request.encode()))


async def upload(authority: Authority, case: Case, certificate: bytes) -> AnswerStatus:
    """What the upload of a case gets."""
    return decode_answer(await authority.publish(case.upload(certificate).encode())).status


async def test_from_the_swab_to_published_keys() -> None:
    async with running_authority() as (authority, clock):
        case = make_case()
        await authority.laboratory.add_sample(ID, case.commitment)
        assert (await swab_answer(authority, case)).status is S.SAMPLE_UNKNOWN
        await authority.laboratory.certify(ID, TODAY)
        clock.advance(2 * DAY_S)
        answer = await swab_answer(authority, case)
        certificate = verify_certificate(answer.certificate, authority.region.certificate_key, clock.system())
        assert (certificate.commitment, certificate.onset_day) == (case.commitment, TODAY)
        assert certificate.expires_at == NOW + 3 * DAY_S
        clock.advance(3600)
        assert await swab_answer(authority, case) == answer
        assert await upload(authority, case, answer.certificate) is S.GOOD


async def test_t13_keys_that_were_not_shown_at_the_swab_are_refused() -> None:
    async with running_authority() as (authority, _):
        mine, bought = make_case(1), make_case(2)
        await authority.laboratory.add_sample(ID, mine.commitment)
        await authority.laboratory.certify(ID, TODAY)
        assert (await swab_answer(authority, bought)).status is S.SAMPLE_UNKNOWN
        certificate = (await swab_answer(authority, mine)).certificate
        assert await upload(authority, bought, certificate) is S.COMMITMENT_BROKEN
        other_key = mine.changed(3, tek=b"someone else's k")
        assert await upload(authority, other_key, certificate) is S.COMMITMENT_BROKEN
        assert await upload(authority, mine, certificate) is S.GOOD


async def test_t13_the_commitment_of_another_sample_is_refused() -> None:
    async with running_authority() as (authority, _):
        ill, healthy = make_case(1), make_case(2)
        await authority.laboratory.add_sample("ill", ill.commitment)
        await authority.laboratory.add_sample("healthy", healthy.commitment)
        with pytest.raises(CommitmentTaken):
            await authority.laboratory.add_sample("third", ill.commitment)
        with pytest.raises(SampleTaken):
            await authority.laboratory.add_sample("ill", healthy.commitment)
        with pytest.raises(SampleTaken):
            await authority.laboratory.add_sample("ill", b"n" * 32)
        await authority.laboratory.certify("ill", TODAY)
        assert (await swab_answer(authority, healthy)).status is S.SAMPLE_UNKNOWN
        assert (await swab_answer(authority, ill)).status is S.GOOD


async def test_a_result_is_certified_once_and_the_same_pair_may_be_stored_again() -> None:
    async with running_authority() as (authority, _):
        case = make_case()
        await authority.laboratory.add_sample(ID, case.commitment)
        await authority.laboratory.add_sample(f" {ID} ", case.commitment)
        for day in (TODAY + 1, TODAY - 22):
            with pytest.raises(OnsetInvalid):
                await authority.laboratory.certify(ID, day)
        await authority.laboratory.certify(ID, TODAY - 1)
        for day in (TODAY - 1, TODAY):
            with pytest.raises(SampleCertified):
                await authority.laboratory.certify(ID, day)
        with pytest.raises(SampleUnknown):
            await authority.laboratory.certify("another", TODAY)


@pytest.mark.parametrize("sample_id", ["", "  ", "a\nb", "x" * 65, "a\u200eb"])
async def test_ids_that_no_tube_carries(sample_id: str) -> None:
    async with running_authority() as (authority, _):
        with pytest.raises(SampleIdInvalid):
            await authority.laboratory.add_sample(sample_id, b"c" * 32)
        with pytest.raises(SampleIdInvalid):
            await authority.laboratory.certify(sample_id, TODAY)


async def test_the_link_goes_with_the_certificate_and_the_sample_after_21_days() -> None:
    async with running_authority() as (authority, clock):
        case = make_case()
        sample_hash = sample_hash_of(ID, authority._keys.samples)

        async def kept() -> Sample | None:
            await authority.maintain()
            return await authority._database.run(lambda conn: samples.find(conn, sample_hash))

        await authority.laboratory.add_sample(ID, case.commitment)
        await authority.laboratory.certify(ID, TODAY)
        await swab_answer(authority, case)
        clock.advance(DAY_S)
        assert (await swab_answer(authority, case)).status is S.CERTIFICATE_EXPIRED
        spent = await kept()
        assert spent is not None
        assert (spent.commitment, spent.certificate) == (None, None)
        assert (await swab_answer(authority, case)).status is S.SAMPLE_UNKNOWN
        # The tube cannot be used for other keys afterwards.
        with pytest.raises(SampleTaken):
            await authority.laboratory.add_sample(ID, b"n" * 32)
        with pytest.raises(SampleCertified):
            await authority.laboratory.certify(ID, TODAY)
        clock.advance(SAMPLE_LIFE_S)
        assert await kept() is None


async def test_no_id_and_no_commitment_in_any_log_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with structlog.testing.capture_logs() as events:
        async with running_authority() as (authority, _):
            case = make_case()
            await authority.laboratory.add_sample(ID, case.commitment)
            await authority.laboratory.certify(ID, TODAY)
            await swab_answer(authority, case)
    text = caplog.text + repr(events)
    assert "sample-certified" in text
    assert ID not in text
    assert case.commitment.hex() not in text


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(command, [str(argument) for argument in arguments])


def test_by_command_and_only_a_keyed_hash_is_kept(tmp_path: Path) -> None:
    home, case = tmp_path / "home", make_case()
    assert run("init", "--home", home).exit_code == 0
    text = format_swab(case.commitment)
    add = ("sample", "add", "--home", home, "--sample", ID, "--commitment")
    assert run(*add, text).exit_code == 0
    assert run(*add, case.commitment.hex()).exit_code == 0
    wrong = run(*add, text[:-1])
    assert (wrong.exit_code, "swab-text" in wrong.output) == (1, True)
    taken = run(*add, "0" * 64)
    assert (taken.exit_code, "sample-taken" in taken.output) == (1, True)
    certify = ("certify", "--home", home, "--sample", ID)
    late = run(*certify, "--onset", "2020-01-01")
    assert (late.exit_code, "onset-invalid" in late.output) == (1, True)
    assert run(*certify).exit_code == 0
    again = run(*certify)
    assert (again.exit_code, "sample-certified" in again.output) == (1, True)
    with sqlite3.connect(home / "authority.db") as connection:
        (row,) = connection.execute("SELECT sample_hash, commitment FROM samples").fetchall()
    assert row[1] == case.commitment
    assert not any(ID.encode() in path.read_bytes() for path in home.rglob("*") if path.is_file())


@pytest.mark.parametrize("damage", ["missing", "short", "no hex", "open"])
def test_the_secret_of_samples_must_be_whole(tmp_path: Path, damage: str) -> None:
    home = tmp_path / "home"
    assert run("init", "--home", home).exit_code == 0
    secret = home / "keys" / "samples.key"
    if damage == "missing":
        secret.unlink()
    elif damage == "open":
        secret.chmod(0o644)
    else:
        secret.write_text("00" * 31 if damage == "short" else "zz" * 32)
    with pytest.raises(KeyFileError, match=r"samples\.key"):
        open_authority(load_settings(home, {}))
    if damage == "missing":
        assert run("upgrade", "--home", home).exit_code == 0
        open_authority(load_settings(home, {}))
