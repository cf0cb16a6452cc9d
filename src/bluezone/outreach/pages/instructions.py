"""Pages of one instruction: write, send, print links, watch, remind, close."""

from __future__ import annotations

import asyncio

import segno
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from bluezone.outreach.errors import InstructionRefused
from bluezone.outreach.figures import FIELDS
from bluezone.outreach.instruction import REPEAT_DAYS, Timeliness, accept_instruction, check_instruction
from bluezone.outreach.office.access import check_acts_for
from bluezone.outreach.pages.front import Front, WebRequest, by_field
from bluezone.outreach.pages.instruction_form import (
    TEXTS,
    TypedInstruction,
    begun,
    read_instruction,
    typed_instruction,
)
from bluezone.outreach.problem import Problem, errors_in
from bluezone.web.page import see_other

_QUIET_ZONE = 4


@get("/instructions/new")
async def new(request: WebRequest, front: NamedDependency[Front]) -> Template:
    """An empty form."""
    check_acts_for(front.identity, front.identity.subject)
    typed = begun(front.service.ground.today(), "")
    return await _form(request, front, typed, "")


@get("/instructions/{instruction_id:str}/edit")
async def edit(
    request: WebRequest, front: NamedDependency[Front], instruction_id: FromPath[str]
) -> Template | Redirect:
    """The form of an instruction that is not sent yet."""
    found = await front.service.instructing.find(instruction_id, by=front.identity)
    check_acts_for(front.identity, found.office_id)
    if found.opened_at is not None:
        return see_other(f"{front.service.base}/instructions/{instruction_id}")
    return await _form(request, front, typed_instruction(found), instruction_id)


@post(["/instructions/new", "/instructions/{instruction_id:str}/edit"])
async def save(
    request: WebRequest, front: NamedDependency[Front], instruction_id: FromPath[str] = ""
) -> Template | Redirect:
    """Keeps an instruction; one with mistakes is shown again with a sentence beside each."""
    form = await request.form()
    typed = TypedInstruction(
        {name: str(form.get(name, ""))[:20_000] for name in TEXTS},
        tuple(str(one) for one in form.getall("asked", [])),
        tuple(str(one)[:60] for one in form.getall("recipients", [])[:2000]),
    )
    instruction, problems = read_instruction(
        typed,
        instruction_id=instruction_id,
        office_id=front.identity.subject,
        utc_offset_minutes=front.service.ground.utc_offset_minutes,
    )
    check_acts_for(front.identity, instruction.office_id)
    found = problems or errors_in(check_instruction(instruction, await front.service.units.tree()))
    if found:
        return await _form(request, front, typed, instruction_id, found)
    kept_id = await front.service.instructing.save_draft(instruction, by=front.identity)
    return see_other(f"{front.service.base}/instructions/{kept_id}")


@get("/instructions/{instruction_id:str}")
async def show(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    period: FromQuery[int | None] = None,
) -> Template:
    """The instruction, and how every unit stands."""
    watched = await front.service.instructing.watch(instruction_id, period, by=front.identity)
    tree = await front.service.units.tree()
    warnings: tuple[Problem, ...] = ()
    if watched.instruction.opened_at is None:
        try:
            warnings = accept_instruction(watched.instruction, tree)
        except InstructionRefused as refused:
            warnings = refused.problems
    return front.page(
        request,
        "instruction",
        here="overview",
        watched=watched,
        instruction=watched.instruction,
        acts=front.identity.subject == watched.instruction.office_id,
        office=tree.get(watched.instruction.office_id),
        warnings=warnings,
        counts={str(kind): watched.count(kind) for kind in Timeliness},
        told=request.query_params.get("told", ""),
    )


@post("/instructions/{instruction_id:str}/send")
async def send(front: NamedDependency[Front], instruction_id: FromPath[str]) -> Redirect:
    """Sends it to every unit that it asks."""
    await front.service.instructing.open(instruction_id, by=front.identity)
    return _back(front, instruction_id, "sent")


@post("/instructions/{instruction_id:str}/send/{unit_id:str}")
async def send_again(
    front: NamedDependency[Front], instruction_id: FromPath[str], unit_id: FromPath[str]
) -> Redirect:
    """Sends one unit a new link."""
    _, is_sent = await front.service.instructing.send_again(instruction_id, unit_id, by=front.identity)
    return _back(front, instruction_id, "sent-again" if is_sent else "not-reached")


@post("/instructions/{instruction_id:str}/links")
async def print_links(
    request: WebRequest, front: NamedDependency[Front], instruction_id: FromPath[str]
) -> Template:
    """A sheet to print: for each unit a new link and its QR code. It is shown once."""
    form = await request.form()
    wanted = tuple(str(one)[:60] for one in form.getall("unit", [])[:2000])
    invitations = await front.service.instructing.print_links(instruction_id, wanted, by=front.identity)
    instruction = await front.service.instructing.find(instruction_id, by=front.identity)
    # A thread: a code takes ten milliseconds, a province has thousands, and others are at their forms.
    sheets = await asyncio.to_thread(
        lambda: [(one.unit, one.address, qr_path(one.address)) for one in invitations]
    )
    return front.page(request, "links", here="overview", instruction=instruction, sheets=sheets)


@post("/instructions/{instruction_id:str}/remind")
async def remind(front: NamedDependency[Front], instruction_id: FromPath[str]) -> Redirect:
    """Reminds everybody who has not reported."""
    await front.service.reminding.remind_now(instruction_id, by=front.identity)
    return _back(front, instruction_id, "reminded")


@post("/instructions/{instruction_id:str}/close")
async def close(front: NamedDependency[Front], instruction_id: FromPath[str]) -> Redirect:
    """Closes it."""
    await front.service.instructing.close(instruction_id, by=front.identity)
    return _back(front, instruction_id, "closed")


def qr_path(address: str) -> tuple[str, int]:
    """The dark squares of a QR code as the path of an SVG, and how many units wide it is."""
    matrix = segno.make(address, error="m", micro=False).matrix
    runs = [
        f"M{x + _QUIET_ZONE} {y + _QUIET_ZONE}h1v1h-1z"
        for y, row in enumerate(matrix)
        for x, dark in enumerate(row)
        if dark
    ]
    return "".join(runs), len(matrix) + 2 * _QUIET_ZONE


HANDLERS: tuple[ControllerRouterHandler, ...] = (
    new,
    edit,
    save,
    show,
    send,
    send_again,
    print_links,
    remind,
    close,
)


def _back(front: Front, instruction_id: str, told: str) -> Redirect:
    return see_other(f"{front.service.base}/instructions/{instruction_id}?told={told}")


async def _form(
    request: WebRequest,
    front: Front,
    typed: TypedInstruction,
    instruction_id: str,
    problems: tuple[Problem, ...] = (),
) -> Template:
    tree = await front.service.units.tree()
    return front.page(
        request,
        "instruction_form",
        here="overview",
        status=422 if problems else 200,
        typed=typed,
        instruction_id=instruction_id,
        problems=problems,
        by_field=by_field(problems),
        below=tree.children(front.identity.subject),
        fields=FIELDS,
        repeats=REPEAT_DAYS,
    )
