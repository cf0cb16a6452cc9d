"""The tree of units: who reports to whom, how many live there, and what a name that was typed may mean.

Decides what a tree is (one root at least, no circle, no id twice), who is active on a day, and which unit
a name stands for. Levels are data: three in 2020, two since 1 July 2025, any number here. Leaves reading
files to `unit_sources` and keeping to storage.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz, process

from bluezone.outreach.errors import UnitsRefused, UnitUnknown
from bluezone.outreach.figures import COUNT_LIMIT
from bluezone.outreach.problem import Problem, errors_in

MAX_UNITS = 100_000
MAX_DEPTH = 12
MAX_NAME = 200
_SIMILAR = 70
# What people put before a name, or leave away; compared without it where that is still unambiguous.
_KINDS = (
    "uy ban nhan dan", "ubnd", "thanh pho", "thi tran", "thi xa", "phuong", "quan", "huyen", "tinh",
    "dac khu", "xa", "tp", "tt", "tx", "p", "x", "h", "q",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Officer:
    """Whom a unit can be reached through; a role first, a person's name only where the office wants one.

    Attributes:
        role: such as "cán bộ văn hóa - xã hội".
        name: may be empty.
        phone: digits as typed; may be empty.
        email: may be empty.
    """

    role: str
    name: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit of administration, or one office that reports.

    Attributes:
        unit_id: stable, such as the official code; never reused.
        name: in full, such as "Phường Nghĩa Phú".
        kind: data, such as "phường" or "phòng ban"; never decides anything.
        parent_id: whom it reports to; None at the top.
        has_residents: False for an office, which has only staff to report.
        population: people who live there; None when not known.
        smartphones: of them with a smartphone; None when not known.
        officers: whom to reach, the first one first.
        body: the committee on whose letters it stands, such as "Ủy ban nhân dân thành phố Gia Nghĩa".
        office: the office that acts for it, such as "Phòng Văn hóa và Thông tin"; empty for none.
        logo: name of a picture file; empty for none.
        hotline: the unit's own; empty for none.
        address: postal.
        removed_on: the first day on which it no longer exists; None while it does.
        merged_into: id of the unit that took over what it was.
    """

    unit_id: str
    name: str
    kind: str = ""
    parent_id: str | None = None
    has_residents: bool = True
    population: int | None = None
    smartphones: int | None = None
    officers: tuple[Officer, ...] = ()
    body: str = ""
    office: str = ""
    logo: str = ""
    hotline: str = ""
    address: str = ""
    removed_on: date | None = None
    merged_into: str | None = None

    def is_active(self, day: date) -> bool:
        """Whether it exists on a civil date."""
        return self.removed_on is None or day < self.removed_on


class UnitTree:
    """All units, by id, with who is below whom; never changes.

    Args:
        units: in the order in which they are shown.

    Raises:
        UnitsRefused: not a tree; carries every problem with the unit's id as `unit`.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        listed = list(units)
        self._units: dict[str, Unit] = {unit.unit_id: unit for unit in listed}
        self._children: dict[str | None, list[str]] = {}
        for unit in listed:
            self._children.setdefault(unit.parent_id, []).append(unit.unit_id)
        problems = check_units(listed)
        if errors_in(problems):
            raise UnitsRefused("the list of units is not a tree", errors_in(problems))
        self._by_name: dict[str, list[str]] | None = None

    def __iter__(self) -> Iterator[Unit]:
        return iter(self._units.values())

    def __len__(self) -> int:
        return len(self._units)

    def __contains__(self, unit_id: object) -> bool:
        return unit_id in self._units

    def get(self, unit_id: str) -> Unit:
        """The unit of an id.

        Raises:
            UnitUnknown: there is none.
        """
        if unit_id not in self._units:
            raise UnitUnknown(f"no unit has the id {unit_id[:40]!r}")
        return self._units[unit_id]

    def roots(self) -> tuple[Unit, ...]:
        """The units at the top."""
        return tuple(self._units[one] for one in self._children.get(None, ()))

    def children(self, unit_id: str) -> tuple[Unit, ...]:
        """Those directly below, in the order of the list."""
        return tuple(self._units[one] for one in self._children.get(unit_id, ()))

    def descendants(self, unit_id: str) -> Iterator[Unit]:
        """All below, each before its own children."""
        waiting = list(reversed(self._children.get(unit_id, ())))
        while waiting:
            current = waiting.pop()
            yield self._units[current]
            waiting.extend(reversed(self._children.get(current, ())))

    def leaves(self, unit_id: str) -> tuple[Unit, ...]:
        """Those below that have nobody below themselves."""
        return tuple(unit for unit in self.descendants(unit_id) if unit.unit_id not in self._children)

    def ancestors(self, unit_id: str) -> Iterator[Unit]:
        """Those above, the nearest first."""
        parent = self.get(unit_id).parent_id
        while parent is not None:
            yield self._units[parent]
            parent = self._units[parent].parent_id

    def find(self, typed: str, *, below: str | None = None) -> Unit | None:
        """The unit that a typed id or name means, when it can be only one; case and diacritics do not count.

        Args:
            typed: an id, or a name with or without its kind ("P. Nghĩa Phú", "nghia phu").
            below: only among the descendants of this unit.
        """
        if typed.strip() in self._units and self._is_below(typed.strip(), below):
            return self._units[typed.strip()]
        for text in (plain(typed), without_kind(typed)):
            found = [one for one in self._names().get(text, ()) if self._is_below(one, below)]
            if len(found) == 1:
                return self._units[found[0]]
        return None

    def suggest(self, typed: str, *, below: str | None = None) -> Unit | None:
        """The unit whose name is nearest to what was typed, if any is near."""
        names = {
            one: without_kind(unit.name) for one, unit in self._units.items() if self._is_below(one, below)
        }
        wanted = without_kind(typed[:MAX_NAME])
        best = process.extractOne(wanted, names, scorer=fuzz.ratio, score_cutoff=_SIMILAR)
        return self._units[best[2]] if best else None

    def _is_below(self, unit_id: str, top: str | None) -> bool:
        return top is None or any(one.unit_id == top for one in self.ancestors(unit_id))

    def _names(self) -> Mapping[str, list[str]]:
        if self._by_name is None:
            self._by_name = {}
            for unit in self._units.values():
                for text in {plain(unit.name), without_kind(unit.name)}:
                    self._by_name.setdefault(text, []).append(unit.unit_id)
        return self._by_name


def plain(text: str) -> str:
    """A name as it is compared: small letters, no diacritics, no punctuation, single spaces."""
    folded = unicodedata.normalize("NFKD", text).casefold().replace("đ", "d")
    spelled = unicodedata.normalize("NFKD", folded)
    return " ".join(
        "".join(c if c.isalnum() else " " for c in spelled if not unicodedata.combining(c)).split()
    )


def without_kind(text: str) -> str:
    """The same without what kind of unit it is; a name that is nothing else keeps it."""
    name = plain(text)
    for kind in _KINDS:
        if name.startswith(f"{kind} "):
            rest = name[len(kind) + 1 :]
            return without_kind(rest) if kind in ("uy ban nhan dan", "ubnd") else rest
    return name


def check_units(units: list[Unit]) -> tuple[Problem, ...]:
    """Everything that keeps a list of units from being a tree."""
    if not units or len(units) > MAX_UNITS:
        return (Problem("unit-count", "", values={"count": len(units), "limit": MAX_UNITS}),)
    problems: list[Problem] = []
    known: dict[str, Unit] = {}
    for unit in units:
        if unit.unit_id in known:
            problems.append(_wrong(unit, "unit-twice", "unit_id", name=known[unit.unit_id].name))
        known.setdefault(unit.unit_id, unit)
        problems += _check_unit(unit)
    for unit in units:
        problems += _check_parents(unit, known)
        if unit.merged_into is not None and (
            unit.merged_into not in known or unit.merged_into == unit.unit_id
        ):
            problems.append(_wrong(unit, "unit-successor-unknown", "merged_into", successor=unit.merged_into))
    return tuple(problems)


def _check_unit(unit: Unit) -> Iterator[Problem]:
    if not unit.unit_id or len(unit.unit_id) > 60 or not unit.unit_id.isprintable():
        yield _wrong(unit, "unit-id-invalid", "unit_id")
    if not unit.name.strip() or len(unit.name) > MAX_NAME or not unit.name.isprintable():
        yield _wrong(unit, "unit-name-invalid", "name")
    for name in ("population", "smartphones"):
        count = getattr(unit, name)
        if count is not None and not 0 <= count < COUNT_LIMIT:
            yield _wrong(unit, "unit-count-invalid", name, count=count)


def _check_parents(unit: Unit, known: Mapping[str, Unit]) -> Iterator[Problem]:
    passed = {unit.unit_id}
    current = unit
    while current.parent_id is not None:
        if current.parent_id not in known:
            if current is unit:
                yield _wrong(unit, "unit-parent-unknown", "parent_id", parent=unit.parent_id)
            return
        if current.parent_id in passed or len(passed) > MAX_DEPTH:
            yield _wrong(unit, "unit-circle", "parent_id")
            return
        passed.add(current.parent_id)
        current = known[current.parent_id]


def _wrong(unit: Unit, code: str, field: str, **values: object) -> Problem:
    return Problem(code, field, values={"unit": unit.unit_id[:60], **values})
