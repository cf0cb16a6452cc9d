"""Reading a region file that a command was given."""

from __future__ import annotations

from pathlib import Path

from bluezone.protocol.errors import RegionFileError
from bluezone.protocol.region import MAX_REGION_FILE, Region, parse_region


def read_region(path: Path) -> Region:
    """The region of a region file.

    Raises:
        RegionFileError: it cannot be read, or is not complete.
    """
    try:
        with path.open("rb") as file:
            text = file.read(MAX_REGION_FILE + 1).decode()
    except (OSError, UnicodeDecodeError) as error:
        raise RegionFileError(f"{path} cannot be read: {error}") from None
    return parse_region(text)
