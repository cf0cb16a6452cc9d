"""Was everybody warned who had to be, and nobody else? Each person once the case, from the same stores.

Decides nothing about protocol: a case's keys go through the phone's commitment, the authority's rules and
the batch bytes; every other phone matches with its own functions. What is compared with is truth.py.
The batches here hold only the case's keys: filler, which belongs to nobody, cannot change a verdict.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.domain.batch_plan import bare_plan
from bluezone.authority.domain.batches import assemble, count_places
from bluezone.authority.domain.publish import check_upload
from bluezone.phone.diagnosis import build_upload, choose_published, commit, prepare_keys
from bluezone.phone.exposure import exposure_scans
from bluezone.phone.matching import find_hits, passing_minutes, verify_hits
from bluezone.phone.risk import RiskRules, assess
from bluezone.protocol.batch import Section, decode_body, encode_body
from bluezone.protocol.certificate import Certificate, sign_certificate
from bluezone.protocol.diagnosis_key import SETTLE_S
from bluezone.protocol.interval import INTERVAL_S, interval_of
from bluezone.protocol.upload import decode_upload
from bluezone.sim.replay import Progress, Replay, StoredPhone
from bluezone.sim.truth import Band, Truth, Verdict

CERTIFICATE_LIFE_S = 86_400


@dataclass(frozen=True, slots=True)
class Judgement:
    """Alerts of every ordered pair (case, other person) against the truth.

    Attributes:
        alerted: ordered pairs with an alert, by verdict.
        silent: ordered pairs without one, by verdict.
        band_alerted, band_silent: the same by band.
        errors: ordered pairs (case, other) that went wrong, with what was wrong.
    """

    alerted: Counter[str]
    silent: Counter[str]
    band_alerted: Counter[str]
    band_silent: Counter[str]
    errors: list[tuple[int, int, str]]

    @property
    def error_count(self) -> int:
        """Misses and false alerts; pairs at exactly 15 minutes are neither."""
        return len(self.errors)

    def as_json(self) -> dict[str, Any]:
        """Everything, for a file."""
        return {
            "ordered_pairs": {"alerted": dict(self.alerted), "silent": dict(self.silent)},
            "bands": {"alerted": dict(self.band_alerted), "silent": dict(self.band_silent)},
            "errors": [{"case": case, "person": person, "what": what} for case, person, what in self.errors],
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


def is_alerted(
    phone: StoredPhone, sections: list[Section], batch_at: int, rules: RiskRules, correction_db: int
) -> bool:
    """Whether a phone warns its owner, from its store as it was at the end of the trace."""
    hits = [(hit, phone.samples[hit.ref]) for hit in find_hits(sections, batch_at, phone.index)]
    if not hits:
        return False
    minutes = passing_minutes(verify_hits(hits, correction_db).minutes)
    scans = exposure_scans(minutes, phone.scans, rules.rhythm_s, rules.longest_half_gap)
    return bool(assess(scans, rules, 0))


def judge(
    lived: Replay, truth: Truth, cases: Sequence[int], onset_day: int, seed: int, progress: Progress
) -> Judgement:
    """Each case alone; everybody else's phone decides by the default rules.

    Args:
        lived: the trace, lived through.
        truth: of the same trace.
        cases: stations.
        onset_day: of every case, days since 1970-01-01.
        seed: of the cases' commitments.
        progress: called with the share that is done, 0..1.
    """
    published_at, rules = lived.ended_at, RiskRules()
    # The running key is closed by publishing; the batch comes when that key is over for everybody.
    batch_at = (interval_of(published_at) + 1) * INTERVAL_S + SETTLE_S
    judgement = Judgement(Counter(), Counter(), Counter(), Counter(), [])
    for done, case in enumerate(cases, start=1):
        random_bytes = random.Random(f"{seed}/case/{case}").randbytes  # noqa: S311
        sections = published_sections(lived.phones[case], onset_day, published_at, random_bytes)
        for other, phone in enumerate(lived.phones):
            if other != case:
                alerted = is_alerted(phone, sections, batch_at, rules, lived.receiver_correction_db)
                _count(judgement, truth, case, other, alerted=alerted)
        progress(done / len(cases))
    return judgement


def _count(judgement: Judgement, truth: Truth, case: int, other: int, *, alerted: bool) -> None:
    pair = truth.of(case, other)
    verdict = str(pair.verdict) if pair.met else str(Band.NEVER_MET)
    (judgement.alerted if alerted else judgement.silent)[verdict] += 1
    (judgement.band_alerted if alerted else judgement.band_silent)[str(pair.band)] += 1
    if pair.met and pair.verdict is Verdict.BORDERLINE:
        return
    must = pair.met and pair.verdict is Verdict.MUST
    if alerted and not must:
        judgement.errors.append((case, other, "false-alert"))
    elif must and not alerted:
        judgement.errors.append((case, other, "missed"))
