"""A letter as DOCX that an office can go on editing in Word or LibreOffice.

Decides page, fonts and the tables that hold the form's head and foot. "Times New Roman" is named, as the
decree asks; where it is missing the program takes its own serif. Charts are pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Page
from docx.enum.table import WD_ALIGN_VERTICAL, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docx.table import Table as DocxTable
from docx.table import _Cell
from docx.text.paragraph import Paragraph as DocxParagraph

from bluezone.outreach.documents.pdf import draw_chart
from bluezone.outreach.letter import Chart, Heading, Items, Letter, Paragraph, Part, Table

FONT = "Times New Roman"
TEXT_WIDTH = Mm(162)
_CENTER, _RIGHT, _JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.JUSTIFY
_LEFT = WD_ALIGN_PARAGRAPH.LEFT
_WIDE_TABLE = 6
# Rows at the end that stay on one page, so that no total stands alone.
_LAST_TOGETHER = 4


def write_docx(letter: Letter) -> bytes:
    """The letter as DOCX.

    Raises:
        TypesettingFailed: a chart could not be drawn.
    """
    page = Document()
    _set_up(page, letter)
    if letter.courtesy:
        _line(page.add_paragraph(), letter.courtesy, size=11, italic=True, align=_CENTER)
    _head(page, letter)
    _addressees(page, letter)
    for part in letter.parts:
        _part(page, part, letter.language)
    _foot(page, letter)
    out = BytesIO()
    page.save(out)
    return out.getvalue()


def _set_up(page: Page, letter: Letter) -> None:
    section = page.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(22), Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(18)
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])
    style: Any = page.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(13)
    style.element.rPr.rFonts.set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after, style.paragraph_format.space_before = Pt(5), Pt(0)
    style.paragraph_format.line_spacing = 1.05
    properties = page.core_properties
    properties.title, properties.author, properties.language = letter.subject, letter.office, letter.language
    written = datetime.combine(letter.issued_on, time(), UTC)
    properties.created = properties.modified = written
    properties.comments = ""


def _head(page: Page, letter: Letter) -> None:
    table = _frame(page, 2, (Mm(70), Mm(92)))
    left, right = table.rows[0].cells
    lines = _lines(left, [(letter.body.upper(), False)] if letter.body else [])
    _line(lines, letter.office.upper(), size=12, bold=True, align=_CENTER)
    _rule(left.add_paragraph(), Mm(23))
    _line(right.paragraphs[0], letter.state, size=12, bold=True, align=_CENTER)
    _line(right.add_paragraph(), letter.motto, size=13, bold=True, align=_CENTER)
    _rule(right.add_paragraph(), Mm(19))
    left, right = table.rows[1].cells
    _line(left.paragraphs[0], letter.number, size=13, align=_CENTER)
    _line(left.add_paragraph(), letter.subject, size=12, align=_CENTER)
    _line(right.paragraphs[0], letter.place_and_date, size=13, italic=True, align=_CENTER)


def _lines(cell: _Cell, above: Sequence[tuple[str, bool]]) -> DocxParagraph:
    """Writes lines from the top of a cell; gives the paragraph that comes after them."""
    for text, bold in above:
        _line(cell.paragraphs[-1], text, size=12, bold=bold, align=_CENTER)
        cell.add_paragraph()
    last: DocxParagraph = cell.paragraphs[-1]
    return last


def _addressees(page: Page, letter: Letter) -> None:
    if len(letter.addressed_to) == 1:
        paragraph = page.add_paragraph()
        _line(paragraph, f"{letter.to_label} {letter.addressed_to[0]}", size=13, align=_CENTER)
        paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(10)
        return
    page.add_paragraph().paragraph_format.space_after = Pt(0)
    table = _frame(page, 1, (Mm(50), Mm(112)))
    label, names = table.rows[0].cells
    _line(label.paragraphs[0], letter.to_label, size=13, align=_RIGHT)
    for number, name in enumerate(letter.addressed_to):
        paragraph = names.paragraphs[0] if number == 0 else names.add_paragraph()
        _line(paragraph, f" - {name}", size=13, align=_LEFT)
    page.add_paragraph().paragraph_format.space_after = Pt(0)


def _part(page: Page, part: Part, language: str) -> None:
    match part:
        case Heading():
            paragraph = _line(page.add_paragraph(), part.text, size=13, bold=True, align=_LEFT)
            paragraph.paragraph_format.keep_with_next = True
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(6)
        case Paragraph():
            paragraph = page.add_paragraph(part.text)
            paragraph.alignment = _JUSTIFY
            paragraph.paragraph_format.first_line_indent = Cm(1)
        case Items():
            for text in part.texts:
                paragraph = page.add_paragraph(f"- {text}")
                paragraph.alignment = _JUSTIFY
                paragraph.paragraph_format.left_indent = Cm(1)
                paragraph.paragraph_format.space_after = Pt(3)
        case Table():
            _table(page, part)
        case Chart():
            page.add_picture(BytesIO(draw_chart(part, language)), width=TEXT_WIDTH)
            page.paragraphs[-1].alignment = _CENTER


def _table(page: Page, part: Table) -> None:
    title = _line(page.add_paragraph(), part.title, size=12, bold=True, align=_CENTER)
    title.paragraph_format.keep_with_next = True
    title.paragraph_format.space_before = Pt(8)
    size = 10 if len(part.columns) > _WIDE_TABLE else 12
    rows = [tuple(column.title for column in part.columns), *part.rows, *([part.total] if part.total else [])]
    table = page.add_table(len(rows), len(part.columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    widths = [TEXT_WIDTH * column.width // sum(one.width for one in part.columns) for column in part.columns]
    _column_widths(table, widths)
    for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        is_bold = number == 0 or (bool(part.total) and number == len(rows) - 1)
        _unbroken(row._tr, is_header=number == 0)
        stays = len(rows) - _LAST_TOGETHER <= number < len(rows) - 1
        for cell, text, column in zip(row.cells, texts, part.columns, strict=True):
            cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
            align = _CENTER if number == 0 else (_RIGHT if column.is_number else _LEFT)
            written = _line(cell.paragraphs[0], text, size=size, bold=is_bold, align=align)
            written.paragraph_format.keep_with_next = stays
    _cell_margins(table, 55)
    page.add_paragraph().paragraph_format.space_after = Pt(0)


def _foot(page: Page, letter: Letter) -> None:
    page.add_paragraph().paragraph_format.space_after = Pt(0)
    table = _frame(page, 1, (Mm(80), Mm(82)))
    _unbroken(table.rows[0]._tr, is_header=False)
    copies, signature = table.rows[0].cells
    _line(copies.paragraphs[0], letter.copies_label, size=12, bold=True, italic=True, align=_LEFT)
    for text in letter.copies_to:
        _line(copies.add_paragraph(), f"- {text}", size=11, align=_LEFT)
    paragraph = signature.paragraphs[0]
    for text in letter.signer.lines:
        _line(paragraph, text.upper(), size=13, bold=True, align=_CENTER)
        paragraph = signature.add_paragraph()
    paragraph.paragraph_format.space_before = Pt(64)
    _line(paragraph, letter.signer.name, size=13, bold=True, align=_CENTER)


def _frame(page: Page, rows: int, widths: Sequence[int]) -> DocxTable:
    """A table without lines that only holds things beside each other."""
    table: DocxTable = page.add_table(rows, len(widths))
    table.autofit = False
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _column_widths(table, widths)
    _cell_margins(table, 0)
    return table


def _column_widths(table: DocxTable, widths: Sequence[int]) -> None:
    """In the grid and in each cell: Word goes by the cells, LibreOffice by the grid."""
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width


def _line(
    paragraph: DocxParagraph,
    text: str,
    *,
    size: float,
    bold: bool = False,
    italic: bool = False,
    align: WD_ALIGN_PARAGRAPH,
) -> DocxParagraph:
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)
    paragraph.alignment = align
    paragraph.paragraph_format.space_after = Pt(2)
    paragraph.paragraph_format.line_spacing = 1.0
    return paragraph


def _rule(paragraph: DocxParagraph, indent: int) -> None:
    """A line below: the upper border of an empty paragraph, drawn in from both sides."""
    paragraph.paragraph_format.left_indent = paragraph.paragraph_format.right_indent = indent
    paragraph.paragraph_format.space_after = Pt(4)
    paragraph.paragraph_format.line_spacing = Pt(4)
    border = OxmlElement("w:pBdr")
    top = OxmlElement("w:top")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "1"), ("color", "000000")):
        top.set(qn(f"w:{name}"), value)
    border.append(top)
    paragraph._p.get_or_add_pPr().append(border)


def _page_number(paragraph: DocxParagraph) -> None:
    paragraph.alignment = _CENTER
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        element = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            element.set(qn("w:fldCharType"), kind)
        else:
            element.text = text
        run._r.append(element)


def _unbroken(row: Any, *, is_header: bool) -> None:
    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_header:
        properties.append(OxmlElement("w:tblHeader"))


def _cell_margins(table: DocxTable, twentieths: int) -> None:
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        element = OxmlElement(f"w:{side}")
        element.set(qn("w:w"), str(twentieths))
        element.set(qn("w:type"), "dxa")
        margins.append(element)
    table._tbl.tblPr.append(margins)
