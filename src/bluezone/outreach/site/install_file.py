"""The list of systems on which Bluezone runs, and on which it does not yet: a TOML file, so that the page can
be changed without changing the program.

Decides what may stand in it. A command may name a download as `{wheel}` or `{region}`; what these are is
known when the downloads are.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bluezone.outreach.notation import is_short_name
from bluezone.outreach.site.errors import InstallFileInvalid

LANGUAGES = ("vi", "en")
STATES = ("works", "trial", "not-yet")
MAX_FILE_LENGTH = 65_536
_MAX_SYSTEMS, _MAX_STEPS, _MAX_COMMANDS, _MAX_TEXT = 20, 12, 10, 600
_SLOT = re.compile(r"\{([a-z]*)\}")
SLOTS = ("wheel", "region", "address")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an installation.

    Attributes:
        says: language to what to do.
        commands: lines to type, if any.
    """

    says: Mapping[str, str]
    commands: tuple[str, ...] = ()

    def filled(self, values: Mapping[str, str]) -> Step:
        """The step with the names of today's downloads in its commands."""
        lines = (_SLOT.sub(lambda slot: values[slot[1]], line) for line in self.commands)
        return Step(self.says, tuple(lines))


@dataclass(frozen=True, slots=True)
class System:
    """A kind of machine.

    Attributes:
        id: as it stands in addresses.
        name: language to its name.
        state: one of `STATES`.
        says: language to what is true today.
        steps: how to install; none where there is nothing to install yet.
    """

    id: str
    name: Mapping[str, str]
    state: str
    says: Mapping[str, str]
    steps: tuple[Step, ...] = ()


def parse_systems(content: bytes) -> tuple[System, ...]:
    """Reads the bytes of the file.

    Raises:
        InstallFileInvalid: an entry breaks a rule; the sentence names it.
    """
    if len(content) > MAX_FILE_LENGTH:
        raise InstallFileInvalid(f"the list of systems is longer than {MAX_FILE_LENGTH} bytes")
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise InstallFileInvalid(f"the list of systems is not TOML in UTF-8: {error}") from None
    rows = _tables(document, "system", _MAX_SYSTEMS, "the file")
    if not rows:
        raise InstallFileInvalid("the list of systems has no [[system]]")
    systems = tuple(_system(row) for row in rows)
    if len({system.id for system in systems}) < len(systems):
        raise InstallFileInvalid("two systems have the same id")
    return systems


def _system(row: Mapping[str, Any]) -> System:
    system_id = _line(row.get("id"), "system.id")
    if not is_short_name(system_id):
        raise InstallFileInvalid(f"system.id {system_id!r} is not made of small letters, digits and hyphens")
    _only(row, {"id", "name", "state", "says", "step"}, system_id)
    state = _line(row.get("state"), f"{system_id}.state")
    if state not in STATES:
        raise InstallFileInvalid(f"{system_id}.state {state!r} is none of {', '.join(STATES)}")
    steps = tuple(_step(one, system_id) for one in _tables(row, "step", _MAX_STEPS, system_id))
    if (state == "not-yet") == bool(steps):
        raise InstallFileInvalid(f"{system_id}: a system has steps exactly when its state is not 'not-yet'")
    return System(
        system_id,
        _both(row.get("name"), f"{system_id}.name"),
        state,
        _both(row.get("says"), f"{system_id}.says"),
        steps,
    )


def _step(row: Mapping[str, Any], where: str) -> Step:
    _only(row, {"says", "commands"}, f"{where}.step")
    commands = row.get("commands", [])
    if not isinstance(commands, list) or len(commands) > _MAX_COMMANDS:
        raise InstallFileInvalid(f"{where}.step.commands must be a list of at most {_MAX_COMMANDS} lines")
    lines = tuple(_line(line, f"{where}.step.commands") for line in commands)
    for line in lines:
        unknown = [slot for slot in _SLOT.findall(line) if slot not in SLOTS]
        if unknown:
            raise InstallFileInvalid(f"{where}.step: {{{unknown[0]}}} is none of {', '.join(SLOTS)}")
    return Step(_both(row.get("says"), f"{where}.step.says"), lines)


def _both(value: object, what: str) -> dict[str, str]:
    if not isinstance(value, dict) or set(value) != set(LANGUAGES):
        raise InstallFileInvalid(f'{what} must be {{ vi = "...", en = "..." }}')
    return {language: _line(value[language], f"{what}.{language}") for language in LANGUAGES}


def _line(value: object, what: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > _MAX_TEXT or not value.isprintable():
        raise InstallFileInvalid(f"{what} must be one line of text of at most {_MAX_TEXT} characters")
    return value.strip()


def _tables(row: Mapping[str, Any], name: str, most: int, where: str) -> list[Mapping[str, Any]]:
    value = row.get(name, [])
    if not isinstance(value, list) or len(value) > most or not all(isinstance(one, dict) for one in value):
        raise InstallFileInvalid(f"{where}: [[{name}]] must be at most {most} tables")
    return value


def _only(row: Mapping[str, Any], known: set[str], where: str) -> None:
    if unknown := sorted(set(row) - known):
        raise InstallFileInvalid(f"{where}: unknown entry {unknown[0]!r}")
