"""The letters of the example city, for the tests that read documents back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bluezone.outreach.figures import Figures
from bluezone.outreach.instruction import Signer
from bluezone.outreach.letter import Frame, Letter, write_instruction
from bluezone.outreach.report import Report
from bluezone.outreach.report_letter import Downloads, default_blocks, write_report
from bluezone.outreach.rollup import RollUp, roll_up
from bluezone.web.language import words_of
from tests.unit.outreach.case import DUE_AT, INSTRUCTION, TREE, report

VERSIONS: dict[str, list[Report]] = {
    "nghia-phu": [report(difficulties="Máy đời cũ.\nSóng yếu <ở> thôn #3 & *xa*.")],
    "nghia-duc": [
        report("nghia-duc", at=DUE_AT + 60, population=9_000, smartphones=5_000, residents_installed=2_121)
    ],
    "dak-nia": [report("dak-nia", population=10_000, smartphones=None, residents_installed=1_234)],
    "phong-y-te": [replace(report("phong-y-te"), figures=Figures(staff_smartphones=12, staff_installed=9))],
}
PREVIOUS = {"nghia-phu": report(residents_installed=2_500)}
FRAME = Frame(
    "125/VH-TT-CNTT",
    date(2020, 2, 5),
    "Gia Nghĩa",
    "báo cáo kết quả triển khai ứng dụng Bluezone",
    ("Sở Thông tin và Truyền thông tỉnh Đắk Nông",),
    ("Như trên;", "UBND thành phố (b/c);", "Lưu: VT."),
    Signer("PHÓ TRƯỞNG PHÒNG", "(đã ký)", "KT. TRƯỞNG PHÒNG"),
)


def table() -> RollUp:
    """Four reports, one of them late; one unit missing."""
    return roll_up(TREE, VERSIONS, instruction=INSTRUCTION, period=0, at=DUE_AT + 7200, previous=PREVIOUS)


def report_letter(language: str = "vi", **blocks: str) -> Letter:
    """The letter of the roll-up, with blocks of its own where they are given."""
    say = words_of(language).text
    downloads = Downloads(date(2020, 8, 19), 7_421)
    texts = default_blocks(table(), INSTRUCTION, TREE, say, language, downloads) | blocks
    return write_report(table(), INSTRUCTION, TREE, FRAME, texts, say, language)


def instruction_letter(language: str = "vi") -> Letter:
    """The letter that asks for the reports."""
    return write_instruction(INSTRUCTION, TREE, words_of(language).text, language)
