"""Makes one film for one unit: speaks, sets stills, encodes what is not there yet, joins the parts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from bluezone.outreach.kit.job import Job, Report, package_files
from bluezone.outreach.kit.sound.loudness import normalise
from bluezone.outreach.kit.sound.pcm import as_wav, placed
from bluezone.outreach.kit.sound.program import ffmpeg_program, run
from bluezone.outreach.kit.video.commands import join_command, part_command, parts_list, sound_command
from bluezone.outreach.kit.video.frame import FRAMES, Frame
from bluezone.outreach.kit.video.looking import require_subtitles
from bluezone.outreach.kit.video.script import Script, script_of
from bluezone.outreach.kit.video.speech import SpokenPart, speak_part
from bluezone.outreach.kit.video.stills import Stills, body_stills, closing_stills
from bluezone.outreach.kit.video.subtitles import subrip
from bluezone.outreach.kit.video.timeline import Timeline, joined
from bluezone.outreach.kit.video.transcript import transcript

# Encoding a minute of film takes about a minute on one old core; ten times that is a fault.
_ENCODING_LIMIT_S = 1200
# A film that may be longer than its shortest has some seconds more, for looking at the screens.
_SPARE_S = 5.0


def build_film(job: Job, report: Report) -> None:
    """Writes every file of a film's item into the job's folder."""
    script = script_of(job.item.id, job.words)
    scratch = job.folder / "line.wav"
    length = script.length
    closing = speak_part(job, [script.closing], scratch, length.closing_s)
    body_s = length.total_s and length.total_s - length.closing_s
    least_s = length.shortest_s + _SPARE_S - length.closing_s
    body = speak_part(job, [scene.lines for scene in script.scenes], scratch, body_s, least_s)
    report(0.1)
    whole = joined(body.timeline, closing.timeline)
    sound = _sound(job, body, closing)
    report(0.2)
    for number, frame in enumerate(FRAMES):
        shared = _body(job, script, frame, body.timeline)
        report(0.5 + 0.4 * number)
        own = _closing(job, script, frame, closing.timeline)
        _join(job, [shared, own], sound, file_name(job, f"-{frame.size}.mp4"))
        report(0.2 + 0.4 * (number + 1))
    file_name(job, ".srt").write_text(subrip(whole.cues), encoding="utf-8")
    file_name(job, ".txt").write_text(transcript(job, script, whole), encoding="utf-8")


def file_name(job: Job, ending: str) -> Path:
    """Where the file of a film with this ending goes: `video-8s-vi.srt`, `install-vi-1920x1080.mp4`."""
    kind = job.item.id.removeprefix("video-")
    stem = kind if kind == "install" else f"video-{kind}s"
    return job.path(f"{stem}-{{lang}}{ending}")


def _body(job: Job, script: Script, frame: Frame, timeline: Timeline) -> Path:
    """The part that is the same for all units, from the cache or made now."""
    words = [repr(script.scenes), repr(timeline), frame.name, job.language]
    sources = package_files(
        "video", "typst/look.typ", "typst/film.typ", "typst/drawings", "screens", "typesetting.py"
    )
    kept = _kept(job, "body", [*(word.encode() for word in words), *sources])
    if not _used(kept):
        folder = _fresh(job, f"body-{frame.name}")
        _encode(frame, timeline, body_stills(job, frame, script.scenes, folder), kept, is_closing=False)
    return kept


def _closing(job: Job, script: Script, frame: Frame, timeline: Timeline) -> Path:
    """The unit's own part; films that end alike share it."""
    stills = closing_stills(job, frame, script.closing, _fresh(job, f"closing-{frame.name}"))
    pictures = [path.read_bytes() for path in (*stills.bases, *stills.subtitles)]
    kept = _kept(job, "closing", [repr(timeline).encode(), *pictures, *package_files("video")])
    if not _used(kept):
        _encode(frame, timeline, stills, kept, is_closing=True)
    return kept


def _encode(frame: Frame, timeline: Timeline, stills: Stills, kept: Path, *, is_closing: bool) -> None:
    # Written beside and then renamed: another build may look for the same part at this moment.
    half = stills.bases[0].with_name("part.mp4")
    command = part_command(ffmpeg_program(), frame, timeline, stills, half, is_closing=is_closing)
    run(command, "encoding the film", limit_s=_ENCODING_LIMIT_S)
    require_subtitles(half, frame, timeline, stills)
    landing = kept.with_name(f".{kept.name}.{half.stat().st_ino}")
    landing.write_bytes(half.read_bytes())
    landing.replace(kept)


def _sound(job: Job, body: SpokenPart, closing: SpokenPart) -> Path:
    """The sound of the whole film, encoded once: joined AAC would have a gap where the parts meet."""
    frames = body.timeline.frames + closing.timeline.frames
    parts = [(0.0, body.track()), (body.timeline.seconds, closing.track())]
    raw, even, out = (job.folder / name for name in ("raw.wav", "even.wav", "sound.m4a"))
    raw.write_bytes(as_wav(placed(parts, body.timeline.seconds + closing.timeline.seconds)))
    normalise(raw, even)
    run(sound_command(ffmpeg_program(), even, out, frames), "encoding the sound")
    return out


def _join(job: Job, parts: Sequence[Path], sound: Path, out: Path) -> None:
    listed = job.folder / "parts.txt"
    listed.write_text(parts_list(parts), encoding="utf-8")
    title = f"{job.words['brand']['name']}: {job.item.title[job.language]}"
    run(join_command(ffmpeg_program(), listed, sound, title, out), "joining the film")


def _kept(job: Job, kind: str, content: Sequence[bytes]) -> Path:
    digest = hashlib.sha256()
    for one in content:
        digest.update(len(one).to_bytes(8) + one)
    folder = job.cache / "film"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{kind}-{digest.hexdigest()[:24]}.mp4"


def _used(kept: Path) -> bool:
    """Whether a part is there; if so, the cache is told that it is in use."""
    if not kept.is_file():
        return False
    kept.touch()
    return True


def _fresh(job: Job, name: str) -> Path:
    folder = job.folder / name
    folder.mkdir()
    return folder
