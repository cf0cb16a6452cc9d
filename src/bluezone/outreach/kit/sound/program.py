"""Running a separate program: found or a sentence, bounded in time, its complaint as a sentence.

espeak-ng, piper and ffmpeg are never linked into this package; they are started here and nowhere else.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from bluezone.outreach.kit.errors import ItemFailed, ProgramMissing

_LONGEST_COMPLAINT = 300
Command = Sequence[str | Path]


def find_program(name: str, advice: str) -> str:
    """The path of a program.

    Args:
        name: as it is called.
        advice: what to do when it is not there, a clause.

    Raises:
        ProgramMissing: it is not on this machine.
    """
    found = shutil.which(name)
    if found is None:
        raise ProgramMissing(f"{name} is not on this machine: {advice}")
    return found


@cache
def ffmpeg_program() -> str:
    """The ffmpeg that came with the package imageio-ffmpeg, else the machine's own.

    Raises:
        ProgramMissing: there is neither.
    """
    advice = "install bluezone[outreach], which brings it, or: apt-get install ffmpeg"
    try:
        import imageio_ffmpeg  # noqa: PLC0415

        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except (ImportError, RuntimeError):
        return find_program("ffmpeg", advice)


def run(command: Command, what: str, *, given: bytes = b"", limit_s: float = 120) -> tuple[bytes, str]:
    """Runs a program to its end; its output and what it said.

    Args:
        command: program and arguments.
        what: what it does, for the sentence when it fails, such as "encoding the video".
        given: to its standard input.
        limit_s: it is stopped after this many seconds.

    Raises:
        ProgramMissing: it cannot be started.
        ItemFailed: it failed, or took too long.
    """
    name = Path(command[0]).name
    try:
        done = subprocess.run(  # noqa: S603 - a list of arguments, no shell
            [str(part) for part in command], input=given, capture_output=True, timeout=limit_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise ItemFailed(f"{what} took longer than {limit_s:.0f} s and was stopped ({name})") from None
    except OSError as error:
        raise ProgramMissing(f"{name} cannot be started ({error.strerror}): install it again") from None
    said = done.stderr.decode("utf-8", errors="replace")
    if done.returncode:
        raise ItemFailed(f"{what} failed ({name}): {_last_line(said)}")
    return done.stdout, said


def _last_line(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:_LONGEST_COMPLAINT] if lines else "it said nothing"
