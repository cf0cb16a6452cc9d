"""The four films: 8, 15 and 30 seconds and the installation guide, each wide and tall.

Decides what is made once for all units (the body, kept under a name that changes with its content) and what
for each (the closing card, the sound, the joining). Motion and encoding are in `video.commands`, time is in
`video.timeline`.
"""

from __future__ import annotations

from collections.abc import Iterable

from bluezone.outreach.kit.job import Job, Report, package_files
from bluezone.outreach.kit.video.film import build_film
from bluezone.outreach.kit.voice.choice import films_depend_on


class FilmBuilder:
    """Builds the items `video-8`, `video-15`, `video-30` and `video-install`."""

    def inputs(self, job: Job) -> Iterable[bytes]:
        """Sources, layouts, screens, and the voice file of the unit."""
        yield from package_files("video_items.py", "video", "voice", "sound", "typesetting.py", "twin.py")
        yield from package_files("typst/look.typ", "typst/film.typ", "typst/drawings", "screens")
        yield from films_depend_on(job.unit, job.language)

    def build(self, job: Job, report: Report) -> None:
        """Writes both films, their subtitles and their transcript."""
        build_film(job, report)


BUILDER = FilmBuilder()
