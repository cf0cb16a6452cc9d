"""What is sent over HTTP: encoders that check themselves, and rules that the vectors do not show."""

from __future__ import annotations

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.protocol import errors
from bluezone.protocol.batch import MAX_BODY_LENGTH, Section, decode_body, encode_body, iter_sections
from bluezone.protocol.batch_index import BatchIndex, body_address, decode_index, manifest_address
from bluezone.protocol.certificate import Certificate, sign_certificate, verify_certificate
from bluezone.protocol.manifest import (
    Head,
    check_body,
    check_successor,
    decode_manifest,
    key_id_of,
    next_manifest,
    sign_manifest,
    verify_signatures,
)
from bluezone.protocol.region import format_region, parse_region
from bluezone.protocol.signed_time import sign_time, verify_time
from bluezone.protocol.upload import (
    PublishedSlot,
    Redemption,
    RedemptionMode,
    Upload,
    WithheldSlot,
    decode_upload,
    encode_cover_upload,
)
from bluezone.protocol.verification_code import ALPHABET, format_code, parse_code
from tests.vectors import signed

KEYS = [Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32) for number in range(3)]
ROLES = {"a": KEYS[0].public_key(), "b": KEYS[1].public_key(), "c": KEYS[2].public_key()}


def upload(slots: int = 120, certificate: int = 109, salt: int = 16, leaf: int = 32) -> Upload:
    """An upload whose parts have these lengths."""
    return Upload(bytes(certificate), bytes(salt), (WithheldSlot(bytes(leaf)),) * slots)


def test_an_upload_has_4096_bytes_and_hides_its_keys_in_repr() -> None:
    slots = (PublishedSlot(48, 24, 24, b"\xab" * 16), *(WithheldSlot(bytes(32)),) * 119)
    one = Upload(bytes(109), b"\xcd" * 16, slots)
    assert len(one.encode()) == 4096
    assert decode_upload(one.encode()) == one
    assert one.published() == [slots[0]]
    assert "\\xab" not in repr(one)
    assert "\\xcd" not in repr(one)


@pytest.mark.parametrize(
    "wrong",
    [upload(slots=119), upload(slots=121), upload(certificate=108), upload(salt=17), upload(leaf=31)],
)
def test_an_upload_with_a_part_of_another_length_is_never_sent(wrong: Upload) -> None:
    with pytest.raises(errors.UploadError):
        wrong.encode()


def test_a_cover_upload_looks_as_long_and_carries_nothing() -> None:
    assert len(encode_cover_upload(bytes(4089))) == 4096
    assert decode_upload(encode_cover_upload(b"\xff" * 4089)) is None
    with pytest.raises(errors.UploadError):
        encode_cover_upload(bytes(4088))


def test_a_redemption_hides_its_code_and_checks_its_length() -> None:
    one = Redemption(RedemptionMode.CODE, b"\xab" * 8, bytes(32))
    assert "\\xab" not in repr(one)
    with pytest.raises(errors.RedemptionError):
        Redemption(RedemptionMode.CODE, bytes(7), bytes(32)).encode()


@pytest.mark.parametrize("at", range(109))
def test_every_byte_of_a_certificate_counts(at: int) -> None:
    good = sign_certificate(Certificate(bytes(32), 19_000, 1_000_000), KEYS[0])
    bad = good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :]
    with pytest.raises(errors.CertificateError):
        verify_certificate(bad, KEYS[0].public_key(), 0)


def test_a_certificate_expires_in_the_second_it_names() -> None:
    good = sign_certificate(Certificate(bytes(32), 19_000, 1_000_000), KEYS[0])
    assert verify_certificate(good, KEYS[0].public_key(), 999_999.9).expires_at == 1_000_000
    with pytest.raises(errors.CertificateExpired):
        verify_certificate(good, KEYS[0].public_key(), 1_000_000)
    with pytest.raises(errors.CertificateForged):
        verify_certificate(good, KEYS[1].public_key(), 0)


def test_a_body_encoder_refuses_what_a_decoder_would() -> None:
    key, other = bytes(16), b"\x01" * 16
    for sections in (
        [Section(0, 24, ())],
        [Section(0, 24, (key, key))],
        [Section(0, 24, (other, key))],
        [Section(24, 24, (key,)), Section(0, 24, (key,))],
        [Section(0, 24, (key,)), Section(0, 24, (other,))],
        [Section(0, 0, (key,))],
        [Section(-1, 1, (key,))],
        [Section(1 << 32, 1, (key,))],
        [Section(0, 24, (key + b"\x01", other[:15]))],
    ):
        with pytest.raises(errors.BatchBodyError):
            encode_body(sections)


def test_a_body_is_bounded_before_it_is_read() -> None:
    with pytest.raises(errors.BatchBodyError):
        decode_body(bytes(MAX_BODY_LENGTH + 1))


def test_sections_come_one_by_one() -> None:
    body = encode_body([Section(0, 24, (bytes(16),)), Section(24, 24, (bytes(16),))])
    reader = iter_sections(body + b"\x00")
    assert next(reader).rolling_start == 0
    assert next(reader).rolling_start == 24
    with pytest.raises(errors.BatchBodyError):
        next(reader)


def test_one_role_cannot_sign_for_two() -> None:
    manifest = next_manifest(None, region=1, time=5, tek_period=24, body=b"")
    one = sign_manifest(manifest, [KEYS[0], KEYS[0]])
    with pytest.raises(errors.TooFewSigners):
        verify_signatures(one, ROLES)
    with pytest.raises(errors.ManifestMalformed):
        decode_manifest(one.encode())


def test_unknown_signers_are_ignored_and_wrong_ones_do_not_count() -> None:
    stranger = Ed25519PrivateKey.from_private_bytes(b"\x09" * 32)
    manifest = next_manifest(None, region=1, time=5, tek_period=24, body=b"")
    signed_by = sign_manifest(manifest, [KEYS[0], stranger, KEYS[2]])
    assert verify_signatures(decode_manifest(signed_by.encode()), ROLES) == {"a", "c"}
    assert [pair[0] for pair in signed_by.signatures] == sorted(pair[0] for pair in signed_by.signatures)
    swapped = {"a": stranger.public_key(), "b": KEYS[1].public_key(), "c": KEYS[0].public_key()}
    assert verify_signatures(signed_by, swapped) == {"a", "c"}
    assert key_id_of(KEYS[0].public_key()) != key_id_of(KEYS[1].public_key())


def chain(length: int) -> list[Head]:
    """The heads of a chain with empty bodies."""
    heads: list[Head] = []
    for number in range(length):
        before = heads[-1] if heads else None
        heads.append(next_manifest(before, region=1, time=number, tek_period=24, body=b"").head())
    return heads


def test_a_phone_that_was_away_takes_the_oldest_on_offer_and_nothing_else() -> None:
    heads = chain(9)
    seventh = next_manifest(heads[5], region=1, time=6, tek_period=24, body=b"")
    check_successor(seventh, 1, heads[1], first=7)
    for first in (1, 6, 8):
        with pytest.raises(errors.SequenceGap):
            check_successor(seventh, 1, heads[1], first=first)
    check_successor(seventh, 1, None, first=1)
    # It offers what is older than the head: that is no reason to go back.
    with pytest.raises(errors.SequenceGap):
        check_successor(seventh, 1, heads[8].__class__(9, 0, heads[8].hash), first=7)


def test_two_batches_of_one_number_are_a_split_view_even_if_one_is_older() -> None:
    heads = chain(3)
    for time in (0, 5):
        other = next_manifest(heads[1], region=1, time=time + 1, tek_period=144, body=b"")
        with pytest.raises(errors.SplitView):
            check_successor(other, 1, Head(3, 3, heads[2].hash), first=1)


def test_a_chain_does_not_go_back_in_time_at_its_source() -> None:
    with pytest.raises(errors.TimeWentBack):
        next_manifest(Head(1, 100, bytes(32)), region=1, time=99, tek_period=24, body=b"")
    with pytest.raises(errors.ManifestMalformed):
        next_manifest(Head(0xFFFFFFFF, 1, bytes(32)), region=1, time=2, tek_period=24, body=b"")


def test_a_body_of_the_right_hash_and_another_length_is_refused() -> None:
    manifest = next_manifest(None, region=1, time=5, tek_period=24, body=b"keys")
    check_body(manifest, b"keys")
    with pytest.raises(errors.BodyMismatch):
        check_body(replace(manifest, body_length=5), b"keys")


def test_addresses_are_the_same_for_everybody() -> None:
    assert manifest_address(126) == "/v1/batches/00000126.manifest"
    assert body_address(126) == "/v1/batches/00000126.body"


def test_the_index_is_the_document_of_the_protocol() -> None:
    index = BatchIndex("bz1-index-1", 84, 1, 126)
    assert index.encode() == b'{"format":"bz1-index-1","region":84,"first":1,"last":126}'
    assert decode_index(index.encode(), 84) == index


def test_a_time_answer_belongs_to_its_question() -> None:
    answer = sign_time(bytes(16), 1_700_000_000, KEYS[0])
    assert verify_time(answer, bytes(16), KEYS[0].public_key()) == 1_700_000_000
    beyond = sign_time(bytes(16), 1 << 63, KEYS[0])
    for data, nonce in ((answer, b"\x01" + bytes(15)), (beyond, bytes(16))):
        with pytest.raises(errors.SignedTimeError):
            verify_time(data, nonce, KEYS[0].public_key())
    with pytest.raises(errors.SignedTimeError):
        sign_time(bytes(15), 0, KEYS[0])


def test_a_code_forgives_what_people_mix_up() -> None:
    code = bytes.fromhex("0011223344556677")
    typed = format_code(code)
    loose = typed.replace("0", "o").replace("1", "l").lower()
    assert parse_code(f"  {loose[:4]}-{loose[4:9]} {loose[9:]}\n") == code


def test_every_single_typing_error_is_noticed_or_gives_another_code() -> None:
    typed = format_code(bytes.fromhex("0011223344556677"))
    noticed = other = 0
    for place in range(14):
        for digit in ALPHABET:
            if digit == typed[place]:
                continue
            try:
                assert parse_code(typed[:place] + digit + typed[place + 1 :]) != parse_code(typed)
                other += 1
            except errors.CodeError:
                noticed += 1
    assert noticed > 30 * other, "one in 32 may slip through the check digit"


def test_a_region_file_reads_back_and_hides_no_contradiction() -> None:
    text = format_region(signed.region())
    again = parse_region(text)
    assert format_region(again) == text
    assert again.address == "https://bluezone.example/base"
    for address in ("http://127.0.0.1:8000", "http://[::1]:8000/", "http://localhost:1"):
        assert parse_region(text.replace("https://bluezone.example/base", address)).address == address.rstrip(
            "/"
        )


@pytest.mark.parametrize(
    "address",
    [
        "http://192.168.1.5",
        "ftp://bluezone.example",
        "https://",
        "https://a?b",
        "https://a#b",
        "https://a:b@c",
        "https://[",
        "https://a:99999",
        "https://a\\u0009b",
        "https://ví dụ.vn",
        "localhost",
    ],
)
def test_an_address_is_plain_https(address: str) -> None:
    text = format_region(signed.region()).replace("https://bluezone.example/base", address)
    with pytest.raises(errors.RegionFileError):
        parse_region(text)


def test_one_key_written_in_two_ways_is_still_one_key() -> None:
    auditor, operator = signed.SIGNERS["auditor"], signed.SIGNERS["operator"]
    text = format_region(signed.region()).replace(auditor, operator + "\\n")
    with pytest.raises(errors.RegionFileError):
        parse_region(text)


@pytest.mark.parametrize("text", ["a=" + "[" * 60_000, "x" * 70_000, "", "\x00", "name = 1"])
def test_a_hostile_region_file_is_refused(text: str) -> None:
    with pytest.raises(errors.RegionFileError):
        parse_region(text)
