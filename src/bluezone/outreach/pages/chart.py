"""Shares as bars on a page: geometry of an SVG that needs no script and says itself to a screen reader.

Pure. Bars are drawn to the whole 100 %, so that a small share looks small.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from bluezone.outreach.figures import Denominator
from bluezone.outreach.letter import rate_name
from bluezone.outreach.report_letter import MAX_BARS, Voice
from bluezone.outreach.rollup import RollUp

# In units of the drawing: names on their own line above each bar, so that long ones fit a telephone.
WIDTH, ROW, BAR, LEFT = 600, 52, 18, 0
_FULL = WIDTH - 90


@dataclass(frozen=True, slots=True)
class DrawnBar:
    """One bar.

    Attributes:
        label: whose share.
        text: the share as written.
        y: top of its row.
        width: of the bar.
        is_above_target: whether it reaches the target; True without one.
    """

    label: str
    text: str
    y: int
    width: int
    is_above_target: bool


@dataclass(frozen=True, slots=True)
class BarChart:
    """A chart, drawn.

    Attributes:
        name: for ids on the page.
        title: names the denominator.
        bars: the best first.
        height: of the drawing.
        target_x: where the target's line stands; None for none.
        target_text: the target as written.
    """

    name: str
    title: str
    bars: tuple[DrawnBar, ...]
    height: int
    target_x: int | None
    target_text: str


def chart_of(
    rollup: RollUp, denominator: Denominator, target: Fraction | None, voice: Voice
) -> BarChart | None:
    """The shares of all units with one denominator, the best first; None where there are none.

    Args:
        rollup: the figures.
        denominator: against what.
        target: share to be reached; None for none.
        voice: the language.
    """
    known = [
        (share.rate, share.order, row.name)
        for row in rollup.rows
        if (share := row.summary.uptake.share(denominator)).rate is not None
    ]
    ranked = sorted(known, key=lambda one: -one[1])
    if len(ranked) > MAX_BARS:
        ranked = [*ranked[: MAX_BARS // 2], *ranked[-MAX_BARS // 2 :]]
    if not ranked:
        return None
    bars = tuple(
        DrawnBar(
            name,
            voice.rate(rate),
            number * ROW,
            round(min(rate, Fraction(1)) * _FULL),
            target is None or rate >= target,
        )
        for number, (rate, _, name) in enumerate(ranked)
        if rate is not None
    )
    key = "chart.title.ends" if len(known) > MAX_BARS else "chart.title"
    return BarChart(
        str(denominator),
        voice.say(key, denominator=rate_name(denominator, voice.say)),
        bars,
        len(bars) * ROW,
        None if target is None else round(target * _FULL),
        "" if target is None else voice.say("chart.target", share=voice.rate(target)),
    )
