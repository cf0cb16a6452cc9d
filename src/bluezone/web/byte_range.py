"""One byte range of a file, so that a broken download can be resumed.

Decides what a `Range` header means. More than one range is served whole, which is allowed.
Source: RFC 9110, section 14.
"""

from __future__ import annotations

import re

_ONE_RANGE = re.compile(r"bytes=(\d{0,19})-(\d{0,19})")


class RangeUnsatisfiable(Exception):
    """The range begins after the end of the file."""

    code = "range-unsatisfiable"


def parse_range(header: str | None, length: int) -> tuple[int, int] | None:
    """The part of a file that is asked for.

    Args:
        header: value of `Range`; None when absent.
        length: of the file, bytes.

    Returns:
        First byte and end (exclusive), or None for the whole file.

    Raises:
        RangeUnsatisfiable: there is no such byte.
    """
    match = _ONE_RANGE.fullmatch(header or "")
    if match is None or match.group(1) == match.group(2) == "":
        return None
    first, last = match.groups()
    if first == "":
        start, end = max(0, length - int(last)), length
    else:
        start, end = int(first), min(length, int(last) + 1) if last else length
        if last and int(last) < start:
            return None
    if start >= length:
        raise RangeUnsatisfiable
    return start, end
