"""The introduction: ten slides as PPTX with notes for the speaker, and the one-page brief as PDF.

Decides what stands on which slide; letters are Arial, which every office machine has, colours are the tokens
of the screens. A slide has one thing to say; what to say about it is in its notes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from io import BytesIO

from pptx import Presentation

from bluezone.outreach.kit.job import ItemBuilder, Job, Report, package_files
from bluezone.outreach.kit.office.pictures import drawing, qr_png, screen
from bluezone.outreach.kit.office.stage import BLUE, CREAM, GROUND, HEIGHT, INK, SKY, SUN, WHITE, WIDTH, Stage
from bluezone.outreach.kit.print_items import BUILDER as PRINT
from bluezone.outreach.kit.typesetting import Sheet, set_sheet

_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_LEFT, _TOP, _BODY = 0.8, 0.55, 1.75


class Introduction:
    """Writes the slides and the brief."""

    def inputs(self, job: Job) -> Iterable[bytes]:
        """This folder, how texts are fitted, and what the brief is set from."""
        yield from package_files("office", "fitting.py")
        yield from PRINT.inputs(job)

    def build(self, job: Job, report: Report) -> None:
        """Slides first, then the brief."""
        job.path("introduction-{lang}.pptx").write_bytes(slides(job))
        report(0.8)
        job.path("brief-{lang}.pdf").write_bytes(set_sheet(job, Sheet("brief.typ")))


def slides(job: Job) -> bytes:
    """The presentation."""
    made = Presentation()
    made.slide_width, made.slide_height = WIDTH, HEIGHT
    properties = made.core_properties
    properties.title, properties.author = job.words["brief"]["title"], job.unit.name_in(job.language)
    properties.created = properties.modified = _EPOCH
    for number, show in enumerate(_SLIDES, 1):
        stage = Stage(made, job)
        show(stage, job)
        if show not in (_title, _end):
            stage.foot(number, len(_SLIDES))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _headed(stage: Stage, title: str, notes: str, ground: str = WHITE) -> None:
    stage.ground(ground)
    stage.title(title, _LEFT, _TOP, 11.7, 1.0)
    stage.notes(notes)


def _title(stage: Stage, job: Job) -> None:
    words = job.words
    stage.ground(SKY)
    stage.picture(drawing("scene", 2000), words["alt"]["scene"], 0, 7.5 - 13.333 * 0.43 + 1.4, width=13.333)
    stage.box(0, 6.62, 13.333, 0.88, BLUE)
    stage.picture(drawing("mark", 300), words["alt"]["mark"], _LEFT, 0.5, width=0.62)
    stage.text(words["brand"]["name"], _LEFT + 0.78, 0.47, 4, 0.7, size=30, bold=True)
    _unit(stage, job)
    stage.title("\n".join(words["brand"]["slogan_lines"]), _LEFT, 1.3, 11.7, 1.75, size=48)
    stage.text(
        f"{words['call']['three']}  ·  {job.unit.shown_address}",
        _LEFT,
        6.7,
        11.7,
        0.7,
        size=20,
        least=14,
        bold=True,
        colour=WHITE,
    )
    stage.notes(words["slides"]["subtitle"] + ". " + words["brand"]["lead"])


def _unit(stage: Stage, job: Job) -> None:
    right = 12.53
    if job.logo_png:
        stage.picture(job.logo_png, job.words["alt"]["logo"], right - 0.75, 0.42, height=0.75)
        right -= 0.95
    text = f"{job.unit.name_in(job.language)}\n{job.unit.parent_in(job.language)}"
    stage.text(text, right - 5.9, 0.4, 5.9, 0.9, size=15, least=10, bold=True, align="right")


def _why(stage: Stage, job: Job) -> None:
    words = job.words["slides"]
    _headed(stage, words["why_title"], " ".join(words["why"]))
    for row, text in enumerate(words["why"]):
        stage.number(row + 1, _LEFT, _BODY + 0.1 + row * 1.55, 0.95)
        stage.text(text, _LEFT + 1.35, _BODY + row * 1.55, 10.2, 1.15, size=26, middle=True)


def _how(stage: Stage, job: Job) -> None:
    how = job.words["how"]
    _headed(stage, how["title"], " ".join(f"{one['title']}. {one['text']}" for one in how["steps"]))
    for column, one in enumerate(how["steps"]):
        left = _LEFT + column * 2.98
        stage.box(left, _BODY, 2.8, 4.5, GROUND, round_=True)
        stage.number(column + 1, left + 0.25, _BODY + 0.3, 0.85)
        stage.text(one["title"], left + 0.2, _BODY + 1.3, 2.45, 0.95, size=19, bold=True)
        stage.text(one["text"], left + 0.2, _BODY + 2.3, 2.45, 2.1, size=17)


def _stored(stage: Stage, job: Job) -> None:
    words = job.words
    _headed(stage, words["slides"]["privacy_title"], " ".join(words["sent"]["items"]))
    for column, part in enumerate(("stored", "not_stored")):
        left = _LEFT + column * 5.98
        stage.box(left, _BODY, 5.75, 3.15, GROUND, round_=True)
        stage.text(words[part]["title"], left + 0.35, _BODY + 0.25, 5.1, 0.6, size=24, bold=True, colour=BLUE)
        stage.bullets(words[part]["items"], left + 0.35, _BODY + 0.9, 5.1, 2.2, size=20, least=18)
    stage.box(_LEFT, _BODY + 3.35, 11.73, 1.3, BLUE, round_=True)
    stage.text(
        "\n".join((words["sent"]["title"], *words["sent"]["items"])),
        _LEFT + 0.35,
        _BODY + 3.35,
        11.1,
        1.3,
        size=19,
        bold=True,
        colour=WHITE,
        middle=True,
    )


def _cannot(stage: Stage, job: Job) -> None:
    words = job.words
    _headed(stage, words["cannot"]["title"], " ".join(words["cannot"]["items"]))
    stage.box(_LEFT, _BODY, 11.73, 3.1, CREAM, round_=True)
    stage.bullets(words["cannot"]["items"], _LEFT + 0.4, _BODY + 0.25, 11, 2.7, size=23)
    stage.text(words["choice"]["title"], _LEFT, _BODY + 3.3, 11, 0.5, size=20, bold=True, colour=BLUE)
    stage.bullets(words["choice"]["items"], _LEFT, _BODY + 3.75, 11.7, 1.3, size=16)


def _screens(stage: Stage, job: Job) -> None:
    words = job.words
    names = ("home", "alert", "history", "share")
    _headed(stage, words["screens"]["title"], ", ".join(words["screens"][name] for name in names), GROUND)
    for column, name in enumerate(names):
        left = _LEFT + 0.25 + column * 2.98
        described = words["alt"]["screen_alert" if name == "alert" else name]
        stage.box(left - 0.07, 1.55, 2.34, 4.9, INK, round_=True, radius=0.06)
        stage.picture(screen(name, job.language), described, left, 1.62, width=2.2)
        stage.text(words["screens"][name], left - 0.3, 6.48, 2.8, 0.42, size=15, bold=True, align="center")


def _alert(stage: Stage, job: Job) -> None:
    words = job.words["alert"]
    _headed(stage, words["title"], words["note"])
    for row, text in enumerate(words["steps"]):
        stage.number(row + 1, _LEFT, _BODY + 0.05 + row * 1.2, 0.8)
        stage.text(text, _LEFT + 1.15, _BODY - 0.1 + row * 1.2, 7.3, 1.1, size=22, middle=True)
    stage.text(words["note"], _LEFT, _BODY + 3.75, 8.4, 1.0, size=18, bold=True, colour=BLUE)
    stage.box(9.73, 1.53, 2.34, 4.9, INK, round_=True, radius=0.06)
    stage.picture(screen("alert", job.language), job.words["alt"]["screen_alert"], 9.8, 1.6, width=2.2)


def _install(stage: Stage, job: Job) -> None:
    words = job.words["install"]
    _headed(stage, words["title"], words["help"])
    for row, one in enumerate(words["steps"]):
        stage.number(row + 1, _LEFT, _BODY + row * 1.12, 0.8)
        stage.text(one["title"], _LEFT + 1.15, _BODY - 0.1 + row * 1.12, 6.8, 0.5, size=20, bold=True)
        stage.text(one["text"], _LEFT + 1.15, _BODY + 0.32 + row * 1.12, 6.8, 0.62, size=17, least=10)
    stage.text(words["help"], _LEFT, _BODY + 4.4, 7.9, 0.7, size=16, least=11, bold=True, colour=BLUE)
    _scan(stage, job, 9.3, 1.6, 3.2)


def _scan(stage: Stage, job: Job, left: float, top: float, side: float) -> None:
    words = job.words
    stage.picture(qr_png(job.unit.address), words["alt"]["qr"], left, top, width=side)
    stage.text(
        job.unit.shown_address,
        left - 0.5,
        top + side,
        side + 1,
        0.45,
        size=15,
        least=9,
        bold=True,
        align="center",
    )
    stage.text(
        words["call"]["lookalike_lead"].split(". ")[0],
        left - 0.5,
        top + side + 0.4,
        side + 1,
        0.7,
        size=12,
        align="center",
    )


def _act(stage: Stage, job: Job) -> None:
    words = job.words
    stage.ground(BLUE)
    stage.title(words["slides"]["act_title"], _LEFT, _TOP, 11.7, 1.0, colour=WHITE)
    stage.picture(drawing("three", 900), words["alt"]["three"], _LEFT, 1.65, height=1.3)
    stage.text(
        words["call"]["three"], _LEFT + 4.3, 1.8, 7.6, 1.1, size=30, bold=True, colour=SUN, middle=True
    )
    stage.bullets(words["slides"]["act"], _LEFT, 3.3, 11.6, 3.2, size=24, least=18, colour=WHITE)
    stage.notes(" ".join(words["slides"]["act"]))


def _end(stage: Stage, job: Job) -> None:
    words = job.words
    stage.ground(SKY)
    stage.title(words["slides"]["end_title"], _LEFT, 0.9, 7.6, 1.0, size=44)
    stage.text(words["call"]["three"], _LEFT, 2.1, 7.4, 0.8, size=26, bold=True, colour=BLUE)
    stage.text(words["call"]["lookalike"], _LEFT, 3.0, 7.2, 1.0, size=20, least=14)
    stage.text(words["call"]["hotline"], _LEFT, 4.2, 7, 0.5, size=18)
    stage.text(words["call"]["numbers"], _LEFT, 4.6, 7.6, 0.8, size=32, bold=True)
    stage.text(words["call"]["from"], _LEFT, 5.5, 7.4, 0.75, size=18, least=11, bold=True, middle=True)
    stage.text(words["call"]["voluntary"], _LEFT, 6.2, 7.4, 0.6, size=16)
    stage.box(8.55, 0.9, 4.0, 5.2, WHITE, round_=True)
    _scan(stage, job, 8.95, 1.15, 3.2)
    stage.notes(words["call"]["voluntary"])


_SLIDES = (_title, _why, _how, _stored, _cannot, _screens, _alert, _install, _act, _end)
BUILDER: ItemBuilder = Introduction()
