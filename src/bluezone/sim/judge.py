"""Was everybody warned who had to be, and nobody else? Each person once the case, from the same stores.

Decides how alerts are counted against the truth, by verdict of the rule, by band and by case, and for many
rules from one evidence. What is compared with is truth.py, what the phones proved evidence.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bluezone.phone.exposure import ExposureScan
from bluezone.phone.risk import RiskRules, assess
from bluezone.sim.evidence import Pair
from bluezone.sim.interval import Among, Share
from bluezone.sim.truth import Band, PairTruth, Truth, Verdict

Exposed = Mapping[Pair, Sequence[ExposureScan]]
BANDS = (Band.CLEAR_POSITIVE, Band.GREY, Band.CLEAR_NEGATIVE, Band.NEVER_MET)


@dataclass(slots=True)
class CaseCount:
    """Ordered pairs of one case: how many others were alerted and how many not, by verdict and by band."""

    alerted: Counter[str] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)
    band_alerted: Counter[str] = field(default_factory=Counter)
    band_silent: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Judgement:
    """Alerts of every ordered pair (case, other person) against the truth.

    Attributes:
        cases: counts by station of the case.
        errors: ordered pairs (case, other) that went wrong, with what was wrong.
        bands: all ordered pairs of each band.
        alerted_pairs: those of each band that were alerted.
    """

    cases: dict[int, CaseCount]
    errors: list[tuple[int, int, str]]
    bands: Mapping[str, Among]
    alerted_pairs: Mapping[str, list[Pair]]

    @property
    def error_count(self) -> int:
        """Misses and false alerts; pairs at exactly 15 minutes are neither."""
        return len(self.errors)

    def alerted(self, verdict: str) -> int:
        """Ordered pairs of a verdict with an alert."""
        return sum(one.alerted[verdict] for one in self.cases.values())

    def silent(self, verdict: str) -> int:
        """Ordered pairs of a verdict without one."""
        return sum(one.silent[verdict] for one in self.cases.values())

    def share(self, band: str) -> Share:
        """Share of a band that was alerted, with its interval."""
        return self.bands[band].share(self.alerted_pairs[band])

    def as_json(self) -> dict[str, Any]:
        """Everything, for a file."""
        verdicts = (*Verdict, Band.NEVER_MET)
        return {
            "ordered_pairs": {
                "alerted": {str(one): self.alerted(one) for one in verdicts},
                "silent": {str(one): self.silent(one) for one in verdicts},
            },
            "bands": {str(band): self.share(band).as_json() for band in BANDS},
            "errors": [{"case": case, "person": person, "what": what} for case, person, what in self.errors],
            "cases": [
                {"case": case, "alerted": dict(one.band_alerted), "silent": dict(one.band_silent)}
                for case, one in self.cases.items()
            ],
        }


@dataclass(frozen=True, slots=True)
class TradeOff:
    """What one value of a threshold gives.

    Attributes:
        value: of the threshold.
        clear_positive, clear_negative: shares alerted.
        never_met: ordered pairs alerted.
        must, must_not: shares alerted, by the rule's own truth (grey pairs included).
    """

    value: float
    clear_positive: Share
    clear_negative: Share
    never_met: int
    must: float
    must_not: float

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return {
            "value": self.value,
            "clear_positive": self.clear_positive.as_json(),
            "clear_negative": self.clear_negative.as_json(),
            "never_met_alerted": self.never_met,
            "must": self.must,
            "must_not": self.must_not,
        }


class Judge:
    """Compares alerts with the truth, as often as one likes.

    Args:
        truth: of the trace.
        cases: stations, each of them once the only case.
    """

    def __init__(self, truth: Truth, cases: Sequence[int]) -> None:
        self._truth = truth
        self._all = {case: _everybody(truth, case) for case in cases}
        self._bands = _bands(truth, self._all)

    def judge(self, exposed: Exposed, rules: RiskRules) -> Judgement:
        """Each case alone; everybody else's phone decides by these rules.

        Args:
            exposed: by (case, other), what the rule looks at; a pair that is missing proved nothing.
            rules: in force on every phone.
        """
        alerted: dict[int, set[int]] = {case: set() for case in self._all}
        for (case, other), scans in exposed.items():
            if case in alerted and assess(scans, rules, 0):
                alerted[case].add(other)
        found = Judgement({}, [], self._bands, {band: [] for band in self._bands})
        for case, others in alerted.items():
            found.cases[case] = self._counted(case, others)
            found.errors.extend(self._errors(case, others))
            for other in others:
                found.alerted_pairs[str(self._truth.of(case, other).band)].append((case, other))
        return found

    def trade_off(
        self, exposed: Exposed, rules: RiskRules, threshold: str, values: Sequence[float]
    ) -> list[TradeOff]:
        """The same stores judged again for every value of one number of the rule.

        Args:
            exposed: by (case, other), what the rule looks at.
            rules: all other numbers.
            threshold: name of the number, such as `near_level_db`.
            values: to try.
        """
        return [_trade_off(self.judge(exposed, _with(rules, threshold, one)), one) for one in values]

    def _counted(self, case: int, others: set[int]) -> CaseCount:
        everybody, yes = self._all[case], CaseCount()
        for other in others:
            pair = self._truth.of(case, other)
            yes.alerted[_verdict(pair)] += 1
            yes.band_alerted[str(pair.band)] += 1
        yes.silent = everybody.silent - yes.alerted
        yes.band_silent = everybody.band_silent - yes.band_alerted
        return yes

    def _errors(self, case: int, others: set[int]) -> list[tuple[int, int, str]]:
        must, borderline = self._truth.must_be_alerted(case), self._truth.borderline(case)
        wrong = dict.fromkeys(must - others, "missed") | dict.fromkeys(
            others - must - borderline, "false-alert"
        )
        return [(case, other, wrong[other]) for other in sorted(wrong)]


def _everybody(truth: Truth, case: int) -> CaseCount:
    """The counts of a case if nobody was alerted."""
    found = CaseCount()
    for other in range(truth.people_count):
        if other != case:
            pair = truth.of(case, other)
            found.silent[_verdict(pair)] += 1
            found.band_silent[str(pair.band)] += 1
    return found


def _bands(truth: Truth, cases: Collection[int]) -> dict[str, Among]:
    pairs: dict[str, list[Pair]] = {str(band): [] for band in BANDS}
    for case in cases:
        for other in range(truth.people_count):
            if other != case:
                pairs[str(truth.of(case, other).band)].append((case, other))
    return {band: Among(of_band) for band, of_band in pairs.items()}


def _verdict(pair: PairTruth) -> str:
    return str(pair.verdict) if pair.met else str(Band.NEVER_MET)


def _with(rules: RiskRules, threshold: str, value: float) -> RiskRules:
    changes: dict[str, Any] = {threshold: value}
    return replace(rules, **changes)


def _trade_off(found: Judgement, value: float) -> TradeOff:
    shares = []
    for verdict in (Verdict.MUST, Verdict.MUST_NOT):
        yes, no = found.alerted(verdict), found.silent(verdict)
        shares.append(yes / (yes + no) if yes + no else 0.0)
    positive, negative = found.share(Band.CLEAR_POSITIVE), found.share(Band.CLEAR_NEGATIVE)
    return TradeOff(value, positive, negative, found.alerted(Band.NEVER_MET), *shares)
