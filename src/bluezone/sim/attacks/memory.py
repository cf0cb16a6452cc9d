"""Attacks on what a phone remembers while it listens: T-24 and T-30."""

from __future__ import annotations

from dataclasses import dataclass

from bluezone.phone.encounter import MAX_RECORDS_PER_INTERVAL, select_records
from bluezone.phone.sighting import MAX_CANDIDATES, MAX_LASTING, IntervalSightings
from bluezone.phone.status import Problem
from bluezone.phone.store.days import DayFiles
from bluezone.phone.store.vault import Vault
from bluezone.protocol.advertisement import Payload, build_payload
from bluezone.protocol.interval import interval_of
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier, index_hash
from bluezone.sim.attacks.driven import MORNING, DrivenPhone, Transmission
from bluezone.sim.attacks.outcome import Outcome, Setting
from bluezone.sim.attacks.replay import CONTACT_AT, CONTACT_S

INVENTED = 60_000
SCANS_PER_INTERVAL = 10
START = interval_of(MORNING)
STORE_LIMIT = 5_000


@dataclass(frozen=True, slots=True)
class Flooded:
    """What an interval of flooding left: most identifiers in memory, records, and the real contact's."""

    most_in_memory: int
    record_count: int
    real_minutes: int


def flooded_interval(
    setting: Setting, run: int, invented: int = INVENTED, *, times_each: int = 1, fifo: bool = False
) -> Flooded:
    """One interval in which a liar sends identifiers that belong to nobody, beside one real phone.

    Args:
        setting: seed.
        run: number of the repetition.
        invented: identifiers in the interval.
        times_each: in how many minutes each of them is heard.
        fifo: a control: a memory of the same size that forgets the oldest first.
    """
    dice = setting.dice(f"flood {run}")
    identifier = full_identifier(TemporaryExposureKey(dice.randbytes(16)), START)
    sightings = IntervalSightings(START, dice.randbytes)
    oldest_first: dict[bytes, int] = {}
    met_in = range(dice.randrange(0, 3), SCANS_PER_INTERVAL)
    most, crowd = 0, invented // SCANS_PER_INTERVAL * times_each
    names = [dice.randbytes(12) for _ in range(invented)]
    for scan in range(SCANS_PER_INTERVAL):
        at = MORNING + 60 * scan + 20
        first = crowd * scan
        payloads = [Payload(names[(first + n) % invented], 7, b"abc", b"def") for n in range(crowd)]
        if scan in met_in:
            payloads.insert(dice.randrange(crowd + 1), build_payload(identifier, int(at) // 60, -60))
        for payload in payloads:
            if fifo:
                oldest_first[payload.visible] = oldest_first.get(payload.visible, 0) + 1
                if len(oldest_first) > MAX_RECORDS_PER_INTERVAL:
                    oldest_first.pop(next(iter(oldest_first)))
            else:
                sightings.add(payload, at, -70, 1)
        most = max(most, len(sightings))
    if fifo:
        return Flooded(len(oldest_first), len(oldest_first), oldest_first.get(identifier.visible, 0))
    records = select_records(sightings.candidates(), dice.randbytes)
    wanted = index_hash(identifier.visible)
    minutes = [len(one.samples) for one in records if one.index_hash == wanted]
    return Flooded(most, len(records), sum(minutes))


def flood(setting: Setting) -> Outcome:
    """T-24: 60,000 invented identifiers in an interval; and a store that fills day after day."""
    runs = [flooded_interval(setting, run) for run in range(setting.choose(5, 20))]
    kept = sum(one.real_minutes > 0 for one in runs)
    most = max(one.most_in_memory for one in runs)
    largest = max(one.record_count for one in runs)
    stored, quiet = flooded_store(setting)
    bounded = most <= MAX_CANDIDATES + MAX_LASTING and largest <= MAX_RECORDS_PER_INTERVAL
    return Outcome(
        bounded and 5 * kept >= 4 * len(runs) and stored <= STORE_LIMIT and quiet == 40,
        f"real contact kept in {kept} of {len(runs)} runs; at most {most} identifiers in memory and {largest}"
        f" records an interval; store of at most {STORE_LIMIT}: {stored}, the quiet hour keeps {quiet} of 40",
        len(runs) - kept,
    )


def flooded_store(setting: Setting) -> tuple[int, int]:
    """Records in a small store after a flood, and how many of an earlier quiet interval are left."""
    draw = setting.random_bytes("flooded store")
    vault = Vault(setting.folder / "flooded", draw, durable=False)
    days = DayFiles(setting.folder / "flooded" / "days", vault, draw, max_records=STORE_LIMIT)
    for number, count in enumerate((40, *[MAX_RECORDS_PER_INTERVAL] * 4)):
        sightings = IntervalSightings(START + number, draw)
        for _ in range(count):
            sightings.add(Payload(draw(12), 7, b"abc", b"def"), MORNING + 600 * number, -70, 1)
        days.save_interval(START + number, select_records(sightings.candidates(), draw), ())
    counts = days.counts()
    listed = sum(len(refs) for refs in days.index().values())
    vault.close()
    return max(listed, sum(counts.values())), counts[START]


def echo(setting: Setting) -> Outcome:
    """T-30: a phone's own frames are thrown back at it, at once and ten minutes later."""
    phone = DrivenPhone(setting.random_bytes("echoed"), CONTACT_AT)
    mirror: list[Transmission] = []
    for minute in range(1, CONTACT_S // 60 + 25):
        phone.live(CONTACT_AT + 60 * minute, mirror)
        said = [*phone.said, *([phone.speaking] if phone.speaking else [])]
        mirror = [Transmission(one.begin, one.end + 700, one.data) for one in said[-12:]]
    status = phone.agent.status(phone.reading())
    shown = any(problem is Problem.IDENTIFIER_REPEATED for problem, _ in status.problems)
    return Outcome(
        not phone.records() and status.echo_count > 0 and shown,
        f"{status.echo_count} echoes counted and shown on the screen; records stored: {len(phone.records())}",
        len(phone.records()),
    )
