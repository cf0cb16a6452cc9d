"""Every voice keeps the promises of the port: espeak-ng, a recording, and piper by a program of its manner.

No piper voice is on this machine, so its adapter is tested with a fake program that takes piper's options.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bluezone.outreach.kit.errors import ItemFailed, ProgramMissing, VoiceBroken
from bluezone.outreach.kit.sound.pcm import as_wav, placed
from bluezone.outreach.kit.voice.espeak import EspeakVoice
from bluezone.outreach.kit.voice.piper import PiperVoice
from bluezone.outreach.kit.voice.port import MAX_TEXT_LENGTH, Voice, spoken_sound
from bluezone.outreach.kit.voice.recording import RecordedVoice
from tests.unit.outreach.kit.sound.test_pcm import tone
from tests.unit.outreach.kit.voice.fake_piper import write_fake_piper, write_fake_voice

Make = Callable[[Path], Voice]


def espeak(_: Path) -> Voice:
    """The machine's espeak-ng."""
    if shutil.which("espeak-ng") is None:
        if os.environ.get("CI"):
            pytest.fail("espeak-ng is not on this machine: apt-get install espeak-ng")
        pytest.skip("espeak-ng is not on this machine: apt-get install espeak-ng")
    return EspeakVoice("vi")


def piper(folder: Path) -> Voice:
    """The fake."""
    return PiperVoice(write_fake_voice(folder), "vi", program=str(write_fake_piper(folder)))


def recording(folder: Path) -> Voice:
    """One second of a tone between silence."""
    path = folder / "own.wav"
    path.write_bytes(as_wav(placed([(0.4, tone(1.0))], 2)))
    return RecordedVoice(path, 0.5, 30)


VOICES = [espeak, piper, recording]


@pytest.mark.parametrize("make", VOICES)
def test_a_sentence_becomes_sound_without_silence_around_it(make: Make, tmp_path: Path) -> None:
    sound = spoken_sound(make(tmp_path), "Gọi 1900 9095.", tmp_path / "scratch.wav")
    assert 0.4 < sound.seconds < 6
    assert max(sound.samples[:480]) > 0
    assert min(sound.samples[-480:]) < 0


@pytest.mark.parametrize("make", VOICES)
def test_endless_texts_are_refused(make: Make, tmp_path: Path) -> None:
    with pytest.raises(VoiceBroken, match="at most"):
        spoken_sound(make(tmp_path), "a" * (MAX_TEXT_LENGTH + 1), tmp_path / "scratch.wav")


def test_accents_differ(tmp_path: Path) -> None:
    espeak(tmp_path)
    heard = set()
    for voice in (
        EspeakVoice("vi"),
        EspeakVoice("vi", "central"),
        EspeakVoice("vi", "south"),
        EspeakVoice("en"),
    ):
        voice.speak("Bluezone", tmp_path / "a.wav")
        heard.add((tmp_path / "a.wav").read_bytes())
    assert len(heard) == 4


def test_missing_programs_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ProgramMissing, match="apt-get install espeak-ng"):
        EspeakVoice("vi", program="no-such-espeak").speak("a", tmp_path / "a.wav")
    with pytest.raises(ProgramMissing, match="piper-tts"):
        PiperVoice(write_fake_voice(tmp_path), "vi", program="no-such-piper").speak("a", tmp_path / "a.wav")


def test_piper_is_given_words_and_not_digits(tmp_path: Path) -> None:
    piper(tmp_path).speak("Ngày 15/8, gọi 1900 9095", tmp_path / "a.wav")
    heard = (tmp_path / "voice.heard").read_text(encoding="utf-8")
    assert heard == "ngày mười lăm tháng tám, gọi một chín không không, chín không chín năm\n"


def test_broken_piper_voices_are_a_sentence(tmp_path: Path) -> None:
    program = str(write_fake_piper(tmp_path))
    broken = PiperVoice(write_fake_voice(tmp_path, "broken.onnx"), "vi", program=program)
    with pytest.raises(VoiceBroken, match=r"broken\.onnx cannot be used: .*Protobuf"):
        broken.speak("a", tmp_path / "a.wav")
    with pytest.raises(VoiceBroken, match=r"two files, none\.onnx and none\.onnx\.json: put both where"):
        PiperVoice(tmp_path / "none.onnx", "vi", program=program).speak("a", tmp_path / "a.wav")
    model = write_fake_voice(tmp_path)
    model.with_name("voice.onnx.json").write_text("[" * 100_000, encoding="utf-8")
    with pytest.raises(VoiceBroken, match="settings"):
        PiperVoice(model, "vi", program=program).speak("a", tmp_path / "a.wav")


def wav(seconds: float, level: float = 0.5) -> bytes:
    """A tone as a file."""
    return as_wav(tone(seconds, level))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "is not there: put it where the unit file says, or delete the line `recording`"),
        (b"", "not a WAV file"),
        (b"ID3\x03" + b"\0" * 100, "not a WAV file"),
        (b"RIFF\xff\xff\xff\xffWAVE", "damaged"),
        (b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0" + b"\xff" * 400, "damaged"),
        (as_wav(placed([], 3)), "almost silent"),
        (wav(3, 0.005), "almost silent"),
        (wav(3, 0.8), None),
        (wav(0.5), "must last 1 to 5 s"),
        (wav(6), "must last 1 to 5 s"),
    ],
)
def test_recordings_are_checked(content: bytes | None, sentence: str | None, tmp_path: Path) -> None:
    path = tmp_path / "own.wav"
    if content is not None:
        path.write_bytes(content)
    voice = RecordedVoice(path, 1, 5)
    if sentence is None:
        voice.speak("", tmp_path / "out.wav")
        return
    with pytest.raises(VoiceBroken, match=sentence):
        voice.speak("", tmp_path / "out.wav")


def test_a_recording_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.wav"
    loud = tone(2, 0.99)
    for at, sample in enumerate(loud.samples):
        loud.samples[at] = max(-32768, min(32767, sample * 3))
    path.write_bytes(as_wav(loud))
    with pytest.raises(VoiceBroken, match="full scale"):
        RecordedVoice(path, 1, 5).speak("", tmp_path / "out.wav")


def test_a_play_list_in_disguise_is_not_followed(tmp_path: Path) -> None:
    path = tmp_path / "own.wav"
    path.write_bytes(b"RIFF\0\0\0\0WAVE\n#EXTM3U\nfile:///etc/passwd\n")
    with pytest.raises(ItemFailed):
        RecordedVoice(path, 1, 5).speak("", tmp_path / "out.wav")
