"""One slide as a stage: places are inches from the upper left corner, every picture comes with its words.

Decides how a text that carries facts of a unit is made to fit: smaller, down to its least size; below
that the officer is told which entry is too long.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

from bluezone.outreach.kit.errors import NameTooLong
from bluezone.outreach.kit.fitting import fitting_size
from bluezone.outreach.kit.job import Job

WIDTH, HEIGHT = Inches(13.333), Inches(7.5)
INK, BLUE, SKY, GROUND, SUN, CREAM, WHITE = (
    "12263F",
    "0B5CAD",
    "DCEBF8",
    "EDF2F8",
    "F2B84B",
    "FFF6E4",
    "FFFFFF",
)
_FONT = "Arial"
_ALIGNS = {"left": PP_ALIGN.LEFT, "center": PP_ALIGN.CENTER, "right": PP_ALIGN.RIGHT}
_TITLE_ONLY = 5
_ROW_GAP = 0.35  # between the rows of a list, in letter sizes


def _rgb(colour: str) -> RGBColor:
    return RGBColor(*bytes.fromhex(colour))  # type: ignore[no-untyped-call]


class Stage:
    """A new slide at the end of a presentation.

    Args:
        presentation: that gets the slide.
        job: whose language the text is marked with.
    """

    def __init__(self, presentation: Any, job: Job) -> None:
        self._slide = presentation.slides.add_slide(presentation.slide_layouts[_TITLE_ONLY])
        self._language = "vi-VN" if job.language == "vi" else "en-GB"
        self._job = job

    def ground(self, colour: str) -> None:
        """The colour behind everything."""
        fill = self._slide.background.fill
        fill.solid()
        fill.fore_color.rgb = _rgb(colour)

    def title(
        self,
        text: str,
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        size: float = 36,
        colour: str = INK,
    ) -> None:
        """The slide's title, in the place that screen readers and outlines look for."""
        shape = self._slide.shapes.title
        shape.left, shape.top, shape.width, shape.height = map(Inches, (left, top, width, height))
        self._write(shape.text_frame, text, size=size, bold=True, colour=colour, align="left", middle=True)

    def text(
        self,
        text: str,
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        size: float,
        least: float | None = None,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
        middle: bool = False,
    ) -> None:
        """A text; each line break begins a paragraph.

        `least`: the size down to which it may shrink to fit its box; without it, it keeps its size.

        Raises:
            NameTooLong: it does not fit in its least size.
        """
        size = self._fitted(text, (width, height), size, least, bold) if least else size
        shape = self._slide.shapes.add_textbox(*map(Inches, (left, top, width, height)))
        self._write(shape.text_frame, text, size=size, bold=bold, colour=colour, align=align, middle=middle)

    def bullets(
        self,
        items: list[str],
        left: float,
        top: float,
        width: float,
        height: float,
        *,
        size: float,
        least: float | None = None,
        colour: str = INK,
    ) -> None:
        """A list; `least` as for a text.

        Raises:
            NameTooLong: it does not fit in its least size.
        """
        written = "\n".join(f"•  {one}" for one in items)
        # Between its rows a list is as much higher as they are apart.
        room = height - _ROW_GAP * size * (len(items) - 1) / 72
        size = self._fitted(written, (width, room), size, least, bold=False) if least else size
        shape = self._slide.shapes.add_textbox(*map(Inches, (left, top, width, height)))
        self._write(shape.text_frame, written, size=size, colour=colour)
        for paragraph in shape.text_frame.paragraphs:
            paragraph.space_after = Pt(size * _ROW_GAP)

    def box(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        colour: str,
        *,
        round_: bool = False,
        radius: float = 0.05,
    ) -> None:
        """A field of one colour; decoration, so it has no words."""
        kind = MSO_SHAPE.ROUNDED_RECTANGLE if round_ else MSO_SHAPE.RECTANGLE
        shape = self._slide.shapes.add_shape(kind, *map(Inches, (left, top, width, height)))
        if round_:
            shape.adjustments[0] = radius
        self._paint(shape, colour)

    def number(self, number: int, left: float, top: float, side: float) -> None:
        """A number in a circle."""
        shape = self._slide.shapes.add_shape(MSO_SHAPE.OVAL, *map(Inches, (left, top, side, side)))
        self._paint(shape, BLUE)
        frame = shape.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Emu(0)
        self._write(frame, str(number), size=side * 32, bold=True, colour=WHITE, align="center", middle=True)

    def picture(
        self,
        content: bytes,
        described: str,
        left: float,
        top: float,
        *,
        width: float | None = None,
        height: float | None = None,
    ) -> None:
        """A picture with the words for those who do not see it."""
        size = {"width": Inches(width) if width else None, "height": Inches(height) if height else None}
        shape = self._slide.shapes.add_picture(BytesIO(content), Inches(left), Inches(top), **size)
        properties = shape._element.nvPicPr.cNvPr
        properties.set("descr", described)

    def notes(self, text: str) -> None:
        """What the speaker may say."""
        self._slide.notes_slide.notes_text_frame.text = self._job.words["slides"]["notes"] + text

    def foot(self, number: int, count: int) -> None:
        """The line at the bottom: from whom, where, whom to call."""
        unit, call = self._job.unit, self._job.words["call"]
        colour = WHITE if self._slide.background.fill.fore_color.rgb == _rgb(BLUE) else INK
        name = unit.name_in(self._job.language)
        text = f"{name}  ·  {unit.shown_address}  ·  {call['hotline']} {call['numbers']}"
        self.text(text, 0.7, 6.88, 10.7, 0.5, size=12, least=9, colour=colour, middle=True)
        self.text(
            f"{number} / {count}", 11.5, 6.88, 1.13, 0.5, size=12, colour=colour, align="right", middle=True
        )

    def _fitted(self, text: str, box: tuple[float, float], size: float, least: float, bold: bool) -> float:
        fitting = fitting_size(text, (box[0] * 72, box[1] * 72), size, least, bold)
        if fitting is None:
            unit, language = self._job.unit, self._job.language
            entries = {
                "unit.address": unit.shown_address,
                "unit.name": unit.name_in(language),
                "unit.parent": unit.parent_in(language),
            }
            carried = [entry for entry, fact in entries.items() if fact in text]
            longest = max(carried, key=lambda entry: len(entries[entry]), default="a text")
            raise NameTooLong(
                f"{longest} is too long for the slides of the item {self._job.item.id} "
                f"({self._job.item.title['en']}): give a shorter form in the unit file"
            )
        return fitting

    def _write(
        self,
        frame: Any,
        text: str,
        *,
        size: float,
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
        middle: bool = False,
    ) -> None:
        frame.word_wrap = True
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE if middle else MSO_ANCHOR.TOP
        for row, line in enumerate(text.split("\n")):
            paragraph = frame.paragraphs[0] if row == 0 else frame.add_paragraph()
            paragraph.alignment = _ALIGNS[align]
            run = paragraph.add_run()
            run.text = line
            run.font.name, run.font.size, run.font.bold = _FONT, Pt(size), bold
            run.font.color.rgb = _rgb(colour)
            run._r.get_or_add_rPr().set("lang", self._language)

    @staticmethod
    def _paint(shape: Any, colour: str) -> None:
        shape.fill.solid()
        shape.fill.fore_color.rgb = _rgb(colour)
        shape.line.fill.background()
        shape.shadow.inherit = False
