"""Text as people paste it, made plain: what is invisible is left away, what looks like a space is one.

Decides only about characters, never about words. Text from Word, from chats and from web pages brings
odd spaces, zero-width marks and vertical tabs; none of them is a reason to refuse a report. Other
controls are left for the rules of reports to refuse.
"""

from __future__ import annotations

import unicodedata

_NEW_LINES = dict.fromkeys(map(ord, "\r\x0b\x0c\x85\u2028\u2029"), "\n")


def plain_text(text: str) -> str:
    """The same text composed (NFC), with plain line ends and without invisible marks; controls stay."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_NEW_LINES)
    return "".join(map(_plain, lines)).strip()


def plain_line(text: str) -> str:
    """The same as one line."""
    return " ".join(plain_text(text).split())


def printable_text(text: str) -> str:
    """The same without anything that a document could not hold."""
    return "".join(c for c in plain_text(text) if c in "\n\u00a0" or c.isprintable()).strip()


def _plain(letter: str) -> str:
    if letter in "\n\u00a0":  # a hard space keeps a number and its unit together
        return letter
    kind = unicodedata.category(letter)
    if kind == "Zs" or letter == "\t":
        return " "
    return "" if kind == "Cf" else letter
