"""Every codec: what is encoded is decoded again; arbitrary bytes are read or refused by their own family."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bluezone.protocol import errors
from bluezone.protocol.advertisement import (
    Payload,
    build_payload,
    encode_advertisement,
    parse_advertisement,
)
from bluezone.protocol.batch import Section, decode_body, encode_body
from bluezone.protocol.batch_index import BatchIndex, decode_index
from bluezone.protocol.certificate import Certificate, sign_certificate, verify_certificate
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.protocol.manifest import Manifest, check_body, decode_manifest, sign_manifest
from bluezone.protocol.region import parse_region
from bluezone.protocol.signed_time import sign_time, verify_time
from bluezone.protocol.tags import cell_of, neighbour_cells
from bluezone.protocol.upload import (
    Answer,
    AnswerStatus,
    PublishedSlot,
    Redemption,
    RedemptionMode,
    Upload,
    WithheldSlot,
    decode_answer,
    decode_redemption,
    decode_upload,
)
from bluezone.protocol.verification_code import format_code, parse_code
from tests.vectors import signed

KEY = signed.private_key("certificate")
PUBLIC = KEY.public_key()
NONCE = bytes(16)

U8, U32 = st.integers(0, 0xFF), st.integers(0, 0xFFFFFFFF)
TEKS = st.binary(min_size=16, max_size=16)
HASHES = st.binary(min_size=32, max_size=32)
PAYLOADS = st.builds(
    Payload,
    st.binary(min_size=12, max_size=12),
    U8,
    st.binary(min_size=3, max_size=3),
    st.binary(min_size=3, max_size=3),
)
# AD structures of other products: any type but ours, any content.
STRUCTURES = st.tuples(U8.filter(lambda kind: kind != 0x16), st.binary(max_size=20)).map(
    lambda one: bytes([1 + len(one[1]), one[0]]) + one[1]
)


@st.composite
def key_periods(draw: st.DrawFn) -> tuple[int, int]:
    """A start and a period that may be."""
    day = draw(st.integers(0, 29_000_000))
    within = draw(st.integers(0, 143))
    return day * 144 + within, draw(st.integers(1, 144 - within))


@st.composite
def bodies(draw: st.DrawFn) -> list[Section]:
    """Sections in their order."""
    heads = sorted(draw(st.sets(key_periods(), max_size=6)))
    keys = st.sets(TEKS, min_size=1, max_size=8)
    return [Section(start, period, tuple(sorted(draw(keys)))) for start, period in heads]


SLOTS = st.one_of(st.builds(WithheldSlot, HASHES), st.builds(PublishedSlot, U32, U8, U8, TEKS))


@given(PAYLOADS, st.integers(0, 0xFFFF), st.lists(STRUCTURES, max_size=4), st.lists(STRUCTURES, max_size=4))
def test_a_payload_is_found_among_any_structures(
    payload: Payload, uuid: int, before: list[bytes], after: list[bytes]
) -> None:
    whole = encode_advertisement(payload, uuid)
    assert parse_advertisement(whole, uuid) == payload
    assert parse_advertisement(b"".join([*before, whole[7:], *after]), uuid) == payload
    with pytest.raises(errors.MalformedAdvertisement):
        parse_advertisement(whole + whole[7:], uuid)


@given(TEKS, st.integers(0, 0xFFFFFFFF // 10), st.integers(-25, 6))
def test_a_built_payload_never_shows_its_secret_half(tek: bytes, minute: int, step: int) -> None:
    identifier = full_identifier(TemporaryExposureKey(tek), minute // 10)
    said = encode_advertisement(build_payload(identifier, minute, 4 * step))
    assert len(said) == 31
    assert identifier.tag_key.reveal() not in said
    assert identifier.visible in said


@given(bodies())
def test_a_body_reads_back(sections: list[Section]) -> None:
    body = encode_body(sections)
    assert decode_body(body) == sections
    for cut in (1, 8, 17):
        shorter = body[:-cut]
        if shorter and len(shorter) < len(body):
            with contextlib.suppress(errors.BatchBodyError):
                assert decode_body(shorter) != sections


@given(bodies(), st.data())
def test_a_mutated_body_is_refused_or_keeps_every_limit(sections: list[Section], data: st.DataObject) -> None:
    body = bytearray(encode_body(sections) or bytes(9))
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(U8)
    try:
        found = decode_body(bytes(body))
    except errors.BatchBodyError:
        return
    assert encode_body(found) == bytes(body)


@given(HASHES, st.integers(0, 0xFFFF), st.integers(1, 0xFFFFFFFF))
def test_a_certificate_reads_back(commitment: bytes, onset_day: int, expires_at: int) -> None:
    one = Certificate(commitment, onset_day, expires_at)
    assert verify_certificate(sign_certificate(one, KEY), PUBLIC, expires_at - 1) == one


@given(st.lists(SLOTS, min_size=1, max_size=12), st.binary(min_size=16, max_size=16))
def test_an_upload_reads_back(slots: list[Any], salt: bytes) -> None:
    one = Upload(bytes(109), salt, tuple((slots * 120)[:120]))
    data = one.encode()
    assert len(data) == 4096
    again = decode_upload(data)
    assert again == one
    assert again is not None
    assert again.commitment() == one.commitment()


@given(st.sampled_from(RedemptionMode), st.binary(min_size=8, max_size=8), HASHES)
def test_a_redemption_reads_back(mode: RedemptionMode, code: bytes, commitment: bytes) -> None:
    one = Redemption(mode, bytes(8) if mode is RedemptionMode.SWAB else code, commitment)
    assert decode_redemption(one.encode()) == one


@given(st.sampled_from(AnswerStatus), st.binary(min_size=109, max_size=109))
def test_an_answer_reads_back(status: AnswerStatus, certificate: bytes) -> None:
    assert decode_answer(Answer(status, certificate).encode()) == Answer(status, certificate)


@given(
    st.integers(0, 0xFFFF),
    st.integers(1, 0xFFFFFFFF),
    st.integers(0, (1 << 64) - 1),
    st.sampled_from([24, 144]),
    HASHES.filter(any),
    HASHES,
    st.integers(0, 64 << 20),
    st.sets(st.sampled_from(["health_authority", "operator", "auditor"])),
)
def test_a_manifest_reads_back(
    region: int, seq: int, time: int, period: int, previous: bytes, body: bytes, length: int, roles: set[str]
) -> None:
    manifest = Manifest(region, seq, time, period, bytes(32) if seq == 1 else previous, body, length)
    one = sign_manifest(manifest, [signed.private_key(role) for role in roles])
    assert decode_manifest(one.encode()) == one
    assert len(manifest.encode()) == 87


@given(st.integers(0, 0xFFFF), st.tuples(U32, U32))
def test_an_index_reads_back(region: int, ends: tuple[int, int]) -> None:
    first, last = max(1, min(ends)), max(1, *ends)
    one = BatchIndex("bz1-index-1", region, first, last)
    assert decode_index(one.encode(), region) == one


@given(st.binary(min_size=16, max_size=16), U32)
def test_a_signed_time_reads_back(nonce: bytes, time: int) -> None:
    assert verify_time(sign_time(nonce, time, KEY), nonce, PUBLIC) == time


@given(st.binary(min_size=8, max_size=8))
@example(b"\xff" * 8)
def test_a_code_reads_back(code: bytes) -> None:
    typed = format_code(code)
    assert len(typed) == 14
    assert parse_code(typed) == code
    assert parse_code(typed.lower()) == code


@given(st.floats(-89.99, 89.99), st.floats(-179.99, 179.99))
def test_a_receiver_always_tries_its_own_cell_and_the_nearest_three(
    latitude: float, longitude: float
) -> None:
    own, tried = cell_of(latitude, longitude), neighbour_cells(latitude, longitude)
    assert own in tried
    assert {abs(x - own[0]) for x, _ in tried} == {0, 1}
    assert {abs(y - own[1]) for _, y in tried} == {0, 1}


DECODERS: dict[str, tuple[Callable[[bytes], Any], type[errors.ProtocolError]]] = {
    "advertisement": (parse_advertisement, errors.AdvertisementError),
    "payload": (Payload.decode, errors.MalformedAdvertisement),
    "body": (decode_body, errors.BatchBodyError),
    "index": (lambda data: decode_index(data, 84), errors.IndexMalformed),
    "certificate": (lambda data: verify_certificate(data, PUBLIC, 0), errors.CertificateError),
    "upload": (decode_upload, errors.UploadError),
    "redemption": (decode_redemption, errors.RedemptionError),
    "answer": (decode_answer, errors.RedemptionError),
    "manifest": (decode_manifest, errors.ManifestMalformed),
    "time": (lambda data: verify_time(data, NONCE, PUBLIC), errors.SignedTimeError),
    "region": (lambda data: parse_region(data.decode("latin-1")), errors.RegionFileError),
    "code": (lambda data: parse_code(data.decode("latin-1")), errors.CodeError),
    "signed body": (
        lambda data: check_body(signed.chain()[0].manifest, data),
        errors.BodyMismatch,
    ),
}
# A few whole examples as a starting point: arbitrary bytes alone would rarely get past a magic.
SEEDS = {
    "advertisement": encode_advertisement(Payload(bytes(12), 0, bytes(3), bytes(3))),
    "body": signed.bodies()[2],
    "certificate": signed.certificate(),
    "upload": signed.upload().encode(),
    "redemption": Redemption(RedemptionMode.CODE, bytes(8), bytes(32)).encode(),
    "answer": Answer(AnswerStatus.GOOD).encode(),
    "manifest": signed.chain()[1].encode(),
    "time": sign_time(NONCE, 5, KEY),
    "index": BatchIndex("bz1-index-1", 84, 1, 9).encode(),
}


@pytest.mark.parametrize("name", DECODERS)
@given(data=st.data())
def test_arbitrary_bytes_are_read_or_refused_by_their_own_family(name: str, data: st.DataObject) -> None:
    decode, family = DECODERS[name]
    seed = SEEDS.get(name, b"")
    cut = data.draw(st.integers(0, len(seed)))
    hostile = seed[:cut] + data.draw(st.binary(max_size=60)) + seed[cut + data.draw(st.integers(0, 9)) :]
    for one in (hostile, data.draw(st.binary(max_size=300))):
        try:
            decode(one)
        except family as refused:
            assert type(refused).code != errors.ProtocolError.code
            assert str(refused)
