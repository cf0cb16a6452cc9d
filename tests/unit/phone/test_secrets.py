"""No value of the phone shows a key, an identifier, a code, a salt or a place when it is printed (T-33)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bluezone.phone.diagnosis import build_upload, commit, prepare_keys
from bluezone.phone.events import Broadcast, KeysChanged, SaveInterval, SaveKeys, ScanEnded
from bluezone.phone.own_key import OwnKey, draw_key
from bluezone.phone.publishing import Published
from bluezone.protocol.interval import interval_of
from bluezone.protocol.keys import full_identifier
from bluezone.protocol.upload import Redemption, RedemptionMode
from tests.unit.phone.case import MIDNIGHT, TEK, heard, payload, record, sample, seeded
from tests.unit.phone.drive import Drive

KEYS: list[OwnKey] = prepare_keys([draw_key([], interval_of(MIDNIGHT), seeded())], MIDNIGHT, seeded(1))
COMMITMENT = commit(KEYS, MIDNIGHT, seeded(2))
PLACES = (b"\x81\x82\x83\x84", b"\x91\x92\x93\x94")
RECORD = record(TEK, 5, [sample(TEK, 3005, kept=PLACES)])

VALUES: dict[str, Any] = {
    "own keys": KEYS,
    "save keys": SaveKeys(tuple(KEYS)),
    "keys changed": KeysChanged(tuple(KEYS)),
    "published": Published(tuple(KEYS), 1, 0),
    "commitment": COMMITMENT,
    "upload": build_upload(COMMITMENT, bytes(109), KEYS),
    "redemption": Redemption(RedemptionMode.CODE, b"\xa1" * 8, bytes(32)),
    "payload": payload(TEK, MIDNIGHT),
    "broadcast": Broadcast(heard(TEK, MIDNIGHT).data, new_address=True),
    "scan": ScanEnded((heard(TEK, MIDNIGHT),)),
    "record": RECORD,
    "interval": SaveInterval(5, (RECORD,), (3005,)),
    "actions": Drive(keys=tuple(KEYS), air=lambda b, _e: [heard(TEK, b + 1)]).run(1500).done,
}


def secrets() -> list[bytes]:
    """Everything that must not show."""
    found = [COMMITMENT.salt, b"\xa1" * 8, *PLACES, payload(TEK, MIDNIGHT).visible]
    for own in KEYS:
        found.append(own.key.tek.reveal())
        for interval in range(own.start, own.start + 2):
            identifier = full_identifier(own.key.tek, interval)
            found += [identifier.visible, identifier.tag_key.reveal()]
    return found


@pytest.mark.parametrize("name", VALUES)
def test_nothing_shows(name: str) -> None:
    shown = f"{VALUES[name]!r} {VALUES[name]!s}"
    for secret in secrets():
        assert secret.hex() not in shown
        assert repr(secret)[2:-1] not in shown


def test_hiding_changes_no_comparison() -> None:
    one = sample(TEK, 3005, kept=PLACES)
    assert one != replace(one, commitments=PLACES[:1])
    assert payload(TEK, MIDNIGHT) != replace(payload(TEK, MIDNIGHT), visible=bytes(12))
    assert replace(COMMITMENT, salt=bytes(16)) != COMMITMENT
