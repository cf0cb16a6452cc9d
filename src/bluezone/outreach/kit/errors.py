"""Errors of the kit: one family, a stable code each, a sentence that says what to do.

KitError
├── UnitFileInvalid        the unit file breaks a rule
├── UnitUnreadable         the unit file, or a file that it names, cannot be read
├── ItemFailed             one item cannot be made; the others are
│   ├── NameTooLong        a name does not fit into a layout
│   ├── GlyphMissing       the typeface lacks a character
│   ├── ProgramMissing     a program that an item needs is not on this machine
│   ├── VoiceBroken        the voice, or a recording that replaces it, cannot be used
│   └── ItemRefused        it was made, and the checks found something
├── OutputUnusable         the folder of the kit cannot be written, or another build works in it
├── BuildStopped           somebody asked to stop; what is finished stays
├── KitDamaged             a finished kit is not what its manifest says
│   └── SignatureInvalid   the manifest was not signed with this key
└── KitKeyInvalid          a key file cannot be used
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

_SHOWN = 12


class KitError(Exception):
    """Something about a kit of materials is wrong."""

    code: ClassVar[str] = "kit"


class UnitFileInvalid(KitError):
    """A unit file has an unknown, missing or malformed entry."""

    code = "unit-file-invalid"


class UnitUnreadable(KitError):
    """A unit file, or a file that it names, cannot be read."""

    code = "unit-unreadable"


class ItemFailed(KitError):
    """One item of the kit cannot be made; the others are not touched by that."""

    code = "item-failed"


class NameTooLong(ItemFailed):
    """A name is too long for a layout; the unit file can give a shorter one."""

    code = "name-too-long"


class GlyphMissing(ItemFailed):
    """A text holds a character that the typeface of the materials lacks."""

    code = "glyph-missing"


class ProgramMissing(ItemFailed):
    """A program that an item needs, such as espeak-ng or ffmpeg, is not on this machine."""

    code = "program-missing"


class VoiceBroken(ItemFailed):
    """A voice or a recording that replaces it cannot be used."""

    code = "voice-broken"


class ItemRefused(ItemFailed):
    """An item was made, but the checks found something wrong with it, so it is not in the kit."""

    code = "item-refused"

    def __init__(self, findings: Sequence[str]) -> None:
        more = f"; and {len(findings) - _SHOWN} more" if len(findings) > _SHOWN else ""
        super().__init__("; ".join(findings[:_SHOWN]) + more)
        self.findings = tuple(findings)


class OutputUnusable(KitError):
    """The folder of a kit cannot be written, or another build works in it."""

    code = "kit-output"


class BuildStopped(KitError):
    """Somebody asked to stop; finished items stay, and the next build goes on from there."""

    code = "build-stopped"

    def __init__(self) -> None:
        super().__init__("stopped; run the same command again to go on")


class KitDamaged(KitError):
    """A kit is not what its manifest says, or has no manifest."""

    code = "kit-damaged"


class SignatureInvalid(KitDamaged):
    """A manifest was not signed with the key that was asked for."""

    code = "kit-signature-invalid"


class KitKeyInvalid(KitError):
    """A key file for signing or verifying kits cannot be used."""

    code = "kit-key-invalid"
