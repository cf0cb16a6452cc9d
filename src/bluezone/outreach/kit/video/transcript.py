"""A film as text, for who neither sees nor hears it: what is said and what is shown, in their order."""

from __future__ import annotations

from collections.abc import Iterator

from bluezone.outreach.kit.job import Job
from bluezone.outreach.kit.video.script import Script
from bluezone.outreach.kit.video.timeline import Timeline


def transcript(job: Job, script: Script, timeline: Timeline) -> str:
    """The transcript; it names the unit, its address and both hotlines as the closing card does."""
    return "\n".join(_lines(job, script, timeline)) + "\n"


def _lines(job: Job, script: Script, timeline: Timeline) -> Iterator[str]:
    words, said = job.words, job.words["media"]["film"]
    yield f"{words['brand']['name']}: {job.item.title[job.language]} ({timeline.seconds:.0f} s)"
    yield f"{said['transcript']}."
    for scene in script.scenes:
        yield ""
        shown = [scene.title, scene.note, words["screens"].get(scene.screen, "")]
        yield f"[{said['shown']}: {'. '.join(one.rstrip('.') for one in shown if one)}.]"
        yield from scene.lines
    yield ""
    call = words["call"]
    card = [words["call"]["from"], call["three"], f"{call['official']}: {job.unit.shown_address}"]
    yield f"[{said['shown']}: {'. '.join(card)}. {call['hotline']}: {call['numbers']}. {words['alt']['qr']}.]"
    yield from script.closing
