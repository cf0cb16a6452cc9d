"""Builds a kit: every item in every language, in parallel, only what changed, until done or stopped.

An item that fails leaves the others alone; the manifest says which are missing and why. Each finished item is
kept at once, so a build that was stopped goes on where it was. What is out of date and not made anew is put
aside: somebody would print it.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.outreach.kit.built_before import (
    CHANGED,
    FOLDER,
    OLD,
    UNWRITABLE,
    BuiltBefore,
    alone_in,
    unwritable,
)
from bluezone.outreach.kit.errors import BuildStopped, ItemFailed, KitError, UnitUnreadable
from bluezone.outreach.kit.items import catalogue
from bluezone.outreach.kit.job import BuiltFile, ItemBuilder, Job
from bluezone.outreach.kit.kept_parts import drop_unused
from bluezone.outreach.kit.logo import load_logo
from bluezone.outreach.kit.manifest import Manifest, Missing, write_manifest
from bluezone.outreach.kit.one_item import build_item, inputs_digest, task_name, unexpected
from bluezone.outreach.kit.registry import builder_of
from bluezone.outreach.kit.sound.program import stopping
from bluezone.outreach.kit.unit_file import Unit
from bluezone.outreach.kit.wording import words_for

log = structlog.get_logger(__name__)
_WAIT_S = 0.2
_MOST_NAMED = 5
_NOT_ASKED = "not-asked-for"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be built.

    Attributes:
        unit: for whom.
        out: folder of the kit.
        key: signs the manifest.
        cache: folder that kits of all units share.
        languages: wanted; empty: those of the unit.
        only: ids of items; empty: all fourteen. Others that are up to date stay in the manifest.
        workers: how many items at once; 0: one for each core.
        find_builder: who builds an item.
        clock: seconds since 1970.
    """

    unit: Unit
    out: Path
    key: Ed25519PrivateKey
    cache: Path
    languages: tuple[str, ...] = ()
    only: frozenset[str] = frozenset()
    workers: int = 0
    find_builder: Callable[[str], ItemBuilder] = builder_of
    clock: Callable[[], float] = time.time


class Progress:
    """How much of a build is done, told by several threads; and the wish to stop."""

    def __init__(self, show: Callable[[float], None], stop: Event) -> None:
        self._show = show
        self._stop = stop
        self._lock = Lock()
        self._efforts: dict[str, float] = {}
        self._shares: dict[str, float] = {}

    def expect(self, task: str, effort: float) -> None:
        """A task of some seconds lies ahead."""
        self._efforts[task] = effort
        self._shares[task] = 0.0

    def told(self, task: str) -> Callable[[float], None]:
        """What a builder calls with the share of its task that is done."""

        def report(share: float) -> None:
            self.done(task, share)
            if self._stop.is_set():
                raise BuildStopped

        return report

    def done(self, task: str, share: float = 1.0) -> None:
        """A task is done, or a share of it."""
        with self._lock:
            self._shares[task] = min(1.0, max(self._shares[task], share))
            whole = sum(self._efforts.values()) or 1.0
            self._show(sum(self._efforts[one] * part for one, part in self._shares.items()) / whole)


def _silent(_sentence: str) -> None:
    pass


def build_kit(
    order: Order, show: Callable[[float], None], stop: Event, tell: Callable[[str], None] = _silent
) -> Manifest:
    """Builds what is missing or changed, and writes the signed manifest.

    Args:
        order: what to build.
        show: gets the share that is done, 0..1.
        stop: set it to stop soon; what is finished stays.
        tell: gets a sentence about what else was done in the folder.

    Raises:
        OutputUnusable: the folder cannot be written, or another build works in it.
    """
    try:
        with alone_in(order.out):
            return _build_alone(order, show, stop, tell)
    except OSError as error:
        raise unwritable(error, order.out) from None


def _build_alone(
    order: Order, show: Callable[[float], None], stop: Event, tell: Callable[[str], None]
) -> Manifest:
    order.cache.mkdir(parents=True, exist_ok=True)
    logo, notes = _logo(order.unit)
    jobs = _jobs(order, logo)
    run = _Run(order, Progress(show, stop), stop)
    for job in jobs:
        run.progress.expect(task_name(job), job.item.effort)
    run.work([job for job in jobs if not job.item.is_last])
    built = tuple(sorted(run.built, key=lambda one: one.path))
    run.work([replace(job, others=built) for job in jobs if job.item.is_last])
    shutil.rmtree(order.out / FOLDER / "work", ignore_errors=True)
    languages = order.languages or order.unit.languages
    positions = {item.id: item.number for item in catalogue()}
    manifest = Manifest(
        unit=order.unit.facts(),
        languages=languages,
        files=tuple(sorted(run.built, key=lambda one: (positions[one.item], one.path))),
        missing=tuple(sorted(run.missing, key=lambda one: (positions[one.item], one.language))),
        notes=notes,
    )
    _put_aside(run, manifest, tell)
    write_manifest(order.out, manifest, order.key)
    drop_unused(order.cache, order.clock())
    return manifest


def _put_aside(run: _Run, manifest: Manifest, tell: Callable[[str], None]) -> None:
    """Files of items that are not in the manifest leave the kit's folder; so do the other languages."""
    kept = {entry.path for entry in manifest.files}
    for item in catalogue():
        for path in (f"{item.id}/{plan.name_in(one)}" for one in item.languages for plan in item.files):
            if path not in kept:
                run.before.set_aside(path)
    for kind, why in (
        (OLD, "made from earlier facts or texts, or not asked for"),
        (CHANGED, "changed by hand"),
    ):
        if paths := [path for found, path in run.before.put_aside if found == kind]:
            more = f" and {len(paths) - _MOST_NAMED} more" if len(paths) > _MOST_NAMED else ""
            named = ", ".join(paths[:_MOST_NAMED])
            tell(f"Put aside into {run.order.out / FOLDER / kind} ({why}): {named}{more}.")


def _logo(unit: Unit) -> tuple[bytes | None, tuple[str, ...]]:
    if unit.logo is None:
        return None, ()
    try:
        return load_logo(unit.logo), ()
    except UnitUnreadable as error:
        # The materials are right without it: they carry the unit's name instead.
        return None, (f"Built without the logo: {error}.",)


def _jobs(order: Order, logo: bytes | None) -> list[Job]:
    wanted = order.languages or order.unit.languages
    work = order.out / FOLDER / "work"
    return [
        Job(
            item=item,
            language=language,
            unit=order.unit,
            words=words_for(language, order.unit),
            logo_png=logo,
            folder=work / f"{item.id}-{language}",
            cache=order.cache,
        )
        for item in catalogue()
        for language in item.languages_for(wanted)
    ]


class _Run:
    """One build under way: what is finished and what failed."""

    def __init__(self, order: Order, progress: Progress, stop: Event) -> None:
        self.order = order
        self.progress = progress
        self.stop = stop
        self.before = BuiltBefore(order.out)
        self.built: list[BuiltFile] = []
        self.missing: list[Missing] = []

    def work(self, jobs: list[Job]) -> None:
        """Does jobs in parallel; comes back when all are done, failed or stopped."""
        # The longest first, so that no core waits for one late film.
        jobs = sorted(jobs, key=lambda job: -job.item.effort)
        with ThreadPoolExecutor(self.order.workers or os.cpu_count() or 1) as pool:
            open_jobs: dict[Future[tuple[BuiltFile, ...]], Job] = {
                pool.submit(self._one, job): job for job in jobs
            }
            while open_jobs:
                # Short waits, so that Ctrl-C is heard.
                finished, _ = wait(open_jobs, timeout=_WAIT_S, return_when=FIRST_COMPLETED)
                for future in finished:
                    self._note(open_jobs.pop(future), future)

    def _one(self, job: Job) -> tuple[BuiltFile, ...]:
        task = task_name(job)
        builder = self.order.find_builder(job.item.id)
        digest = inputs_digest(job, builder)
        earlier = self.before.find(task, digest)
        if earlier is None and self.order.only and job.item.id not in self.order.only:
            raise _NotAsked("it was not asked for; build without --only to have it")
        if earlier is not None:
            return earlier
        report = self.progress.told(task)
        # After a stop nothing more is begun, so nothing is cleared away for it.
        report(0.0)
        with stopping(self.stop):
            return build_item(job, builder, digest, self.order.out, self.before, report)

    def _note(self, job: Job, future: Future[tuple[BuiltFile, ...]]) -> None:
        self.progress.done(task_name(job))
        error = future.exception()
        if error is None:
            self.built += future.result()
            return
        if isinstance(error, OSError) and error.errno in UNWRITABLE:
            error = unwritable(error, self.order.out)
        if isinstance(error, Exception) and not isinstance(error, KitError):
            log.error("item-failed", item=job.item.id, language=job.language, error=repr(error))
            error = unexpected(error)
        if not isinstance(error, KitError):
            raise error
        self.missing.append(Missing(job.item.id, job.language, error.code, str(error)))


class _NotAsked(ItemFailed):
    """The item is not up to date, and this build is about other items."""

    code = _NOT_ASKED
