"""Checks of sound and film find what is wrong; items as they are made pass them."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

import pytest

from bluezone.outreach.kit.audio_item import BUILDER as SPOT
from bluezone.outreach.kit.checks import Subject, check_file
from bluezone.outreach.kit.checks.film import check_subtitles, sync_faults
from bluezone.outreach.kit.errors import ItemFailed, ProgramMissing, UnitFileInvalid, VoiceBroken
from bluezone.outreach.kit.job import Job
from bluezone.outreach.kit.registry import builder_of
from bluezone.outreach.kit.sound import program
from bluezone.outreach.kit.sound.pcm import as_wav, placed
from bluezone.outreach.kit.unit_file import load_unit, parse_unit
from bluezone.outreach.kit.video.film import build_film, file_name
from bluezone.outreach.kit.video.subtitles import Shown
from bluezone.outreach.kit.voice import choice
from bluezone.outreach.kit.voice.choice import film_voices, spot_voices
from bluezone.outreach.kit.voice.espeak import EspeakVoice
from bluezone.outreach.kit.voice.own_files import state_of
from bluezone.outreach.kit.voice.piper import PiperVoice
from bluezone.outreach.kit.voice.port import Voice
from tests.unit.outreach.kit.conftest import EXAMPLE, MakeJob, MakeUnit
from tests.unit.outreach.kit.sound.test_pcm import tone
from tests.unit.outreach.kit.voice.fake_piper import write_fake_voice


def espeak_voices(voices: Iterator[Voice]) -> list[EspeakVoice]:
    """All of them, which must be of espeak-ng."""
    found = [voice for voice in voices if isinstance(voice, EspeakVoice)]
    assert found
    return found


@pytest.fixture
def needs_espeak() -> None:
    """Skips, or in CI fails, where espeak-ng is missing."""
    if shutil.which("espeak-ng") is None:
        if os.environ.get("CI"):
            pytest.fail("espeak-ng is not on this machine: apt-get install espeak-ng")
        pytest.skip("espeak-ng is not on this machine: apt-get install espeak-ng")


def faults(job: Job) -> list[str]:
    """What the checks say of a built item."""
    facts = job.unit.facts()
    subjects = (Subject(job.path(plan.name), job.item, plan, job.language, facts) for plan in job.item.files)
    return [sentence for subject in subjects for sentence in check_file(subject)]


def build_spot(job: Job) -> None:
    """Builds the loudspeaker spot."""
    SPOT.build(job, lambda _share: None)


@pytest.mark.usefixtures("needs_espeak")
def test_the_spot_passes_its_checks_and_its_script_names_the_unit(make_job: MakeJob) -> None:
    job = make_job("audio")
    build_spot(job)
    assert faults(job) == []
    script = job.path("loudspeaker-{lang}.txt").read_text(encoding="utf-8")
    for part in (
        "phường Bắc Gia Nghĩa",
        "bluezone.example/gia-nghia",
        "một chín không không, chín không chín năm",
    ):
        assert part in script


def test_an_own_recording_replaces_the_voice(make_job: MakeJob, tmp_path: Path) -> None:
    own = tmp_path / "loa.wav"
    own.write_bytes(as_wav(placed([(at, tone(1.5, 0.3)) for at in range(1, 34, 2)], 36)))
    job = make_job("audio")
    job = replace(job, unit=replace(job.unit, recording=own))
    build_spot(job)
    assert faults(job) == []
    own.write_bytes(own.read_bytes()[:5_000])
    with pytest.raises(VoiceBroken, match=r"loa\.wav is almost silent"):
        build_spot(job)


def test_a_spot_of_another_length_and_loudness_is_refused(make_job: MakeJob) -> None:
    job = make_job("audio")
    job.path("loudspeaker-{lang}.wav").write_bytes(as_wav(tone(5, 0.01)))
    found = " ".join(faults(job))
    assert "lasts 5.0 s" in found
    assert "loudspeaker-vi.mp3 was not made" in found
    assert "LUFS loud" in found


@pytest.mark.usefixtures("needs_espeak")
def test_a_spot_that_is_too_long_is_a_sentence(make_job: MakeJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "SPOT_PACES", (178,))
    job = make_job("audio")
    spot = {**job.words["media"]["spot"], "lines": ["Một câu rất dài, " * 60]}
    words = {**job.words, "media": {**job.words["media"], "spot": spot}}
    with pytest.raises(ItemFailed, match="even when it is read fast"):
        build_spot(replace(job, words=words))


def test_a_machine_without_espeak_or_ffmpeg_says_what_to_install(
    make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    for item in ("audio", "video-8"):
        with pytest.raises(ProgramMissing, match="apt-get install espeak-ng"):
            build_spot(make_job(item)) if item == "audio" else build_film(make_job(item), lambda _share: None)
    program.ffmpeg_program.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "imageio_ffmpeg", None)
    try:
        with pytest.raises(ProgramMissing, match=r"ffmpeg is not on this machine: .*outreach"):
            program.ffmpeg_program()
    finally:
        program.ffmpeg_program.cache_clear()


def test_the_unit_file_says_whose_accent_is_spoken(make_job: MakeJob) -> None:
    text = EXAMPLE.read_bytes()
    unit = parse_unit(text + b'region = "south"\n', EXAMPLE.parent)
    assert [voice.region for voice in espeak_voices(spot_voices(unit, "vi"))] == ["south"] * 4
    north = spot_voices(parse_unit(text, EXAMPLE.parent), "vi")
    assert [voice.region for voice in espeak_voices(north)] == ["north"] * 4
    job = make_job("audio")
    assert list(SPOT.inputs(job)) != list(SPOT.inputs(replace(job, unit=unit))), (
        "another accent is built anew"
    )
    with pytest.raises(UnitFileInvalid, match=r"voice\.region"):
        parse_unit(text + b'region = "west"\n', EXAMPLE.parent)


def test_a_piper_voice_speaks_vietnamese_and_espeak_english(make_job: MakeJob, tmp_path: Path) -> None:
    unit = replace(make_job("audio").unit, piper_voice=write_fake_voice(tmp_path))
    assert list(film_voices(unit, "vi")) == [PiperVoice(tmp_path / "voice.onnx", "vi")]
    assert [voice.language for voice in espeak_voices(film_voices(unit, "en"))] == ["en"] * 3


def test_a_missing_voice_advises_what_the_item_can_use(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    unit = load_unit(EXAMPLE)

    def advice(voices: Iterator[Voice]) -> str:
        with pytest.raises(ProgramMissing, match="apt-get install espeak-ng") as caught:
            next(voices).speak("a", tmp_path / "a.wav")
        return str(caught.value)

    assert "[voice] recording" in advice(spot_voices(unit, "vi"))
    film = advice(film_voices(unit, "vi"))
    assert ("recording" in film, "[voice] piper" in film) == (False, True)
    assert advice(film_voices(unit, "en")).endswith("apt-get install espeak-ng")


def test_films_depend_on_the_voice_that_speaks_in_them(make_job: MakeJob, tmp_path: Path) -> None:
    voice = write_fake_voice(tmp_path)
    unit = replace(make_job("audio").unit, piper_voice=voice, recording=tmp_path / "own.wav")

    def digests(item: str, language: str = "vi") -> list[bytes]:
        return list(builder_of(item).inputs(make_job(item, language, unit)))

    def state() -> list[list[bytes]]:
        return [digests("audio"), digests("video-8"), digests("video-8", "en")]

    first = state()
    assert state() == first
    voice.with_name("voice.onnx.json").write_text('{"length_scale": 1.4}', encoding="utf-8")
    slower = state()
    assert [a == b for a, b in zip(first, slower, strict=True)] == [False, False, True]
    voice.write_bytes(b"another network")
    other = state()
    assert [a == b for a, b in zip(slower, other, strict=True)] == [False, False, True]
    (tmp_path / "own.wav").write_bytes(b"RIFF")
    assert [a == b for a, b in zip(other, state(), strict=True)] == [False, True, True]


def test_a_voice_file_without_end_is_never_read(make_job: MakeJob, tmp_path: Path) -> None:
    voice, recording = write_fake_voice(tmp_path), tmp_path / "own.wav"
    for path in (voice, recording):
        with path.open("wb") as file:
            file.truncate(40_000_000_000)  # a hole: no disk holds it, no memory would
    unit = replace(make_job("audio").unit, piper_voice=voice, recording=recording)
    for item in ("audio", "video-8"):
        assert sum(map(len, builder_of(item).inputs(make_job(item, unit=unit)))) < 20_000_000
    with pytest.raises(VoiceBroken, match="a piper voice has 1 to 500000000"):
        next(film_voices(unit, "vi")).speak("a", tmp_path / "a.wav")


def test_an_english_unit_has_its_loudspeaker_spot(
    make_job: MakeJob, make_unit: MakeUnit, tmp_path: Path
) -> None:
    (tmp_path / "own.wav").write_bytes(as_wav(placed([(0.5, tone(31))], 32)))
    english = make_unit(
        languages='["en"]', name='{ en = "Bac Gia Nghia Ward" }', parent='{ en = "Lam Dong" }'
    )
    job = make_job("audio", unit=replace(english, recording=tmp_path / "own.wav"))
    build_spot(job)
    assert job.path("loudspeaker-{lang}.mp3").stat().st_size


def test_a_file_is_read_once_for_each_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path, read = tmp_path / "voice.onnx", []
    digest = hashlib.file_digest

    def noted(file: BufferedReader, name: str) -> object:
        read.append(name)
        return digest(file, name)

    monkeypatch.setattr("hashlib.file_digest", noted)
    path.write_bytes(b"one")
    assert state_of(path, 10) == state_of(path, 10) == hashlib.sha256(b"one").digest()
    assert len(read) == 1
    path.write_bytes(b"other")
    assert state_of(path, 10) == hashlib.sha256(b"other").digest()
    assert state_of(path, 4) == b"unread 5"
    assert state_of(Path("/dev/zero"), 10) == b"unread 0"
    assert len(read) == 2


SHOWN = [Shown("một", 1.0, 3.0), Shown("hai", 4.0, 6.0)]


@pytest.mark.parametrize(
    ("speech", "count"),
    [
        ([(1.2, 2.0), (2.2, 2.9), (4.1, 5.8)], 0),
        ([(1.2, 2.9)], 1),
        ([(1.6, 2.9), (4.1, 5.8)], 1),
        ([(0.8, 2.9), (4.1, 5.8)], 2),
        ([(1.2, 2.9), (4.1, 6.4)], 1),
        ([(1.2, 2.9), (4.1, 5.8), (8.0, 9.0)], 1),
        ([], 2),
    ],
)
def test_subtitles_are_held_against_speech(speech: list[tuple[float, float]], count: int) -> None:
    assert len(list(sync_faults(SHOWN, speech))) == count


def test_subtitle_files_from_elsewhere_are_bounded(make_job: MakeJob, tmp_path: Path) -> None:
    job = make_job("video-8")
    path = tmp_path / "x.srt"
    subject = Subject(path, job.item, job.item.files[0], "vi", job.unit.facts())
    for content, sentence in ((b"\xff", "utf-8"), (b"1\n" * 20_000, "longer than"), (b"nothing", "SubRip")):
        path.write_bytes(content)
        assert sentence in " ".join(check_subtitles(subject))


@pytest.mark.slow
@pytest.mark.usefixtures("needs_espeak")
@pytest.mark.parametrize("language", ["vi", "en"])
@pytest.mark.parametrize("item", ["video-8", "video-15", "video-30", "video-install"])
def test_a_film_passes_every_check(make_job: MakeJob, item: str, language: str) -> None:
    job = make_job(item, language)
    build_film(job, lambda _share: None)
    assert faults(job) == []
    assert file_name(job, ".srt").is_file()


@pytest.mark.slow
@pytest.mark.usefixtures("needs_espeak")
def test_a_second_unit_encodes_only_its_closing_card(make_job: MakeJob, make_unit: MakeUnit) -> None:
    first = make_job("video-8")
    build_film(first, lambda _share: None)
    # A part that is made again gets another inode; its time only says when it was last used.
    bodies = {path: path.stat().st_ino for path in (first.cache / "film").glob("body-*.mp4")}
    other = make_unit(id='"xa-khac"', name='{ vi = "Xã Khác", en = "Other Commune" }')
    second = make_job("video-8", unit=other, folder="second")
    build_film(second, lambda _share: None)
    assert faults(second) == []
    assert {path: path.stat().st_ino for path in (first.cache / "film").glob("body-*.mp4")} == bodies
    assert len(list((first.cache / "film").glob("closing-*.mp4"))) == 4
