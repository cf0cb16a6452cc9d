"""Running programs: a stop is no failure and is heard at once, time is bounded, complaints are sentences."""

from __future__ import annotations

import errno
import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from bluezone.outreach.kit.errors import BuildStopped, ItemFailed, ProgramMissing
from bluezone.outreach.kit.sound.program import run, stopping

# Tells its id, then does not listen to anybody.
_DEAF = """import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(60)"""
# Tells its id, and ends as ffmpeg does when it is interrupted.
_INTERRUPTED = """import os, sys, time
open(sys.argv[1], "w").write(str(os.getpid()))
time.sleep(60)"""


def python(source: str, *words: str | Path) -> list[str | Path]:
    """A program of our own."""
    return [sys.executable, "-c", source, *words]


def started(told: Path) -> int:
    """Waits for a program's id."""
    for _ in range(500):
        if told.is_file() and (text := told.read_text(encoding="utf-8")):
            return int(text)
        time.sleep(0.01)
    raise AssertionError("the program was not started")


def is_there(number: int) -> bool:
    """Whether a program still runs."""
    with suppress(ProcessLookupError):
        os.kill(number, 0)
        return True
    return False


def test_what_goes_in_and_comes_out() -> None:
    source = "import sys; sys.stdout.write(sys.stdin.read().upper()); sys.stderr.write('so')"
    assert run(python(source), "speaking", given=b"a" * 300_000) == (b"A" * 300_000, "so")


def test_a_stop_ends_a_program_that_does_not_listen(tmp_path: Path) -> None:
    stop, told, began = threading.Event(), tmp_path / "id", time.monotonic()

    def ask() -> None:
        started(told)
        stop.set()

    asking = threading.Thread(target=ask)
    asking.start()
    with stopping(stop), pytest.raises(BuildStopped, match="run the same command again"):
        run(python(_DEAF, told), "encoding", limit_s=50)
    asking.join()
    assert time.monotonic() - began < 20
    assert not is_there(started(told))


def test_a_program_that_died_of_the_stop_did_not_fail(tmp_path: Path) -> None:
    stop, told = threading.Event(), tmp_path / "id"

    def ask() -> None:
        number = started(told)
        stop.set()
        os.kill(number, signal.SIGINT)

    asking = threading.Thread(target=ask)
    asking.start()
    with stopping(stop), pytest.raises(BuildStopped):
        run(python(_INTERRUPTED, told), "encoding", limit_s=50)
    asking.join()


def test_ctrl_c_at_the_terminal_does_not_reach_it() -> None:
    source = "import os; print(os.getpgrp() == os.getpid())"
    assert run(python(source), "asking")[0].strip() == b"True"


def test_nothing_is_started_after_a_stop(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with stopping(stop), pytest.raises(BuildStopped):
        run(python(_INTERRUPTED, tmp_path / "id"), "encoding")
    assert not (tmp_path / "id").exists()
    run(python("pass"), "outside of the block")


def test_too_long_is_ended_and_said(tmp_path: Path) -> None:
    with pytest.raises(ItemFailed, match=r"encoding took longer than 1 s and was stopped \(python"):
        run(python(_INTERRUPTED, tmp_path / "id"), "encoding", limit_s=1)
    assert not is_there(started(tmp_path / "id"))


def test_complaints_are_sentences() -> None:
    with pytest.raises(ItemFailed, match=r"speaking failed .*: it said nothing"):
        run(python("raise SystemExit(3)"), "speaking")
    with pytest.raises(ItemFailed, match="no such voice"):
        run(python("raise SystemExit('head\\n no such voice \\n\\n')"), "speaking")
    full = f"import sys; sys.exit({os.strerror(errno.ENOSPC)!r} + '\\nConversion failed!')"
    with pytest.raises(ItemFailed, match="the disk is full; make room"):
        run(python(full), "encoding")
    with pytest.raises(ProgramMissing, match="cannot be started"):
        run(["/nowhere/ffmpeg"], "encoding")
