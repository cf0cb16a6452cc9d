"""Official letters as content: what stands in each place of the form, and in which order.

Decides the parts of a letter in the layout of Decree 30/2020/NĐ-CP and what a roll-up's letter says by
default; every text can be replaced by the office. Leaves pages, fonts and files to `documents`.
"""

from __future__ import annotations

from typing import Protocol


class Say(Protocol):
    """How a sentence is said in the letter's language."""

    def __call__(self, key: str, /, **values: object) -> str:
        """The message of a key with its values filled in."""
        ...
