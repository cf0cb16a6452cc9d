"""How a command speaks to the person at the terminal: errors as sentences, progress, plain tables.

Results go to stdout; errors, progress and logs to stderr.
"""

from __future__ import annotations

import functools
import sys
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import ParamSpec, TypeVar

import click

P = ParamSpec("P")
T = TypeVar("T")
_BAR_WIDTH = 30


def friendly(command: Callable[P, T]) -> Callable[P, T]:
    """Turns an expected error into its sentence and stable code on stderr, and exit status 1."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except Exception as error:
            # Every error family of this package has a code; anything else is a bug and shows its trace.
            code = getattr(error, "code", None)
            if not isinstance(code, str) or not type(error).__module__.startswith("bluezone."):
                raise
            click.echo(f"Error: {printable(str(error))} [{code}]", err=True)
            sys.exit(1)

    return wrapped


def configure_logs(level: str) -> None:
    """Sends log lines of `level` and above to stderr; the CLI decides this once, no other module does."""
    import logging

    import structlog

    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


log_level = click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="error",
    show_default=True,
    help="Log lines on stderr; they never hold keys, codes or places.",
)


def progress_bar(label: str) -> Callable[[float], None]:
    """A line on stderr that shows the share (0..1) that is done; silent where nobody watches."""
    if not sys.stderr.isatty():
        return lambda _share: None

    def show(share: float) -> None:
        done = round(share * _BAR_WIDTH)
        end = "\n" if share >= 1 else ""
        sys.stderr.write(f"\r{label} [{'#' * done}{'.' * (_BAR_WIDTH - done)}] {share:4.0%}{end}")
        sys.stderr.flush()

    return show


def printable(text: str, longest: int | None = None) -> str:
    """Text from outside as a terminal may show it: what would steer the terminal is spelled out.

    Args:
        text: anything; line ends stay.
        longest: more characters than these are cut off with an ellipsis; None keeps all.
    """
    shown = "".join(one if one == "\n" or not _steers(one) else ascii(one)[1:-1] for one in text)
    return shown if longest is None or len(shown) <= longest else f"{shown[: longest - 1]}\u2026"


def _steers(character: str) -> bool:
    """Controls, marks of direction, halves of pairs, line and paragraph separators."""
    category = unicodedata.category(character)
    return category.startswith("C") or category in ("Zl", "Zp")


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Columns as wide as their widest cell; numbers to the right."""
    cells = [[printable(str(cell)).replace("\n", r"\n") for cell in row] for row in rows]
    widths = [max(len(text) for text in column) for column in zip(header, *cells, strict=True)]
    lines = [_line(header, widths, ["" for _ in header])]
    lines.append("  ".join("-" * width for width in widths))
    lines += [_line(row, widths, row) for row in cells]
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int], samples: Sequence[str]) -> str:
    return "  ".join(
        text.rjust(width) if sample[:1].isdigit() else text.ljust(width)
        for text, width, sample in zip(row, widths, samples, strict=True)
    ).rstrip()
