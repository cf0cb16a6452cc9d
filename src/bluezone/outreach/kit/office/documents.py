"""The templates: letter, plan, speech, post and report as DOCX with fields that are filled in.

Decides the form of an official Vietnamese letter (Decree 30/2020/ND-CP: A4, margins, Times-like letters,
a head in two columns) and that every gap `[...]` in the words is a field that Word and LibreOffice jump to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as DocumentFile
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Cm, Length, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from PIL import Image

from bluezone.outreach.kit.job import ItemBuilder, Job, Report, package_files
from bluezone.outreach.kit.office.pictures import drawing, qr_png

_FONT = "Times New Roman"
_SIZE = Pt(13.5)
# Office files cannot be without a date; the same unit, the same bytes.
_EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
_GAP = re.compile(r"(\[[^\]]+\])")
_OFFICIAL = ("letter", "plan", "report")
_HEAD_WIDTHS = (Cm(6.8), Cm(9.4))
_RULE_INDENT = Cm(2.1)  # a third of the column remains for the line under the issuer
_COMMITTEE = re.compile(r"(NHÂN DÂN|COMMITTEE OF) ")
_FOOT_WIDTHS = (Cm(1.5), Cm(1.9), Cm(10.4), Cm(2.4))
_BARE_FOOT_WIDTHS = (Cm(1.5), Cm(0.1), Cm(12.2), Cm(2.4))
_FOOT_DISTANCE = Cm(0.8)
_LOGO_BOX = Cm(1.5), Cm(1.1)
_MARK_SIDE = Cm(1.1)
_QR_SIDE = Cm(2)  # with its quiet border; smaller, a telephone 30 cm away does not read it
_MARGINS = {"top_margin": Cm(2), "bottom_margin": Cm(2), "left_margin": Cm(3), "right_margin": Cm(1.8)}


class Documents:
    """Writes every document of the item."""

    def inputs(self, job: Job) -> Iterable[bytes]:  # noqa: ARG002
        """This module; words and logo are hashed for every item."""
        yield from package_files("office")

    def build(self, job: Job, report: Report) -> None:
        """Writes one document after the other."""
        for number, plan in enumerate(job.item.files):
            report(number / len(job.item.files))
            kind = plan.name.split("-")[0]
            job.path(plan.name).write_bytes(document(job, kind))


def document(job: Job, kind: str) -> bytes:
    """One document.

    Args:
        job: for whom, in which language.
        kind: `letter`, `plan`, `speech`, `post` or `report`.
    """
    words = job.words["documents"]
    about = words[kind]
    made = _blank(job, about["title"])
    if kind in _OFFICIAL:
        _state_head(made, job, about.get("subject"))
    if kind != "letter":
        _paragraph(made, about["title"], bold=True, size=Pt(16), align=WD_ALIGN_PARAGRAPH.CENTER)
    else:
        _paragraph(made, words["to"], align=WD_ALIGN_PARAGRAPH.CENTER)
    for text in about["paragraphs"]:
        _paragraph(made, text, indent=kind in ("letter", "speech"))
    if "rows" in about:
        _table(made, about["columns"], about["rows"])
    _paragraph(made, words["contact"], italic=True)
    if kind in _OFFICIAL:
        _sign(made, words)
    _paragraph(made, words["fill"], italic=True, size=Pt(10))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _blank(job: Job, title: str) -> DocumentFile:
    made = Document()
    section = made.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    for name, value in _MARGINS.items():
        setattr(section, name, value)
    style = made.styles["Normal"]
    style.font.name, style.font.size = _FONT, _SIZE
    style.element.rPr.rFonts.set(qn("w:eastAsia"), _FONT)
    style.element.rPr.append(_element("w:lang", val="vi-VN" if job.language == "vi" else "en-GB"))
    properties = made.core_properties
    properties.title, properties.author, properties.language = (
        title,
        job.unit.name_in(job.language),
        job.language,
    )
    properties.created = properties.modified = _EPOCH
    section.footer_distance = _FOOT_DISTANCE
    _foot(section, job)
    return made


def _foot(section: Section, job: Job) -> None:
    """From whom, where, whom to call, and the code beside it."""
    last = section.footer.paragraphs[0]
    table = section.footer.add_table(1, 4, Length(sum(_FOOT_WIDTHS)))
    last._p.addprevious(table._tbl)
    # A table may not end a footer; the paragraph after it takes no room.
    last.paragraph_format.line_spacing, last.paragraph_format.space_after = Pt(1), Pt(0)
    mark, logo, words, code = _columns(table, _FOOT_WIDTHS if job.logo_png else _BARE_FOOT_WIDTHS)
    for cell in (mark, logo, words):
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    _picture(mark.paragraphs[0], drawing("mark", 300), job.words["alt"]["mark"], _MARK_SIDE)
    if job.logo_png:
        _picture(logo.paragraphs[0], job.logo_png, job.words["alt"]["logo"], _logo_height(job.logo_png))
    call = job.words["call"]
    for text in (
        job.unit.name_in(job.language),
        call["three"],
        job.unit.shown_address,
        f"{call['hotline']} {call['numbers']}",
    ):
        paragraph = words.add_paragraph() if words.text else words.paragraphs[0]
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.add_run(text).font.size = Pt(9)
    _picture(code.paragraphs[0], qr_png(job.unit.address), job.words["alt"]["qr"], _QR_SIDE)
    code.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT


def _logo_height(content: bytes) -> Length:
    """As high as it fits its box."""
    width, height = _LOGO_BOX
    with Image.open(BytesIO(content)) as logo:
        return Length(min(height, width * logo.height // logo.width))


def _picture(paragraph: Paragraph, content: bytes, described: str, height: Length) -> None:
    inline = paragraph.add_run().add_picture(BytesIO(content), height=height)
    drawn: Any = inline._inline
    for properties in (drawn.docPr, drawn.graphic.graphicData.pic.nvPicPr.cNvPr):
        properties.set("descr", described)


def _columns(table: Table, widths: Sequence[Length]) -> tuple[_Cell, ...]:
    """The cells of the only row of a table, so wide."""
    table.autofit = False
    cells = tuple(table.rows[0].cells)
    for column, cell, width in zip(table.columns, cells, widths, strict=True):
        column.width = cell.width = width
    return cells


def _state_head(made: DocumentFile, job: Job, subject: str | None) -> None:
    words = job.words["documents"]
    table = made.add_table(rows=1, cols=2)
    left, right = _columns(table, _HEAD_WIDTHS)
    # The place of a committee is not torn apart: it stands on a line of its own.
    above, issuer = (
        _COMMITTEE.sub(r"\1\n", words[entry].upper(), count=1) for entry in ("superior", "issuer")
    )
    _lines(left, ((above, False), (issuer, True)))
    _rule(left)
    _fill(_centred(left), words["number"], size=Pt(12))
    if subject:
        _fill(_centred(left), subject, size=Pt(12))
    _lines(right, ((words["state"], True), (words["motto"], True)))
    right.paragraphs[1].runs[0].underline = True
    _fill(_centred(right), words["place_date"], italic=True, size=Pt(12))
    made.add_paragraph()


def _lines(cell: _Cell, lines: Iterable[tuple[str, bool]]) -> None:
    for number, (text, bold) in enumerate(lines):
        paragraph = cell.paragraphs[0] if number == 0 else cell.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.space_after = Pt(2)
        _fill(paragraph, text, bold=bold, size=Pt(12))


def _rule(cell: _Cell) -> None:
    """The short line under the issuer."""
    form = _centred(cell).paragraph_format
    form.left_indent = form.right_indent = _RULE_INDENT
    form.line_spacing, form.space_after = Pt(3), Pt(4)
    borders = _element("w:pBdr")
    borders.append(_element("w:top", val="single", sz="6", space="1", color="auto"))
    # Word wants the parts of a paragraph's form in one order.
    properties: Any = form.element.get_or_add_pPr()
    properties.insert_element_before(borders, "w:spacing", "w:ind", "w:jc")


def _centred(cell: _Cell) -> Paragraph:
    paragraph: Paragraph = cell.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(2)
    return paragraph


def _paragraph(
    made: DocumentFile,
    text: str,
    *,
    bold: bool = False,
    italic: bool = False,
    size: Pt | None = None,
    align: WD_ALIGN_PARAGRAPH | None = None,
    indent: bool = False,
) -> None:
    paragraph = made.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if indent else align  # type: ignore[assignment]
    paragraph.paragraph_format.space_after = Pt(6)
    if indent:
        paragraph.paragraph_format.first_line_indent = Cm(1)
    _fill(paragraph, text, bold=bold, italic=italic, size=size)


def _fill(
    paragraph: Paragraph, text: str, *, bold: bool = False, italic: bool = False, size: Pt | None = None
) -> None:
    """Adds a text; each gap in it becomes a field."""
    for part in _GAP.split(text):
        if not part:
            continue
        run = paragraph.add_run(part)
        run.bold, run.italic = bold or None, italic or None
        if size:
            run.font.size = size
        if _GAP.fullmatch(part):
            _make_field(run._r, part)


def _make_field(run: Any, text: str) -> None:
    """Wraps a run into a content control: a click selects the whole gap, typing replaces it."""
    run.get_or_add_rPr().append(_element("w:shd", val="clear", color="auto", fill="D9D9D9"))
    control, properties, content = (OxmlElement(f"w:{name}") for name in ("sdt", "sdtPr", "sdtContent"))
    properties.append(_element("w:alias", val=text.strip("[]")))
    control.append(properties)
    control.append(content)
    run.addprevious(control)
    content.append(run)


def _table(made: DocumentFile, columns: list[str], rows: list[list[str]]) -> None:
    table = made.add_table(rows=1, cols=len(columns))
    table.style = "Table Grid"
    _row(table.rows[0].cells, columns, bold=True)
    table.rows[0]._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))
    for row in rows:
        _row(table.add_row().cells, row)
    made.add_paragraph()


def _row(cells: Iterable[_Cell], texts: Iterable[str], *, bold: bool = False) -> None:
    for cell, text in zip(cells, texts, strict=True):
        paragraph = cell.paragraphs[0]
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(4)
        _fill(paragraph, text, bold=bold, size=Pt(12))


def _sign(made: DocumentFile, words: dict[str, Any]) -> None:
    row = made.add_table(rows=1, cols=2).rows[0]
    # Nobody signs on one page under an office that stands on another.
    row._tr.get_or_add_trPr().append(_element("w:cantSplit", val="true"))
    left, right = row.cells
    _fill(left.paragraphs[0], words["recipients"], bold=True, italic=True, size=Pt(12))
    for text in words["recipient_rows"]:
        _fill(left.add_paragraph(), text, size=Pt(11))
    for paragraph in left.paragraphs:
        paragraph.paragraph_format.space_after = Pt(0)
    _lines(right, ((words["signer"], True), ("", False), ("", False), (words["signer_name"], True)))


def _element(tag: str, **attributes: str) -> Any:
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(f"w:{name}"), value)
    return element


BUILDER: ItemBuilder = Documents()
