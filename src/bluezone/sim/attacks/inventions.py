"""Attacks by the server, and on what its lists give away: T-10 and T-23."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import math
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from bluezone.authority.domain.audit import audit
from bluezone.authority.domain.batch_plan import (
    KeyPeriods,
    Mixing,
    Place,
    bare_plan,
    covered_windows,
    plan_batch,
)
from bluezone.authority.domain.batches import PublicKey, assemble, count_places
from bluezone.authority.errors import AuditRefused
from bluezone.authority.settings import ServiceRules
from bluezone.protocol.audit_bundle import AuditBundle, BundledBatch
from bluezone.protocol.batch import Section, decode_body, encode_body
from bluezone.protocol.diagnosis_key import over_at
from bluezone.protocol.interval import DAY_S, INTERVAL_S, local_day_of
from bluezone.protocol.manifest import decode_manifest
from bluezone.sim.attacks.clinic import Owner, open_clinic
from bluezone.sim.attacks.driven import MORNING, match
from bluezone.sim.attacks.outcome import Outcome, Setting
from bluezone.sim.attacks.replay import listening_victim, speaking_case
from bluezone.sim.attacks.store import START

INVENTED = 2_000
PERIOD_S = 14_400
FILLER_SHARE = 0.1
Planner = Callable[[Mapping[Place, int], int, bytes], dict[Place, int]]


def invented_keys(setting: Setting) -> Outcome:
    """T-10: the server publishes keys of its own to make one chosen person's contacts afraid."""
    draw, friend = setting.random_bytes("server"), speaking_case(setting, "friend")
    chosen = listening_victim(setting, 0, friend.said).records()
    keys = [draw(16) for _ in range(INVENTED)]
    hits = len(match(chosen, [Section(START, 24, tuple(sorted(keys)))]).matched)
    known = len(match(chosen, friend.sections()).matched)
    honest, refused = asyncio.run(_audited(setting, keys[:20]))
    return Outcome(
        hits == 0 and known > 0 and honest > 0 and refused == 20,
        f"{hits} of {INVENTED} invented keys hit {len(chosen)} records of a chosen person (a friend's own"
        f" key {known}); the auditor signs {honest} real keys and refuses {refused} of 20 batches with"
        f" one more",
        hits,
    )


async def _audited(setting: Setting, invented: Sequence[bytes]) -> tuple[int, int]:
    """Real keys in an honest batch that the auditor explains, and how many false batches he refuses."""
    owner, refused = Owner.draw(setting.random_bytes("audited")), 0
    async with open_clinic(setting, rules=ServiceRules(require_auditor=True)) as clinic:
        upload = owner.upload(clinic.signed(owner.hash), clinic.now, clinic.keys.certificate)
        await clinic.publish(upload)
        clinic.clock.advance(PERIOD_S)
        bundle = await clinic.authority.auditing.bundle(await clinic.authority.build_batch())
        region = clinic.authority.region
        report = audit(bundle, region=region.number, certificate_key=region.certificate_key)
        for number, tek in enumerate(invented):
            try:
                false = with_key(bundle, tek, number)
                audit(false, region=region.number, certificate_key=region.certificate_key)
            except AuditRefused:
                refused += 1
    return report.real_count, refused


def with_key(bundle: AuditBundle, tek: bytes, number: int) -> AuditBundle:
    """The same bundle with one more key in one of its sections, in all other things consistent."""
    sections = decode_body(bundle.batch.body)
    at = number % len(sections)
    sections[at] = replace(sections[at], teks=tuple(sorted({*sections[at].teks, tek})))
    body = encode_body(sections)
    old = decode_manifest(bundle.batch.manifest + b"\0").manifest
    new = replace(old, body_hash=hashlib.sha256(body).digest(), body_length=len(body))
    return msgspec.structs.replace(bundle, batch=BundledBatch(new.encode(), body))


@dataclass(frozen=True, slots=True)
class SeenKey:
    """A key as everybody sees it, and the truth."""

    batch: int
    real: bool
    cells: tuple[object, ...]


def service_plan(real: Mapping[Place, int], time: int, secret: bytes) -> dict[Place, int]:
    """The sections that the service makes."""
    return plan_batch(
        real,
        time=time,
        previous=time - PERIOD_S,
        periods=KeyPeriods(),
        mixing=Mixing(),
        secret=secret,
    )


def padded_plan(real: Mapping[Place, int], time: int, secret: bytes) -> dict[Place, int]:  # noqa: ARG001
    """The control: every section is filled up to ten, and more shows that keys are real."""
    windows = dict.fromkeys(covered_windows(time), 10)
    return dict(sorted((windows | {place: max(10, n) for place, n in bare_plan(real).items()}).items()))


def order_and_filler(setting: Setting) -> Outcome:
    """T-23: an observer learns from some lists what real keys look like, and is tried on others."""
    count = setting.choose(40, 160)
    seen, unsorted_count = observed(setting, count, service_plan)
    area, low, high = advantage(setting, seen)
    return Outcome(
        unsorted_count == 0 and low <= 0.5,
        f"{count} lists, {unsorted_count} out of order; a real key is ranked"
        f" over filler in {area:.1%} of pairs (99 % interval {low:.1%} to {high:.1%}; chance is 50 %)",
        unsorted_count,
    )


def observed(setting: Setting, count: int, planner: Planner) -> tuple[list[SeenKey], int]:
    """Every key of so many lists, and how many stand out of order."""
    dice, seen, unsorted_count = setting.dice("lists"), list[SeenKey](), 0
    for number in range(count):
        time = int(MORNING) + 120 + number * PERIOD_S
        real = [key for _ in range(dice.choice((1, 2, 3, 4, 5))) for key in _case_keys(time, dice)]
        secret = dice.randbytes(32)
        body = encode_body(assemble(real, planner(count_places(real), time, secret), secret))
        sections, teks = decode_body(body), {tek for _, _, tek in real}
        order = [(one.rolling_start, one.rolling_period) for one in sections]
        unsorted_count += order != sorted(order)
        for section in sections:
            unsorted_count += list(section.teks) != sorted(section.teks)
            # A sample of the filler is enough for an observer, and as just.
            every = _seen(section, teks, number, time)
            seen += [one for one in every if one.real or dice.random() < FILLER_SHARE]
    return seen, unsorted_count


def _case_keys(time: int, dice: random.Random) -> Iterator[PublicKey]:
    """What a case publishes in one batch period: from two days before the illness, results days later."""
    days = min(21, int(dice.lognormvariate(math.log(5.0), 0.7)))
    now = time - 120 - dice.uniform(0, PERIOD_S)
    interval = int(now // INTERVAL_S)
    running = interval - interval % 24
    first = max((local_day_of(now, 420) - days - 2) * 144, running - 84 * 24)
    places = [(start, 24) for start in range(first + -first % 24, running, 24) if dice.random() > 0.15]
    for start, period in [*places, (running, interval + 1 - running)]:
        if over_at(start, period) <= time:
            yield start, period, dice.randbytes(16)


def _seen(section: Section, real: set[bytes], batch: int, time: int) -> Iterator[SeenKey]:
    start, period, count = section.rolling_start, section.rolling_period, len(section.teks)
    age = (time // INTERVAL_S - start) // 24
    shared = ((age, period == 24), (period == 24, count), period, start % 24, time // DAY_S - start // 144)
    for at, tek in enumerate(section.teks):
        own = (10 * at // count, tek[0] >> 4, tek[-1] >> 4, int.from_bytes(tek, "big").bit_count() // 4)
        yield SeenKey(batch, tek in real, (*shared, *own))


def advantage(setting: Setting, seen: Sequence[SeenKey]) -> tuple[float, float, float]:
    """How often a real key is ranked over filler, with a 99 % interval over resampled lists."""
    scorer = _learned([one for one in seen if one.batch % 2])
    tested: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for one in seen:
        if not one.batch % 2:
            tested[one.batch].append((scorer(one), one.real))
    dice, batches = setting.dice("resampling"), list(tested.values())
    again = sorted(_area(dice.choices(batches, k=len(batches))) for _ in range(200))
    return _area(batches), again[0], again[-1]


def _learned(train: Sequence[SeenKey]) -> Callable[[SeenKey], float]:
    """Log odds of every cell of every observable, shrunk where it holds few keys, added up."""
    total = Counter(one.real for one in train)
    odds = total[True] / total[False]
    tables: list[dict[object, float]] = []
    for feature in range(len(train[0].cells)):
        real = Counter(one.cells[feature] for one in train if one.real)
        every = Counter(one.cells[feature] for one in train)
        tables.append(
            {
                cell: math.log((real[cell] + 5 * odds) / (count - real[cell] + 5) / odds)
                for cell, count in every.items()
            }
        )
    return lambda one: sum(table.get(cell, 0.0) for table, cell in zip(tables, one.cells, strict=True))


def _area(batches: Sequence[Sequence[tuple[float, bool]]]) -> float:
    """Area under the ROC curve; equal scores count half."""
    scores = sorted(itertools.chain.from_iterable(batches))
    filler_below = won = 0.0
    for _, group in itertools.groupby(scores, key=lambda one: one[0]):
        real = Counter(is_real for _, is_real in group)
        won += real[True] * (filler_below + real[False] / 2)
        filler_below += real[False]
    count = sum(is_real for _, is_real in scores)
    return won / (filler_below * count)
