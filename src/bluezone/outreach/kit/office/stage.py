"""One slide as a stage: places are inches from the upper left corner, every picture comes with its words."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.util import Emu, Inches, Pt

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
        bold: bool = False,
        colour: str = INK,
        align: str = "left",
        middle: bool = False,
    ) -> None:
        """A text; each line break begins a paragraph."""
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
        colour: str = INK,
    ) -> None:
        """A list."""
        shape = self._slide.shapes.add_textbox(*map(Inches, (left, top, width, height)))
        self._write(shape.text_frame, "\n".join(f"•  {one}" for one in items), size=size, colour=colour)
        for paragraph in shape.text_frame.paragraphs:
            paragraph.space_after = Pt(size * 0.35)

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
        self.text(text, 0.7, 6.93, 10.8, 0.4, size=12, colour=colour)
        self.text(f"{number} / {count}", 11.5, 6.93, 1.13, 0.4, size=12, colour=colour, align="right")

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
