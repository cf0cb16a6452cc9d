"""The streamed zip is a zip: other programs read it, its length is right, any part of it can be had."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.outreach.site.zip_stream import Member, MemberChanged, part_of, zip_length, zip_pieces

FILES = {"áp-phích/A3.pdf": b"%PDF" * 5000, "empty.txt": b"", "video.mp4": bytes(range(256)) * 9}


def members(files: dict[str, bytes], piece: int = 1000) -> list[Member]:
    """Files in memory, read in pieces."""

    def reader(content: bytes) -> Iterable[bytes]:
        return (content[at : at + piece] for at in range(0, len(content), piece))

    return [
        Member(name, len(content), lambda content=content: reader(content))  # type: ignore[misc]
        for name, content in files.items()
    ]


def test_python_reads_back_every_file() -> None:
    whole = b"".join(zip_pieces(members(FILES)))
    assert len(whole) == zip_length(members(FILES))
    with zipfile.ZipFile(io.BytesIO(whole)) as read:
        assert read.testzip() is None
        assert {name: read.read(name) for name in read.namelist()} == FILES


def test_equal_files_give_equal_bytes_however_they_are_read() -> None:
    assert b"".join(zip_pieces(members(FILES, 7))) == b"".join(zip_pieces(members(FILES, 4096)))


def test_unzip_finds_nothing_wrong(tmp_path: Path) -> None:
    program = shutil.which("unzip")
    if program is None:
        pytest.skip("no unzip on the PATH: apt-get install unzip")
    (tmp_path / "kit.zip").write_bytes(b"".join(zip_pieces(members(FILES))))
    done = subprocess.run([program, "-t", tmp_path / "kit.zip"], capture_output=True, text=True, check=False)
    assert "No errors detected" in done.stdout


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=20).filter(str.isalnum), st.binary(max_size=300), max_size=5
    ),
    st.data(),
)
def test_any_part_is_a_part_of_the_whole(files: dict[str, bytes], data: st.DataObject) -> None:
    whole = b"".join(zip_pieces(members(files)))
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, len(whole) + 5))
    assert b"".join(part_of(zip_pieces(members(files, 11)), start, end)) == whole[start:end]


@pytest.mark.parametrize("size", [3, 5])
def test_a_file_that_changed_meanwhile_ends_the_zip(size: int) -> None:
    with pytest.raises(MemberChanged, match="has 4 bytes"):
        b"".join(zip_pieces([Member("a.txt", size, lambda: [b"four"])]))


def test_what_one_zip_cannot_hold_is_refused_before_it_begins() -> None:
    with pytest.raises(ValueError, match="too large"):
        zip_length([Member("a", 2**32, lambda: [])])
