"""Coverage-guided fuzzing of one decoder or of all: `python -m tests.fuzz.run [NAME] --runs 100000`.

Memory is bounded by libFuzzer itself. A crash input is written to tests/fuzz/crashes as NAME-HASH.hex and
stays there as a regression vector.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Sequence

from tests.fuzz.targets import TARGETS


def main(words: Sequence[str]) -> int:
    """Fuzzes one target or all; 1 if any of them crashed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", choices=sorted(TARGETS))
    parser.add_argument("--runs", type=int, default=1_000_000)
    given = parser.parse_args(words)
    failed = []
    for name in [given.target] if given.target else sorted(TARGETS):
        # One process for each target: libFuzzer never returns.
        one = [sys.executable, "-m", "tests.fuzz.one", name, str(given.runs)]
        done = subprocess.run(one, check=False, stderr=subprocess.DEVNULL)
        print(f"{name}: {given.runs} inputs, {'no crash' if done.returncode == 0 else 'CRASHED'}", flush=True)
        failed += [name] if done.returncode else []
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
