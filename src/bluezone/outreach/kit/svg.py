"""Vector drawings as pixels; from outside by a process of its own, whose memory and time are limited.

Decides that a drawing fits into a square, however long its shape: a renderer takes memory for width times
height, and a failed allocation ends the process that asked for it.
"""

from __future__ import annotations

import resource
import sys
from contextlib import suppress

from bluezone.outreach.kit.sound.program import run

_SIDE_PT = 300
_POINTS_PER_INCH = 72
_PAGE = """#set page(width: auto, height: auto, margin: 0pt, fill: none)
#let drawing = bytes(sys.inputs.drawing)
#context {
  let wide = image(drawing, format: "svg", width: 300pt)
  if measure(wide).height > 300pt { image(drawing, format: "svg", height: 300pt) } else { wide }
}"""
_MOST_MEMORY = 1 << 30
_MOST_TIME_S = 20


def drawn(drawing: str, side: int) -> bytes:
    """One of our own drawings as a PNG.

    Args:
        drawing: SVG.
        side: the longer side, pixels.
    """
    # Imported here: the process for drawings from outside sets its limits first.
    import typst  # noqa: PLC0415

    ppi = side / _SIDE_PT * _POINTS_PER_INCH
    made = typst.compile(_PAGE.encode(), format="png", ppi=ppi, sys_inputs={"drawing": drawing})
    assert isinstance(made, bytes)
    return made


def drawn_apart(drawing: bytes, side: int) -> bytes:
    """A drawing from outside as a PNG.

    Args:
        drawing: what should be SVG.
        side: the longer side, pixels.

    Raises:
        ItemFailed: it cannot be drawn within the limits.
    """
    # With a thread for each core the stacks of a large machine would be over the limit of memory.
    command = ["env", "RAYON_NUM_THREADS=1", sys.executable, "-I", "-m", __name__, str(side)]
    return run(command, "drawing the logo", given=drawing, limit_s=2 * _MOST_TIME_S)[0]


def _limit() -> None:
    for what, most in (
        (resource.RLIMIT_AS, _MOST_MEMORY),
        (resource.RLIMIT_CPU, _MOST_TIME_S),
        (resource.RLIMIT_CORE, 0),
    ):
        # Not every system has each limit, and one that is lower already stays; `run` limits the time anyway.
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    _limit()
    sys.stdout.buffer.write(drawn(sys.stdin.buffer.read().decode("utf-8"), int(sys.argv[1])))
