"""Written English becomes what a speaker says, as far as the kit's texts need it."""

from __future__ import annotations

import pytest

from bluezone.outreach.kit.voice.numbers_en import cardinal, ordinal
from bluezone.outreach.kit.voice.spoken import spoken

SENTENCES = {
    "by 17:00 on 15/8/2021": "by seventeen o'clock on the fifteenth of August two thousand and twenty one",
    "at 9:05": "at nine oh five",
    "17 August": "the seventeenth of August",
    "call 1900 9095": "call one nine zero zero, nine zero nine five",
    "12,888 people": "twelve thousand eight hundred and eighty eight people",
    "69.0 %": "sixty nine point zero per cent",
    "2 m for 15 minutes": "two metres for fifteen minutes",
    "5-7 days": "five to seven days",
    "the 21st": "the twenty first",
    "F0 and A4": "F zero and A four",
    "24/7": "all day, every day",
    "don't worry": "don't worry",
    "https://bluezone.example.vn/kit": "blue zone dot example dot V N slash kit",
}


@pytest.mark.parametrize(("written", "said"), SENTENCES.items())
def test_sentence(written: str, said: str) -> None:
    assert spoken(written, "en") == said


def test_numbers() -> None:
    assert cardinal(105) == "one hundred and five"
    assert cardinal(1_000_005) == "one million and five"
    assert cardinal(-40) == "minus forty"
    assert [ordinal(n) for n in (1, 2, 3, 12, 20, 31)] == [
        "first", "second", "third", "twelfth", "twentieth", "thirty first",
    ]  # fmt: skip
