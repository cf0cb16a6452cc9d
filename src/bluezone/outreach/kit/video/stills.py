"""The layers of a film as PNG files, set by typst in the look of the kit, one point to a pixel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from bluezone.outreach.kit.job import Job
from bluezone.outreach.kit.twin import check_twin
from bluezone.outreach.kit.typesetting import Sheet, set_sheet
from bluezone.outreach.kit.video.frame import Frame
from bluezone.outreach.kit.video.script import Scene
from bluezone.outreach.kit.video.subtitles import rows

# Kinds of scenes with a picture that is a layer of its own.
PICTURED = ("picture", "phone", "people")
_NO_BREAK = "\u00a0"
_AFTER_NUMBER = re.compile(r"(?<=\d) (?=\S)")


@dataclass(frozen=True, slots=True)
class Stills:
    """The layers of a film's part, one file each.

    Attributes:
        bases: of each scene.
        pictures: of each scene, what rises as it begins; None where there is nothing but words.
        kinds: of each scene.
        subtitles: of each cue.
    """

    bases: tuple[Path, ...]
    pictures: tuple[Path | None, ...]
    kinds: tuple[str, ...]
    subtitles: tuple[Path, ...]


def body_stills(job: Job, frame: Frame, scenes: Sequence[Scene], folder: Path) -> Stills:
    """Sets the layers of all scenes of a body and of the subtitles over them."""
    bases, pictures = [], []
    for number, scene in enumerate(scenes):
        words = {
            "kind": scene.kind,
            "title": kept_together(scene.title, job.language),
            "note": scene.note,
            "step": scene.step,
        }
        bases.append(_set(job, frame, folder / f"base-{number}.png", layer="base", **words))
        pictures.append(_picture(job, frame, scene, folder / f"picture-{number}.png"))
    lines = [line for scene in scenes for line in scene.lines]
    kinds = tuple(scene.kind for scene in scenes)
    return Stills(tuple(bases), tuple(pictures), kinds, _subtitles(job, frame, lines, folder))


def closing_stills(job: Job, frame: Frame, lines: Sequence[str], folder: Path) -> Stills:
    """Sets the unit's closing card and the subtitles over it.

    Raises:
        ItemRefused: the card does not say the unit's facts exactly, or its letters are not in the safe area.
    """
    card = _set(job, frame, folder / "closing.png", layer="closing")
    film = next(plan for plan in job.item.files if frame.size in plan.name)
    check_twin(job, replace(film, safe_mm=frame.safe_mm), _sheet(frame), {"layer": "closing"})
    return Stills((card,), (None,), ("closing",), _subtitles(job, frame, lines, folder))


def kept_together(title: str, language: str) -> str:
    """A title in which a number stays with what it counts.

    Vietnamese words are mostly of two syllables, so its last two are never parted either.
    """
    title = _AFTER_NUMBER.sub(_NO_BREAK, title)
    before, blank, last = title.rpartition(" ")
    is_joined = _NO_BREAK in before.rpartition(" ")[2] + last or not blank or language != "vi"
    return title if is_joined else f"{before}{_NO_BREAK}{last}"


def _picture(job: Job, frame: Frame, scene: Scene, path: Path) -> Path | None:
    if scene.kind not in PICTURED:
        return None
    return _set(job, frame, path, layer=f"{scene.kind}-picture", screen=scene.screen)


def _subtitles(job: Job, frame: Frame, lines: Sequence[str], folder: Path) -> tuple[Path, ...]:
    return tuple(
        _set(job, frame, folder / f"subtitle-{number}.png", layer="subtitle", rows=rows(line))
        for number, line in enumerate(lines)
    )


def _set(job: Job, frame: Frame, path: Path, **more: object) -> Path:
    path.write_bytes(set_sheet(job, _sheet(frame), more))
    return path


def _sheet(frame: Frame) -> Sheet:
    return Sheet("film.typ", frame.name, "png", 72)
