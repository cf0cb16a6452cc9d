"""How short names and telephone numbers are written wherever somebody from outside writes them.

Decides the form only; what a name or a number belongs to is decided where it is read.
"""

from __future__ import annotations

import re

NATIONAL_HOTLINE = "1900 9095"
_SHORT_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_TELEPHONE = re.compile(r"\+?[0-9][0-9 .]{1,18}[0-9]")


def is_short_name(text: str) -> bool:
    """Small letters, digits and single hyphens, such as `gia-nghia`; fit for addresses and paths."""
    return _SHORT_NAME.fullmatch(text) is not None


def is_telephone(text: str) -> bool:
    """A number of 3 to 15 digits as it is printed, such as `1900 9095`, `115` or `+84 263.000.0000`."""
    return _TELEPHONE.fullmatch(text) is not None and 3 <= sum(sign.isdigit() for sign in text) <= 15
