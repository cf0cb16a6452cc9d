"""The authority as one object, on a clock that tests move: codes, uploads, batches, forgetting."""

from __future__ import annotations

import logging

import pytest
import structlog

from bluezone.authority.batch_loop import LOOK_S, RETRY_S, look_once
from bluezone.authority.domain.codes import IssuedCode, code_hash_of
from bluezone.authority.errors import OnsetInvalid
from bluezone.authority.service import Authority
from bluezone.authority.settings import ServiceRules
from bluezone.authority.storage.codes import find
from bluezone.database.errors import DatabaseUnavailable
from bluezone.protocol.batch import decode_body
from bluezone.protocol.batch_index import decode_index
from bluezone.protocol.certificate import verify_certificate
from bluezone.protocol.errors import TimeWentBack
from bluezone.protocol.interval import DAY_S, INTERVAL_S
from bluezone.protocol.manifest import (
    Head,
    check_body,
    check_successor,
    decode_manifest,
    verify_signatures,
)
from bluezone.protocol.signed_time import verify_time
from bluezone.protocol.upload import (
    AnswerStatus,
    PublishedSlot,
    Redemption,
    RedemptionMode,
    WithheldSlot,
    decode_answer,
    encode_cover_upload,
)
from bluezone.protocol.verification_code import parse_code
from tests.unit.authority.case import (
    NOW,
    TODAY,
    UNKNOWN_CODE,
    Case,
    code_request,
    make_case,
    published,
    running_authority,
    seeded,
)

S = AnswerStatus


async def redeem(authority: Authority, code: str, commitment: bytes, caller: str = "") -> AnswerStatus:
    return decode_answer(await authority.redeem(code_request(code, commitment), caller)).status


async def batch_teks(authority: Authority, seq: int) -> set[bytes]:
    body = (await authority.batch_file(f"{seq:08d}.body")).content
    return {tek for section in decode_body(body) for tek in section.teks}


async def test_t12_codes_are_refused_each_with_its_reason() -> None:
    async with running_authority() as (authority, clock):
        code, spent = await authority.issue_code(TODAY), await authority.issue_code(TODAY - 3)
        assert await redeem(authority, spent, b"a" * 32) is S.GOOD
        assert await redeem(authority, spent, b"b" * 32) is S.CODE_USED
        assert await redeem(authority, UNKNOWN_CODE, b"a" * 32) is S.CODE_UNKNOWN
        clock.advance(DAY_S)
        assert await redeem(authority, code, b"a" * 32) is S.CODE_EXPIRED
        assert await redeem(authority, spent, b"a" * 32) is S.CODE_EXPIRED
        with pytest.raises(OnsetInvalid):
            await authority.issue_code(TODAY + 2)


async def test_the_same_code_and_commitment_get_the_first_answer_again() -> None:
    async with running_authority() as (authority, clock):
        request = code_request(await authority.issue_code(TODAY), b"a" * 32)
        first = await authority.redeem(request)
        clock.advance(3600)
        assert await authority.redeem(request) == first
        certificate = verify_certificate(
            decode_answer(first).certificate, authority.region.certificate_key, NOW
        )
        assert certificate.expires_at == NOW + DAY_S


async def test_guessing_is_limited_per_caller_and_stops_nobody_else() -> None:
    async with running_authority(rules=ServiceRules(guess_burst=3)) as (authority, clock):
        code = await authority.issue_code(TODAY)
        wrong = UNKNOWN_CODE
        answers = [await redeem(authority, wrong, b"a" * 32, "192.0.2.1") for _ in range(5)]
        assert answers == [S.CODE_UNKNOWN] * 3 + [S.TOO_MANY_GUESSES] * 2
        assert await redeem(authority, code, b"a" * 32, "192.0.2.1") is S.TOO_MANY_GUESSES
        assert await redeem(authority, code, b"a" * 32, "192.0.2.2") is S.GOOD
        clock.advance(60)
        assert await redeem(authority, code, b"a" * 32, "192.0.2.1") is S.GOOD


async def test_a_hospital_behind_one_address_is_not_limited_by_good_codes() -> None:
    async with running_authority(rules=ServiceRules(guess_burst=2)) as (authority, _):
        for number in range(10):
            code = await authority.issue_code(TODAY)
            assert await redeem(authority, code, bytes([number]) * 32, "192.0.2.1") is S.GOOD


async def test_cover_traffic_is_answered_alike_and_leaves_nothing() -> None:
    async with running_authority() as (authority, _):
        cover = Redemption(RedemptionMode.COVER, b"x" * 8, b"y" * 32).encode()
        answer = decode_answer(await authority.redeem(cover))
        assert answer.status is S.GOOD
        assert any(answer.certificate)
        noise = seeded()(4089)
        assert decode_answer(await authority.publish(encode_cover_upload(noise))).status is S.GOOD
        swab = Redemption(RedemptionMode.SWAB, bytes(8), b"y" * 32).encode()
        assert decode_answer(await authority.redeem(swab)).status is S.SAMPLE_UNKNOWN


async def test_malformed_requests() -> None:
    async with running_authority() as (authority, _):
        good = make_case().upload(bytes(109)).encode()
        for data in [good[:-1], good + b"\0", b"", bytes(4096), good[:-1] + b"\1"]:
            assert decode_answer(await authority.publish(data)).status is S.MALFORMED
        for data in [b"", bytes(48), bytes(49)]:
            assert decode_answer(await authority.redeem(data)).status is S.MALFORMED


async def test_an_upload_is_accepted_once_and_its_repeat_gets_the_first_answer() -> None:
    async with running_authority() as (authority, clock):
        case = make_case()
        code = await authority.issue_code(TODAY)
        certificate = decode_answer(await authority.redeem(code_request(code, case.commitment))).certificate
        upload = case.upload(certificate).encode()
        first = await authority.publish(upload)
        assert decode_answer(first).status is S.GOOD
        await authority.build_batch()
        clock.advance(7200)
        assert await authority.publish(upload) == first
        # Withholding a key afterwards opens the same commitment, but the certificate is used up.
        other = Case(case.salt, (WithheldSlot(case.slots[0].leaf), *case.slots[1:]))
        assert decode_answer(await authority.publish(other.upload(certificate).encode())).status is (
            S.CERTIFICATE_USED
        )
        clock.advance(DAY_S)
        assert decode_answer(await authority.publish(upload)).status is S.CERTIFICATE_EXPIRED


async def test_a_broken_commitment_leaves_everything_as_it_was() -> None:
    async with running_authority() as (authority, _):
        case = make_case()
        code = await authority.issue_code(TODAY)
        certificate = decode_answer(await authority.redeem(code_request(code, case.commitment))).certificate
        other = case.changed(2, tek=b"celebrity's tek!")
        answer = decode_answer(await authority.publish(other.upload(certificate).encode()))
        assert answer.status is S.COMMITMENT_BROKEN
        # The certificate is not used up: the right keys still publish.
        good = decode_answer(await authority.publish(case.upload(certificate).encode()))
        assert good.status is S.GOOD


async def test_t14_a_known_key_is_refused_and_one_bad_key_refuses_the_whole() -> None:
    async with running_authority() as (authority, _):
        first = make_case(1)
        assert (await published(authority, first)).status is S.GOOD
        stolen = make_case(2).changed(0, tek=first.slots[0].tek)  # type: ignore[union-attr]
        assert (await published(authority, stolen)).status is S.KEY_ALREADY_SEEN
        await authority.build_batch()
        again = make_case(3).changed(0, tek=first.slots[0].tek)  # type: ignore[union-attr]
        assert (await published(authority, again)).status is S.KEY_ALREADY_SEEN
        teks = await batch_teks(authority, 1)
        assert len(first.teks & teks) == 6
        assert not (stolen.teks - first.teks) & teks


async def test_t18_a_key_is_held_back_until_it_is_over() -> None:
    async with running_authority() as (authority, clock):
        case = make_case()
        running = case.slots[6]
        assert isinstance(running, PublishedSlot)
        assert (await published(authority, case)).status is S.GOOD
        over_at = (running.rolling_start + running.period) * INTERVAL_S + 120
        clock.set_system(over_at - 1)
        assert running.tek not in await batch_teks(authority, await authority.build_batch())
        clock.set_system(over_at)
        assert running.tek in await batch_teks(authority, await authority.build_batch())


async def test_batches_form_a_chain_that_the_region_file_verifies() -> None:
    async with running_authority() as (authority, clock):
        await published(authority, make_case())
        head: Head | None = None
        for seq in range(1, 5):
            assert await authority.build_batch() == seq
            signed = decode_manifest((await authority.batch_file(f"{seq:08d}.manifest")).content)
            roles = verify_signatures(signed, authority.region.signers)
            assert roles == {"health_authority", "operator", "auditor"}
            check_successor(signed.manifest, 84, head, first=1)
            body = (await authority.batch_file(f"{seq:08d}.body")).content
            check_body(signed.manifest, body)
            for section in decode_body(body):
                assert len(section.teks) >= 10
                assert list(section.teks) == sorted(section.teks)
            head = signed.manifest.head()
            clock.advance(14400)
        index = decode_index((await authority.index()).content, 84)
        assert (index.first, index.last) == (1, 4)


async def test_batches_are_built_when_due_and_survive_a_clock_set_back() -> None:
    async with running_authority() as (authority, clock):
        assert await authority.build_batch_if_due() == 1
        assert await authority.build_batch_if_due() is None
        wait = await look_once(authority)
        assert 0 < wait <= LOOK_S
        clock.advance(14400)
        await look_once(authority)
        assert await authority.build_batch_if_due() is None
        clock.set_system(NOW - 1)
        with pytest.raises(TimeWentBack):
            await authority.build_batch()
        assert "clock was set back" in (await authority.health()).problems[0]


async def test_the_loop_goes_on_after_a_failure() -> None:
    async with running_authority() as (authority, _):
        await authority.close()
        assert await look_once(authority) == RETRY_S
        with pytest.raises(DatabaseUnavailable):
            await authority.build_batch()
        assert "does not answer" in (await authority.health()).problems[0]
        # A phone that publishes meanwhile is told to try again, not that its keys are bad.
        assert await redeem(authority, UNKNOWN_CODE, b"a" * 32) is S.UNAVAILABLE


async def test_health_says_when_a_batch_is_overdue() -> None:
    async with running_authority() as (authority, clock):
        assert "No batch" in (await authority.health()).problems[0]
        await authority.build_batch()
        assert (await authority.health()).problems == ()
        clock.advance(14400 + 901)
        assert "overdue" in (await authority.health()).problems[0]


async def test_batches_leave_the_index_after_21_days_and_the_chain_goes_on() -> None:
    async with running_authority() as (authority, clock):
        case = make_case()
        await published(authority, case)
        for _ in range(23):
            await authority.build_batch()
            clock.advance(DAY_S)
        index = decode_index((await authority.index()).content, 84)
        assert (index.first, index.last) == (3, 23)
        # The keys of the first batch are gone with it; nobody can upload them again, they are too old.
        assert (await published(authority, case, onset_day=TODAY + 10)).status is S.KEY_BEFORE_ONSET


async def test_the_newest_batch_stays_whatever_its_age() -> None:
    async with running_authority() as (authority, clock):
        await authority.build_batch()
        clock.advance(60 * DAY_S)
        await authority.maintain()
        index = decode_index((await authority.index()).content, 84)
        assert (index.first, index.last) == (1, 1)
        assert await authority.build_batch() == 2


async def test_the_link_from_code_to_commitment_goes_when_the_code_expires() -> None:
    async with running_authority() as (authority, clock):
        code = await authority.issue_code(TODAY)
        code_hash = code_hash_of(parse_code(code))
        await redeem(authority, code, b"a" * 32)

        async def kept() -> IssuedCode | None:
            await authority.maintain()
            return await authority._database.run(lambda conn: find(conn, code_hash))

        clock.advance(DAY_S - 1)
        before = await kept()
        assert before is not None
        assert before.binding is not None
        clock.advance(1)
        after = await kept()
        assert after is not None
        assert after.binding is None
        clock.advance(7 * DAY_S)
        assert await kept() is None


async def test_signed_time() -> None:
    async with running_authority() as (authority, _):
        nonce = bytes(range(16))
        answer = authority.sign_time(nonce)
        assert verify_time(answer, nonce, authority.region.time_key) == NOW


async def test_t33_no_key_and_no_code_in_any_log_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    # Somebody looks for a fault in the database: SQLAlchemy would log every row.
    caplog.set_level(logging.DEBUG, logger="sqlalchemy")
    caplog.set_level(logging.DEBUG, logger="sqlalchemy.engine")
    with structlog.testing.capture_logs() as events:
        async with running_authority() as (authority, _):
            case = make_case()
            code = await authority.issue_code(TODAY)
            request = code_request(code, case.commitment)
            certificate = decode_answer(await authority.redeem(request)).certificate
            upload = case.upload(certificate)
            await authority.publish(upload.encode())
            await authority.publish(make_case(2).upload(certificate).encode())
            await redeem(authority, code, b"b" * 32)
            await authority.build_batch()
    text = caplog.text + repr(events)
    assert "code-issued" in text
    assert "refused-code-used" in text
    for secret in [*case.teks, case.salt, case.commitment, parse_code(code), certificate]:
        assert secret.hex() not in text
        assert repr(secret)[2:-1] not in text
    assert code not in text
