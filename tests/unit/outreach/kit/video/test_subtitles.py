"""Subtitles as rows and as SubRip, written and read back."""

from __future__ import annotations

import pytest

from bluezone.outreach.kit.video.subtitles import LONGEST_ROW, Shown, faults, parse_subrip, rows, subrip
from bluezone.outreach.kit.video.timeline import Cue


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Cài cho mình và cho 3 người khác.", ["Cài cho mình và cho 3 người khác."]),
        (
            "Bluezone báo cho bạn, nếu bạn từng ở gần người nhiễm.",
            ["Bluezone báo cho bạn,", "nếu bạn từng ở gần người nhiễm."],
        ),
        (
            "Tự nguyện, miễn phí. Cài cho mình và cho 3 người khác.",
            ["Tự nguyện, miễn phí.", "Cài cho mình và cho 3 người khác."],
        ),
        (
            "Đường dây nóng của cả tỉnh: 0263\u00a0000\u00a00000.",
            ["Đường dây nóng của cả tỉnh:", "0263\u00a0000\u00a00000."],
        ),
        ("x" * 60, ["x" * 60]),
    ],
)
def test_rows(text: str, expected: list[str]) -> None:
    assert rows(text) == expected


def test_long_texts_keep_every_word() -> None:
    text = " ".join(["chữ"] * 60)
    assert " ".join(rows(text)) == text
    assert max(map(len, rows(text))) <= LONGEST_ROW


CUES = [Cue("Một câu ngắn.", 0.5, 10, 60), Cue("Câu thứ hai dài hơn nhiều, nên nó có hai hàng.", 3, 75, 190)]


def test_subrip_is_written_and_read_back() -> None:
    text = subrip(CUES)
    assert text.startswith(
        "1\n00:00:00,400 --> 00:00:02,400\nMột câu ngắn.\n\n2\n00:00:03,000 --> 00:00:07,600\n"
    )
    assert parse_subrip(text) == [Shown("Một câu ngắn.", 0.4, 2.4), Shown(CUES[1].text, 3.0, 7.6)]
    assert list(faults(parse_subrip(text))) == []


@pytest.mark.parametrize(
    "text", ["", "not subtitles", "1\n00:00:00,400 -> 00:00:02,400\nx\n", subrip(CUES) + "\n\nmore"]
)
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="SubRip"):
        parse_subrip(text)


def test_what_cannot_be_read_in_time_is_found() -> None:
    shown = [Shown("a" * 50, 0, 1), Shown("b", 0.5, 3), Shown("c " * 60, 3, 20)]
    found = list(faults(shown))
    assert [word in " ".join(found) for word in ("too short", "overlap", "2 rows")] == [True] * 3
