"""T-27: a fortnight has passed. Somebody looks for what is older, and restores a day from an old copy."""

from __future__ import annotations

import shutil

from bluezone.phone.store.phone_store import PhoneStore
from bluezone.phone.store.vault import Vault
from bluezone.sim.attacks import store
from bluezone.sim.attacks.outcome import Setting


def test_t27_nothing_older_than_14_days_and_no_key_for_it(setting: Setting) -> None:
    outcome = store.forgetting(setting)
    assert outcome.passed, outcome.measured


def test_t27_control_a_copy_of_file_and_key_from_before_opens(setting: Setting) -> None:
    """A copy of the whole folder made in time keeps the day: backups must leave the folder out."""
    home, draw = setting.folder / "copied", setting.random_bytes("copied")
    phone = PhoneStore.open(home, draw, durable=False)
    _, records = store.met(draw(16), store.START, setting)
    phone.days.save_interval(store.START, records, [1])
    copy = shutil.copytree(home, setting.folder / "backup")
    phone.forget_before(store.TODAY + 1)
    assert phone.days.days() == []
    phone.close()
    vault = Vault(copy, bytes)
    database = vault.connect(f"day:{store.TODAY}", copy / "days" / f"{store.TODAY}.db")
    assert database.execute("SELECT count(*) FROM record").fetchone() == (1,)
    database.close()
    vault.close()
