"""Route: two phones, two distances, a signed configuration, in processes of their own and in real time."""

from __future__ import annotations

import re
import subprocess
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.routes.test_processes import bluezone, free_port, running, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
# One metre and two, on air that is 5 dB weaker than the phones declare.
DISTANCES = {1: -65, 2: -69}


def told(*words: str) -> str:
    done = subprocess.run(bluezone(*words), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_from_two_recordings_to_what_phones_take(tmp_path: Path) -> None:
    home, region, service = tmp_path / "authority", tmp_path / "authority" / "region.toml", free_port()
    told("authority", "init", "--home", str(home), "--port", str(service))
    with ExitStack() as stack:
        logs = {name: tmp_path / f"{name}.log" for name in ("authority", "1", "2", "air-1", "air-2")}
        stack.enter_context(running(logs["authority"], "authority", "serve", "--home", str(home)))
        wait_for(logs["authority"], f"http://127.0.0.1:{service}")
        jobs = []
        pool = stack.enter_context(ThreadPoolExecutor())
        for metres, rssi in DISTANCES.items():
            port = str(free_port())
            stack.enter_context(
                running(logs[f"air-{metres}"], "air", "serve", "--port", port, "--rssi", str(rssi))
            )
            wait_for(logs[f"air-{metres}"], "Virtual air on")
            radio = ("--region", str(region), "--radio", f"virtual:127.0.0.1:{port}")
            words = ("phone", "run", "--home", str(tmp_path / f"phone-{metres}"), *radio)
            stack.enter_context(running(logs[str(metres)], *words, "--model", "Nobody's phone"))
            wait_for(logs[str(metres)], "speaking; all well")
            pair = ("--sender", "Nobody's phone", "--model", "Asus of tomorrow", "--metres", str(metres))
            out = ("--seconds", "110", "--out", str(tmp_path / f"{metres}.csv"))
            jobs.append(pool.submit(told, "phone", "record", *radio, *pair, *out))
        for job in jobs:
            assert re.search(r"heard in \d\d of \d\d scans", job.result())
    result = told("phone", "calibrate", str(tmp_path / "1.csv"), str(tmp_path / "2.csv"))
    found = re.search(r"authority configure --set (sensing\.intercept_db=([-\d.]+))", result)
    assert found, result
    # 5 dB of the air, and 4 of a receiver whose maker's phones hear 4 dB too much.
    assert float(found[2]) == pytest.approx(9.0, abs=0.3)
    signed = told("authority", "configure", "--home", str(home), "--set", found[1])
    assert f"every level is shifted by {float(found[2]):+g} dB" in signed
