"""Text as people paste it, made plain: what cannot be printed is left away, what looks like a space is one.

Decides only about characters, never about words. Text from Word, from chats and from web pages brings
odd spaces, zero-width marks and vertical tabs; none of them is a reason to refuse a report.
"""

from __future__ import annotations

import unicodedata

_NEW_LINES = dict.fromkeys(map(ord, "\r\x0b\x0c\x85\u2028\u2029"), "\n")


def plain_text(text: str) -> str:
    """The same text composed (NFC), with plain line ends, without anything invisible."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n")).translate(_NEW_LINES)
    return "".join(map(_plain, lines)).strip()


def plain_line(text: str) -> str:
    """The same as one line."""
    return " ".join(plain_text(text).split())


def _plain(letter: str) -> str:
    if letter in "\n\u00a0":  # a hard space keeps a number and its unit together
        return letter
    kind = unicodedata.category(letter)
    if kind == "Zs" or letter == "\t":
        return " "
    return "" if kind in ("Cc", "Cf", "Cs", "Co", "Cn") else letter
