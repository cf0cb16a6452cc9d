"""The story of a campaign as data: what is instructed, who reports what and when, what the letter says.

Decides the form of `figures.toml`. Who does what with it is in `run`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import msgspec

REPORTER = "cán bộ phụ trách"
PHONE = "0261 000 0000"


class TypedReport(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one unit types.

    Attributes:
        unit: its id.
        hours: after the deadline (negative: before) at which it is sent.
        figures: field to count.
        mistake: figures that were typed wrong at first.
        difficulties: in its own words.
    """

    unit: str
    hours: float
    figures: dict[str, int]
    mistake: dict[str, int] = {}
    difficulties: str = ""

    def form(self, *, is_first_try: bool = False) -> dict[str, str]:
        """The fields of the form."""
        counts = {**self.figures, **(self.mistake if is_first_try else {})}
        texts = {name: f"{count:,}".replace(",", ".") for name, count in counts.items()}
        return texts | {"difficulties": self.difficulties, "reporter": REPORTER, "reporter_phone": PHONE}


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that is typed.

    Attributes:
        instruction: fields of the office's instruction.
        province: fields of the province's, which asks the office.
        letter: texts that the office changes in its letter.
        reports: by time.
    """

    instruction: dict[str, Any]
    province: dict[str, str]
    letter: dict[str, str]
    reports: tuple[TypedReport, ...]


def load_story() -> Story:
    """The story of `figures.toml`."""
    content = tomllib.loads(files("bluezone.sim.campaign").joinpath("figures.toml").read_text("utf-8"))
    reports = msgspec.convert(content["reports"], list[TypedReport])
    ordered = tuple(sorted(reports, key=lambda one: one.hours))
    return Story(content["instruction"], content["province"], content["letter"], ordered)


def as_fields(told: dict[str, Any]) -> dict[str, str]:
    """Fields of an instruction as its form takes them: lists become lines."""
    return {name: "\n".join(one) if isinstance(one, list) else str(one) for name, one in told.items()}
