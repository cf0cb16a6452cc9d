"""The page of one report: a form for a telephone, drafts, refusals beside their fields, versions."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template
from litestar.types import ControllerRouterHandler

from bluezone.outreach.errors import InstructionClosed, ReportOutdated, ReportRefused
from bluezone.outreach.figures import FIELDS, Denominator, Uptake
from bluezone.outreach.form import FORM_FIELDS, read_figures
from bluezone.outreach.numerals import read_date
from bluezone.outreach.office.reporting import Desk, Typed, Unsure
from bluezone.outreach.pages.front import Front, WebRequest, by_field, whole_number
from bluezone.outreach.problem import Problem
from bluezone.outreach.report import STAFF_FIELDS, differences
from bluezone.outreach.storage.reports import Place
from bluezone.web.page import see_other

_GROUPS = (
    ("people", ("population", "smartphones")),
    ("installed", ("residents_installed", "residents_new")),
    ("staff", ("staff_smartphones", "staff_installed")),
    ("work", ("broadcasts", "leaflets", "posters", "teams", "households")),
)


@get("/reports/{instruction_id:str}/{unit_id:str}")
async def form(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    unit_id: FromPath[str],
    period: FromQuery[int | None] = None,
) -> Template:
    """The form, filled with this browser's draft or what was sent."""
    author = author_of(request, front)
    place = Place(instruction_id, period or 0, unit_id)
    desk = await front.service.reporting.open(place, author, by=front.identity, period=period)
    based_on = desk.own_draft.based_on if desk.own_draft else desk.version
    texts = desk.texts()
    if request.query_params.get("draft") == "other" and desk.other_drafts:
        texts = desk.other_drafts[0].texts
    told = request.query_params.get("told", "")
    return await _page(request, front, desk, texts, based_on=based_on, told=told)


@post("/reports/{instruction_id:str}/{unit_id:str}")
async def send(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    unit_id: FromPath[str],
) -> Template | Redirect | Response[str]:
    """Sends the form, or keeps it as a draft; a refused one is shown again with sentences."""
    fields = await request.form()
    address = f"{front.service.base}/reports/{instruction_id}/{unit_id}"
    period = whole_number(fields.get("period"))
    author = author_of(request, front)
    typed = Typed(
        Place(instruction_id, period, unit_id),
        author,
        whole_number(fields.get("based_on")),
        {name: str(fields[name]) for name in FORM_FIELDS if name in fields},
        is_sure=fields.get("sure") == "yes",
    )
    service, by = front.service.reporting, front.identity
    action = fields.get("action")
    if action == "drop":
        await service.drop_draft(typed.place, author, by=by)
        return see_other(f"{address}?period={period}")
    if action in ("draft", "autosave"):
        await service.save_draft(typed, by=by)
        if action == "autosave":
            return Response(front.wording(request).when(front.service.ground.now()), media_type="text/plain")
        return see_other(f"{address}?period={period}&told=draft")
    try:
        await service.submit(typed, by=by)
    except (ReportRefused, ReportOutdated, InstructionClosed) as error:
        desk = await service.open(typed.place, author, by=by, period=period)
        return await _refused(request, front, desk, typed, error)
    return see_other(f"{address}?period={period}&told=sent")


@get("/reports/{instruction_id:str}/{unit_id:str}/versions")
async def versions(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    unit_id: FromPath[str],
    period: FromQuery[int] = 0,
) -> Template:
    """Every version, who sent it, and what it changed."""
    place = Place(instruction_id, period, unit_id)
    desk = await front.service.reporting.open(place, by=front.identity, period=period)
    known = await front.service.reporting.history(place, by=front.identity)
    changes = [()] + [differences(a, b) for (a, _), (b, _) in itertools.pairwise(known)]
    lines = list(zip(known, changes, strict=False))[::-1]
    return front.page(request, "versions", here="overview", desk=desk, lines=lines, address_period=period)


HANDLERS: tuple[ControllerRouterHandler, ...] = (form, send, versions)


def author_of(request: WebRequest, front: Front) -> str:
    """Whose draft it is: this browser's session, without telling its token."""
    token = request.cookies.get(front.door.session_cookie, "")
    return hashlib.sha256(b"draft:" + token.encode()).hexdigest()[:32]


async def _refused(request: WebRequest, front: Front, desk: Desk, typed: Typed, error: Exception) -> Template:
    """The form again, as it was typed, with what is wrong."""
    problems: tuple[Problem, ...] = getattr(error, "problems", ())
    based_on, unsure, told = typed.based_on, isinstance(error, Unsure), ""
    if isinstance(error, ReportOutdated):
        # Sending once more now follows the other officer's version knowingly.
        based_on, told = error.stored_version, "outdated"
    elif isinstance(error, InstructionClosed):
        told = "closed"
    return await _page(
        request, front, desk, typed.texts, based_on=based_on, problems=problems, unsure=unsure, told=told
    )


async def _page(
    request: WebRequest,
    front: Front,
    desk: Desk,
    texts: Mapping[str, str],
    *,
    based_on: int,
    problems: tuple[Problem, ...] = (),
    unsure: bool = False,
    told: str = "",
) -> Template:
    asked = desk.instruction.asked if desk.unit.has_residents else STAFF_FIELDS
    required = [name for name in FIELDS if name in asked and name in desk.instruction.asked]
    status = {"outdated": 409, "closed": 409}.get(told, 422 if problems else 200)
    return front.page(
        request,
        "report",
        here="overview",
        status=status,
        desk=desk,
        texts=texts,
        based_on=based_on,
        groups=_groups(desk),
        required=required,
        problems=problems,
        by_field=by_field(problems),
        unsure=unsure,
        told=told,
        as_of=_as_iso(texts.get("as_of", "")),
        shares=_shares(texts),
        stored=_stored_beside(desk, texts) if told == "outdated" else (),
        gone=not desk.unit.is_active(desk.instruction.civil_date(desk.now)),
        office=await _office_name(front, desk),
    )


async def _office_name(front: Front, desk: Desk) -> str:
    tree = await front.service.units.tree()
    office = tree.get(desk.instruction.office_id)
    return office.office or office.name


def _groups(desk: Desk) -> list[tuple[str, list[str]]]:
    shown = FIELDS if desk.unit.has_residents else STAFF_FIELDS
    groups = [(group, [name for name in names if name in shown]) for group, names in _GROUPS]
    return [(group, names) for group, names in groups if names]


def _shares(texts: Mapping[str, str]) -> list[tuple[str, Any]]:
    """The rates that follow from what was typed; nobody types a rate."""
    figures, _ = read_figures(texts)
    uptake = Uptake.of(figures)
    found = [(str(one), uptake.share(one)) for one in Denominator]
    return [(name, share) for name, share in found if share.rate is not None and share.part <= share.whole]


def _stored_beside(desk: Desk, texts: Mapping[str, str]) -> list[tuple[str, object, str]]:
    """Where the stored version and what was typed differ: field, stored, typed."""
    if desk.standing is None:
        return []
    typed, _ = read_figures(texts)
    return [
        (name, desk.standing.figures.get(name), texts.get(name, ""))
        for name in FIELDS
        if desk.standing.figures.get(name) != typed.get(name)
    ]


def _as_iso(text: str) -> str:
    """A typed date as the browser's date field takes it; empty when it cannot be read."""
    read = read_date(text)
    return read.isoformat() if isinstance(read, date) else ""
