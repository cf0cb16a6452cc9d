"""Files in and out: the letter to download, reports and units to upload, each cell with its verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from litestar import get, post
from litestar.datastructures import UploadFile
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Response, Template
from litestar.types import ControllerRouterHandler

from bluezone.outreach.documents.docx import write_docx
from bluezone.outreach.documents.pdf import write_pdf
from bluezone.outreach.documents.xlsx import write_xlsx
from bluezone.outreach.errors import SpreadsheetRefused
from bluezone.outreach.form import typed_again
from bluezone.outreach.office.importing import Source
from bluezone.outreach.office.lettering import Written
from bluezone.outreach.office.reporting import Typed
from bluezone.outreach.pages.front import Front, WebRequest, whole_number
from bluezone.outreach.pages.reports import author_of
from bluezone.outreach.problem import Problem, Severity
from bluezone.outreach.spreadsheet.archive import MAX_FILE_BYTES
from bluezone.outreach.storage.reports import Place
from bluezone.web.language import words_of
from bluezone.web.page import language_of, see_other

# The file itself and the form around it.
MAX_UPLOAD_BYTES = MAX_FILE_BYTES + 65_536
_SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_MEDIA_TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": _SHEET,
}
_SHOWN_ROWS = 300


@get([f"/instructions/{{instruction_id:str}}/letter.{kind}" for kind in _MEDIA_TYPES])
async def letter_file(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    period: FromQuery[int | None] = None,
) -> Response[bytes]:
    """The letter as DOCX, PDF or XLSX."""
    kind = request.url.path.rpartition(".")[2]
    language = "en" if request.query_params.get("letter") == "en" else "vi"
    written = await front.service.lettering.write(
        instruction_id, period, by=front.identity, language=language
    )
    content = await asyncio.to_thread(_WRITERS[kind], written, language)
    return attachment(content, _MEDIA_TYPES[kind], f"bao-cao-{_plain(written.texts.number)}.{kind}")


@get([f"/instructions/{{instruction_id:str}}/instruction.{kind}" for kind in ("docx", "pdf")])
async def instruction_file(
    request: WebRequest, front: NamedDependency[Front], instruction_id: FromPath[str]
) -> Response[bytes]:
    """The instruction itself as an official letter, DOCX or PDF."""
    kind = request.url.path.rpartition(".")[2]
    letter = await front.service.lettering.instruction_letter(instruction_id, by=front.identity)
    content = await asyncio.to_thread(write_docx if kind == "docx" else write_pdf, letter)
    return attachment(content, _MEDIA_TYPES[kind], f"van-ban-{_plain(letter.number)}.{kind}")


@get("/instructions/{instruction_id:str}/template.xlsx")
async def whole_template(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    period: FromQuery[int] = 0,
) -> Response[bytes]:
    """The form of every unit in one sheet."""
    return await _template(request, front, instruction_id, period, None)


@get("/reports/{instruction_id:str}/{unit_id:str}/template.xlsx")
async def unit_template(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    unit_id: FromPath[str],
    period: FromQuery[int] = 0,
) -> Response[bytes]:
    """The form of one unit as a spreadsheet."""
    return await _template(request, front, instruction_id, period, unit_id)


@get("/instructions/{instruction_id:str}/import")
async def import_page(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    period: FromQuery[int] = 0,
) -> Template:
    """Where a file of reports is chosen."""
    watched = await front.service.instructing.watch(instruction_id, period, by=front.identity)
    return _import_page(request, front, watched.instruction, period)


@post("/instructions/{instruction_id:str}/import", request_max_body_size=MAX_UPLOAD_BYTES)
async def import_look(
    request: WebRequest, front: NamedDependency[Front], instruction_id: FromPath[str]
) -> Template:
    """What every cell says."""
    form = await request.form()
    period, source = whole_number(form.get("period")), _source(form)
    instruction = await front.service.instructing.find(instruction_id, by=front.identity)
    try:
        file = await _file(form)
        looked = await front.service.importing.look_at_reports(
            instruction_id, period, file, source, by=front.identity
        )
    except SpreadsheetRefused as refused:
        return _import_page(request, front, instruction, period, problems=refused.problems, source=source)
    return _import_page(request, front, instruction, period, looked=looked, source=source)


@post("/instructions/{instruction_id:str}/import/{upload_id:str}")
async def import_take(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    upload_id: FromPath[str],
) -> Template | Redirect:
    """Stores the good rows."""
    form = await request.form()
    period, source = whole_number(form.get("period")), _source(form)
    _, refused = await front.service.importing.take_reports(
        instruction_id, period, upload_id, source, by=front.identity
    )
    if refused:
        instruction = await front.service.instructing.find(instruction_id, by=front.identity)
        tree = await front.service.units.tree()
        reasons = [(tree.get(report.unit_id).name, f"office.error.{error.code}") for report, error in refused]
        return _import_page(request, front, instruction, period, reasons=reasons, source=source)
    address = f"{front.service.base}/instructions/{instruction_id}"
    return see_other(f"{address}?period={period}&told=imported")


@post("/reports/{instruction_id:str}/{unit_id:str}/file", request_max_body_size=MAX_UPLOAD_BYTES)
async def report_file(
    request: WebRequest,
    front: NamedDependency[Front],
    instruction_id: FromPath[str],
    unit_id: FromPath[str],
) -> Template | Redirect:
    """Reads a unit's own file into its form; a bad one is shown cell by cell."""
    form = await request.form()
    period = whole_number(form.get("period"))
    place, author = Place(instruction_id, period, unit_id), author_of(request, front)
    desk = await front.service.reporting.open(place, author, by=front.identity, period=period)
    problems: tuple[Problem, ...] = ()
    verdict = None
    try:
        _, content = await _file(form)
        verdict = await front.service.importing.read_one(desk.instruction, period, unit_id, content)
        report = next((one for one in verdict.reports if one.unit_id == unit_id), None)
    except SpreadsheetRefused as refused:
        problems, report = refused.problems, None
    address = f"{front.service.base}/reports/{instruction_id}/{unit_id}"
    if report is None:
        return front.page(
            request,
            "file_refused",
            status=422,
            here="overview",
            desk=desk,
            address=address,
            verdict=verdict,
            problems=problems,
            rows=verdict.rows[:_SHOWN_ROWS] if verdict else (),
        )
    texts = {**desk.texts(), **{name: text for name, text in typed_again(report).items() if text}}
    await front.service.reporting.save_draft(Typed(place, author, desk.version, texts), by=front.identity)
    return see_other(f"{address}?period={period}&told=read")


@get("/units/import")
async def units_page(request: WebRequest, front: NamedDependency[Front]) -> Template:
    """Where a list of units is chosen."""
    return front.page(request, "units_import", here="units", upload_id="", changes=None, problems=())


@post("/units/import", request_max_body_size=MAX_UPLOAD_BYTES)
async def units_look(request: WebRequest, front: NamedDependency[Front]) -> Template:
    """What the list would change."""
    form = await request.form()
    try:
        upload_id, changes = await front.service.importing.look_at_units(await _file(form), by=front.identity)
    except SpreadsheetRefused as refused:
        return front.page(
            request,
            "units_import",
            here="units",
            status=422,
            upload_id="",
            changes=None,
            problems=refused.problems,
        )
    return front.page(
        request, "units_import", here="units", upload_id=upload_id, changes=changes, problems=()
    )


@post("/units/import/{upload_id:str}")
async def units_take(front: NamedDependency[Front], upload_id: FromPath[str]) -> Redirect:
    """Puts the list in force."""
    await front.service.importing.take_units(upload_id, by=front.identity)
    return see_other(f"{front.service.base}/units")


HANDLERS: tuple[ControllerRouterHandler, ...] = (
    letter_file,
    instruction_file,
    whole_template,
    unit_template,
    import_page,
    import_look,
    import_take,
    report_file,
    units_page,
    units_look,
    units_take,
)


def attachment(content: bytes, media_type: str, name: str) -> Response[bytes]:
    """A file to be saved."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


def _xlsx(written: Written, language: str) -> bytes:
    summed = written.summed
    return write_xlsx(summed.rollup, summed.instruction, summed.tree, words_of(language).text, language)


_WRITERS: dict[str, Callable[[Written, str], bytes]] = {
    "docx": lambda written, _: write_docx(written.letter),
    "pdf": lambda written, _: write_pdf(written.letter),
    "xlsx": _xlsx,
}


async def _template(
    request: WebRequest, front: Front, instruction_id: str, period: int, unit_id: str | None
) -> Response[bytes]:
    content = await front.service.importing.template(
        instruction_id, period, unit_id, language_of(request), by=front.identity
    )
    return attachment(content, _SHEET, "mau-bao-cao.xlsx")


async def _file(form: Mapping[str, Any]) -> tuple[str, bytes]:
    """Name and bytes of the uploaded file.

    Raises:
        SpreadsheetRefused: there is none.
    """
    file = form.get("file")
    content = await file.read() if isinstance(file, UploadFile) else b""
    if not content:
        raise SpreadsheetRefused("no file was chosen", [Problem("file-empty")])
    return str(getattr(file, "filename", "") or "")[:200], content


def _import_page(
    request: WebRequest,
    front: Front,
    instruction: Any,
    period: int,
    *,
    looked: Any = None,
    problems: tuple[Problem, ...] = (),
    reasons: list[tuple[str, str]] | None = None,
    source: Source | None = None,
) -> Template:
    verdict = looked.verdict if looked else None
    good = len(verdict.reports) if verdict else 0
    return front.page(
        request,
        "import",
        here="overview",
        status=422 if problems or reasons else 200,
        instruction=instruction,
        period=period,
        verdict=verdict,
        upload_id=looked.upload_id if looked else "",
        rows=verdict.rows[:_SHOWN_ROWS] if verdict else (),
        good=good,
        bad=sum(row.report is None for row in verdict.rows) if verdict else 0,
        problems=problems,
        reasons=reasons or [],
        source=source or Source(),
        error=Severity.ERROR,
    )


def _source(form: Mapping[str, Any]) -> Source:
    return Source(
        str(form.get("reporter") or "")[:120].strip(), str(form.get("reporter_phone") or "")[:20].strip()
    )


def _plain(number: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in number).strip("-") or "bluezone"
