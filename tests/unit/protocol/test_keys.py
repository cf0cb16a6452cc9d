"""Keys, identifiers, intervals, leaves: derivation, limits, and secrets that hide themselves."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

from bluezone.protocol.diagnosis_key import (
    DiagnosisKey,
    check_period,
    commitment_of,
    leaf_of,
    over_at,
    usable_at,
)
from bluezone.protocol.errors import KeyMaterialError
from bluezone.protocol.interval import (
    MAX_U32,
    interval_of,
    interval_start,
    local_day_of,
    minute_of,
    utc_day_of,
    window_of,
)
from bluezone.protocol.keys import (
    FullIdentifier,
    TagKey,
    TemporaryExposureKey,
    expand,
    full_identifier,
    index_hash,
    label_of,
)

TEK = TemporaryExposureKey(bytes(range(16)))


@pytest.mark.parametrize("secret", [TEK, full_identifier(TEK, 5), full_identifier(TEK, 5).tag_key])
def test_secrets_hide_and_do_not_travel(secret: Any) -> None:
    shown = f"{secret!r} {secret!s} {secret} {[secret]!r}"
    assert secret.reveal().hex() not in shown
    assert repr(secret.reveal())[2:-1] not in shown
    assert "hidden" in shown
    for travel in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            travel(secret)


def test_a_key_inside_another_value_stays_hidden() -> None:
    assert TEK.reveal().hex() not in repr(DiagnosisKey(TEK, 0, 24))


def test_secrets_compare_by_kind_and_value() -> None:
    assert TemporaryExposureKey(bytes(range(16))) == TEK
    assert hash(TEK) == hash(TemporaryExposureKey(bytes(range(16))))
    assert TemporaryExposureKey(bytes(16)) != TEK
    assert TagKey(bytes(range(16))) != TEK
    assert bytes(range(16)) != TEK


@pytest.mark.parametrize("kind", [TemporaryExposureKey, TagKey, FullIdentifier])
@pytest.mark.parametrize("length", [0, 15, 17, 31, 33])
def test_secrets_check_their_length_and_say_nothing(kind: Any, length: int) -> None:
    with pytest.raises(KeyMaterialError) as refused:
        kind(b"\xab" * length)
    assert "ab" not in str(refused.value).replace("able", "")


def test_expansion_is_the_visible_part_of_every_interval() -> None:
    found = expand(TEK.reveal(), 1000, 144)
    assert found == [full_identifier(TEK, interval).visible for interval in range(1000, 1144)]
    assert len(set(found)) == 144


def test_label_and_hash_have_their_lengths() -> None:
    visible = full_identifier(TEK, 1).visible
    assert (len(visible), label_of(visible), len(index_hash(visible))) == (12, visible[:2], 10)


@pytest.mark.parametrize("interval", [-1, MAX_U32 + 1])
def test_an_interval_is_a_u32(interval: int) -> None:
    with pytest.raises(KeyMaterialError):
        full_identifier(TEK, interval)


def test_instants_fall_into_their_units() -> None:
    assert (interval_of(599.999), interval_of(600), minute_of(59.9), minute_of(60)) == (0, 1, 0, 1)
    assert (interval_start(3), utc_day_of(143), utc_day_of(144)) == (1800, 0, 1)
    assert (window_of(47), window_of(48), window_of(143, 144)) == ((24, 48), (48, 72), (0, 144))
    with pytest.raises(KeyMaterialError):
        window_of(5, 12)


def test_the_civil_date_changes_at_local_midnight() -> None:
    assert local_day_of(86_400 - 7 * 3600 - 1, 420) == 0
    assert local_day_of(86_400 - 7 * 3600, 420) == 1
    assert local_day_of(3599, -60) == -1


@pytest.mark.parametrize(
    ("start", "period", "good"),
    [
        (0, 1, True),
        (0, 144, True),
        (143, 1, True),
        (143, 2, False),
        (1, 144, False),
        (0, 0, False),
        (0, -1, False),
        (0, 145, False),
        (-144, 24, False),
        (MAX_U32, 1, False),
    ],
)
def test_a_key_stays_within_one_utc_day(start: int, period: int, good: bool) -> None:
    if good:
        check_period(start, period)
        return
    with pytest.raises(KeyMaterialError):
        check_period(start, period)
    with pytest.raises(KeyMaterialError):
        DiagnosisKey(TEK, start, period)


def test_a_key_is_usable_from_two_minutes_after_its_end_to_21_days_after_its_start() -> None:
    start, period = 2_833_344, 24
    first, last = (start + period) * 600 + 120, start * 600 + 21 * 86_400
    assert over_at(start, period) == first
    assert [usable_at(start, period, at) for at in (first - 1, first, last, last + 1)] == [
        False,
        True,
        True,
        False,
    ]


def test_a_leaf_tells_start_period_and_key_apart() -> None:
    base = leaf_of(TEK.reveal(), 48, 24)
    others = [leaf_of(TEK.reveal(), 72, 24), leaf_of(TEK.reveal(), 48, 23), leaf_of(bytes(16), 48, 24)]
    assert base not in others
    assert DiagnosisKey(TEK, 48, 7).leaf(24) == base
    assert DiagnosisKey(TEK, 48, 24).leaf() == base


def test_a_commitment_binds_salt_leaves_and_order() -> None:
    leaves = [bytes([number]) * 32 for number in range(120)]
    base = commitment_of(bytes(16), leaves)
    assert base != commitment_of(b"\x01" + bytes(15), leaves)
    assert base != commitment_of(bytes(16), [leaves[1], leaves[0], *leaves[2:]])
    for salt, wrong in ((bytes(15), leaves), (bytes(16), leaves[:-1]), (bytes(16), [b"", *leaves[1:]])):
        with pytest.raises(KeyMaterialError):
            commitment_of(salt, wrong)
