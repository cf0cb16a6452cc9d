"""Attacks by somebody who holds the phone: T-26 and T-27.

The strongest attacker has the folder of the phone and its device key, and opens every file that can still
be opened.
"""

from __future__ import annotations

import asyncio
import shutil
import struct
from collections.abc import Iterator
from pathlib import Path

from bluezone.phone.encounter import EncounterRecord, select_records
from bluezone.phone.errors import StoreUnreadable
from bluezone.phone.own_key import KEPT_DAYS
from bluezone.phone.sighting import IntervalSightings
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.phone.store.vault import Vault
from bluezone.protocol.advertisement import build_payload
from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import over_at
from bluezone.protocol.interval import INTERVALS_PER_DAY, interval_of, utc_day_of
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.protocol.tags import cell_of, neighbour_cells, place_commitment
from bluezone.sim.attacks.driven import MORNING, DrivenPhone
from bluezone.sim.attacks.outcome import Outcome, Setting
from bluezone.sim.attacks.service import HostileService

START = interval_of(MORNING)
TODAY = utc_day_of(START)
HERE = (21.0285, 105.8542)
PART = 6


def met(tek: bytes, interval: int, setting: Setting) -> tuple[bytes, list[EncounterRecord]]:
    """The identifier of a key, and the records of ten minutes beside its owner, place known."""
    identifier = full_identifier(TemporaryExposureKey(tek), interval)
    sightings = IntervalSightings(interval, setting.random_bytes("met"))
    kept = tuple(place_commitment(identifier.visible, cell) for cell in neighbour_cells(*HERE))
    said_at = place_commitment(identifier.visible, cell_of(*HERE))
    for minute in range(10 * interval, 10 * interval + 10):
        said = build_payload(identifier, minute, -60, said_at)
        sightings.add(said, minute * 60 + 20, -58, 15, kept)
    return identifier.visible, select_records(sightings.candidates(), setting.random_bytes("met"))


def contents(home: Path) -> Iterator[bytes]:
    """Everything that the holder of a phone's folder, device key included, can read."""
    vault = Vault(home, bytes)
    for name in vault.names():
        path = home / "ledger.db" if name == "ledger" else home / "days" / f"{name[4:]}.db"
        database = vault.connect(name, path)
        for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in database.execute(f"SELECT * FROM {table}"):  # noqa: S608  names out of the file itself
                yield b"|".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
        database.close()
    vault.close()
    for path in home.rglob("*"):
        if path.is_file() and path.name != "device.key":
            yield path.read_bytes()


def store_dump(setting: Setting) -> Outcome:
    """T-26: a phone is seized, device key and all, before and after a batch was matched."""
    home, draw = setting.folder / "seized", setting.random_bytes("seized")
    service, tek = HostileService.open(draw), draw(16)
    visible, records = met(tek, START, setting)
    store = PhoneStore.open(home, draw, durable=False)
    store.days.save_interval(START, records, [START * 600 + 60 * n + 20 for n in range(10)])
    seized = home.with_name("copy")
    shutil.copytree(home, seized)
    leaks = leaks_in(seized, visible)
    kept_before = _commitment_count(store)
    service.publish(over_at(START, 24), [Section(START, 24, (tek,))])
    follower = service.follower(store, draw, MORNING)
    asyncio.run(follower.poll(over_at(START, 24)))
    kept_after, minutes = _commitment_count(store), len(store.ledger.verified_minutes())
    store.close()
    erased = [place_commitment(visible, cell) for cell in neighbour_cells(*HERE)]
    leaks += leaks_in(home, visible)
    leaks += [f"c {c.hex()}" for c in erased if any(c in one for one in contents(home))]
    return Outcome(
        not leaks and kept_before == 40 and kept_after == 0 and minutes == 10,
        f"parts of V, cells or erased c found in the opened store: {len(leaks)};"
        f" c kept before matching {kept_before}, after {kept_after}; {minutes} of 10 minutes verified",
        len(leaks),
    )


def leaks_in(home: Path, visible: bytes) -> list[str]:
    """Parts of an identifier of 6 bytes and more, and cells, that stand anywhere in a phone's folder."""
    parts = {visible[at : at + PART]: f"V[{at}:{at + PART}]" for at in range(len(visible) - PART + 1)}
    for x, y in neighbour_cells(*HERE):
        parts |= {struct.pack("<ii", x, y): "cell", f"{x}, {y}".encode(): "cell", f"{x}|{y}".encode(): "cell"}
    texts = {part.hex().encode(): name for part, name in parts.items() if len(part) >= PART}
    everything = list(contents(home))
    return [name for part, name in (parts | texts).items() if any(part in one for one in everything)]


def forgetting(setting: Setting) -> Outcome:
    """T-27: a fortnight passes; then somebody restores a day file from a older copy."""
    home, draw = setting.folder / "forgetful", setting.random_bytes("forgetful")
    store = PhoneStore.open(home, draw, durable=False)
    for day in range(TODAY - 20, TODAY + 1):
        interval = day * INTERVALS_PER_DAY + 50
        store.days.save_interval(interval, met(draw(16), interval, setting)[1], [interval * 600 + 20])
    old = home / "days" / f"{TODAY - 20}.db"
    copy = setting.folder / "copied.db"
    shutil.copyfile(old, copy)
    ordered = forget_orders(setting)
    for before_day in ordered:
        store.forget_before(before_day)
    oldest = min(store.days.scans()) // 86_400
    left = store.days.days()
    store.close()
    shutil.copyfile(copy, old)
    readable = _can_be_opened(home, old)
    return Outcome(
        ordered == [TODAY - KEPT_DAYS + 1]
        and oldest > TODAY - KEPT_DAYS
        and min(left) == oldest
        and not readable,
        f"oldest day kept is {TODAY - oldest} days old of {KEPT_DAYS}; keys left that open the restored file:"
        f" {readable}",
        readable,
    )


def forget_orders(setting: Setting) -> list[int]:
    """The days before which a phone, switched on today, wants everything forgotten."""
    phone = DrivenPhone(setting.random_bytes("agent"), MORNING + 100)
    phone.live(MORNING + 160)
    return phone.forgets


def _can_be_opened(home: Path, path: Path) -> int:
    """How many of the keys that are left open a file of a forgotten day."""
    vault, opened = Vault(home, bytes), 0
    ledger = vault.connect("ledger", home / "ledger.db")
    ledger.execute("PRAGMA cipher_log_level = NONE")  # Failing to open is what is hoped for here.
    for name in vault.names():
        try:
            vault.connect(name, path).close()
        except StoreUnreadable:
            continue
        opened += 1
    ledger.execute("PRAGMA cipher_log_level = WARN")
    ledger.close()
    vault.close()
    return opened


def _commitment_count(store: PhoneStore) -> int:
    refs = [ref for found in store.days.index().values() for ref in found]
    return sum(len(one.commitments) for samples in store.days.samples(refs).values() for one in samples)
