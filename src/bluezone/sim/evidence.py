"""What every phone could prove about every case: the costly part of a judgement, done once.

Decides nothing about alerts. A case's keys go through the phone's commitment, the authority's rules and the
batch bytes; every other phone matches with its own functions. Rules are then asked as often as somebody
likes (judge.py), without living through the trace again. The batches here hold only the case's keys:
filler, which belongs to nobody, cannot change a verdict.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.domain.batch_plan import bare_plan
from bluezone.authority.domain.batches import assemble, count_places
from bluezone.authority.domain.publish import check_upload
from bluezone.phone.diagnosis import build_upload, choose_published, commit, prepare_keys
from bluezone.phone.exposure import ExposureScan, surroundings_of
from bluezone.phone.matching import VerifiedMinute, find_hits, passing_minutes, verify_hits
from bluezone.phone.proximity import ProximityModel
from bluezone.phone.risk import RiskRules, judged_scans
from bluezone.protocol.batch import Section, decode_body, encode_body
from bluezone.protocol.certificate import Certificate, sign_certificate
from bluezone.protocol.diagnosis_key import SETTLE_S
from bluezone.protocol.interval import INTERVAL_S, interval_of
from bluezone.protocol.keys import expand, label_of
from bluezone.protocol.upload import decode_upload
from bluezone.sim.replay import Progress, Replay, StoredPhone

CERTIFICATE_LIFE_S = 86_400

Pair = tuple[int, int]
"""A case and another person: their stations."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the phones proved.

    Attributes:
        lived: the trace, lived through.
        cases: stations, each of them once the only case.
        minutes: by (case, other): verified minutes that passed R7; a pair without any is missing.
    """

    lived: Replay
    cases: tuple[int, ...]
    minutes: dict[Pair, tuple[VerifiedMinute, ...]]


def gather(lived: Replay, cases: Sequence[int], onset_day: int, seed: int, progress: Progress) -> Evidence:
    """Lets each case publish and every other phone compare.

    Args:
        lived: the trace, lived through.
        cases: stations.
        onset_day: of every case, days since 1970-01-01.
        seed: of the cases' commitments.
        progress: called with the share that is done, 0..1.
    """
    published_at = lived.ended_at
    # The running key is closed by publishing; the batch comes when that key is over for everybody.
    batch_at = (interval_of(published_at) + 1) * INTERVAL_S + SETTLE_S
    heard_by = _heard_by(lived.phones)
    found: dict[Pair, tuple[VerifiedMinute, ...]] = {}
    for done, case in enumerate(cases, start=1):
        random_bytes = random.Random(f"{seed}/case/{case}").randbytes  # noqa: S311
        sections = published_sections(lived.phones[case], onset_day, published_at, random_bytes)
        for other in sorted(_candidates(sections, heard_by) - {case}):
            minutes = _verified(lived.phones[other], sections, batch_at, lived.receiver_correction_db)
            if minutes:
                found[case, other] = minutes
        progress(done / len(cases))
    return Evidence(lived, tuple(cases), found)


def exposures(evidence: Evidence, rules: RiskRules, model: ProximityModel) -> dict[Pair, list[ExposureScan]]:
    """What the risk rule of each phone would look at; thresholds and the alert's time change nothing here.

    Args:
        evidence: what the phones proved.
        rules: their kind, rhythm and intercept matter.
        model: how probable nearness is.
    """
    around = _surroundings(evidence) if rules.kind == "window" else {}
    return {
        (case, other): judged_scans(
            minutes, evidence.lived.phones[other].scans, rules, model, around.get(other, {})
        )
        for (case, other), minutes in evidence.minutes.items()
    }


def published_sections(
    phone: StoredPhone, onset_day: int, now: int, random_bytes: Callable[[int], bytes]
) -> list[Section]:
    """The sections that everybody gets when the owner of this phone is the only case.

    Goes the whole way: commitment, certificate, 4096 bytes, the authority's rules, batch body.

    Args:
        phone: of the case.
        onset_day: first day of illness, days since 1970-01-01.
        now: seconds UTC, after the trace.
        random_bytes: of the case's phone.
    """
    keys = prepare_keys(phone.keys, now, random_bytes)
    commitment = commit(keys, now, random_bytes)
    certificate = Certificate(commitment.hash(), onset_day, now + CERTIFICATE_LIFE_S)
    signed = sign_certificate(certificate, Ed25519PrivateKey.from_private_bytes(random_bytes(32)))
    chosen = choose_published(commitment, keys, certificate, now)
    if not chosen:
        return []
    upload = decode_upload(build_upload(commitment, signed, chosen).encode())
    if upload is None:
        raise AssertionError("a real upload was taken for cover traffic")
    slots = check_upload(upload, certificate, now)
    real = {(slot.rolling_start, slot.period, slot.tek) for slot in slots}
    sections = assemble(real, bare_plan(count_places(real)), secret=bytes(32))
    return decode_body(encode_body(sections))


def _heard_by(phones: Sequence[StoredPhone]) -> dict[tuple[int, bytes], set[int]]:
    """(interval, label) to the stations that filed something under it."""
    found: dict[tuple[int, bytes], set[int]] = {}
    for station, phone in enumerate(phones):
        for place in phone.index:
            found.setdefault(place, set()).add(station)
    return found


def _candidates(sections: Iterable[Section], heard_by: dict[tuple[int, bytes], set[int]]) -> set[int]:
    """Stations whose labels fit some identifier of these keys: all that R3 could say yes to, and more."""
    found: set[int] = set()
    for section in sections:
        for tek in section.teks:
            identifiers = expand(tek, section.rolling_start, section.rolling_period)
            for interval, visible in enumerate(identifiers, section.rolling_start):
                label = label_of(visible)
                for near in (interval - 1, interval, interval + 1):
                    found |= heard_by.get((near, label), set())
    return found


def _verified(
    phone: StoredPhone, sections: list[Section], batch_at: int, correction_db: int
) -> tuple[VerifiedMinute, ...]:
    hits = [(hit, phone.samples[hit.ref]) for hit in find_hits(sections, batch_at, phone.index)]
    return tuple(passing_minutes(verify_hits(hits, correction_db).minutes)) if hits else ()


def _surroundings(evidence: Evidence) -> dict[int, dict[int, list[int]]]:
    others = {other for _, other in evidence.minutes}
    found: dict[int, dict[int, list[int]]] = {}
    for other in others:
        phone = evidence.lived.phones[other]
        receptions = [
            (sample.received_at, sample.rssi_dbm) for samples in phone.samples.values() for sample in samples
        ]
        found[other] = surroundings_of(receptions, phone.scans)
    return found
