"""Codes and guesses, as rules: T-12."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.callers import CallerBuckets
from bluezone.authority.domain.codes import Binding, IssuedCode, code_hash_of, issue, redeem
from bluezone.authority.errors import OnsetInvalid, Refused
from bluezone.protocol.certificate import verify_certificate
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.upload import AnswerStatus
from bluezone.web.buckets import BucketRule
from tests.unit.authority.case import NOW, TODAY

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CODE, C, OTHER_C = b"12345678", b"c" * 32, b"o" * 32


def issued(binding: Binding | None = None) -> IssuedCode:
    return IssuedCode(code_hash_of(CODE), TODAY, NOW + DAY_S, binding)


def test_a_code_lives_a_day_and_is_kept_as_a_hash() -> None:
    code = issue(CODE, onset_day=TODAY, today=TODAY, now=NOW)
    assert code.expires_at == NOW + 86400
    assert CODE not in code.code_hash


@pytest.mark.parametrize(("onset_day", "good"), [(0, True), (-21, True), (1, False), (-22, False)])
def test_onset_lies_in_the_last_three_weeks(onset_day: int, good: bool) -> None:
    if good:
        issue(CODE, onset_day=TODAY + onset_day, today=TODAY, now=NOW)
    else:
        with pytest.raises(OnsetInvalid):
            issue(CODE, onset_day=TODAY + onset_day, today=TODAY, now=NOW)


def test_a_code_gives_a_certificate_for_the_first_commitment_for_24_hours() -> None:
    binding = redeem(issued(), C, now=NOW, key=KEY)
    certificate = verify_certificate(binding.certificate, KEY.public_key(), NOW)
    assert certificate.commitment == C
    assert (certificate.onset_day, certificate.expires_at) == (TODAY, NOW + DAY_S)


def test_the_same_phone_gets_its_first_answer_again() -> None:
    first = redeem(issued(), C, now=NOW, key=KEY)
    assert redeem(issued(first), C, now=NOW + 3600, key=KEY) == first


@pytest.mark.parametrize(
    ("known", "commitment", "now", "status"),
    [
        (None, C, NOW, AnswerStatus.CODE_UNKNOWN),
        (issued(), C, NOW + DAY_S, AnswerStatus.CODE_EXPIRED),
        (issued(Binding(C, bytes(109))), C, NOW + DAY_S, AnswerStatus.CODE_EXPIRED),
        (issued(Binding(C, bytes(109))), OTHER_C, NOW, AnswerStatus.CODE_USED),
    ],
)
def test_refused_codes(known: IssuedCode | None, commitment: bytes, now: int, status: AnswerStatus) -> None:
    with pytest.raises(Refused) as refused:
        redeem(known, commitment, now=now, key=KEY)
    assert refused.value.status is status


def test_one_guesser_does_not_stop_another_caller() -> None:
    callers = CallerBuckets(bytes(32), BucketRule(1, 60.0))
    callers.take("192.0.2.1", 0)
    with pytest.raises(Refused) as refused:
        callers.take("192.0.2.1", 0)
    assert refused.value.status is AnswerStatus.TOO_MANY_GUESSES
    callers.take("192.0.2.2", 0)
    callers.give_back("192.0.2.1")
    callers.take("192.0.2.1", 0)
