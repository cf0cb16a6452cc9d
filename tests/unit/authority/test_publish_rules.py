"""Every server rule of section 5.5: one case that passes, one that fails, each with its own status."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.domain.publish import (
    AcceptedUpload,
    check_unseen,
    check_upload,
    is_repeat,
    open_certificate,
    upload_hash_of,
)
from bluezone.authority.errors import Refused
from bluezone.protocol.certificate import Certificate, sign_certificate
from bluezone.protocol.interval import DAY_S, INTERVAL_S, INTERVALS_PER_DAY
from bluezone.protocol.upload import AnswerStatus, PublishedSlot, WithheldSlot
from tests.unit.authority.case import NOW, TODAY, Case, make_case

S = AnswerStatus
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


def verdict(case: Case, *, onset_day: int = TODAY, now: int = NOW) -> AnswerStatus:
    """What the server says to a case whose commitment was certified as it is."""
    certificate = Certificate(case.commitment, onset_day, now + DAY_S)
    try:
        check_upload(case.upload(bytes(109)), certificate, now)
    except Refused as refused:
        return refused.status
    return S.GOOD


def first_key(case: Case) -> PublishedSlot:
    slot = case.slots[0]
    assert isinstance(slot, PublishedSlot)
    return slot


def with_period(committed: int, period: int) -> Case:
    return make_case().changed(0, committed_period=committed, period=period)


def moved(number: int, intervals: int) -> Case:
    case = make_case()
    slot = case.slots[number]
    assert isinstance(slot, PublishedSlot)
    return case.changed(number, rolling_start=slot.rolling_start + intervals)


def swapped() -> Case:
    case = make_case()
    return Case(case.salt, (case.slots[1], case.slots[0], *case.slots[2:]))


def all_withheld() -> Case:
    case = make_case()
    leaves = (WithheldSlot(slot.leaf) for slot in case.slots)
    return Case(case.salt, tuple(leaves))


def running_key_lasting(extra: int) -> Case:
    """The running key with a period that ends `extra` intervals after the running interval."""
    case = make_case()
    slot = case.slots[6]
    assert isinstance(slot, PublishedSlot)
    period = NOW // INTERVAL_S + 1 + extra - slot.rolling_start
    return case.changed(6, committed_period=period, period=period)


@pytest.mark.parametrize(
    ("name", "make", "status"),
    [
        ("as it should be", make_case, S.GOOD),
        ("period shorter than committed", lambda: with_period(24, 3), S.GOOD),
        ("period of one interval", lambda: with_period(1, 1), S.GOOD),
        ("period 0", lambda: with_period(24, 0), S.PERIOD_INVALID),
        ("period longer than committed", lambda: with_period(20, 21), S.PERIOD_INVALID),
        ("committed period of more than a day", lambda: with_period(145, 24), S.PERIOD_INVALID),
        ("key across midnight", lambda: moved(0, 110), S.PERIOD_INVALID),
        ("keys touch", lambda: moved(0, 0), S.GOOD),
        ("keys overlap by one interval", lambda: moved(0, 1), S.KEYS_OVERLAP),
        ("keys out of order", swapped, S.KEYS_OVERLAP),
        ("no key", all_withheld, S.NO_KEYS),
        ("running interval closed", lambda: running_key_lasting(0), S.GOOD),
        ("one interval too long", lambda: running_key_lasting(1), S.KEY_IN_FUTURE),
    ],
)
def test_key_rules(name: str, make: Callable[[], Case], status: AnswerStatus) -> None:
    assert verdict(make()) is status


def test_a_clock_two_minutes_behind_may_still_publish_the_running_key() -> None:
    ends_next = running_key_lasting(1)
    boundary = (NOW // INTERVAL_S + 1) * INTERVAL_S
    assert verdict(ends_next, now=boundary - 121) is S.KEY_IN_FUTURE
    assert verdict(ends_next, now=boundary - 120) is S.GOOD


def test_keys_reach_back_two_days_before_onset_and_no_further() -> None:
    earliest = (TODAY - 2) * INTERVALS_PER_DAY
    case = make_case().changed(0, rolling_start=earliest)
    assert verdict(case) is S.GOOD
    # Another onset day moves the limit by a day, and the same key lies before it.
    assert verdict(case, onset_day=TODAY + 1) is S.KEY_BEFORE_ONSET
    assert verdict(case.changed(0, rolling_start=earliest - 24)) is S.KEY_BEFORE_ONSET


def test_a_key_is_too_old_after_21_days() -> None:
    case = make_case()
    limit = first_key(case).rolling_start * INTERVAL_S + 21 * DAY_S
    assert verdict(case, now=limit) is S.GOOD
    assert verdict(case, now=limit + 1) is S.KEY_TOO_OLD


@pytest.mark.parametrize("field", ["salt", "leaf", "key"])
def test_only_the_certified_keys_open_the_commitment(field: str) -> None:
    case = make_case()
    certificate = Certificate(case.commitment, TODAY, NOW + DAY_S)
    other = {
        "salt": replace(case, salt=bytes(16)),
        "leaf": case.changed(119, leaf=bytes(32)),
        "key": case.changed(3, tek=bytes(16)),
    }[field]
    assert len(check_upload(case.upload(bytes(109)), certificate, NOW)) == 7
    with pytest.raises(Refused) as refused:
        check_upload(other.upload(bytes(109)), certificate, NOW)
    assert refused.value.status is S.COMMITMENT_BROKEN


def test_withholding_a_key_keeps_the_commitment_and_the_key_out() -> None:
    case = make_case()
    certificate = Certificate(case.commitment, TODAY, NOW + DAY_S)
    withheld = Case(case.salt, (case.slots[0], WithheldSlot(case.slots[1].leaf), *case.slots[2:]))
    upload = withheld.upload(bytes(109))
    assert len(check_upload(upload, certificate, NOW)) == 6
    slot = case.slots[1]
    assert isinstance(slot, PublishedSlot)
    assert slot.tek not in upload.encode()


def test_certificates() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    certificate = Certificate(bytes(32), TODAY, NOW + 10)
    good = sign_certificate(certificate, KEY)
    assert open_certificate(good, KEY.public_key(), NOW) == certificate
    for data, now, status in [
        (sign_certificate(certificate, other), NOW, S.CERTIFICATE_FORGED),
        (good[:-1] + bytes([good[-1] ^ 1]), NOW, S.CERTIFICATE_FORGED),
        (good[:40] + bytes([good[40] ^ 1]) + good[41:], NOW, S.CERTIFICATE_FORGED),
        (bytes(109), NOW, S.CERTIFICATE_FORGED),
        (good, NOW + 10, S.CERTIFICATE_EXPIRED),
    ]:
        with pytest.raises(Refused) as refused:
            open_certificate(data, KEY.public_key(), now)
        assert refused.value.status is status


def test_a_certificate_serves_one_upload() -> None:
    mine, other = upload_hash_of(b"mine"), upload_hash_of(b"other")
    earlier = AcceptedUpload(bytes(32), mine, NOW)
    assert not is_repeat(None, mine)
    assert is_repeat(earlier, mine)
    with pytest.raises(Refused) as refused:
        is_repeat(earlier, other)
    assert refused.value.status is S.CERTIFICATE_USED


def test_a_key_is_published_once() -> None:
    slots = make_case().upload(bytes(109)).published()
    check_unseen(slots, [])
    twice = [slots[0], replace(slots[1], tek=slots[0].tek)]
    for published, seen in [(slots, [slots[3].tek]), (twice, [])]:
        with pytest.raises(Refused) as refused:
            check_unseen(published, seen)
        assert refused.value.status is S.KEY_ALREADY_SEEN


def test_the_first_rule_that_fails_is_named() -> None:
    # A period that cannot be and a key in the future: the period comes first.
    case = running_key_lasting(1).changed(0, period=0)
    assert verdict(case) is S.PERIOD_INVALID
    assert Refused(S.PERIOD_INVALID, "").code == "refused-period-invalid"
