"""Attacks on the tags of a frame: T-05, T-07, T-08 and T-25.

Frames are built and verified by the production functions; the attacker changes bytes, places or numbers.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

from bluezone.phone.encounter import EncounterRecord, Sample
from bluezone.phone.matching import verify_hits, verify_sample
from bluezone.phone.sighting import IntervalSightings
from bluezone.protocol.advertisement import PAYLOAD_LENGTH, Payload, build_payload
from bluezone.protocol.batch import Section
from bluezone.protocol.errors import AdvertisementError
from bluezone.protocol.interval import interval_of
from bluezone.protocol.keys import FullIdentifier, TemporaryExposureKey, full_identifier
from bluezone.protocol.tags import (
    NO_PLACE,
    cell_of,
    neighbour_cells,
    place_commitment,
    place_tag,
    time_tag,
)
from bluezone.sim.attacks.driven import MORNING, Matcher, match
from bluezone.sim.attacks.outcome import Outcome, Setting

Position = tuple[float, float]
METRES_PER_DEGREE = 111_195.0
# A fix that is worse is not used at all. Source: docs/protocol.md, section 3.
WORST_FIX_M = 300.0
# South to north and west to east, degrees: where a town may lie.
LATITUDES, LONGITUDES = (8.6, 23.3), (102.2, 109.4)
LEVEL_DBM = -60
T2_BITS = range(8 * 17, 8 * PAYLOAD_LENGTH)
# A key window begins here, so twelve minutes need one key.
START = int(MORNING)


def moved(place: Position, metres: float, bearing: float) -> Position:
    """The position so many metres away in a direction (radians, 0 is north)."""
    latitude, longitude = place
    north = metres * math.cos(bearing) / METRES_PER_DEGREE
    east = metres * math.sin(bearing) / (METRES_PER_DEGREE * math.cos(math.radians(latitude)))
    return latitude + north, longitude + east


def verified_with_places(
    tek: bytes, sender: Position | None, receiver: Position | None, minutes: Sequence[int]
) -> int:
    """How many minutes of a frame that travels without delay verify, from where the two say they are."""
    verified = 0
    for minute in minutes:
        identifier = full_identifier(TemporaryExposureKey(tek), minute // 10)
        said = build_payload(identifier, minute, LEVEL_DBM, _sender_commitment(identifier, sender))
        sample = Sample(
            minute * 60 + 30,
            LEVEL_DBM,
            said.masked_metadata,
            said.time_tag,
            said.place_tag,
            _receiver_commitments(identifier, receiver),
        )
        verified += verify_sample(identifier, minute // 10, sample) is not None
    return verified


def relay_with_place(setting: Setting) -> Outcome:
    """T-05: a live relay between two places, both sides with place; and what honest errors cost."""
    dice, minutes = setting.dice("places"), range(START // 60, START // 60 + 12)
    far = [_relayed(dice, 600_000.0, minutes) for _ in range(setting.choose(200, 2000))]
    trials = setting.choose(4000, 40_000)
    near = sum(_relayed(dice, 3_000.0, minutes[:1]) for _ in range(trials)) / trials
    lost = sum(not _honest(dice, minutes[:1]) for _ in range(trials)) / trials
    return Outcome(
        sum(far) == 0 and near <= 0.02 and lost <= 0.01,
        f"600 km: {sum(far)} of {12 * len(far)} minutes; 3 km: {near:.2%} of {trials} relays;"
        f" honest pairs with both fixes {WORST_FIX_M:.0f} m wrong that lose a frame: {lost:.2%}",
        sum(far),
        len(far),
    )


def flipped_bits(setting: Setting) -> Outcome:
    """T-07: each of the 160 payload bits is flipped on the way, minute after minute, for twelve minutes."""
    receiver_places = (True, False)
    through = {
        with_fix: [bit for bit in range(8 * PAYLOAD_LENGTH) if minutes_through(setting, flip(bit), with_fix)]
        for with_fix in receiver_places
    }
    impossible = impossible_levels(setting)
    untouched = minutes_through(setting, lambda payload: payload, with_fix=True)
    return Outcome(
        through[True] == [] and set(through[False]) <= set(T2_BITS) and untouched == 12 and impossible == 0,
        f"bits whose flip lets a minute through: {len(through[True])} of 160 with a place fix,"
        f" {len(through[False])} without (all in T2); untouched frames verify {untouched} of 12;"
        f" metadata that is no level, well tagged: {impossible} taken",
        len(through[True]),
    )


def impossible_levels(setting: Setting) -> int:
    """How many frames verify whose sender holds the key and declares a level that does not exist."""
    minute, taken = START // 60 + 3, 0
    identifier = full_identifier(TemporaryExposureKey(setting.random_bytes("level")(16)), minute // 10)
    for declared in (1, 2, 3, 5, 125, 128, 255):
        masked = identifier.metadata_mask ^ declared
        tag = time_tag(identifier.tag_key, minute, identifier.visible, masked)
        place = place_tag(identifier.tag_key, minute, tag, NO_PLACE)
        sample = Sample(minute * 60 + 20, LEVEL_DBM, masked, tag, place)
        taken += verify_sample(identifier, minute // 10, sample) is not None
    return taken


def flip(bit: int) -> Callable[[bytes], bytes]:
    """The attack that flips one bit of a payload."""

    def flipped(payload: bytes) -> bytes:
        changed = bytearray(payload)
        changed[bit // 8] ^= 0x80 >> bit % 8
        return bytes(changed)

    return flipped


def minutes_through(
    setting: Setting, attack: Callable[[bytes], bytes], with_fix: bool, matcher: Matcher = verify_hits
) -> int:
    """Verified minutes of twelve whose payload an attacker changed on the way."""
    dice = setting.dice("flipped")
    tek, here = dice.randbytes(16), _somewhere(dice)
    heard: dict[int, IntervalSightings] = {}
    for minute in range(START // 60, START // 60 + 12):
        identifier = full_identifier(TemporaryExposureKey(tek), minute // 10)
        said = build_payload(identifier, minute, LEVEL_DBM, _sender_commitment(identifier, here))
        try:
            payload = Payload.decode(attack(said.encode()))
        except AdvertisementError:
            continue
        at = minute * 60 + 20
        kept = _receiver_commitments(identifier, here) if with_fix else ()
        heard.setdefault(interval_of(at), IntervalSightings(interval_of(at), dice.randbytes)).add(
            payload, at, LEVEL_DBM, 15, kept
        )
    records = [one.record for sightings in heard.values() for one in sightings.candidates()]
    return len(match(records, [Section(START // 600, 24, (tek,))], matcher=matcher).minutes)


def guessed_tags(setting: Setting) -> Outcome:
    """T-08: a liar with a case's V and metadata byte guesses 50,000 time tags."""
    dice, hits, guesses = setting.dice("guesses"), 0, 50_000
    minute = START // 60 + 3
    identifier = full_identifier(TemporaryExposureKey(dice.randbytes(16)), minute // 10)
    said = build_payload(identifier, minute, LEVEL_DBM)
    for _ in range(guesses):
        guess = Sample(minute * 60 + 20, LEVEL_DBM, said.masked_metadata, dice.randbytes(3), said.place_tag)
        hits += verify_sample(identifier, minute // 10, guess) is not None
    expected = guesses * 3 / 2**24
    return Outcome(hits <= 1, f"{hits} of {guesses} guesses hit (expected {expected:.3f})", hits)


def false_tags(setting: Setting) -> Outcome:
    """T-25: beside an honest phone somebody sends its V with false tags, as often as the phone itself."""
    kept = [
        honest_minutes_kept(setting, tag_sets, first) for tag_sets in (1, 3, 5, 15) for first in (True, False)
    ]
    return Outcome(
        min(kept) == 10,
        f"honest minutes kept of 10, false tags in 1, 3, 5 or 15 sets, before or after ours: {kept}",
        10 - min(kept),
    )


def honest_minutes_kept(
    setting: Setting,
    tag_sets: int,
    liar_first: bool,
    *,
    rate: float = 1.0,
    limit: Callable[[EncounterRecord], EncounterRecord] = lambda record: record,
) -> int:
    """Verified minutes of ten, under false tags.

    Args:
        setting: seed.
        tag_sets: different tag sets among which the liar spreads its frames of a minute.
        liar_first: whose frames are heard first.
        rate: frames of the liar for each honest one.
        limit: what is done to a record before it is matched; a control forgets more than production.
    """
    dice, honest_count = setting.dice("false tags"), 15
    tek, interval = dice.randbytes(16), START // 600
    identifier = full_identifier(TemporaryExposureKey(tek), interval)
    sightings = IntervalSightings(interval, dice.randbytes)
    for minute in range(10 * interval, 10 * interval + 10):
        said = build_payload(identifier, minute, LEVEL_DBM)
        false = [
            (
                Payload(said.visible, said.masked_metadata, dice.randbytes(3), dice.randbytes(3)),
                max(1, int(rate * honest_count) // tag_sets),
            )
            for _ in range(tag_sets)
        ]
        frames = [*false, (said, honest_count)] if liar_first else [(said, honest_count), *false]
        for payload, count in frames:
            sightings.add(payload, minute * 60 + 20, LEVEL_DBM, count)
    records = [limit(one.record) for one in sightings.candidates()]
    return len(match(records, [Section(interval, 24, (tek,))]).minutes)


def _relayed(dice: random.Random, metres: float, minutes: Sequence[int]) -> int:
    sender = _somewhere(dice)
    receiver = moved(sender, metres, dice.uniform(0, 2 * math.pi))
    return verified_with_places(dice.randbytes(16), sender, receiver, minutes)


def _honest(dice: random.Random, minutes: Sequence[int]) -> int:
    place = _somewhere(dice)
    sender, receiver = (moved(place, WORST_FIX_M, dice.uniform(0, 2 * math.pi)) for _ in range(2))
    return verified_with_places(dice.randbytes(16), sender, receiver, minutes)


def _somewhere(dice: random.Random) -> Position:
    return dice.uniform(*LATITUDES), dice.uniform(*LONGITUDES)


def _sender_commitment(identifier: FullIdentifier, place: Position | None) -> bytes:
    return NO_PLACE if place is None else place_commitment(identifier.visible, cell_of(*place))


def _receiver_commitments(identifier: FullIdentifier, place: Position | None) -> tuple[bytes, ...]:
    if place is None:
        return ()
    return tuple(place_commitment(identifier.visible, cell) for cell in neighbour_cells(*place))
