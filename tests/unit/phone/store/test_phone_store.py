"""The whole home: one process at a time, kill -9 at any moment, erasing finished after a crash."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from bluezone.phone.diagnosis import commit
from bluezone.phone.errors import StoreInUse, StoreUnreadable
from bluezone.phone.matching import RecordRef
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.interval import DAY_S, interval_of, utc_day_of
from tests.unit.phone.case import MIDNIGHT, TEK, record, sample, seeded, signed_manifest

INTERVAL = interval_of(MIDNIGHT)
TODAY = utc_day_of(INTERVAL)

# Writes interval after interval and a head for each, and says on stdout what is finished.
WRITER = """
import itertools, os, sys
from pathlib import Path
from bluezone.phone.store.phone_store import PhoneStore
from tests.unit.phone.case import record, sample, signed_manifest
store = PhoneStore.open(Path(sys.argv[1]), os.urandom)
first, tek = int(sys.argv[2]), bytes(range(16))
print("open", flush=True)
for number in itertools.count():
    interval = first + number
    samples = [sample(tek, 600 * interval + 60 * minute) for minute in range(10)]
    store.days.save_interval(interval, [record(tek, interval, samples)] * 20, [600 * interval])
    store.ledger.save_batch(signed_manifest(number + 2), [], [], [], 0)
    print(number, flush=True)
"""


def test_a_home_opens_again(tmp_path: Path) -> None:
    store = PhoneStore.open(tmp_path / "home", seeded())
    store.days.save_interval(INTERVAL, [record(TEK, INTERVAL)], [MIDNIGHT])
    store.close()
    again = PhoneStore.open(tmp_path / "home", seeded(3))
    assert again.days.scans() == [MIDNIGHT]
    again.close()
    again.close()


def test_a_second_one_is_refused_until_the_first_is_closed(tmp_path: Path) -> None:
    first = PhoneStore.open(tmp_path, seeded())
    with pytest.raises(StoreInUse):
        PhoneStore.open(tmp_path, seeded())
    first.close()
    PhoneStore.open(tmp_path, seeded()).close()


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    store = PhoneStore.open(tmp_path, seeded())
    script = (
        "import os, sys; from pathlib import Path\n"
        "from bluezone.phone.store.phone_store import PhoneStore\n"
        "from bluezone.phone.errors import StoreInUse\n"
        "try: PhoneStore.open(Path(sys.argv[1]), os.urandom)\n"
        "except StoreInUse as error: print(error.code)"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "store-in-use"
    store.close()


def test_a_store_that_could_not_be_opened_does_not_stay_locked(tmp_path: Path) -> None:
    PhoneStore.open(tmp_path, seeded()).close()
    key = (tmp_path / "device.key").read_bytes()
    (tmp_path / "device.key").write_bytes(bytes(32))
    with pytest.raises(StoreUnreadable):
        PhoneStore.open(tmp_path, seeded())
    (tmp_path / "device.key").write_bytes(key)
    PhoneStore.open(tmp_path, seeded()).close()


@pytest.mark.parametrize("after", [1, 5, 12])
def test_kill_9_while_writing_loses_no_finished_interval(tmp_path: Path, after: int) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(tmp_path), str(INTERVAL)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[4],
    ) as writer:
        assert writer.stdout is not None
        finished = -1
        for line in writer.stdout:
            finished = -1 if line == "open\n" else int(line)
            if finished >= after:
                break
        writer.send_signal(signal.SIGKILL)
        rest = [int(line) for line in writer.stdout.read().split() if line.isdigit()]
        finished = max([finished, *rest])
    store = PhoneStore.open(tmp_path, seeded())
    counts = store.days.counts()
    head = store.ledger.head()
    assert all(counts[INTERVAL + number] == 20 for number in range(finished + 1))
    assert set(counts.values()) == {20}, "the last one is there whole or not at all"
    assert len(counts) in (finished + 1, finished + 2)
    assert head is not None
    assert head.seq in (finished + 2, finished + 3)
    for refs in store.days.index().values():
        assert [len(found) for found in store.days.samples(refs).values()] == [10] * len(refs)
    store.days.save_interval(INTERVAL + 500, [record(TEK, INTERVAL + 500)], [])
    store.close()


def test_places_of_matched_records_are_erased_at_the_next_start(tmp_path: Path) -> None:
    store = PhoneStore.open(tmp_path, seeded())
    placed = sample(TEK, MIDNIGHT, kept=(b"cell",) * 4)
    store.days.save_interval(INTERVAL, [record(TEK, INTERVAL, [placed])], [])
    ((ref,),) = store.days.index().values()
    store.ledger.save_batch(signed_manifest(), [], [RecordRef(ref.day, ref.row, b"")], [], 0)
    store.close()  # Killed before finish_erasing.
    again = PhoneStore.open(tmp_path, seeded())
    assert again.days.samples([ref])[ref][0].commitments == ()
    assert again.ledger.to_erase() == []
    again.close()


def test_forgetting_is_of_everything(tmp_path: Path) -> None:
    store = PhoneStore.open(tmp_path, seeded())
    for interval in (INTERVAL - 144, INTERVAL):
        store.days.save_interval(interval, [record(TEK, interval)], [600 * interval])
    for age_days in (8, 6):
        store.outbox.save_commitment(commit([], MIDNIGHT - age_days * DAY_S, seeded()), 0)
    store.forget_before(TODAY)
    assert store.days.days() == [TODAY]
    assert [one.made_at for one in store.outbox.commitments()] == [MIDNIGHT - 6 * DAY_S]
    store.close()
