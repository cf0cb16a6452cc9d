"""Running a separate program: found, bounded in time, ended on request; its complaint becomes a sentence.

espeak-ng, piper and ffmpeg are never linked into this package; they are started here and nowhere else. Ctrl-C
at a terminal is for this program alone: it asks the others to end, so that a stop never looks like a failure.
"""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from threading import Event

from bluezone.outreach.kit.errors import BuildStopped, ItemFailed, ProgramMissing

_LONGEST_COMPLAINT = 300
_LOOK_S = 0.2
# A program that was asked to end and does not within this time is killed, seconds.
_GRACE_S = 2.0
_DISK_FULL = os.strerror(errno.ENOSPC)
_stop: ContextVar[Event | None] = ContextVar("stop", default=None)
Command = Sequence[str | Path]


@contextmanager
def stopping(stop: Event) -> Iterator[None]:
    """Within the block, programs that this thread runs end soon after the event is set."""
    before = _stop.set(stop)
    try:
        yield
    finally:
        _stop.reset(before)


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
        BuildStopped: somebody asked to stop (`stopping`).
    """
    name = Path(command[0]).name
    _require_going()
    try:
        process = subprocess.Popen(  # noqa: S603 - a list of arguments, no shell
            [str(part) for part in command],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            # A group of its own: the terminal's Ctrl-C does not reach it.
            start_new_session=True,
        )
    except OSError as error:
        raise ProgramMissing(f"{name} cannot be started ({error.strerror}): install it again") from None
    with process:
        try:
            output, complaint = _attended(process, given, limit_s)
        except subprocess.TimeoutExpired:
            _end(process)
            raise ItemFailed(f"{what} took longer than {limit_s:.0f} s and was stopped ({name})") from None
        except BaseException:
            _end(process)
            raise
    said = complaint.decode("utf-8", errors="replace")
    if process.returncode:
        # Whoever asked to stop may have ended it, too.
        _require_going()
        raise ItemFailed(f"{what} failed ({name}): {_complaint(said)}")
    return output, said


def _attended(process: subprocess.Popen[bytes], given: bytes, limit_s: float) -> tuple[bytes, bytes]:
    ends = time.monotonic() + limit_s
    unsent: bytes | None = given
    while True:
        try:
            return process.communicate(unsent, timeout=min(_LOOK_S, limit_s))
        except subprocess.TimeoutExpired:
            unsent = None
            _require_going()
            if time.monotonic() >= ends:
                raise


def _require_going() -> None:
    stop = _stop.get()
    if stop is not None and stop.is_set():
        raise BuildStopped


def _end(process: subprocess.Popen[bytes]) -> None:
    """Ends a program and what it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(_GRACE_S)
        os.killpg(process.pid, signal.SIGKILL)


def _complaint(said: str) -> str:
    if _DISK_FULL in said:
        return "the disk is full; make room and run the same command again"
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][:_LONGEST_COMPLAINT] if lines else "it said nothing"
