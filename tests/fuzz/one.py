"""One fuzz target in this process, until it crashes or has had enough: `python -m tests.fuzz.one NAME RUNS`.

Only the project's own code is instrumented: its branches are what new inputs are looked for.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["bluezone"]):
    from tests.fuzz.targets import CRASHES, seeds, try_one

MEMORY_MB = 1024
LONGEST = {"upload": 4096, "batch-body": 4096, "region": 4096}


def fuzz(name: str, runs: int) -> None:
    """Feeds one target; exits the process. A crash input is kept as a regression vector."""

    def once(data: bytes) -> None:
        try:
            try_one(name, data)
        except Exception:
            CRASHES.mkdir(exist_ok=True)
            digest = hashlib.sha256(data).hexdigest()[:12]
            (CRASHES / f"{name}-{digest}.hex").write_text(data.hex() + "\n", encoding="ascii")
            raise

    with tempfile.TemporaryDirectory(prefix="bluezone-fuzz-") as corpus:
        for number, seed in enumerate(seeds(name)):
            (Path(corpus) / f"seed-{number}").write_bytes(seed)
        options = [f"-runs={runs}", f"-rss_limit_mb={MEMORY_MB}", f"-max_len={LONGEST.get(name, 512)}"]
        atheris.Setup([sys.argv[0], *options, corpus], once)
        atheris.Fuzz()


if __name__ == "__main__":
    fuzz(sys.argv[1], int(sys.argv[2]))
