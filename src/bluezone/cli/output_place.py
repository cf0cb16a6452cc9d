"""Where a command may write: asked before the work begins, so that no result is lost to a wrong path.

`OutputFile` and `OutputFolder` are click types; they refuse a place as click refuses any wrong argument.
`writing` is for the moment itself: what changed in between, such as a full disk, is a sentence, too.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    _PathType = click.ParamType[Path]
else:  # Older versions of click know no type in brackets.
    _PathType = click.ParamType


class OutputFile(_PathType):
    """A file that can be written.

    Args:
        new: whether it must not exist: the command never overwrites.
    """

    name = "file"

    def __init__(self, new: bool = False) -> None:
        self._new = new

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path; fails with a sentence if nothing can be written there."""
        path = Path(value)
        try:
            problem = _file_problem(path, self._new)
        except (OSError, ValueError) as error:
            problem = f"{path}: {_reason(error)}"
        if problem:
            self.fail(problem, param, ctx)
        return path


class OutputFolder(_PathType):
    """A folder that files can be written into, or that can be made with all that lies above it."""

    name = "directory"

    def convert(self, value: str | Path, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        """The path; fails with a sentence if nothing can be written there. Makes nothing yet."""
        path = Path(value)
        try:
            _exists(path)
            problem = _folder_problem(next(one for one in (path, *path.absolute().parents) if one.exists()))
        except (OSError, ValueError) as error:
            problem = f"{path}: {_reason(error)}"
        if problem:
            self.fail(problem, param, ctx)
        return path


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turns what the system refuses while `path` is written into a sentence and exit status 1."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{path} could not be written: {_reason(error)}.") from error


def _file_problem(path: Path, new: bool) -> str:
    if path.is_dir():
        return f"{path} is a folder."
    if not _exists(path):
        return _folder_problem(path.parent)
    if new:
        return f"{path} exists already; nothing is overwritten."
    return "" if os.access(path, os.W_OK) else f"{path} may not be written."


def _exists(path: Path) -> bool:
    """Whether the name is taken; raises what the system says of a name that nothing can have."""
    try:
        path.lstat()
    except FileNotFoundError:
        return False
    return True


def _folder_problem(folder: Path) -> str:
    if not folder.exists():
        return f"there is no folder {folder}."
    if not folder.is_dir():
        return f"{folder} is no folder."
    # Rights alone do not tell: the disk may be read-only, and root may do everything but that.
    with tempfile.TemporaryFile(dir=folder):
        return ""


def _reason(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)
