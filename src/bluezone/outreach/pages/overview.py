"""First page, units and audit trail."""

from __future__ import annotations

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Template
from litestar.types import ControllerRouterHandler

from bluezone.outreach.office.access import PROVINCE, check_keeps_units, is_office
from bluezone.outreach.pages.front import Front, WebRequest
from bluezone.outreach.storage.reports import Place
from bluezone.web.signin.errors import NotAllowed

_TRAIL_LINES = 500
_SHOWN_UNITS = 500
_SHOWN_INSTRUCTIONS = 30


@get("/")
async def overview(request: WebRequest, front: NamedDependency[Front]) -> Template:
    """What an office has asked, and what is asked of whoever is signed in."""
    service, by = front.service, front.identity
    own = await service.instructing.list_own(by=by)
    watched = [
        await service.instructing.watch(one.instruction_id, by=by)
        for one in own[:_SHOWN_INSTRUCTIONS]
        if one.opened_at is not None
    ]
    drafts = [one for one in own if one.opened_at is None and one.office_id == by.subject]
    desks = [
        await service.reporting.open(Place(one.instruction_id, 0, by.subject), by=by)
        for one in (await service.instructing.list_asking(by=by))[:_SHOWN_INSTRUCTIONS]
        if one.opened_at is not None
    ]
    return front.page(request, "overview", here="overview", watched=watched, drafts=drafts, desks=desks)


@get("/units")
async def units(request: WebRequest, front: NamedDependency[Front]) -> Template:
    """The tree of units, as far as it is below whoever looks."""
    tree = await front.service.units.tree()
    if not is_office(front.identity):
        raise NotAllowed("units are shown to offices")
    try:
        check_keeps_units(front.identity, tree)
        keeps = True
    except NotAllowed:
        keeps = False
    everything = front.identity.role == PROVINCE or keeps
    top = tree.get(front.identity.subject)
    shown = list(tree) if everything else [top, *tree.descendants(top.unit_id)]
    lines = [(unit, sum(1 for _ in tree.ancestors(unit.unit_id))) for unit in shown[:_SHOWN_UNITS]]
    return front.page(request, "units", here="units", lines=lines, total=len(shown), keeps=keeps)


@get("/audit")
async def audit(request: WebRequest, front: NamedDependency[Front]) -> Template:
    """Who did what and when: an office sees what was done for it and for the units below it."""
    if not is_office(front.identity):
        raise NotAllowed("the audit trail is shown to offices")
    tree = await front.service.units.tree()
    subject = front.identity.subject
    below = [subject, *(unit.unit_id for unit in tree.descendants(subject))]
    subjects = None if front.identity.role == PROVINCE else below[:30_000]
    lines = await front.service.ground.trail(subjects, _TRAIL_LINES)
    return front.page(request, "audit", here="audit", lines=lines, limit=_TRAIL_LINES)


HANDLERS: tuple[ControllerRouterHandler, ...] = (overview, units, audit)
