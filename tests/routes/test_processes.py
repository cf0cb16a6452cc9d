"""The parts as processes of their own, in real time: authority, air and phones, one killed in the middle."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1500)]
# A line comes at least once a minute; a machine that runs other suites beside this may be slow.
PATIENCE_S = 300.0


def bluezone(*words: str) -> list[str]:
    return [sys.executable, "-c", "from bluezone.cli.main import main; main()", *words]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(log: Path, *words: str) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(bluezone(*words), stdout=output, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            process.terminate()
            process.wait(20)


def wait_for(log: Path, pattern: str, after: int = 0) -> str:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        text = log.read_text(encoding="utf-8")[after:] if log.exists() else ""
        if found := re.search(pattern, text):
            return found.group(0)
        time.sleep(0.2)
    raise AssertionError(f"{pattern!r} did not appear in {log.name}:\n{log.read_text(encoding='utf-8')}")


def test_phones_meet_and_a_killed_one_goes_on(tmp_path: Path) -> None:
    home, region = tmp_path / "authority", tmp_path / "authority" / "region.toml"
    service, air = free_port(), free_port()
    made = bluezone("authority", "init", "--home", str(home), "--port", str(service))
    subprocess.run(made, check=True, capture_output=True)
    logs = {name: tmp_path / f"{name}.log" for name in ("authority", "air", "a", "b")}

    def phone(name: str) -> tuple[str, ...]:
        words = ("phone", "run", "--home", str(tmp_path / name), "--region", str(region))
        return (*words, "--radio", f"virtual:127.0.0.1:{air}")

    with ExitStack() as stack:
        stack.enter_context(running(logs["authority"], "authority", "serve", "--home", str(home)))
        stack.enter_context(running(logs["air"], "air", "serve", "--port", str(air)))
        wait_for(logs["authority"], f"http://127.0.0.1:{service}")
        wait_for(logs["air"], "Virtual air on")
        for name in "ab":
            stack.enter_context(running(logs[name], *phone(name)))
        killed = stack.enter_context(running(tmp_path / "c.log", *phone("c")))
        for name in "ab":
            wait_for(logs[name], r"speaking; all well; batch 1; \d+ scans; [1-9]\d* identifiers now")
        second = subprocess.run(bluezone(*phone("a")), capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert "store-in-use" in second.stderr
        wait_for(tmp_path / "c.log", "speaking; all well")
        killed.kill()
        killed.wait(10)
        stack.enter_context(running(tmp_path / "c2.log", *phone("c")))
        wait_for(tmp_path / "c2.log", "speaking; all well")
        issued = subprocess.run(
            bluezone("authority", "code", "issue", "--home", str(home)),
            capture_output=True,
            text=True,
            check=True,
        )
        assert re.search(r"[0-9A-HJKMNP-TV-Z]", issued.stdout)
