"""Builds one item in one language: its builder, its checks, and its files into the kit, all or none."""

from __future__ import annotations

import shutil
from pathlib import Path

from bluezone.outreach.kit.built_before import BuiltBefore, digest_of
from bluezone.outreach.kit.checks import Subject, check_file
from bluezone.outreach.kit.errors import ItemFailed, ItemRefused
from bluezone.outreach.kit.glyphs import require_glyphs
from bluezone.outreach.kit.job import BuiltFile, ItemBuilder, Job, Report, package_files
from bluezone.outreach.kit.manifest import describe


def task_name(job: Job) -> str:
    """The name of a job within a kit."""
    return f"{job.item.id}-{job.language}"


def inputs_digest(job: Job, builder: ItemBuilder) -> str:
    """What the files of a job depend on, checks included."""
    return digest_of(
        job, [*builder.inputs(job), *package_files("checks", "glyphs.py", "fitting.py", "naming.py")]
    )


def build_item(
    job: Job, builder: ItemBuilder, digest: str, kit: Path, before: BuiltBefore, report: Report
) -> tuple[BuiltFile, ...]:
    """Builds, checks and keeps one item.

    Raises:
        ItemFailed: it cannot be made, or the checks refuse it; no file of it is in the kit then.
        BuildStopped: somebody asked to stop.
    """
    folder = kit / job.item.id
    names = [plan.name_in(job.language) for plan in job.item.files]
    for name in names:
        # What was built from other inputs must not lie beside a manifest that does not know it.
        before.make_room(f"{job.item.id}/{name}")
    shutil.rmtree(job.folder, ignore_errors=True)
    job.folder.mkdir(parents=True)
    try:
        if job.item.is_printed:
            require_glyphs(job.unit)
        report(0.0)
        builder.build(job, report)
        report(1.0)
        _refuse_faults(job)
        folder.mkdir(exist_ok=True)
        for name in names:
            (job.folder / name).replace(folder / name)
        entries = tuple(describe(job.item.id, folder / name, kit) for name in names)
        before.keep(task_name(job), digest, entries)
    except OSError:
        # Half an item is none, and one that is not in the record would pass for somebody's own work.
        for name in names:
            (folder / name).unlink(missing_ok=True)
        raise
    finally:
        shutil.rmtree(job.folder, ignore_errors=True)
    return entries


def _refuse_faults(job: Job) -> None:
    faults = [
        sentence
        for plan in job.item.files
        for sentence in check_file(
            Subject(job.path(plan.name), job.item, plan, job.language, job.unit.facts())
        )
    ]
    if faults:
        raise ItemRefused(faults)


def unexpected(error: Exception) -> ItemFailed:
    """An error that no builder should raise, as one that leaves the other items alone."""
    return ItemFailed(f"this item failed unexpectedly ({type(error).__name__}: {error}); please report it")
