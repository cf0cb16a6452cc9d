"""The signed configuration: who signed it, which version, until when, and nothing but its canonical form."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, structs

from bluezone.protocol.configuration import (
    MAX_CONFIGURATION_LENGTH,
    SWITCH_NOTICE_S,
    SensingNumbers,
    accept_configuration,
    decode_configuration,
    sign_configuration,
    switch_interval,
    verify_configuration,
)
from bluezone.protocol.errors import (
    ConfigurationError,
    ConfigurationExpired,
    ConfigurationMalformed,
    ConfigurationOld,
    ConfigurationTooFewSigners,
    ConfigurationWrongRegion,
)
from bluezone.protocol.interval import INTERVAL_S
from bluezone.protocol.region import ROLES
from tests.vectors import signed

REGION, NOW = signed.region(), signed.NOW
WHOLE = signed.configuration()
DATA, FOUND = WHOLE.encode(), WHOLE.configuration


def test_a_phone_takes_a_newer_one_and_the_same_again() -> None:
    for known in (None, 1, 2, 3):
        assert accept_configuration(DATA, REGION, known, NOW) == FOUND
    assert decode_configuration(DATA).encode() == DATA


def test_a_phone_does_not_go_back_nor_take_what_has_expired() -> None:
    with pytest.raises(ConfigurationOld):
        accept_configuration(DATA, REGION, 4, NOW)
    accept_configuration(DATA, REGION, 3, FOUND.expires_at - 1)
    with pytest.raises(ConfigurationExpired):
        accept_configuration(DATA, REGION, 3, FOUND.expires_at)


def test_another_region_s_is_refused() -> None:
    keys = [signed.private_key("configuration " + role) for role in ROLES]
    other = sign_configuration(structs.replace(FOUND, region=85), keys).encode()
    with pytest.raises(ConfigurationWrongRegion):
        accept_configuration(other, REGION, None, NOW)


def test_two_of_the_three_configuration_keys_must_sign_and_no_other_key_counts() -> None:
    keys = [signed.private_key("configuration " + role) for role in ROLES]
    assert verify_configuration(sign_configuration(FOUND, keys), REGION.configuration_signers) == set(ROLES)
    others = [signed.private_key(name) for name in (*ROLES, "certificate", "time", "stranger")]
    for few in ([], keys[:1], others, [keys[0], *others]):
        with pytest.raises(ConfigurationTooFewSigners):
            accept_configuration(sign_configuration(FOUND, few).encode(), REGION, None, NOW)


@given(st.integers(0, 8 * len(DATA) - 1))
def test_no_bit_can_be_changed(bit: int) -> None:
    changed = bytearray(DATA)
    changed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(ConfigurationError):
        accept_configuration(bytes(changed), REGION, None, NOW)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_are_refused_by_their_family(data: bytes) -> None:
    for candidate in (data, b"BZ1-CNF" + data, DATA[:9] + data):
        with contextlib.suppress(ConfigurationError):
            decode_configuration(candidate)


@pytest.mark.parametrize("content", [b"[" * 2000, b'{"format":"\xff"}', b"1e999", b"null"])
def test_json_that_is_no_configuration(content: bytes) -> None:
    with pytest.raises(ConfigurationMalformed):
        decode_configuration(b"BZ1-CNF" + len(content).to_bytes(2, "little") + content + b"\0")


def test_it_is_bounded() -> None:
    with pytest.raises(ConfigurationMalformed):
        decode_configuration(DATA + bytes(MAX_CONFIGURATION_LENGTH))
    with pytest.raises(ConfigurationMalformed):
        decode_configuration(b"BZ1-CNF\xff\xff" + bytes(3000))


@pytest.mark.parametrize("issued_at", [NOW, NOW + 1, 1_700_006_400, 1_700_006_399])
def test_a_switch_comes_at_the_first_midnight_at_least_96_hours_later(issued_at: int) -> None:
    switch = switch_interval(issued_at)
    assert switch % 144 == 0
    assert 0 <= switch * INTERVAL_S - issued_at - SWITCH_NOTICE_S < 86_400


def test_a_file_without_the_numbers_of_sensing_keeps_its_bytes() -> None:
    assert FOUND.sensing is UNSET
    assert b"sensing" not in DATA
    assert decode_configuration(DATA).configuration.sensing is UNSET


def test_the_numbers_of_sensing_come_back() -> None:
    data = signed.calibrated().encode()
    taken = accept_configuration(data, REGION, 3, NOW)
    assert taken.sensing == SensingNumbers("window", 0.4, -2.5)
    assert decode_configuration(data).encode() == data


@pytest.mark.parametrize(
    "sensing",
    [
        '{"rule":"window"}',
        '{"rule":"distance","near_probability":0.5,"intercept_db":0.0}',
        '{"rule":"level","near_probability":0.0,"intercept_db":0.0}',
        '{"rule":"level","near_probability":0.5,"intercept_db":31.0}',
        '{"rule":"level","near_probability":0.5,"intercept_db":0.0,"more":1}',
        "null",
    ],
    ids=["not whole", "unknown rule", "probability of nothing", "out of range", "more", "null"],
)
def test_numbers_of_sensing_that_are_refused(sensing: str) -> None:
    content = FOUND.content()[:-1] + b',"sensing":' + sensing.encode() + b"}"
    with pytest.raises(ConfigurationMalformed):
        decode_configuration(b"BZ1-CNF" + len(content).to_bytes(2, "little") + content + b"\0")
