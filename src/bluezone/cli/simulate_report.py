"""What `bluezone simulate` prints: pairs by verdict and by band, people by case, the trade-off curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import click

from bluezone.cli.terminal import table
from bluezone.phone.risk import RiskRules
from bluezone.sim.interval import Share
from bluezone.sim.judge import BANDS, Exposed, Judge, Judgement, TradeOff
from bluezone.sim.truth import Band, Truth, Verdict

VERDICTS = (Verdict.MUST, Verdict.BORDERLINE, Verdict.MUST_NOT, Band.NEVER_MET)
NEAR_LEVELS = (-12.0, -10.0, -9.0, -8.0, -7.0, -6.0, -5.0, -4.0, -3.0, -2.0, -1.0, 0.0)
NEAR_PROBABILITIES = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 0.9)
ALERT_SECONDS = (300.0, 600.0, 750.0, 900.0, 1050.0, 1200.0, 1500.0, 1800.0)


def curves_of(judge: Judge, exposed: Exposed, rules: RiskRules) -> dict[str, list[TradeOff]]:
    """The threshold of each kind of rule, and the time that raises an alert, each varied alone."""
    return {
        "near_level_db": judge.trade_off(exposed, replace(rules, kind="level"), "near_level_db", NEAR_LEVELS),
        "near_probability": judge.trade_off(
            exposed, replace(rules, kind="window"), "near_probability", NEAR_PROBABILITIES
        ),
        "alert_s": judge.trade_off(exposed, rules, "alert_s", ALERT_SECONDS),
    }


def drawing() -> ModuleType:
    """The module that draws; its package is in an extra."""
    try:
        from bluezone.sim import plots
    except ModuleNotFoundError as error:
        raise click.ClickException(
            f"pictures need packages that are not installed ({error.name}); install bluezone[lab]"
        ) from None
    return plots


def draw_curves(folder: Path, title: str, curves: dict[str, list[TradeOff]], rules: RiskRules) -> Path:
    """The thresholds of both kinds in one picture."""
    thresholds = {name: curves[name] for name in ("near_level_db", "near_probability")}
    in_force = {"near_level_db": rules.near_level_db, "near_probability": rules.near_probability}
    made: Path = drawing().plot_trade_off(folder, title, thresholds, in_force)
    return made


def print_report(judgement: Judgement, truth: Truth, curves: dict[str, list[TradeOff]]) -> None:
    """Everything that a person reads; the rest is in the JSON."""
    must, near, must_not = (truth.count(one) for one in (Verdict.MUST, Verdict.BORDERLINE, Verdict.MUST_NOT))
    click.echo(
        f"{must + near + must_not} pairs met: {must} must be alerted, {must_not} must not,"
        f" {near} at exactly 15 minutes are listed apart.\n"
    )
    click.echo("Each pair counts twice: once with each of the two as the case.")
    rows = []
    for verdict in VERDICTS:
        yes, no = judgement.alerted(verdict), judgement.silent(verdict)
        rows.append((str(verdict), yes, no, f"{yes / (yes + no):.2%}" if yes + no else "-"))
    click.echo(table(("by the rule", "alerted", "silent", "share alerted"), rows))
    click.echo("")
    bands = [(str(band), judgement.share(band)) for band in BANDS]
    click.echo(
        table(
            ("by band", "alerted", "silent", "share alerted", "95 % interval"),
            [(name, one.alerted, one.total - one.alerted, *_told(one)) for name, one in bands],
        )
    )
    click.echo("\n" + _people(judgement))
    missed = sum(what == "missed" for _, _, what in judgement.errors)
    click.echo(
        f"{judgement.error_count} errors: {missed} missed, {judgement.error_count - missed} false alerts."
    )
    for name, points in curves.items():
        click.echo(f"\nThe same stores, judged again for other values of {name}:")
        click.echo(_curve(name, points))


def _people(judgement: Judgement) -> str:
    """One sentence about cases instead of pairs."""
    positive, negative = str(Band.CLEAR_POSITIVE), str(Band.CLEAR_NEGATIVE)
    cases = judgement.cases.values()
    had = [one for one in cases if one.band_alerted[positive] + one.band_silent[positive]]
    whole = sum(not one.band_silent[positive] for one in had)
    false = [one.band_alerted[negative] for one in cases]
    mean = sum(false) / len(false) if false else 0.0
    return (
        f"By person: {len(had)} cases had a clear positive, {whole} of them alerted all; a case alerts"
        f" {mean:.2f} clear negatives on average and {max(false, default=0)} at most."
    )


def _curve(name: str, points: Sequence[TradeOff]) -> str:
    rows = [
        (
            f"{one.value:g}",
            *_told(one.clear_positive),
            *_told(one.clear_negative),
            one.never_met,
            f"{one.must:.2%}",
            f"{one.must_not:.2%}",
        )
        for one in points
    ]
    head = (name, "clear-positive", "95 %", "clear-negative", "95 %", "never-met", "must", "must-not")
    return table(head, rows)


def _told(share: Share) -> tuple[str, str]:
    if not share.total:
        return "-", "-"
    digits = 4 if share.high < 0.001 else 2
    return f"{share.value:.2%}", f"{share.low:.{digits}%}..{share.high:.{digits}%}"
