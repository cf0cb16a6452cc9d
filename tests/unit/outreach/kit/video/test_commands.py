"""The command lines for ffmpeg, and one film of a second that is really made with them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from bluezone.outreach.kit.errors import ItemFailed, ItemRefused
from bluezone.outreach.kit.sound.pcm import as_wav, placed
from bluezone.outreach.kit.sound.probe import Media, box_names, parse_facts, probe
from bluezone.outreach.kit.sound.program import ffmpeg_program, run
from bluezone.outreach.kit.video.commands import (
    join_command,
    part_command,
    parts_list,
    scene_frames,
    sound_command,
)
from bluezone.outreach.kit.video.frame import Frame
from bluezone.outreach.kit.video.looking import frame_at, has_subtitle, require_subtitles
from bluezone.outreach.kit.video.stills import Stills
from bluezone.outreach.kit.video.timeline import Cue, Timeline
from tests.unit.outreach.kit.sound.test_pcm import tone

SMALL = Frame("wide", 480, 270, 10)
BODY = Timeline((0, 15, 30), (Cue("một", 0.2, 4, 14), Cue("hai", 0.8, 18, 22)))
CLOSING = Timeline((0, 20), (Cue("ba", 0.3, 5, 15),))


def picture(path: Path, size: tuple[int, int], colour: str, mark: str = "") -> Path:
    """A plain picture; a subtitle gets light strokes of its own."""
    image = Image.new("RGB", size, colour)
    for x in range(4, size[0] - 4, 12 if mark == "a" else 20) if mark else ():
        ImageDraw.Draw(image).rectangle((x, 6, x + 4, size[1] - 6), fill="white")
    image.save(path)
    return path


@pytest.fixture
def stills(tmp_path: Path) -> Stills:
    """Two scenes, the second with a picture that rises, and two subtitles."""
    bases = tuple(
        picture(tmp_path / f"b{n}.png", (480, 270), colour) for n, colour in enumerate(("#edf2f8", "#fff6e4"))
    )
    subtitles = tuple(
        picture(tmp_path / f"t{n}.png", (260, 61), "#12263f", mark) for n, mark in enumerate("ab")
    )
    people = picture(tmp_path / "p.png", (80, 60), "#0a6a49")
    return Stills(bases, (None, people), ("note", "people"), subtitles)


def test_scenes_overlap_by_a_dissolve() -> None:
    assert scene_frames(Timeline((0, 50, 90, 120), ())) == [(0, 55), (45, 50), (85, 35)]
    assert scene_frames(CLOSING) == [(0, 20)]


def test_numbers_are_written_in_full(stills: Stills) -> None:
    """This ffmpeg refuses .4 for 0.4."""
    command = part_command("ffmpeg", SMALL, BODY, stills, Path("out.mp4"))
    assert not [part for part in map(str, command) if re.search(r"(?<![\w.])\.\d", part)]


def test_body_and_closing_are_encoded_alike(stills: Stills) -> None:
    body = list(map(str, part_command("ffmpeg", SMALL, BODY, stills, Path("out.mp4"))))
    card = Stills(stills.bases[:1], (None,), ("closing",), stills.subtitles[:1])
    closing = list(map(str, part_command("ffmpeg", SMALL, CLOSING, card, Path("out.mp4"), is_closing=True)))
    assert body[body.index("-c:v") :] == closing[closing.index("-c:v") :]
    assert "[told][ground]xfade=transition=fade:duration=0.32:offset=0.88" in " ".join(body)
    assert "[ground][told]xfade=transition=fade:duration=0.32:offset=0.00" in " ".join(closing)


def test_parts_are_joined_without_being_encoded() -> None:
    command = list(map(str, join_command("ffmpeg", Path("parts.txt"), Path("s.m4a"), "Tên", Path("out.mp4"))))
    assert command[command.index("-c") + 1] == "copy"
    assert "title=Tên" in command
    assert parts_list([Path("/a/it's.mp4")]) == "file '/a/it'\\''s.mp4'\n"


def test_a_small_film_is_made_and_found_right(tmp_path: Path, stills: Stills) -> None:
    program = ffmpeg_program()
    body, closing, film = (tmp_path / f"{name}.mp4" for name in ("body", "closing", "film"))
    card = Stills(stills.bases[:1], (None,), ("closing",), stills.subtitles[:1])
    run(part_command(program, SMALL, BODY, stills, body), "body")
    run(part_command(program, SMALL, CLOSING, card, closing, is_closing=True), "closing")
    require_subtitles(body, SMALL, BODY, stills)
    wav, sound, listed = (tmp_path / name for name in ("s.wav", "s.m4a", "parts.txt"))
    wav.write_bytes(as_wav(placed([(0.2, tone(0.4))], 2.0)))
    run(sound_command(program, wav, sound, 50), "sound")
    listed.write_text(parts_list([body, closing]), encoding="utf-8")
    run(join_command(program, listed, sound, "Phim thử", film), "joining")
    assert probe(film) == Media(2.0, 50, "h264 High", "yuv420p", "480x270", 25.0, "aac", 48_000, 2)
    assert box_names(film).index("moov") < box_names(film).index("mdat")
    seen = {second: has_subtitle(film, second, SMALL) for second in (0.04, 0.36, 0.6, 0.8, 1.6, 1.92)}
    assert seen == {0.04: False, 0.36: True, 0.6: False, 0.8: True, 1.6: True, 1.92: False}
    # The joint: the body's last picture and the closing card's first have the same ground.
    ground = frame_at(film, 1.2, (5, 5, 1, 1)).getpixel((0, 0))
    assert isinstance(ground, tuple)
    assert all(abs(a - b) < 6 for a, b in zip(ground, (11, 92, 173), strict=True))


def test_another_subtitle_is_noticed(tmp_path: Path, stills: Stills) -> None:
    body = tmp_path / "body.mp4"
    run(part_command(ffmpeg_program(), SMALL, BODY, stills, body), "body")
    swapped = Stills(stills.bases, stills.pictures, stills.kinds, stills.subtitles[::-1])
    with pytest.raises(ItemRefused, match=r"'một' is not seen; .*'hai'"):
        require_subtitles(body, SMALL, BODY, swapped)
    late = Timeline(BODY.cuts, (Cue("một", 0.2, 13, 17), Cue("hai", 0.8, 18, 22)))
    with pytest.raises(ItemRefused, match="một"):
        require_subtitles(body, SMALL, late, stills)


def test_damaged_films_are_a_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"\0\0\0\x18ftypisom" + b"\xff" * 200)
    with pytest.raises(ItemFailed, match=r"broken\.mp4"):
        probe(broken)
    assert box_names(broken)[0] == "ftyp"
    with pytest.raises(ItemFailed):
        frame_at(broken, 0.5, (0, 0, 4, 4))
    with pytest.raises(ItemFailed, match="neither"):
        parse_facts("Input #0, image2\n", b"frame=1\n")
