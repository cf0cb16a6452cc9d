"""`bluezone sensing`: how well nearness is told from radio levels, on recordings; decides nothing itself."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bluezone.cli.output_place import OutputFile, OutputFolder, writing
from bluezone.cli.terminal import friendly, printable, progress_bar, table

if TYPE_CHECKING:
    from bluezone.lab.judging import Judged
    from bluezone.lab.metrics import Measure
    from bluezone.lab.protocols import Evaluation
    from bluezone.lab.scoring import Scored

SHOWN_WINDOWS = 30
# Longer names are cut off in the table; the file of --json has all of them.
SHOWN_NAME = 32

recordings = click.option(
    "--data",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder of the public recordings.",
)
seed_option = click.option("--seed", type=click.IntRange(0, 2**32 - 1), default=1, show_default=True)
json_option = click.option("--json", "json_path", type=OutputFile(), help="Write everything.")


@click.group()
def sensing() -> None:
    """How near, for how long: measured on recordings of real phones."""


@sensing.command()
@recordings
@click.option("--protocol", type=click.Choice(["epfl", "mitre"]), required=True)
@click.option("--task", help="Only one task of the protocol epfl, by its name in the output's JSON.")
@click.option("--plots", type=OutputFolder(), help="Draw pictures into this folder.")
@json_option
@seed_option
@friendly
def evaluate(
    folder: Path, protocol: str, task: str | None, plots: Path | None, json_path: Path | None, seed: int
) -> None:
    """Train and test by scene or recording, beside the rules in use."""
    from bluezone.lab.protocols import EPFL_TASKS, epfl_protocol, mitre_protocol
    from bluezone.phone.shipped import proximity_model

    if task is not None and (protocol != "epfl" or task not in EPFL_TASKS):
        known = ", ".join(EPFL_TASKS)
        raise click.BadParameter(f"the protocol epfl has {known}", param_hint="--task")
    progress = progress_bar("evaluating")
    if protocol == "epfl":
        found = epfl_protocol(folder, seed, progress, task)
    else:
        found = mitre_protocol(folder, seed, progress, proximity_model())
    for judged in found.tasks:
        click.echo(_task_text(judged) + "\n")
    for section in found.sections:
        click.echo(f"{section.title}\n{table(section.header, section.rows)}\n")
    click.echo(_dropped_text(found.dropped))
    if plots is not None:
        _draw(found, plots)
    if json_path is not None:
        _write_json(json_path, _evaluation_json(found, seed))


@sensing.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@json_option
@seed_option
@friendly
def score(file: Path, json_path: Path | None, seed: int) -> None:
    """Score a recording in a CSV FILE with the model that phones carry."""
    from bluezone.lab.scoring import as_json, score_file
    from bluezone.phone.shipped import proximity_model

    found = score_file(file, proximity_model(), seed, progress_bar("scoring"))
    click.echo(_scored_text(file.name, found))
    if json_path is not None:
        _write_json(json_path, as_json(found))


@sensing.command()
@recordings
@click.option(
    "--out",
    type=OutputFile(),
    required=True,
    help="File of coefficients to write; the shipped one is src/bluezone/phone/proximity.json.",
)
@seed_option
@friendly
def train(folder: Path, out: Path, seed: int) -> None:
    """Train the model that phones carry, and write its coefficients."""
    from bluezone.lab.shipping import train_shipped
    from bluezone.lab.training import model_bytes

    model = train_shipped(folder, seed, progress_bar("training"))
    with writing(out):
        out.write_bytes(model_bytes(model))
    click.echo(
        f"{out}: nearness {model.among_others.nearness:.3f}, prominence {model.among_others.prominence:.3f}."
    )


def _task_text(task: Judged) -> str:
    header = (
        "",
        "AUC",
        "AUC in a scene",
        "found at 10 % false",
        "nDCF",
        "F1",
        "calibration",
    )
    rows = [
        (
            one.name,
            _figure(one.auc),
            _within(one.scene_auc),
            _figure(one.hits),
            _figure(one.ndcf),
            _figure(one.f1),
            _figure(one.calibration_error),
        )
        for one in task.results
    ]
    counts = f"{len(task.near)} windows, {int(task.near.sum())} near; a scan every {task.rhythm_s:.0f} s"
    return f"{task.title}: {counts}\n{table(header, rows)}{_deployed_text(task)}"


def _deployed_text(task: Judged) -> str:
    """A table of its own: the figure depends on a convention that nobody has written down."""
    rules = [one for one in task.results if one.ndcf_deployed]
    if not rules:
        return ""
    header = ("nDCF as deployed, a scan counted as", *rules[0].ndcf_deployed)
    rows = [(one.name, *map(_figure, one.ndcf_deployed.values())) for one in rules]
    return f"\n\n{table(header, rows)}"


def _figure(measure: Measure | None) -> str:
    if measure is None:
        return "-"
    return f"{measure.value:.3f} ({measure.low:.2f}-{measure.high:.2f})"


def _within(scene_auc: dict[str, float]) -> str:
    """Mean over the scenes that have both kinds: no scene is compared with another."""
    known = [one for one in scene_auc.values() if math.isfinite(one)]
    return f"{sum(known) / len(known):.3f}" if known else "-"


def _dropped_text(dropped: dict[str, dict[str, int]]) -> str:
    rows = [(name, reason, count) for name, found in dropped.items() for reason, count in found.items()]
    return table(("left out in", "reason", "count"), rows) if rows else "No row was left out."


def _draw(found: Evaluation, folder: Path) -> None:
    from bluezone.lab.plots import draw

    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        drawn = [path for task in found.tasks for path in draw(task, folder)]
    click.echo(f"{len(drawn)} pictures in {folder}.")


def _scored_text(name: str, found: Scored) -> str:
    rows = [
        (
            *(printable(name, SHOWN_NAME) for name in (one.scene, one.receiver, one.sender)),
            f"{one.began_at:.0f}",
            f"{one.heard_count}/{one.scan_count}",
            f"{one.probability:.2f}",
            {None: "?", True: "near", False: "far"}[one.near],
        )
        for one in found.estimates[:SHOWN_WINDOWS]
    ]
    header = ("scene", "receiver", "sender", "from", "heard/scans", "probability near", "truth")
    lines = [
        f"{printable(name)}: {len(found.estimates)} windows; a scan every {found.rhythm_s:.0f} s.",
        table(header, rows),
    ]
    if len(found.estimates) > SHOWN_WINDOWS:
        lines.append(
            f"{len(found.estimates) - SHOWN_WINDOWS} further windows are in the file of --json only."
        )
    if not found.fits:
        lines.append("Warning: the model is meant for another rhythm; its probabilities may be off.")
    lines += [f"{printable(sentence)}: {count}" for sentence, count in sorted(found.notes.items())]
    if found.figures:
        lines += ["", *(f"{title}: {_figure(one)}" for title, one in found.figures.items())]
    else:
        lines.append("Near and far windows are not both known: estimates only, no figures.")
    return "\n".join(lines)


def _evaluation_json(found: Evaluation, seed: int) -> dict[str, Any]:
    def result(one: Any) -> dict[str, Any]:
        return {
            key: value for key, value in dataclasses.asdict(one).items() if key not in ("scores", "said_near")
        }

    tasks = [
        {
            "task": task.key,
            "title": task.title,
            "rhythm_s": task.rhythm_s,
            "windows": len(task.near),
            "near": int(task.near.sum()),
            "results": [result(one) for one in task.results],
        }
        for task in found.tasks
    ]
    recorded = [dataclasses.asdict(section) for section in found.sections]
    return {
        "protocol": found.protocol,
        "seed": seed,
        "tasks": tasks,
        "recorded": recorded,
        "left_out": found.dropped,
    }


def _write_json(path: Path, content: dict[str, Any]) -> None:
    with writing(path):
        path.write_text(json.dumps(_finite(content), indent=1, allow_nan=False) + "\n", encoding="utf-8")


def _finite(value: Any) -> Any:
    """JSON has no word for a figure that does not exist: null."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
