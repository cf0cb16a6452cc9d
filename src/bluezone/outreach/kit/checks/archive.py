"""What an office file (DOCX, PPTX) shows: its text parts, and the pictures in them with their size.

Decides which parts are read and how much of them. Only a picture that a slide, text, header or footer shows
counts: one that lies in the archive unused is seen by nobody.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_EMBEDDED = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}embed"
_READ_PARTS = re.compile(r"ppt/slides/[^/]+\.xml|word/(document|header\d*|footer\d*)\.xml")
_LARGEST_PART = 4_000_000
_EMU_PER_MM = 36_000

# What reading an archive raises when it is not one, or not whole.
UNREADABLE = (zipfile.BadZipFile, ElementTree.ParseError, OSError, KeyError, ValueError)


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as it stands in a file.

    Attributes:
        part: that shows it, such as `ppt/slides/slide3.xml`.
        content: of the picture's file.
        width_mm: as it is shown.
    """

    part: str
    content: bytes
    width_mm: float


def parts(path: Path) -> Iterator[ElementTree.Element]:
    """Every part that is read by people.

    Raises:
        Exception: one of `UNREADABLE`.
    """
    with zipfile.ZipFile(path) as archive:
        for name in _names(archive):
            yield _tree(archive, name)


def pictures(path: Path) -> Iterator[Shown]:
    """Every picture that such a part shows.

    Raises:
        Exception: one of `UNREADABLE`; also where a picture is named and not there.
    """
    with zipfile.ZipFile(path) as archive:
        for name in _names(archive):
            files = _related(archive, name)
            for picture in _tree(archive, name).iter():
                if picture.tag.endswith("}pic"):
                    blip = picture.find(f".//{DRAWING}blip")
                    size = picture.find(f".//{DRAWING}xfrm/{DRAWING}ext")
                    if blip is None or size is None:
                        raise ValueError(f"a picture of {name} is not whole")
                    content = _content(archive, files[blip.attrib[_EMBEDDED]])
                    yield Shown(name, content, int(size.attrib["cx"]) / _EMU_PER_MM)


def _names(archive: zipfile.ZipFile) -> Iterator[str]:
    yield from (name for name in archive.namelist() if _READ_PARTS.fullmatch(name))


def _related(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """The files that a part names, under the names it gives them."""
    folder, own = posixpath.split(name)
    listed = f"{folder}/_rels/{own}.rels"
    if listed not in archive.namelist():
        return {}
    return {
        one.attrib["Id"]: posixpath.normpath(posixpath.join(folder, one.attrib["Target"]))
        for one in _tree(archive, listed)
    }


def _tree(archive: zipfile.ZipFile, name: str) -> ElementTree.Element:
    # Our own builds; a kit from elsewhere is checked against its signature first.
    return ElementTree.fromstring(_content(archive, name))  # noqa: S314


def _content(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > _LARGEST_PART:
        raise zipfile.BadZipFile(f"{name} is larger than {_LARGEST_PART} bytes")
    return archive.read(name)
