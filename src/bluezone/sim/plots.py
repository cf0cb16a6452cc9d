"""Pictures of a sweep: the trade-off, scan rhythm, uptake. One PNG each, readable in print.

Decides colours, axes and names of files. matplotlib is in an extra: only whoever draws imports this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from bluezone.sim.judge import TradeOff
from bluezone.sim.sweep import SweepPoint

_WIDTH_INCHES, _HEIGHT_INCHES, _DPI = 6.4, 4.2, 110
# More false alerts than this would serve nobody.
_SHOWN_PERCENT = 6.0
_POSITIVE, _NEGATIVE = "#0b6e8a", "#c2410c"


def plot_trade_off(
    folder: Path, title: str, curves: Mapping[str, Sequence[TradeOff]], at: Mapping[str, float]
) -> Path:
    """Clear positives against clear negatives, one line for each number varied; a ring marks it as shipped.

    Args:
        folder: made when missing.
        title: of the picture.
        curves: number varied to its points.
        at: the shipped value of each.
    """
    figure, axes = _axes(title, "clear negatives alerted, %", "clear positives alerted, %")
    looks = ((_POSITIVE, (-4, 6)), (_NEGATIVE, (5, -9)))
    for (name, points), (colour, where) in zip(curves.items(), looks, strict=False):
        xs = [100 * one.clear_negative.value for one in points]
        ys = [100 * one.clear_positive.value for one in points]
        axes.plot(xs, ys, "o-", color=colour, markersize=4, label=f"{name} varied")
        for one, x, y in zip(points, xs, ys, strict=True):
            if one.value == at.get(name):
                axes.plot([x], [y], "o", color=colour, markersize=11, fillstyle="none")
            text = {"textcoords": "offset points", "fontsize": 7, "color": colour}
            if x <= _SHOWN_PERCENT:
                axes.annotate(f"{one.value:g}", (x, y), where, **text)
    axes.axhline(95, color="#999999", linewidth=0.8, linestyle=":")
    axes.axvline(1.5, color="#999999", linewidth=0.8, linestyle=":")
    axes.set_xlim(-0.2, _SHOWN_PERCENT)
    axes.set_ylim(None, 103)
    axes.legend(loc="lower right", frameon=False, fontsize=8)
    return _saved(figure, folder, "trade-off.png")


def plot_points(folder: Path, title: str, label: str, name: str, points: Sequence[SweepPoint]) -> Path:
    """Both shares over the number that was varied.

    Args:
        folder: made when missing.
        title: of the picture.
        label: of the axis.
        name: of the file, without its ending.
        points: in the order of their value.
    """
    figure, axes = _axes(title, label, "alerted, %")
    values = [one.value for one in points]
    lows, highs = [100 * one.low for one in points], [100 * one.high for one in points]
    axes.fill_between(values, lows, highs, color=_POSITIVE, alpha=0.15, linewidth=0)
    positive = [100 * one.clear_positive for one in points]
    negative = [100 * one.clear_negative for one in points]
    axes.plot(values, positive, "o-", color=_POSITIVE, label="clear positives")
    axes.plot(values, negative, "s-", color=_NEGATIVE, label="clear negatives")
    axes.set_ylim(-2, 102)
    # Below the axes, where it hides no line.
    figure.legend(loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    return _saved(figure, folder, f"{name}.png")


def _axes(title: str, x: str, y: str) -> tuple[Any, Any]:
    figure = Figure(figsize=(_WIDTH_INCHES, _HEIGHT_INCHES), layout="constrained")
    axes = figure.subplots()
    axes.set_title(title, fontsize=9)
    axes.set_xlabel(x)
    axes.set_ylabel(y)
    axes.grid(color="#e5e5e5", linewidth=0.6)
    axes.spines[["top", "right"]].set_visible(False)
    return figure, axes


def _saved(figure: Any, folder: Path, name: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    figure.savefig(path, dpi=_DPI)
    return path
