"""The page of a letter: its texts to edit, and the letter itself to download."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from litestar.types import ControllerRouterHandler

from bluezone.outreach.errors import LetterOutdated
from bluezone.outreach.instruction import Signer
from bluezone.outreach.numerals import read_date
from bluezone.outreach.office.lettering import MAX_BLOCK, MAX_LINE, LetterTexts, Written
from bluezone.outreach.pages.front import Front, WebRequest, whole_number
from bluezone.outreach.report_letter import BLOCKS
from bluezone.web.page import language_of, see_other

_MAX_LETTER_BYTES = 200_000


@get("/instructions/{instruction_id:str}/letter")
async def edit(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    period: FromQuery[int | None] = None,
) -> Template:
    """The texts of the letter, and how it reads."""
    written = await _written(request, front, instruction_id, period)
    return _page(request, front, written, written.texts, told=request.query_params.get("told", ""))


@post("/instructions/{instruction_id:str}/letter", request_max_body_size=_MAX_LETTER_BYTES)
async def save(
    request: WebRequest, front: NamedDependency[Front], instruction_id: FromPath[str]
) -> Template | Redirect:
    """Keeps the texts."""
    form = await request.form()
    period, seen = whole_number(form.get("period")), whole_number(form.get("revision"))
    written = await _written(request, front, instruction_id, period)
    texts = _texts(form, written)
    try:
        await front.service.lettering.save(instruction_id, period, texts, seen=seen, by=front.identity)
    except LetterOutdated:
        return _page(request, front, written, texts, told="outdated", status=409)
    address = f"{front.service.base}/instructions/{instruction_id}/letter"
    return see_other(f"{address}?period={period}&told=saved")


HANDLERS: tuple[ControllerRouterHandler, ...] = (edit, save)


async def _written(request: WebRequest, front: Front, instruction_id: str, period: int | None) -> Written:
    # The official letter is in Vietnamese; a courtesy translation is asked for by its own name.
    language = "en" if request.query_params.get("letter") == "en" else "vi"
    return await front.service.lettering.write(instruction_id, period, by=front.identity, language=language)


def _texts(form: Mapping[str, Any], written: Written) -> LetterTexts:
    typed = {name: str(form.get(name, ""))[:MAX_LINE].strip() for name in ("number", "place", "subject")}
    issued_on = read_date(str(form.get("issued_on", "")))
    signer = Signer(*(str(form.get(f"signer_{name}", ""))[:200] for name in ("office", "name", "on_behalf")))
    return LetterTexts(
        **typed,
        issued_on=issued_on if isinstance(issued_on, date) else written.texts.issued_on,
        addressed_to=_lines(form, "addressed_to"),
        copies_to=_lines(form, "copies_to"),
        signer=signer,
        blocks={name: _plain(form, f"block_{name}")[:MAX_BLOCK] for name in BLOCKS},
    )


def _plain(form: Mapping[str, Any], name: str) -> str:
    # Browsers end lines with CR LF; kept so, every block would look as if somebody had edited it.
    return str(form.get(name, "")).replace("\r\n", "\n")


def _lines(form: Mapping[str, Any], name: str) -> tuple[str, ...]:
    lines = str(form.get(name, ""))[: MAX_LINE * 40].splitlines()
    return tuple(line.strip()[:MAX_LINE] for line in lines if line.strip())


def _page(
    request: WebRequest,
    front: Front,
    written: Written,
    texts: LetterTexts,
    *,
    told: str = "",
    status: int = 200,
) -> Template:
    instruction = written.summed.instruction
    return front.page(
        request,
        "letter",
        here="overview",
        status=status,
        written=written,
        texts=texts,
        letter=written.letter,
        instruction=instruction,
        period=written.summed.rollup.period,
        blocks=BLOCKS,
        told=told,
        acts=front.identity.subject == instruction.office_id,
        reading=language_of(request),
    )
