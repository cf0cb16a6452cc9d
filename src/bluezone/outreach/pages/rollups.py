"""The page of a roll-up: totals, both rates, ranks, who is late or missing, charts; passing it on."""

from __future__ import annotations

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from bluezone.outreach.figures import Denominator
from bluezone.outreach.office.summing import PassOn, Sum
from bluezone.outreach.pages.chart import BarChart, chart_of
from bluezone.outreach.pages.front import Front, WebRequest
from bluezone.outreach.report_letter import Voice
from bluezone.web.page import language_of, see_other


@get("/instructions/{instruction_id:str}/rollup")
async def show(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    period: FromQuery[int | None] = None,
    deadline: FromQuery[int] = 0,
) -> Template:
    """The roll-up as things stand now, or as they stood at the deadline."""
    summed = await front.service.summing.roll_up(
        instruction_id, period, by=front.identity, at_deadline=bool(deadline)
    )
    above = await front.service.summing.above(instruction_id, by=front.identity)
    voice = Voice(front.wording(request).words.text, language_of(request))
    return front.page(
        request,
        "rollup",
        here="overview",
        sum=summed,
        rollup=summed.rollup,
        total=summed.rollup.total,
        instruction=summed.instruction,
        tree=summed.tree,
        voice=voice,
        denominators=(Denominator.POPULATION, Denominator.SMARTPHONES),
        charts=_charts(summed, voice),
        deadline=bool(deadline),
        above=above,
        downloads=await front.service.ground.downloads(),
        acts=front.identity.subject == summed.instruction.office_id,
        told=request.query_params.get("told", ""),
    )


@post("/instructions/{instruction_id:str}/pass-on")
async def pass_on(
    request: WebRequest, front: NamedDependency[Front], instruction_id: FromPath[str]
) -> Redirect:
    """Sends the roll-up as the office's own report to the level above."""
    form = await request.form()
    typed = {
        name: str(form.get(name, ""))[:4000].strip()
        for name in ("to", "reporter", "reporter_phone", "difficulties", "proposals")
    }
    passed = PassOn(
        typed["to"],
        typed["reporter"],
        typed["reporter_phone"],
        typed["difficulties"],
        typed["proposals"],
    )
    await front.service.summing.pass_on(instruction_id, None, passed, by=front.identity)
    return see_other(f"{front.service.base}/instructions/{instruction_id}/rollup?told=passed-on")


HANDLERS: tuple[ControllerRouterHandler, ...] = (show, pass_on)


def _charts(summed: Sum, voice: Voice) -> list[BarChart]:
    target = summed.instruction.target
    found = []
    for denominator in (Denominator.POPULATION, Denominator.SMARTPHONES, Denominator.STAFF):
        own = target.share if target and target.denominator is denominator else None
        chart = chart_of(summed.rollup, denominator, own, voice)
        if chart is not None:
            found.append(chart)
    return found
