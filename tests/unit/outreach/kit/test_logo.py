"""A logo from outside: drawn anew within limits, or refused with a sentence."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from bluezone.outreach.kit.errors import UnitUnreadable
from bluezone.outreach.kit.logo import MAX_SIDE, load_logo
from tests.unit.outreach.kit.conftest import EXAMPLE


def test_the_example_becomes_a_png() -> None:
    with Image.open(BytesIO(load_logo(EXAMPLE.parent / "gia-nghia-logo.svg"))) as drawn:
        assert drawn.format == "PNG"
        assert max(drawn.size) == MAX_SIDE


def test_a_large_photograph_becomes_smaller(tmp_path: Path) -> None:
    path = tmp_path / "logo.jpg"
    Image.new("RGB", (3000, 1500), "red").save(path)
    with Image.open(BytesIO(load_logo(path))) as drawn:
        assert drawn.size == (MAX_SIDE, MAX_SIDE // 2)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.png", b"GIF89a", "is not a picture"),
        ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(50), "is not a picture"),
        (
            "a.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
            "refers to other files",
        ),
        ("a.svg", b"<svg><image href='/etc/passwd'/></svg>", "refers to other files"),
        ("a.svg", b"<!DOCTYPE x [<!ENTITY a 'b'>]><svg/>", "refers to other files"),
        ("a.svg", b"not a drawing", "not a drawing"),
        ("a.svg", b"\xff\xfe\xff", "not a drawing"),
        ("a.svg", b"<svg>" + b" " * 300_001, "too long"),
        ("a.png", bytes(5_000_001), "larger than 5 MB"),
    ],
)
def test_what_is_no_logo_is_refused(tmp_path: Path, name: str, content: bytes, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnitUnreadable, match=said):
        load_logo(path)


def test_a_bomb_of_pixels_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "logo.png"
    Image.new("1", (8000, 8000)).save(path)
    with pytest.raises(UnitUnreadable, match="too many pixels"):
        load_logo(path)


def test_a_missing_logo_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UnitUnreadable, match="put the file there, or delete the line"):
        load_logo(tmp_path / "none.png")
