"""The unit file: what is accepted, and each way to be wrong with a sentence that says what."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.outreach.kit.errors import KitError, UnitFileInvalid, UnitUnreadable
from bluezone.outreach.kit.unit_file import MAX_FILE_LENGTH, load_unit, parse_unit
from tests.unit.outreach.kit.conftest import EXAMPLE, MakeUnit


def test_the_example_is_read() -> None:
    unit = load_unit(EXAMPLE)
    assert unit.name == {"vi": "Phường Bắc Gia Nghĩa", "en": "Bac Gia Nghia Ward"}
    assert unit.shown_address == "bluezone.example/gia-nghia"
    assert unit.national_hotline == "1900 9095"
    assert unit.languages == ("vi", "en")
    assert unit.logo == EXAMPLE.parent / "gia-nghia-logo.svg"
    assert unit.recording is None


def test_a_plain_name_counts_for_every_language(make_unit: MakeUnit) -> None:
    unit = make_unit(name='"Xã Quảng Sơn"')
    assert unit.name == {"vi": "Xã Quảng Sơn", "en": "Xã Quảng Sơn"}


def test_an_issuer_may_be_named() -> None:
    example = EXAMPLE.read_text(encoding="utf-8")
    own = example.replace("[hotline]", 'issuer = { vi = "Hội đồng Một", en = "Council One" }\n\n[hotline]')
    unit = parse_unit(own.encode(), EXAMPLE.parent)
    assert (unit.issuer_in("vi"), unit.issuer_in("en")) == ("Hội đồng Một", "Council One")
    with pytest.raises(UnitFileInvalid, match=r"unit\.issuer\.en is missing"):
        parse_unit(own.replace(', en = "Council One"', "").encode(), EXAMPLE.parent)


def test_letters_are_composed_and_spaces_single(make_unit: MakeUnit) -> None:
    decomposed = "Phu\u031bo\u031b\u0300ng"
    assert make_unit(name=f'"  {decomposed}   Một "').name["vi"] == "Phường Một"


def test_a_byte_order_mark_is_no_fault() -> None:
    parse_unit(b"\xef\xbb\xbf" + EXAMPLE.read_bytes(), EXAMPLE.parent)


@pytest.mark.parametrize(
    ("entry", "value", "said"),
    [
        ("id", '"Gia Nghia"', "small letters"),
        ("id", "7", "no text"),
        ("kind", '"kingdom"', "none of commune"),
        ("name", '""', "unit.name.vi is missing"),
        ("name", '{ vi = "Phường" }', "unit.name.en is missing"),
        ("name", '{ vi = "a", fr = "b" }', "must be a name"),
        ("name", '"' + "A" * 121 + '"', "121 characters"),
        ("name", '"Ph\\u200bường"', "invisible"),
        ("name", '"Ph\\u202eường"', "U+202E"),
        ("address", '"http://bluezone.example"', "https"),
        ("address", '"https://user@bluezone.example"', "no user name"),
        ("address", '"https://bluezone.example:8443"', "port"),
        ("address", '"https://bluezone.example/?a=b"', "question mark"),
        ("address", '"https://[bluezone"', "official address"),
        ("address", '"https://bluezone.example/' + "a" * 80 + '"', "at most 80"),
        ("province", '"call us"', "no telephone number"),
        ("province", '"12"', "no telephone number"),
        ("languages", '["fr"]', "one or more of vi, en"),
        ("languages", "[]", "one or more of vi, en"),
        ("logo", '"logo.exe"', "ends in .png"),
    ],
)
def test_what_is_wrong_is_said(make_unit: MakeUnit, entry: str, value: str, said: str) -> None:
    with pytest.raises(UnitFileInvalid, match=said.replace("+", r"\+")) as caught:
        make_unit(**{entry: value})
    assert caught.value.code == "unit-file-invalid"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xff\xfe", "not UTF-8"),
        (b"unit = [", "not TOML"),
        (b"unit = 3", "must be a table"),
        (b"[unit]\nnmae = 'x'", "unknown in the unit file: 'unit.nmae'"),
        (b"[other]\n", "'other'"),
        (b"#" * (MAX_FILE_LENGTH + 1), "longer than"),
        (b"a=" + b"[" * 8000, "not TOML"),
    ],
)
def test_a_file_that_is_none_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(UnitFileInvalid, match=said.replace("[", r"\[")):
        parse_unit(content, Path())


def test_a_missing_file_says_what_to_copy(tmp_path: Path) -> None:
    with pytest.raises(UnitUnreadable, match=r"copy examples/gia-nghia\.toml"):
        load_unit(tmp_path / "none.toml")


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(content: bytes) -> None:
    try:
        parse_unit(content, Path())
    except KitError as error:
        assert str(error)
    else:
        raise AssertionError("random bytes are no unit file")


@given(st.text(max_size=60))
def test_a_name_is_kept_or_refused(name: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    lines = [f"name = {json.dumps(name)}" if one.startswith("name") else one for one in text.splitlines()]
    try:
        unit = parse_unit("\n".join(lines).encode("utf-8", "surrogatepass"), Path())
    except UnitFileInvalid:
        return
    assert unit.name["vi"] == " ".join(unit.name["vi"].split())
    assert unit.name["vi"].isprintable()
