"""The 31 bytes: what a sender makes, and what a receiver takes from structures of any order."""

from __future__ import annotations

import pytest

from bluezone.protocol.advertisement import (
    Payload,
    build_payload,
    encode_advertisement,
    mask_metadata,
    parse_advertisement,
    round_dbm_at_1m,
    unmask_metadata,
)
from bluezone.protocol.errors import (
    AdvertisementError,
    KeyMaterialError,
    MalformedAdvertisement,
    NotBluezone,
    PlaceError,
)
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.protocol.tags import cell_of, neighbour_cells, place_commitment

IDENTIFIER = full_identifier(TemporaryExposureKey(bytes(range(16))), 2_833_344)
PAYLOAD = build_payload(IDENTIFIER, 28_333_442, -60)
ADVERTISEMENT = encode_advertisement(PAYLOAD)
FLAGS, UUIDS, SERVICE_DATA = ADVERTISEMENT[:3], ADVERTISEMENT[3:7], ADVERTISEMENT[7:]
NAME = b"\x05\x09nhon"


def test_it_has_31_bytes_and_the_fixed_head() -> None:
    assert len(ADVERTISEMENT) == 31
    assert ADVERTISEMENT[:11].hex() == "0201060303564e1716564e"
    assert encode_advertisement(PAYLOAD, 0x1234)[:11].hex() == "02010603033412" + "17163412"


@pytest.mark.parametrize(
    "data",
    [
        FLAGS + UUIDS + SERVICE_DATA,
        SERVICE_DATA + UUIDS + FLAGS,
        SERVICE_DATA,
        FLAGS + SERVICE_DATA,
        UUIDS + SERVICE_DATA + NAME,
        NAME + SERVICE_DATA + b"\x00" + b"\xff" * 9,
        b"\x03\x16\x01\x02" + SERVICE_DATA,  # service data of another UUID
        b"\x01\x16" + SERVICE_DATA,  # a service data element without any UUID
    ],
)
def test_structures_may_come_in_any_order(data: bytes) -> None:
    assert parse_advertisement(data) == PAYLOAD


@pytest.mark.parametrize("length", range(31))
def test_every_truncation_is_refused(length: int) -> None:
    with pytest.raises(AdvertisementError):
        parse_advertisement(ADVERTISEMENT[:length])


def test_another_regions_uuid_is_not_ours() -> None:
    with pytest.raises(NotBluezone):
        parse_advertisement(ADVERTISEMENT, 0x4E57)


@pytest.mark.parametrize("header", [header for header in range(256) if header != 0x40])
def test_every_other_header_is_refused(header: int) -> None:
    with pytest.raises(MalformedAdvertisement):
        Payload.decode(bytes([header]) + PAYLOAD.encode()[1:])


@pytest.mark.parametrize(
    ("measured", "sent"),
    [(-62, -60), (-62.01, -64), (-58, -56), (-58.01, -60), (-200, -100), (99, 24), (23, 24), (0, 0)],
)
def test_levels_are_rounded_to_the_nearest_multiple_of_four_half_up(measured: float, sent: int) -> None:
    assert round_dbm_at_1m(measured) == sent


@pytest.mark.parametrize("level", range(-100, 25, 4))
def test_every_level_survives_the_mask(level: int) -> None:
    for mask in (0, 0xC3, 0xFF):
        assert unmask_metadata(mask, mask_metadata(mask, level)) == level


@pytest.mark.parametrize("level", [-104, -59, 26, 28])
def test_no_other_level_is_sent(level: int) -> None:
    with pytest.raises(KeyMaterialError):
        mask_metadata(0, level)


def test_a_byte_that_unmasks_to_no_level_is_refused() -> None:
    levels = {level + 100 for level in range(-100, 25, 4)}
    for value in range(256):
        if value not in levels:
            with pytest.raises(MalformedAdvertisement):
                unmask_metadata(0x5A, 0x5A ^ value)


def test_place_on_and_off_differ_only_in_the_place_tag() -> None:
    commitment = place_commitment(IDENTIFIER.visible, cell_of(21.0285, 105.8542))
    placed = build_payload(IDENTIFIER, 28_333_442, -60, commitment).encode()
    assert placed[:17] == PAYLOAD.encode()[:17]
    assert placed[17:] != PAYLOAD.encode()[17:]


def test_a_neighbour_across_a_cell_border_shares_a_cell() -> None:
    # 300 m to each side of a border are the error that the protocol allows (section 3).
    for north in (-0.0027, 0.0027):
        for east in (-0.0029, 0.0029):
            assert cell_of(21.0 + north, 105.0 + east) in neighbour_cells(21.0, 105.0)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [(90.01, 0), (-91, 0), (0, 180.5), (0, -181), (float("nan"), 0), (0, float("inf"))],
)
def test_a_position_off_the_earth_is_refused(latitude: float, longitude: float) -> None:
    with pytest.raises(PlaceError):
        cell_of(latitude, longitude)
    with pytest.raises(PlaceError):
        neighbour_cells(latitude, longitude)
