"""T-40: one check of the code is removed at a time, and the attack that it stands against must then succeed.

The list is in `removals.toml`. Each removal is applied to a copy of the package, and the named attack is run
from that copy in a process of its own. A text that is not found exactly once fails: the list must follow
the code.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import bluezone
from bluezone.sim.attacks.outcome import Outcome, Setting

PACKAGE = Path(bluezone.__file__).parent
PROCESSES = 2
TIMEOUT_S = 60
VICTIMS = 3
_NO_MUTANT = ("SyntaxError", "IndentationError", "ImportError", "ModuleNotFoundError", "NameError")
# Imported once for all mutants: the packages of others, never our own.
_PRELOADED = (
    "asyncio, httpx, litestar, litestar.response, sqlalchemy, alembic.command, obstore.store, sqlcipher3"
)
_NURSERY = f"""
import logging, os, pathlib, signal, sys
import structlog, {_PRELOADED}

def attack(home, name):
    signal.alarm({TIMEOUT_S})
    os.chdir(home)
    said = os.open("said", os.O_WRONLY | os.O_CREAT)
    os.dup2(said, 1)
    os.dup2(said, 2)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    sys.path.insert(0, home)
    import bluezone
    assert pathlib.Path(bluezone.__file__).is_relative_to(home), bluezone.__file__
    from bluezone.sim.attacks.catalogue import find, run
    from bluezone.sim.attacks.outcome import Setting
    outcome = run(find(name), Setting(pathlib.Path(home), victim_count={VICTIMS}))
    print(outcome.measured, flush=True)
    return 0 if outcome.passed else 3

for line in sys.stdin:
    child = os.fork()
    if not child:
        status = 4
        try:
            status = attack(*line.rstrip("\\n").split("\\t"))
        except BaseException as error:
            print(type(error).__name__, error, flush=True)
        finally:
            os._exit(status)
    print(os.waitpid(child, 0)[1], flush=True)
"""


@dataclass(frozen=True, slots=True)
class Mutation:
    """One check that is removed.

    Attributes:
        rule: what the check is for, in the words of docs/protocol.md.
        file: within the package.
        old: exact text, once in the file.
        new: what stands there without the check.
        caught_by: the attack that must then succeed.
    """

    rule: str
    file: str
    old: str
    new: str
    caught_by: str


def load_mutations() -> list[Mutation]:
    """Every removal of `removals.toml`."""
    table = tomllib.loads(Path(__file__).with_name("removals.toml").read_text(encoding="utf-8"))
    return [Mutation(**one) for one in table["removal"]]


@dataclass(frozen=True, slots=True)
class Mutant:
    """What became of a removed check: the mutation, whether it was noticed, and what was said."""

    mutation: Mutation
    caught: bool
    said: str


def mutants(setting: Setting) -> Outcome:
    """T-40: every check is removed once; each time an attack must succeed that otherwise does not."""
    mutations, names = load_mutations(), caught_by()
    stale = [one.rule for one in mutations if not fits(one)]
    if stale:
        return Outcome(False, f"no longer in the code as written: {', '.join(stale)}", len(stale))
    controls, tried = _try_all(setting.folder, names, mutations)
    survived = [one.mutation.rule for one in tried if not one.caught]
    broken = [name for name, passed in zip(names, controls, strict=True) if not passed]
    return Outcome(
        not survived and not broken,
        f"{len(tried)} checks removed one at a time: {len(tried) - len(survived)} noticed"
        + f"; not noticed: {', '.join(survived)}" * bool(survived)
        + f"; failing without any change: {', '.join(broken)}" * bool(broken),
        len(survived),
    )


def caught_by() -> list[str]:
    """The attacks that stand against some mutation."""
    return sorted({one.caught_by for one in load_mutations()})


def fits(mutation: Mutation) -> bool:
    """Whether the text of a mutation stands exactly once in its file, so that the list follows the code."""
    return (PACKAGE / mutation.file).read_text(encoding="utf-8").count(mutation.old) == 1


class Nursery:
    """A process that has everything loaded but our own package, and runs attacks in children of its own."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter on our own code
            [sys.executable, "-c", _NURSERY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(TIMEOUT_S)
        if self._process.stdout is not None:
            self._process.stdout.close()

    def try_mutation(self, folder: Path, mutation: Mutation) -> Mutant:
        """Removes one check in a copy of the package and runs the attack that it stands against."""
        with tempfile.TemporaryDirectory(dir=folder) as home:
            changed = _copy(Path(home)) / mutation.file
            text = changed.read_text(encoding="utf-8")
            changed.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
            status, said = self._attack(Path(home), mutation.caught_by)
        # An attack may notice by an error, but code that cannot even be read is no mutant.
        return Mutant(mutation, status != 0 and not said.startswith(_NO_MUTANT), said)

    def unharmed(self, folder: Path, name: str) -> bool:
        """The control: whether an attack passes in a copy in which nothing is removed."""
        with tempfile.TemporaryDirectory(dir=folder) as home:
            _copy(Path(home))
            return self._attack(Path(home), name)[0] == 0

    def _attack(self, home: Path, name: str) -> tuple[int, str]:
        if self._process.stdin is None or self._process.stdout is None:
            return -1, "no process"
        self._process.stdin.write(f"{home}\t{name}\n")
        self._process.stdin.flush()
        status = self._process.stdout.readline().strip()
        said = home / "said"
        return int(status or -1), said.read_text(encoding="utf-8")[-500:] if said.exists() else ""


def _try_all(
    folder: Path, names: Sequence[str], mutations: Sequence[Mutation]
) -> tuple[list[bool], list[Mutant]]:
    """Controls and mutants, shared out among as many processes as there are."""

    def share(number: int) -> tuple[list[bool], list[Mutant]]:
        with Nursery() as nursery:
            return (
                [nursery.unharmed(folder, name) for name in names[number::PROCESSES]],
                [nursery.try_mutation(folder, one) for one in mutations[number::PROCESSES]],
            )

    with ThreadPoolExecutor(PROCESSES) as pool:
        shares = list(pool.map(share, range(PROCESSES)))
    controls = {
        name: passed
        for number, (found, _) in enumerate(shares)
        for name, passed in zip(names[number::PROCESSES], found, strict=True)
    }
    return [controls[name] for name in names], [one for _, tried in shares for one in tried]


def _copy(home: Path) -> Path:
    # With its compiled files: they carry the time of their source, so a changed source is compiled anew.
    return Path(shutil.copytree(PACKAGE, home / "bluezone"))
