"""T-26: a phone is seized, device key and all, and everything in its store is read."""

from __future__ import annotations

from bluezone.phone.store.phone_store import PhoneStore
from bluezone.sim.attacks import store
from bluezone.sim.attacks.outcome import Setting


def test_t26_no_identifier_no_cell_and_no_c_after_matching(setting: Setting) -> None:
    outcome = store.store_dump(setting)
    assert outcome.passed, outcome.measured


def test_t26_control_the_search_finds_an_identifier_that_is_there(setting: Setting) -> None:
    home, draw = setting.folder / "leaky", setting.random_bytes("leaky")
    visible = draw(12)
    phone = PhoneStore.open(home, draw, durable=False)
    phone.ledger.save_fact("leak", b"xx" + visible[3:9] + b"yy")
    phone.close()
    assert store.leaks_in(home, visible) == ["V[3:9]"]
    assert store.leaks_in(home, draw(12)) == []


def test_t26_control_before_matching_c_is_there(setting: Setting) -> None:
    _, records = store.met(bytes(range(16)), store.START, setting)
    assert [record for record in records if record.samples]
    assert all(len(sample.commitments) == 4 for record in records for sample in record.samples)
