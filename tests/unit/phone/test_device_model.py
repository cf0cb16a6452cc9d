"""Device models: found by name, the maker's median otherwise, nothing otherwise."""

from __future__ import annotations

import pytest

from bluezone.phone.device_model import ANY_MODEL, DeviceModel, Known, device_model, parse_device_table
from bluezone.phone.shipped import device_table

TABLE = parse_device_table(
    "# told apart\nmaker,model,receive,send\n"
    "Acme,*,1,-2\nAcme,One,3,-9\nAcme,Acme Two,5,7\nAcme Pro,*,4,4\nBolt,B-1,-6,10\n"
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("One", DeviceModel(3, -9, Known.MODEL)),
        ("acme  ONE", DeviceModel(3, -9, Known.MODEL)),
        ("Acme One/DS", DeviceModel(3, -9, Known.MODEL)),
        ("Acme Two", DeviceModel(5, 7, Known.MODEL)),
        ("Acme Acme Two", DeviceModel(5, 7, Known.MODEL)),
        ("Acme Three", DeviceModel(1, -2, Known.MAKER)),
        ("acme", DeviceModel(1, -2, Known.MAKER)),
        ("Acme Pro X", DeviceModel(4, 4, Known.MAKER)),
        ("B-1", DeviceModel(-6, 10, Known.MODEL)),
        ("Bolt B-2", DeviceModel()),
        ("Acmeone", DeviceModel()),
        ("*", DeviceModel()),
        ("", DeviceModel()),
    ],
)
def test_what_is_known_of_a_name(name: str, expected: DeviceModel) -> None:
    assert device_model(TABLE, name) == expected


def test_an_unknown_phone_is_one_of_the_middle() -> None:
    assert (DeviceModel().dbm_at_1m, DeviceModel().receive_db) == (-60, 0)
    assert DeviceModel(send_db=5).dbm_at_1m == -56, "rounded to what an advertisement can carry"


def test_the_shipped_table() -> None:
    table = device_table()
    models = [found for (_, model), found in table.items() if model != ANY_MODEL]
    makers = {maker for maker, _ in table}
    assert len(models) == 313
    assert len(makers) == 28
    assert all((maker, ANY_MODEL) in table for maker in makers)
    # Its middle is the phone that nothing is known of, by construction.
    assert sorted(one.receive_db for one in models)[156] == sorted(one.send_db for one in models)[156] == 0
    assert device_model(table, "Pixel 4").known is Known.MODEL
    assert device_model(table, "Samsung of tomorrow").known is Known.MAKER
    assert all(-100 <= one.dbm_at_1m <= 24 and abs(one.receive_db) <= 40 for one in table.values())
