"""T-39: section 10 literally, and the committed JSON set regenerated, read back and refused as it says."""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from bluezone.cli.protocol import protocol, section_10
from bluezone.protocol.errors import ProtocolError
from tests.vectors.decoders import READERS
from tests.vectors.generate import FILE, render

CASES: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["cases"]
READ_BACK = [case for case in CASES if case["kind"] in READERS]
INVALID = [case for case in READ_BACK if "error" in case]
VALID = [case for case in READ_BACK if "error" not in case]

# Copied from docs/protocol.md, section 10, by hand.
SECTION_10 = {
    "TEK": "000102030405060708090a0b0c0d0e0f",
    "unix": "1700006525",
    "j": "2833344",
    "q": "28333442",
    "dbm_at_1m": "-60",
    "full": "02f55a0b0747b01329c94ba8 c3 2a4640 da3ffbcf539fdaae4bcbdcdef9e10554",
    "advertisement": "020106 0303564e 1716564e 4002f55a0b0747b01329c94ba8eb8658b39dfadf",
    "place cell": "(18294, 7105)",
    "c": "55b62a8d",
    "payload with place": "4002f55a0b0747b01329c94ba8eb8658b388ac13",
    "h": "2be7114c4d69504f4418",
    "leaf": "963b9c7681a3ba8f4eb731a0d1c310b7d69d0a55dda92a71f94e26749af27a66",
    "code": "000820C20A1G7Y",
}


def name_of(case: dict[str, Any]) -> str:
    """A readable test id."""
    return str(case["name"])


def test_section_10_is_reproduced() -> None:
    assert section_10() == SECTION_10


def test_the_command_prints_section_10() -> None:
    result = CliRunner().invoke(protocol, ["vectors"])
    assert result.exit_code == 0
    printed = dict(line.split("  ", 1) for line in result.output.splitlines())
    assert {label.strip(): value.strip() for label, value in printed.items()} == SECTION_10


def test_the_committed_file_is_what_the_generator_makes() -> None:
    assert FILE.read_text(encoding="utf-8") == render(), "python -m tests.vectors.generate, and say why"


def test_every_flag_and_kind_is_explained() -> None:
    document = json.loads(FILE.read_text(encoding="utf-8"))
    assert {flag for case in CASES for flag in case["flags"]} == set(document["flags"])
    assert all(case["source"].startswith("section") for case in CASES)
    assert len(INVALID) > 70
    assert {case["kind"] for case in INVALID} == set(READERS)


@pytest.mark.parametrize("case", VALID, ids=name_of)
def test_what_is_valid_is_read(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["bytes"])
    result = dict(case["result"])
    if "sha256" in result:
        assert hashlib.sha256(data).hexdigest() == result.pop("sha256")
    assert READERS[case["kind"]](data, case.get("context", {})) == result


@pytest.mark.parametrize("case", INVALID, ids=name_of)
def test_what_is_invalid_is_refused_with_its_code(case: dict[str, Any]) -> None:
    with pytest.raises(ProtocolError) as refused:
        READERS[case["kind"]](bytes.fromhex(case["bytes"]), case["context"])
    assert refused.value.code == case["error"]
    assert len(str(refused.value)) > 15, "a sentence for the person who reads it"


# The same values once more, written straight from docs/protocol.md without the package.


def aes(tek: bytes, interval: int, block: int) -> bytes:
    """block(j, h), encrypted."""
    plain = struct.pack("<IB", interval, block) + b"BZ1-FULL-ID"
    encryptor = Cipher(algorithms.AES(tek), modes.ECB()).encryptor()
    return encryptor.update(plain) + encryptor.finalize()


def of_kind(kind: str) -> list[dict[str, Any]]:
    """Cases of a kind that are not to be refused."""
    return [case for case in CASES if case["kind"] == kind and "error" not in case]


@pytest.mark.parametrize("case", of_kind("identifier"), ids=name_of)
def test_identifiers_follow_the_page(case: dict[str, Any]) -> None:
    tek, at, result = bytes.fromhex(case["input"]["tek"]), case["input"]["unix"], case["result"]
    full = aes(tek, at // 600, 0) + aes(tek, at // 600, 1)
    assert (result["interval"], result["minute"]) == (at // 600, at // 60)
    assert (result["full"], result["visible"]) == (full.hex(), full[:12].hex())
    assert result["h"] == hashlib.sha256(b"BZ1-IDX" + full[:12]).hexdigest()[:20]


@pytest.mark.parametrize("case", of_kind("advertisement"), ids=name_of)
def test_frames_follow_the_page(case: dict[str, Any]) -> None:
    given = case["input"]
    tek, minute = bytes.fromhex(given["tek"]), given["minute"]
    full = aes(tek, minute // 10, 0) + aes(tek, minute // 10, 1)
    visible, masked, key = full[:12], full[12] ^ (given["dbm_at_1m"] + 100), full[16:]
    q = struct.pack("<I", minute)
    tag = hmac.new(key, b"\x01" + q + b"\x40" + visible + bytes([masked]), "sha256").digest()[:3]
    place = hmac.new(key, b"\x02" + q + tag + bytes.fromhex(given["c"]), "sha256").digest()[:3]
    payload = b"\x40" + visible + bytes([masked]) + tag + place
    assert case["bytes"] == "02010603 03564e1716564e".replace(" ", "") + payload.hex()


@pytest.mark.parametrize("case", of_kind("cell"), ids=name_of)
def test_cells_follow_the_page(case: dict[str, Any]) -> None:
    given, (x, y) = case["input"], case["result"]["cell"]
    assert x <= (given["longitude"] + 180) * 64 < x + 1
    assert y <= (given["latitude"] + 90) * 64 < y + 1
    message = b"BZ1-LOC" + bytes.fromhex(given["visible"]) + struct.pack("<ii", x, y)
    assert case["result"]["c"] == hashlib.sha256(message).hexdigest()[:8]
    assert [x, y] in case["result"]["receiver_cells"]
    assert len({tuple(cell) for cell in case["result"]["receiver_cells"]}) == 4


def test_the_commitment_follows_the_page() -> None:
    (case,) = of_kind("commitment")
    joined = "".join(case["input"]["leaves"])
    message = b"BZ1-COMMIT" + bytes.fromhex(case["input"]["salt"] + joined)
    assert case["result"]["commitment"] == hashlib.sha256(message).hexdigest()


def test_the_chain_follows_the_page() -> None:
    manifests = [bytes.fromhex(case["bytes"])[:87] for case in of_kind("manifest")[:3]]
    assert [one[19:51] for one in manifests] == [
        bytes(32),
        *(hashlib.sha256(one).digest() for one in manifests[:2]),
    ]
