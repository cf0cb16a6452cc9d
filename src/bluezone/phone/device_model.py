"""What is known about a phone's model: how strongly it sends, how strongly it hears.

Decides which row of the table fits a model's name, and what an unknown one gets: the median of its maker,
else nothing. The table knows differences between models only; the level that all of them share belongs to
a deployment and is measured there (calibration.py). The table itself is device_models.csv.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from bluezone.protocol.advertisement import round_dbm_at_1m

# What a phone of the middle is taken to be heard with at one metre, dBm.
NEUTRAL_DBM_AT_1M = -60
ANY_MODEL = "*"


class Known(StrEnum):
    """How well a model is known."""

    MODEL = "model"
    MAKER = "maker"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class DeviceModel:
    """The corrections of one phone.

    Attributes:
        receive_db: add it to every RSSI of this phone, dB.
        send_db: so much stronger than a phone of the middle it is heard at one metre, dB.
        known: whether the model itself was in the table.
    """

    receive_db: int = 0
    send_db: int = 0
    known: Known = Known.NOTHING

    @property
    def dbm_at_1m(self) -> int:
        """What its advertisements declare, a multiple of 4 dBm."""
        return round_dbm_at_1m(NEUTRAL_DBM_AT_1M + self.send_db)


DeviceTable = Mapping[tuple[str, str], DeviceModel]
"""(maker, model), both as `folded`, to corrections; the model `*` is the median of its maker."""


def folded(name: str) -> str:
    """A name as it is compared: no case, single spaces, no variant after a slash (SM-G981B/DS)."""
    return " ".join(name.partition("/")[0].casefold().split())


def parse_device_table(text: str) -> dict[tuple[str, str], DeviceModel]:
    """The table from its CSV: maker, model, receive, send; lines that begin with # are told apart.

    Raises:
        ValueError: a line that is not of this form. The table is part of this program, so that is a bug.
    """
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    table: dict[tuple[str, str], DeviceModel] = {}
    for row in csv.DictReader(lines, strict=True):
        known = Known.MAKER if row["model"] == ANY_MODEL else Known.MODEL
        table[folded(row["maker"]), folded(row["model"])] = DeviceModel(
            int(row["receive"]), int(row["send"]), known
        )
    return table


def device_model(table: DeviceTable, name: str) -> DeviceModel:
    """What is known about a phone.

    Args:
        table: of models.
        name: as the phone calls itself: a model (`SM-A405FN`), or maker and model (`Samsung SM-A405FN`).
    """
    wanted = folded(name)
    maker, model = _split(table, wanted)
    if maker:
        return table.get((maker, model)) or table.get((maker, ANY_MODEL), DeviceModel())
    # Without a maker: model names are unique but for a few; then the first in the table's order counts.
    return next((found for (_, known), found in table.items() if known == wanted != ANY_MODEL), DeviceModel())


def _split(table: DeviceTable, wanted: str) -> tuple[str, str]:
    """Maker and model of a name that begins with a maker; the longest maker that fits."""
    makers = {maker for maker, _ in table if wanted == maker or wanted.startswith(maker + " ")}
    maker = max(makers, key=len, default="")
    model = wanted[len(maker) :].strip()
    # Some makers put their name into the model's name, too.
    return maker, wanted if (maker, wanted) in table else model
