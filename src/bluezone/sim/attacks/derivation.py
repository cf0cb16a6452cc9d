"""Attacks on keys and identifiers as numbers: T-09, T-28, T-29, T-36, T-37 and T-39.

Nothing is sent here; the attacker only computes with what everybody has: frames that were heard and keys
that were published.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from cryptography.hazmat.primitives.ciphers import Cipher

from bluezone.phone.encounter import EncounterRecord
from bluezone.phone.matching import RecordRef, find_hits
from bluezone.phone.own_key import OwnKey, draw_key, own_identifiers
from bluezone.protocol import keys
from bluezone.protocol.advertisement import DEFAULT_SERVICE_UUID, build_payload, encode_advertisement
from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import leaf_of, over_at
from bluezone.protocol.interval import INTERVALS_PER_DAY, interval_of, minute_of
from bluezone.protocol.keys import (
    LABEL_LENGTH,
    TEK_LENGTH,
    TemporaryExposureKey,
    expand,
    full_identifier,
    index_hash,
    label_of,
)
from bluezone.protocol.tags import NO_PLACE, cell_of, place_commitment
from bluezone.protocol.verification_code import format_code
from bluezone.sim.attacks.driven import MORNING, index_of, match
from bluezone.sim.attacks.outcome import Outcome, Setting
from bluezone.sim.attacks.replay import listening_victim, speaking_case

START = interval_of(MORNING)
SIGMAS = 5


def celebrity(setting: Setting) -> Outcome:
    """T-09: a confirmed liar copies a celebrity's frames and publishes whatever they can be turned into."""
    celebrated, dice = speaking_case(setting, "celebrity"), setting.dice("liar")
    fans = [listening_victim(setting, n, celebrated.said).records() for n in range(setting.victim_count)]
    copied = sorted({one.data[12:24] for one in celebrated.said})
    made = {padded for visible in copied for padded in _keys_from(visible, dice.randbytes(4))}
    made |= {visible + dice.randbytes(4) for visible in copied for _ in range(setting.choose(100, 10_000))}
    sections = [Section(START, 24, tuple(sorted(made)))]
    matches = sum(len(match(records, sections).matched) for records in fans)
    known = sum(bool(match(records, celebrated.sections()).matched) for records in fans)
    return Outcome(
        matches == 0 and known == len(fans),
        f"{len(made)} keys made from {len(copied)} copied identifiers: {matches} matches; the celebrity's own"
        f" key would match {known} of {len(fans)}",
        matches,
        len(fans),
    )


def _keys_from(visible: bytes, tail: bytes) -> list[bytes]:
    """Every obvious way to make 16 bytes of the 12 that were copied."""
    return [
        visible + bytes(4),
        bytes(4) + visible,
        visible + visible[:4],
        visible + tail,
        hashlib.sha256(visible).digest()[:TEK_LENGTH],
    ]


def air_statistics(setting: Setting) -> Outcome:
    """T-28: a listener counts every bit on the air and looks for what is not even, and for who uses place."""
    dice, frame_count = setting.dice("air"), setting.choose(8_000, 100_000)
    cell = cell_of(21.0285, 105.8542)
    off, on = (_payloads(dice.randbytes, frame_count, place) for place in (None, cell))
    worst = {name: worst_bit(said) for name, said in (("off", off), ("on", on))}
    apart = max(
        abs(first - second) / math.sqrt(frame_count / 2)
        for first, second in zip(_ones(off), _ones(on), strict=True)
    )
    return Outcome(
        max(*worst.values(), apart) <= SIGMAS,
        f"{frame_count} frames each: most uneven bit {worst['off']:.1f} sigma with place off,"
        f" {worst['on']:.1f} on; on and off at most {apart:.1f} sigma apart",
        sum(value > SIGMAS for value in worst.values()),
    )


def _payloads(random_bytes: Callable[[int], bytes], count: int, cell: tuple[int, int] | None) -> list[bytes]:
    said = []
    for number in range(count):
        minute = 10 * START + number % 10
        identifier = full_identifier(TemporaryExposureKey(random_bytes(TEK_LENGTH)), minute // 10)
        c = NO_PLACE if cell is None else place_commitment(identifier.visible, cell)
        said.append(build_payload(identifier, minute, -60, c).encode()[1:])
    return said


def _ones(said: Sequence[bytes]) -> list[int]:
    """How many frames have a one, for each of the 152 bits after the header."""
    counts = [0] * (8 * len(said[0]))
    # Column by column: int.bit_count over one long number per bit is fast enough without any library.
    for byte in range(len(said[0])):
        column = bytes(one[byte] for one in said)
        for bit in range(8):
            mask = int.from_bytes(bytes([0x80 >> bit]) * len(column), "big")
            counts[8 * byte + bit] = (int.from_bytes(column, "big") & mask).bit_count()
    return counts


def worst_bit(said: Sequence[bytes]) -> float:
    """How far the most uneven bit is from half, in standard deviations."""
    half, sigma = len(said) / 2, math.sqrt(len(said)) / 2
    return max(abs(ones - half) / sigma for ones in _ones(said))


def forward_secrecy(setting: Setting) -> Outcome:
    """T-29: with one published key somebody looks for a phone's other identifiers, before and after."""
    own: list[OwnKey] = []
    draw = setting.random_bytes("phone")
    first = START - START % INTERVALS_PER_DAY
    for window in range(6 * 3):
        own.append(draw_key(own, first + 24 * window, draw))
    published = own[len(own) // 2]
    others = own_identifiers(key for key in own if key is not published)
    reached = range(published.start - INTERVALS_PER_DAY, published.end + INTERVALS_PER_DAY)
    computable = {
        full_identifier(published.key.tek, interval).visible
        for interval in reached
        if not published.start <= interval < published.end
    }
    linked = len(computable & others) + len(
        set(derived_keys(published.key.tek.reveal())) & _teks(own, published)
    )
    served = set(expand(published.key.tek.reveal(), published.start, published.key.rolling_period))
    return Outcome(
        linked == 0 and len(served) == 24 and not served & others,
        f"{len(others)} other identifiers of this phone, {len(computable)} computable outside the period:"
        f" {linked} in common",
        linked,
    )


def derived_keys(tek: bytes) -> Iterator[bytes]:
    """What a next or previous key would be, if keys were a chain as in older designs."""
    for _ in range(64):
        yield hashlib.sha256(tek).digest()[:TEK_LENGTH]
        tek = hashlib.sha256(tek).digest()[:TEK_LENGTH]
        yield full_identifier(TemporaryExposureKey(tek), START).reveal()[:TEK_LENGTH]


def _teks(own: Sequence[OwnKey], without: OwnKey) -> set[bytes]:
    return {key.key.tek.reveal() for key in own if key is not without}


class _CountingIndex(dict[tuple[int, bytes], list[RecordRef]]):
    """An index that counts how often a label fits: the production index, shortened to its 16 bits."""

    def __init__(self, index: Mapping[tuple[int, bytes], list[RecordRef]]) -> None:
        super().__init__(index)
        self.label_hits = 0

    def get(self, key: tuple[int, bytes], default: Any = None) -> Any:
        found = super().get(key, default)
        self.label_hits += bool(found)
        return found


def chance(setting: Setting) -> Outcome:
    """T-36: how often strangers' keys fit by chance, with an index of 16 bits instead of 96."""
    dice, per_interval = setting.dice("chance"), 300
    key_count, window = setting.choose(150, 1500), 24
    labels = {
        interval: {dice.randbytes(LABEL_LENGTH) for _ in range(per_interval)}
        for interval in range(START, START + window)
    }
    index = _CountingIndex(
        {
            (interval, label): [RecordRef(0, 0, dice.randbytes(10))]
            for interval, found in labels.items()
            for label in found
        }
    )
    teks = tuple(sorted(dice.randbytes(TEK_LENGTH) for _ in range(key_count)))
    hits = sum(1 for _ in find_hits([Section(START, window, teks)], over_at(START, window), index))
    compared = sum(
        len(labels.get(interval + shift, ()))
        for interval in range(START, START + window)
        for shift in (-1, 0, 1)
    )
    expected = key_count * compared / 2 ** (8 * LABEL_LENGTH)
    off = abs(index.label_hits - expected) / math.sqrt(expected)
    whole = key_count * compared / 2**96
    return Outcome(
        off <= 3 and hits == 0,
        f"16-bit index: {index.label_hits} fits, formula {expected:.1f} ({off:.1f} sigma);"
        f" whole index of 96 bits: {hits}, formula {whole:.1e}",
        hits,
    )


@dataclass(slots=True)
class Cost:
    """AES blocks and hashes that were computed."""

    aes_blocks: int = 0
    hash_count: int = 0


@contextmanager
def counted() -> Iterator[Cost]:
    """Counts what the key module computes meanwhile."""
    cost, real_cipher, real_sha256 = Cost(), Cipher, hashlib.sha256

    class Encryptor:
        def __init__(self, encryptor: Any) -> None:
            self._encryptor = encryptor

        def update(self, blocks: bytes) -> bytes:
            cost.aes_blocks += len(blocks) // 16
            return bytes(self._encryptor.update(blocks))

    class CountingCipher:
        def __init__(self, *arguments: Any) -> None:
            self._cipher = real_cipher(*arguments)

        def encryptor(self) -> Encryptor:
            return Encryptor(self._cipher.encryptor())

    def sha256(*arguments: bytes) -> Any:
        cost.hash_count += 1
        return real_sha256(*arguments)

    with mock.patch.object(keys, "Cipher", CountingCipher), mock.patch.object(hashlib, "sha256", sha256):
        yield cost


def matching_cost(setting: Setting) -> Outcome:
    """T-37: what one day of keys costs a phone that met none of their owners."""
    dice, costs = setting.dice("cost"), []
    records = [
        EncounterRecord(START + number % 144, dice.randbytes(2), dice.randbytes(10), ())
        for number in range(200)
    ]
    day = START - START % INTERVALS_PER_DAY
    for period in (24, INTERVALS_PER_DAY):
        sections = [
            Section(start, period, (dice.randbytes(TEK_LENGTH),))
            for start in range(day, day + INTERVALS_PER_DAY, period)
        ]
        # Labels that fit by chance cost a hash, so none of the records may have one.
        taken = {
            visible[:LABEL_LENGTH]
            for one in sections
            for visible in expand(one.teks[0], one.rolling_start, period)
        }
        index = index_of(one for one in records if one.label not in taken)
        near: dict[tuple[int, bytes], list[RecordRef]] = {
            (interval, b""): [] for interval in range(day, day + INTERVALS_PER_DAY)
        }
        with counted() as cost:
            found = list(find_hits(sections, over_at(day + INTERVALS_PER_DAY - 1, 1), {**near, **index}))
        costs.append((cost.aes_blocks, cost.hash_count, len(found)))
    return Outcome(
        costs == [(INTERVALS_PER_DAY, 0, 0)] * 2,
        f"AES blocks, hashes and hits for a day: six keys of 4 h {costs[0]}, one key of a day {costs[1]}",
        costs[0][1],
    )


# Copied by hand from docs/protocol.md, section 10.
_FULL = "02f55a0b0747b01329c94ba8c32a4640da3ffbcf539fdaae4bcbdcdef9e10554"
_ON_AIR = "0201060303564e1716564e4002f55a0b0747b01329c94ba8eb8658b39dfadf"
_WITH_PLACE = "4002f55a0b0747b01329c94ba8eb8658b388ac13"
_LEAF = "963b9c7681a3ba8f4eb731a0d1c310b7d69d0a55dda92a71f94e26749af27a66"


def section_10() -> dict[str, bool]:
    """Each value of docs/protocol.md, section 10, and whether it comes out."""
    tek, at = TemporaryExposureKey(bytes(range(16))), 1_700_006_525
    interval, minute = interval_of(at), minute_of(at)
    identifier, cell = full_identifier(tek, interval), cell_of(21.0285, 105.8542)
    c = place_commitment(identifier.visible, cell)
    said = encode_advertisement(build_payload(identifier, minute, -60), DEFAULT_SERVICE_UUID)
    return {
        "j and q": (interval, minute) == (2_833_344, 28_333_442),
        "full": identifier.reveal().hex() == _FULL,
        "advertisement": said.hex() == _ON_AIR,
        "cell and c": (cell, c.hex()) == ((18_294, 7_105), "55b62a8d"),
        "payload with place": build_payload(identifier, minute, -60, c).encode().hex() == _WITH_PLACE,
        "h": index_hash(identifier.visible).hex() == "2be7114c4d69504f4418",
        "leaf": leaf_of(tek.reveal(), 2_833_344, 24).hex() == _LEAF,
        "code": format_code(bytes(range(8))) == "000820C20A1G7Y",
        "label": label_of(identifier.visible) == identifier.visible[:2],
    }


def vectors(setting: Setting) -> Outcome:  # noqa: ARG001
    """T-39: every value of section 10 comes out."""
    wrong = list(itertools.compress(section_10(), (not good for good in section_10().values())))
    return Outcome(
        not wrong,
        f"{len(section_10()) - len(wrong)} values right" + f", wrong: {wrong}" * bool(wrong),
        len(wrong),
    )
