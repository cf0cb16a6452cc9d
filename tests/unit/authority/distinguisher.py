"""An observer of batches who wants to tell real keys from filler, and the batches for him to look at.

Everything that a batch shows is a feature: where a section lies in time, its period and size, the size of
the batch, a key's place in its section and its bytes. Two learners: a logistic regression, and boosting of
one-feature tables with crossed features. Both learn on some batches, with the truth, and are judged on
others.
"""

from __future__ import annotations

import math
import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from bluezone.authority.domain.batch_plan import KeyPeriods, Mixing, Place, covered_windows, plan_batch
from bluezone.authority.domain.batches import PublicKey, assemble, count_places
from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import over_at
from bluezone.protocol.interval import DAY_S, INTERVAL_S, local_day_of

PERIOD_S = 14_400
# A grid point of batches, two minutes late.
START = 1_700_020_800 + 120
Planner = Callable[[Mapping[Place, int], int, bytes], dict[Place, int]]


def our_plan(peak: int) -> Planner:
    """The rule of the service."""
    mixing, periods = Mixing(section_peak=peak), KeyPeriods()
    return lambda real, time, secret: plan_batch(
        real, time=time, previous=time - PERIOD_S, periods=periods, mixing=mixing, secret=secret
    )


def old_plan(real: Mapping[Place, int], time: int, _secret: bytes) -> dict[Place, int]:
    """The control: every window padded to ten, and otherwise what the real keys make of it."""
    plan = {place: max(10, count) for place, count in real.items()}
    return dict(sorted((dict.fromkeys(covered_windows(time), 10) | plan).items()))


@dataclass(frozen=True, slots=True)
class Population:
    """How cases come and publish.

    Attributes:
        cases: mean number in one batch.
        delay: from onset to upload, log-normal: median in days, and sigma.
        withheld: share of windows that are not published.
        late: share of uploads that reach the server a batch later.
    """

    cases: float = 3.0
    delay: tuple[float, float] = (5.0, 0.7)
    withheld: float = 0.15
    late: float = 0.02

    def uploads(self, time: int, draw: random.Random) -> list[PublicKey]:
        """The real keys of the batch of `time`."""
        return [key for _ in range(_poisson(self.cases, draw)) for key in self._upload(time, draw)]

    def _upload(self, time: int, draw: random.Random) -> list[PublicKey]:
        days = 22
        while days > 21:
            days = int(draw.lognormvariate(math.log(self.delay[0]), self.delay[1]))
        back = PERIOD_S if draw.random() < self.late else 0
        now = time - 120 - back - draw.uniform(0, PERIOD_S)
        running = int(now // INTERVAL_S) // 24 * 24
        earliest = max((local_day_of(now, 420) - days - 2) * 144, running - 84 * 24)
        keys = [
            (start, 24, draw.randbytes(16))
            for start in range(earliest + -earliest % 24, running, 24)
            if draw.random() >= self.withheld
        ]
        keys.append((running, int(now // INTERVAL_S) + 1 - running, draw.randbytes(16)))
        return [key for key in keys if over_at(key[0], key[1]) <= time]


@dataclass(frozen=True, slots=True)
class Seen:
    """A key as an observer sees it, with the truth: its features, whether it is real, and its batch."""

    features: tuple[float, ...]
    cells: tuple[object, ...]
    real: bool
    batch: int


def observe(batches: int, planner: Planner, population: Population, seed: int) -> list[Seen]:
    """Every key of that many batches."""
    draw, seen = random.Random(seed), list[Seen]()
    for number in range(batches):
        time = START + number * PERIOD_S
        keys = population.uploads(time, draw)
        secret = draw.randbytes(32)
        sections = assemble(keys, planner(count_places(keys), time, secret), secret)
        real = {tek for _, _, tek in keys}
        total = sum(len(section.teks) for section in sections)
        for section in sections:
            seen += _seen(section, real, time, (len(sections), total), number)
    return seen


def _seen(section: Section, real: set[bytes], time: int, size: tuple[int, int], number: int) -> list[Seen]:
    start, period, count = section.rolling_start, section.rolling_period, len(section.teks)
    age = (time // INTERVAL_S - start) / 24
    day = time // DAY_S - start // 144
    kind = 0 if period == 24 else 1 if start % 24 == 0 else 2
    place = (age / 84, day / 14, period / 24, float(kind == 0), math.log(count), math.log(size[1]))
    cells = (
        (int(age), kind),
        (kind, count),
        (int(age), count),
        period,
        day,
        start % 144,
        size,
        (kind, period),
    )
    return [
        Seen(
            (*place, size[0] / 100, at / count, *(byte / 255 for byte in tek[:4]), tek[15] & 1),
            (
                *cells,
                10 * at // count,
                tek[0] >> 4,
                tek[-1] >> 4,
                int.from_bytes(tek, "big").bit_count() // 4,
            ),
            tek in real,
            number,
        )
        for at, tek in enumerate(section.teks)
    ]


Scorer = Callable[[Seen], float]


def logistic(train: Sequence[Seen], seed: int, steps: int = 40_000) -> Scorer:
    """Logistic regression by stochastic gradient, real and filler keys in equal number."""
    width = len(train[0].features)
    sample = train[:: max(1, len(train) // 5000)]
    means = [sum(one.features[i] for one in sample) / len(sample) for i in range(width)]
    spreads = [
        math.sqrt(sum((one.features[i] - means[i]) ** 2 for one in sample) / len(sample)) or 1.0
        for i in range(width)
    ]

    def standard(one: Seen) -> list[float]:
        return [(x - m) / s for x, m, s in zip(one.features, means, spreads, strict=True)]

    draw = random.Random(seed)
    sides = [one for one in train if one.real], [one for one in train if not one.real]
    weights, bias = [0.0] * width, 0.0
    for step in range(steps):
        truth = step % 2
        x = standard(draw.choice(sides[1 - truth]))
        margin = bias + sum(w * v for w, v in zip(weights, x, strict=True))
        slope = (truth - 1 / (1 + math.exp(-max(-30.0, min(30.0, margin))))) * 0.1 / (1 + step / 2000)
        bias += slope
        weights = [w + slope * v for w, v in zip(weights, x, strict=True)]
    return lambda one: sum(w * v for w, v in zip(weights, standard(one), strict=True))


def boosted(train: Sequence[Seen], rounds: int = 12) -> Scorer:
    """Gradient boosting of tables: each round corrects the score by the cells of one feature."""
    base = sum(one.real for one in train) / len(train)
    scores = [math.log(base / (1 - base))] * len(train)
    tables: list[tuple[int, dict[object, float]]] = []
    for _ in range(rounds):
        chances = [1 / (1 + math.exp(-score)) for score in scores]
        best: tuple[float, int, dict[object, float]] = (0.0, 0, {})
        for feature in range(len(train[0].cells)):
            sums: dict[object, list[float]] = defaultdict(lambda: [0.0, 0.0])
            for one, chance in zip(train, chances, strict=True):
                cell = sums[one.cells[feature]]
                cell[0] += one.real - chance
                cell[1] += chance * (1 - chance)
            # Shrunk towards nothing, so that a cell with few keys says little.
            gain = sum(g * g / (h + 3) for g, h in sums.values())
            if gain > best[0]:
                best = (gain, feature, {cell: 0.5 * g / (h + 3) for cell, (g, h) in sums.items()})
        _, feature, table = best
        tables.append((feature, table))
        scores = [
            score + table.get(one.cells[feature], 0.0) for one, score in zip(train, scores, strict=True)
        ]
    return lambda one: sum(table.get(one.cells[feature], 0.0) for feature, table in tables)


@dataclass(frozen=True, slots=True)
class Area:
    """Area under the ROC curve, with the ends of its 99 % interval over resampled batches."""

    value: float
    low: float
    high: float


def judge(test: Sequence[Seen], scorer: Scorer, seed: int, resamples: int = 200) -> Area:
    """How often a real key is ranked over a filler key; 0.5 is chance."""
    scores = [scorer(one) for one in test]
    levels = sorted(set(scores))
    counted: dict[int, tuple[Counter[int], Counter[int]]] = defaultdict(lambda: (Counter(), Counter()))
    for one, score in zip(test, scores, strict=True):
        counted[one.batch][one.real][bisect_left(levels, score)] += 1
    batches = list(counted)
    draw = random.Random(seed)
    value = _area([counted[batch] for batch in batches])
    again = sorted(
        _area([counted[batch] for batch in draw.choices(batches, k=len(batches))]) for _ in range(resamples)
    )
    edge = max(1, resamples // 200)
    return Area(value, again[edge - 1], again[-edge])


def _area(parts: Sequence[tuple[Counter[int], Counter[int]]]) -> float:
    filler, real = Counter[int](), Counter[int]()
    for one_filler, one_real in parts:
        filler.update(one_filler)
        real.update(one_real)
    below = won = 0.0
    for level in sorted(filler.keys() | real.keys()):
        won += real[level] * (below + filler[level] / 2)
        below += filler[level]
    return won / (below * real.total())


def _poisson(mean: float, draw: random.Random) -> int:
    limit, product, count = math.exp(-mean), draw.random(), 0
    while product > limit:
        product *= draw.random()
        count += 1
    return count
