"""Numbers and dates: what is written can be read back, and rounding is exact."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bluezone.outreach.figures import COUNT_LIMIT
from bluezone.outreach.numerals import (
    count_text,
    date_text,
    decimal_text,
    percent_text,
    read_count,
    read_date,
    read_rate,
)
from bluezone.outreach.problem import Problem


@given(st.integers(0, COUNT_LIMIT - 1), st.sampled_from(["vi", "en"]))
def test_a_count_that_is_written_is_read_back(count: int, language: str) -> None:
    assert read_count(count_text(count, language)) == count
    assert read_count(str(count)) == count


@given(st.text(max_size=30))
def test_any_text_is_a_count_a_problem_or_nothing(text: str) -> None:
    read = read_count(text)
    assert read is None or isinstance(read, Problem) or 0 <= read < COUNT_LIMIT
    day = read_date(text)
    assert day is None or isinstance(day, Problem | date)
    read_rate(text)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_date_that_is_written_is_read_back(day: date) -> None:
    assert read_date(date_text(day, "vi")) == day
    assert read_date(day.isoformat()) == day
    assert read_date(f"ngày {day.day} tháng {day.month} năm {day.year}") == day


@given(st.fractions(-10, 10, max_denominator=100_000), st.integers(0, 4))
def test_rounding_is_half_up_as_accountants_do(value: Fraction, digits: int) -> None:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    written = decimal_text(value, "en", digits)
    assert Decimal(written) == rounded
    assert not (written.startswith("-") and Decimal(written) == 0)


@pytest.mark.parametrize(
    ("rate", "vi", "en"),
    [
        (Fraction(2121, 3073), "69,02\u00a0%", "69.02%"),
        (Fraction(1, 2), "50,00\u00a0%", "50.00%"),
        (Fraction(1, 800), "0,13\u00a0%", "0.13%"),
        (Fraction(12), "1.200,00\u00a0%", "1,200.00%"),
    ],
)
def test_rates_are_written_in_each_language(rate: Fraction, vi: str, en: str) -> None:
    assert (percent_text(rate, "vi"), percent_text(rate, "en")) == (vi, en)


@pytest.mark.parametrize(
    ("typed", "rate"),
    [("68 %", Fraction(68, 100)), ("68,5%", Fraction(685, 1000)), ("0,68", Fraction(68, 100)),
     ("68", Fraction(68, 100)),
     ("0,5 %", Fraction(5, 1000)), ("nhiều", None), ("", None), ("1e9", None), ("-3", None)],
)  # fmt: skip
def test_typed_rates_are_read_to_be_compared(typed: str, rate: Fraction | None) -> None:
    assert read_rate(typed) == rate
