"""A film as a file: length, form, loudness, the QR code on its closing card, and its subtitles in time.

Subtitles are held against what is heard (speech begins with its subtitle and never stands outside of one) and
against what is seen (the band is there in the middle of each cue, and not where nobody speaks).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import zxingcpp
from PIL import ImageFilter

from bluezone.outreach.kit.checks import Subject
from bluezone.outreach.kit.checks.reading import facts_missing
from bluezone.outreach.kit.errors import ItemFailed
from bluezone.outreach.kit.sound.loudness import faults as loudness_faults
from bluezone.outreach.kit.sound.loudness import measure
from bluezone.outreach.kit.sound.pcm import spoken_spans
from bluezone.outreach.kit.sound.probe import Media, box_names, probe
from bluezone.outreach.kit.video.frame import FPS, FRAMES, Frame
from bluezone.outreach.kit.video.looking import frame_at, has_subtitle, whole
from bluezone.outreach.kit.video.script import LENGTH_TOLERANCE_S, LENGTHS
from bluezone.outreach.kit.video.subtitles import Shown, faults, parse_subrip
from bluezone.outreach.kit.voice.port import decoded_sound

MAX_SUBTITLES_LENGTH = 20_000
# A subtitle may come this much before its first sound, and the sound this much before it, seconds.
_EARLIEST_S, _LATEST_S = 0.45, 0.05
_BREATH_S = 0.12
_SMALLEST_GAP_S = 0.3
_BEFORE_END_S = 0.6


def check_film(subject: Subject) -> Iterator[str]:
    """One MP4."""
    try:
        media = probe(subject.path)
        frame = next((one for one in FRAMES if one.size in subject.path.name), FRAMES[0])
        yield from _form(media, frame, subject)
        yield from _length(media, subject)
        yield from loudness_faults(measure(subject.path))
        yield from _code(subject, media, frame)
        shown = _subtitles_of(subject)
        yield from _heard(subject.path, shown)
        yield from _seen(subject.path, frame, shown)
    except (ItemFailed, ValueError, OSError) as error:
        yield str(error)


def check_subtitles(subject: Subject) -> Iterator[str]:
    """One SubRip file: readable, in order, and spelled as the unit's facts are."""
    try:
        shown = parse_subrip(_text(subject.path))
    except (ValueError, OSError) as error:
        yield str(error)
        return
    yield from faults(shown)
    yield from facts_missing(subject, " ".join(one.text for one in shown))


def sync_faults(shown: Sequence[Shown], speech: Sequence[tuple[float, float]]) -> Iterator[str]:
    """Subtitles that come too early or too late, and speech without one.

    Args:
        shown: subtitles.
        speech: where something is heard, begin and end in seconds.
    """
    for number, one in enumerate(shown, 1):
        begins = [begin for begin, end in speech if end > one.begin_s and begin < one.end_s]
        if not begins or not -_LATEST_S <= begins[0] - one.begin_s <= _EARLIEST_S:
            yield f"subtitle {number} is not in time with what is heard at {one.begin_s:.1f} s"
    for begin, end in speech:
        if not any(one.begin_s - _LATEST_S <= begin and end <= one.end_s + _LATEST_S for one in shown):
            yield f"what is heard from {begin:.1f} to {end:.1f} s has no subtitle"


def _form(media: Media, frame: Frame, subject: Subject) -> Iterator[str]:
    wanted = ("h264 High", "yuv420p", frame.size, float(FPS), "aac", 48_000, 2)
    found = (media.video, media.pixels, media.size, media.fps, media.audio, media.rate, media.channels)
    if found != wanted:
        yield f"is {found}; every player knows {wanted}"
    boxes = box_names(subject.path)
    if "moov" not in boxes or boxes.index("moov") > boxes.index("mdat"):
        yield "cannot be played before it is downloaded whole"


def _length(media: Media, subject: Subject) -> Iterator[str]:
    length = LENGTHS[subject.item.id]
    for what, seconds in (("its pictures last", media.frames / FPS), ("it lasts", media.seconds)):
        low, high = length.shortest_s - LENGTH_TOLERANCE_S, length.longest_s + LENGTH_TOLERANCE_S
        if not low <= seconds <= high:
            yield f"{what} {seconds:.2f} s instead of {length.shortest_s:.0f} to {length.longest_s:.0f} s"


def _code(subject: Subject, media: Media, frame: Frame) -> Iterator[str]:
    card = frame_at(subject.path, media.frames / FPS - _BEFORE_END_S, whole(frame)).convert("L")
    # Sharp, and as a telephone sees a screen across a room: half as large and soft.
    far = card.resize((card.width // 2, card.height // 2)).filter(ImageFilter.GaussianBlur(0.8))
    for picture in (card, far):
        found = {code.text for code in zxingcpp.read_barcodes(picture)}
        if found != {subject.unit["address"]}:
            yield f"the QR code on the closing card says {sorted(found)} instead of {subject.unit['address']}"


def _heard(path: Path, shown: Sequence[Shown]) -> Iterator[str]:
    yield from sync_faults(shown, spoken_spans(decoded_sound(path), _BREATH_S))


def _seen(path: Path, frame: Frame, shown: Sequence[Shown]) -> Iterator[str]:
    for number, one in enumerate(shown, 1):
        if not has_subtitle(path, (one.begin_s + one.end_s) / 2, frame):
            yield f"subtitle {number} is not seen at {(one.begin_s + one.end_s) / 2:.1f} s"
    for one, following in pairwise(shown):
        if following.begin_s - one.end_s >= _SMALLEST_GAP_S:
            between = (one.end_s + following.begin_s) / 2
            if has_subtitle(path, between, frame):
                yield f"a subtitle is seen at {between:.1f} s, where nobody speaks"


def _subtitles_of(subject: Subject) -> list[Shown]:
    stem = subject.path.name.rsplit("-", 1)[0]
    return parse_subrip(_text(subject.path.with_name(f"{stem}.srt")))


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MAX_SUBTITLES_LENGTH + 1)
    if len(content) > MAX_SUBTITLES_LENGTH:
        raise ValueError(f"{path.name} is longer than {MAX_SUBTITLES_LENGTH} bytes")
    return content.decode("utf-8")
