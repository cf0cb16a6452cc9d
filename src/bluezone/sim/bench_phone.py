"""What a phone's store and matching cost: one record each, measured in one run.

Decides the loads alone: a store as a busy fortnight leaves it, and a batch as the authority builds it.
"""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bluezone.authority.domain.batch_plan import covered_windows
from bluezone.authority.domain.batches import assemble
from bluezone.phone.encounter import EncounterRecord, Sample
from bluezone.phone.matching import RecordRef, find_hits
from bluezone.phone.store.days import DayFiles
from bluezone.phone.store.vault import Vault
from bluezone.protocol.batch import Section
from bluezone.protocol.interval import INTERVALS_PER_DAY
from bluezone.protocol.keys import index_hash, label_of

_EPOCH = 1_792_022_400
_DAYS = 14
_OPENINGS = 200


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of a benchmark.

    Attributes:
        what: engine and input.
        value: the figure.
        unit: of the figure.
    """

    what: str
    value: float
    unit: str


def measure_store(records_per_interval: int = 20) -> list[Measured]:
    """Opening a day, and writing an interval with and without waiting for the disk."""
    found = []
    for durable in (True, False):
        random_bytes = random.Random(1).randbytes  # noqa: S311  a load, not a secret
        with tempfile.TemporaryDirectory(prefix="bluezone-bench-") as home:
            vault = Vault(Path(home), random_bytes, durable=durable)
            days = DayFiles(Path(home) / "days", vault, random_bytes)
            write_s = _timed(_write_day, days, records_per_interval, random_bytes)
            disk = "waiting for the disk" if durable else "not waiting for the disk"
            what = f"write an interval of {records_per_interval} records, {disk}"
            found.append(Measured(what, 1e3 * write_s / INTERVALS_PER_DAY, "ms"))
            if durable:
                path = Path(home) / "days" / f"{_EPOCH // 86400}.db"
                open_s = _timed(_open_often, vault, path)
                found.append(
                    Measured("open an encrypted day with its raw key", 1e3 * open_s / _OPENINGS, "ms")
                )
            vault.close()
    return found


def measure_matching(keys_per_section: int = 10, records_per_interval: int = 20) -> list[Measured]:
    """One batch against a fortnight's records: the oracle in plain Python, and what it skips."""
    random_bytes = random.Random(2).randbytes  # noqa: S311  a load, not a secret
    first = _EPOCH // 600
    full = _index(range(first - _DAYS * INTERVALS_PER_DAY, first), records_per_interval, random_bytes)
    morning = {place: refs for place, refs in full.items() if place[0] >= first - 36}
    plan = dict.fromkeys(covered_windows(_EPOCH + 120), keys_per_section)
    sections = assemble((), plan, secret=bytes(32))
    key_count = sum(len(section.teks) for section in sections)
    found = []
    for name, index in (("a fortnight", full), ("one morning", morning)):
        taken_s = _timed(_match, sections, index)
        what = f"match {key_count} keys against {name} ({sum(map(len, index.values()))} records)"
        found.append(Measured(what, key_count / taken_s, "keys/s"))
    return found


def _timed(work: Callable[..., object], *args: object) -> float:
    began = time.perf_counter()
    work(*args)
    return time.perf_counter() - began


def _write_day(days: DayFiles, count: int, random_bytes: Callable[[int], bytes]) -> None:
    first = _EPOCH // 600
    for interval in range(first, first + INTERVALS_PER_DAY):
        at = interval * 600
        samples = tuple(Sample(at + 60 * minute, -60, 7, b"abc", b"def") for minute in range(5))
        records = [
            EncounterRecord(interval, random_bytes(2), random_bytes(10), samples) for _ in range(count)
        ]
        days.save_interval(interval, records, range(at, at + 600, 60))


def _open_often(vault: Vault, path: Path) -> None:
    for _ in range(_OPENINGS):
        vault.connect(f"day:{_EPOCH // 86400}", path).close()


def _index(
    intervals: range, count: int, random_bytes: Callable[[int], bytes]
) -> dict[tuple[int, bytes], list[RecordRef]]:
    index: dict[tuple[int, bytes], list[RecordRef]] = {}
    for row, interval in enumerate(one for one in intervals for _ in range(count)):
        visible = random_bytes(12)
        ref = RecordRef(interval // INTERVALS_PER_DAY, row, index_hash(visible))
        index.setdefault((interval, label_of(visible)), []).append(ref)
    return index


def _match(sections: list[Section], index: dict[tuple[int, bytes], list[RecordRef]]) -> None:
    for _ in find_hits(sections, _EPOCH + 120, index):
        raise AssertionError("random identifiers cannot match")
