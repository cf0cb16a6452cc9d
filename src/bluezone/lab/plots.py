"""Draws what an evaluation found: ROC curves, reliability, and the error of each scene."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

mpl.use("Agg")

from matplotlib.figure import Figure

from bluezone.lab import metrics
from bluezone.lab.judging import Judged, Result

_SIZE_INCHES = (5.2, 4.4)
_DPI = 110
# Told apart by colour-blind people, too (Okabe and Ito, then brown); the phone's own model is thick.
_COLOURS = (
    "#0072B2",
    "#56B4E9",
    "#D55E00",
    "#E69F00",
    "#CC79A7",
    "#009E73",
    "#555555",
    "#000000",
    "#8C510A",
)
# With as many methods as there are colours, further ones take a colour again, with another line.
_LINES = ("-", "--", ":")
_HATCHES = {"-": "", "--": "////", ":": "...."}
_STYLES = tuple((colour, line) for line in _LINES for colour in _COLOURS)


def draw(task: Judged, folder: Path) -> list[Path]:
    """Writes the pictures of one task as PNG.

    Args:
        task: what was judged.
        folder: exists.

    Returns:
        The files.
    """
    drawn = []
    for kind, picture in (("roc", _roc), ("reliability", _reliability), ("scenes", _scenes)):
        figure = Figure(figsize=_SIZE_INCHES, dpi=_DPI, layout="constrained")
        picture(task, figure.add_subplot())
        path = folder / f"{task.key}-{kind}.png"
        figure.savefig(path)
        drawn.append(path)
    return drawn


def _styled(task: Judged) -> Iterator[tuple[Result, tuple[str, str]]]:
    """Each result with colour and line; none is left out."""
    return zip(task.results, _STYLES[: len(task.results)], strict=True)


def _roc(task: Judged, axes: Any) -> None:
    for number, (result, style) in enumerate(_styled(task)):
        found = metrics.curve(task.near, result.scores)
        label = f"{result.name} (AUC {result.auc.value:.2f})"
        width = 2.6 if number == 0 else 1.3
        axes.plot(found.false_alarm, found.hit, color=style[0], ls=style[1], lw=width, label=label)
    axes.plot([0, 1], [0, 1], color="#bbbbbb", lw=1, ls=":")
    axes.set(
        xlabel="share of far windows called near",
        ylabel="share of near windows found",
        title=task.title,
        xlim=(0, 1),
        ylim=(0, 1),
    )
    axes.legend(loc="lower right", fontsize=7, frameon=False)


def _reliability(task: Judged, axes: Any) -> None:
    axes.plot([0, 1], [0, 1], color="#bbbbbb", lw=1, ls=":")
    for result, (colour, line) in _styled(task):
        if result.calibration_error is None:
            continue
        bins = metrics.calibration_bins(task.near, result.scores)
        said, true, counts = (np.array(column) for column in zip(*bins, strict=True))
        label = f"{result.name} (error {result.calibration_error.value:.2f})"
        axes.plot(said, true, color=colour, ls=line, lw=1.2, label=label)
        axes.scatter(said, true, s=6 + 200 * counts / counts.sum(), color=colour)
    axes.set(
        xlabel="probability that was said",
        ylabel="share of these windows that was near",
        title=f"{task.title}\nlarger dots: more windows",
        xlim=(0, 1),
        ylim=(0, 1),
    )
    axes.legend(loc="upper left", fontsize=7, frameon=False)


def _scenes(task: Judged, axes: Any) -> None:
    scenes = list(task.results[0].scene_ndcf)
    if len(scenes) > 12:
        _spread(task, axes)
        return
    width = 0.8 / len(task.results)
    for number, (result, (colour, line)) in enumerate(_styled(task)):
        places = np.arange(len(scenes)) + (number - (len(task.results) - 1) / 2) * width
        errors = [result.scene_ndcf[scene] for scene in scenes]
        hatch = _HATCHES[line]
        axes.bar(places, errors, width, color=colour, hatch=hatch, edgecolor="white", lw=0, label=result.name)
    axes.axhline(1, color="#bbbbbb", lw=1, ls=":")
    axes.set(ylabel="nDCF (0: never wrong, 1: useless)", title=task.title, ylim=(0, 1.4))
    axes.set_xticks(range(len(scenes)), [scene.rsplit("/", 1)[-1] for scene in scenes])
    axes.legend(fontsize=7, frameon=False, ncols=2)


def _spread(task: Judged, axes: Any) -> None:
    """Many recordings: how their errors are spread."""
    errors = [
        [error for error in result.scene_ndcf.values() if np.isfinite(error)] for result in task.results
    ]
    axes.boxplot(errors, tick_labels=[result.name for result in task.results])
    axes.tick_params(axis="x", labelsize=7)
    for label in axes.get_xticklabels():
        label.set(rotation=30, ha="right", rotation_mode="anchor")
    axes.set(ylabel="nDCF of each recording", title=task.title)
