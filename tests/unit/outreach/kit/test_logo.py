"""A logo from outside: drawn anew within limits, or refused with a sentence."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import ExifTags, Image

from bluezone.outreach.kit import svg
from bluezone.outreach.kit.errors import UnitUnreadable
from bluezone.outreach.kit.logo import MAX_SIDE, load_logo
from bluezone.outreach.kit.office import pictures
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


def drawing(tmp_path: Path, inside: str, box: str = "0 0 100 100") -> Path:
    """A logo as a vector drawing."""
    path = tmp_path / "logo.svg"
    path.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{inside}</svg>', "utf-8")
    return path


@pytest.mark.parametrize(
    ("box", "size"),
    [
        ("0 0 1 100000", (1, MAX_SIDE)),
        ("0 0 100000 1", (MAX_SIDE, 1)),
        ("0 0 100 200", (MAX_SIDE // 2, MAX_SIDE)),
        ("0 0 200 100", (MAX_SIDE, MAX_SIDE // 2)),
    ],
)
def test_a_drawing_of_any_shape_fits_into_a_square(tmp_path: Path, box: str, size: tuple[int, int]) -> None:
    with Image.open(BytesIO(load_logo(drawing(tmp_path, '<rect width="9" height="9"/>', box)))) as drawn:
        assert drawn.size == size


@pytest.mark.parametrize(
    ("name", "size"), [("scene", (500, 215)), ("three", (500, 167)), ("mark", (500, 500))]
)
def test_our_own_drawings_are_as_wide_as_they_are_wanted(name: str, size: tuple[int, int]) -> None:
    with Image.open(BytesIO(pictures.drawing(name, 500))) as drawn:
        assert drawn.size == size


@pytest.mark.parametrize(
    "inside",
    [
        # Terabytes: in this process that would be its end.
        '<pattern id="a" width="1000000" height="1000000" patternUnits="userSpaceOnUse">'
        '<rect width="5" height="5"/></pattern><rect width="100" height="100" fill="url(#a)"/>',
        '<filter id="a" x="-9000000" y="-9000000" width="90000000" height="90000000"'
        ' filterUnits="userSpaceOnUse"><feGaussianBlur stdDeviation="3"/></filter>'
        '<rect width="100" height="100" filter="url(#a)"/>',
    ],
    ids=["memory", "time"],
)
def test_a_drawing_that_takes_too_much_is_refused(
    tmp_path: Path, inside: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(svg, "_MOST_TIME_S", 1)
    with pytest.raises(UnitUnreadable, match="not a drawing that can be read with little memory and time"):
        load_logo(drawing(tmp_path, inside))


def test_a_photograph_stands_upright(tmp_path: Path) -> None:
    path, turned = tmp_path / "logo.jpg", Image.Exif()
    turned[ExifTags.Base.Orientation] = 6
    lying = Image.new("RGB", (400, 200), "white")
    lying.paste("red", (0, 0, 100, 200))
    lying.save(path, exif=turned)
    with Image.open(BytesIO(load_logo(path))) as drawn:
        assert drawn.size == (200, 400)
        red, green, _, _ = drawn.getpixel((100, 20))  # type: ignore[misc]
        assert (red > 200, green < 60) == (True, True), "what lay to the left stands on top"


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
