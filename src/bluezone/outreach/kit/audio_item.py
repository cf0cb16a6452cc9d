"""The loudspeaker spot: 30 to 60 seconds of speech as MP3 and WAV, and its script for who reads it alive.

Decides how the lines are spoken one by one with a breath between them, and that a voice speaks faster
before a text is refused as too long. Which voice speaks is in `voice.choice`, how loud it is in
`sound.loudness`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bluezone.outreach.kit.errors import ItemFailed
from bluezone.outreach.kit.job import Job, Report, package_files
from bluezone.outreach.kit.sound.loudness import normalise
from bluezone.outreach.kit.sound.pcm import Sound, as_wav, placed
from bluezone.outreach.kit.sound.program import Command, ffmpeg_program, run
from bluezone.outreach.kit.voice.choice import spot_depends_on, spot_voices
from bluezone.outreach.kit.voice.port import LONGEST_SPOT_S, SHORTEST_SPOT_S, Voice, decoded, spoken_sound
from bluezone.outreach.kit.voice.recording import RecordedVoice
from bluezone.outreach.kit.voice.spoken import spoken

# Time for a breath between lines, and for a loudspeaker's amplifier to wake up before the first word.
_BREATH_S, _EDGE_S = 0.55, 0.7
_LONGEST_BREATH_S = 2.0
_EDGES_S = 2 * _EDGE_S


class SpotBuilder:
    """Builds the item `audio`."""

    def inputs(self, job: Job) -> Iterable[bytes]:
        """Sources, and the recording or voice file of the unit."""
        yield from package_files("audio_item.py", "voice", "sound")
        yield from spot_depends_on(job.unit, job.language)

    def build(self, job: Job, report: Report) -> None:
        """Writes MP3, WAV and script."""
        lines: list[str] = job.words["media"]["spot"]["lines"]
        track = _track(job, lines)
        report(0.5)
        raw, wav = job.folder / "raw.wav", job.path("loudspeaker-{lang}.wav")
        raw.write_bytes(as_wav(track))
        normalise(raw, wav)
        report(0.8)
        run(_mp3_command(job, wav, job.path("loudspeaker-{lang}.mp3")), "writing the MP3")
        script = "\n".join(_script(job, job.words["media"]["spot"], lines))
        job.path("loudspeaker-{lang}.txt").write_text(script, encoding="utf-8")


BUILDER = SpotBuilder()


def _track(job: Job, lines: Sequence[str]) -> Sound:
    scratch = job.folder / "line.wav"
    if job.unit.recording is not None:
        own = RecordedVoice(job.unit.recording, SHORTEST_SPOT_S - _EDGES_S, LONGEST_SPOT_S - _EDGES_S)
        own.speak(" ".join(lines), scratch)
        sound = decoded(scratch)
        return placed([(_EDGE_S, sound)], sound.seconds + _EDGES_S)
    shortest = 0.0
    for voice in spot_voices(job.unit, job.language):
        spoken_lines = _speak(voice, lines, scratch)
        shortest = sum(one.seconds for one in spoken_lines) + _EDGES_S + _BREATH_S * (len(lines) - 1)
        if shortest <= LONGEST_SPOT_S:
            return _with_breaths(spoken_lines)
    raise ItemFailed(
        f"the spot lasts {shortest:.0f} s even when it is read fast; it may last {LONGEST_SPOT_S:.0f} s:"
        " give a shorter name or address in the unit file"
    )


def _speak(voice: Voice, lines: Sequence[str], scratch: Path) -> list[Sound]:
    return [spoken_sound(voice, line, scratch) for line in lines]


def _with_breaths(lines: Sequence[Sound]) -> Sound:
    """The lines one after the other; a short text gets longer breaths, so that it lasts half a minute."""
    speech = sum(line.seconds for line in lines) + _EDGES_S
    breath = min(_LONGEST_BREATH_S, max(_BREATH_S, (SHORTEST_SPOT_S + 0.2 - speech) / (len(lines) - 1)))
    at, parts = _EDGE_S, []
    for line in lines:
        parts.append((at, line))
        at += line.seconds + breath
    return placed(parts, at - breath + _EDGE_S)


def _mp3_command(job: Job, wav: Path, mp3: Path) -> Command:
    title = job.words["media"]["spot"]["title"]
    name = job.unit.name_in(job.language)
    tags = ["-metadata", f"title={title}", "-metadata", f"artist={name}", "-id3v2_version", "3"]
    command: Command = [ffmpeg_program(), "-hide_banner", "-loglevel", "error", "-y", "-i", wav]
    return [*command, "-c:a", "libmp3lame", "-b:a", "128k", *tags, mp3]


def _script(job: Job, words: dict[str, Any], lines: Sequence[str]) -> Iterator[str]:
    yield words["title"].upper()
    yield words["script_for"]
    yield words["script_how"]
    yield ""
    yield from lines
    yield ""
    yield f"{words['script_sound']}:"
    for line in lines:
        said = spoken(line, job.language, job.unit.voice_region)
        if said != line.lower():
            yield f"- {said}"
    yield ""
    yield words["script_own"]
    yield ""
