"""The text of the QR code that a phone shows at a swab."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.protocol.errors import KeyMaterialError, SwabTextError
from bluezone.protocol.swab import format_swab, parse_swab


def test_the_text_is_what_the_protocol_says() -> None:
    assert format_swab(bytes(range(32))) == "BZ1-C:" + bytes(range(32)).hex()


@given(st.binary(min_size=32, max_size=32))
def test_it_is_read_back_also_in_capitals(commitment: bytes) -> None:
    text = format_swab(commitment)
    assert parse_swab(text) == parse_swab(f" {text.upper()}\r\n") == commitment


@pytest.mark.parametrize(
    "scanned",
    [
        "",
        "BZ1-C:",
        "a" * 64,
        "BZ1-C:" + "a" * 63,
        "BZ1-C:" + "a" * 65,
        "BZ1-C:" + "g" * 64,
        "BZ1-D:" + "a" * 64,
        "BZ1-C: " + "a" * 64,
        "BZ1-C:" + "a" * 63 + "\u0663",
        "BZ1-C:" + "a" * 64 + " " * 1000,
    ],
)
def test_anything_else_is_refused(scanned: str) -> None:
    with pytest.raises(SwabTextError, match="64 hex digits"):
        parse_swab(scanned)


@given(st.text(max_size=300))
def test_no_text_does_more_than_be_refused(scanned: str) -> None:
    with contextlib.suppress(SwabTextError):
        assert len(parse_swab(scanned)) == 32


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_commitment_of_another_length_is_not_shown(length: int) -> None:
    with pytest.raises(KeyMaterialError):
        format_swab(bytes(length))
