"""A small city for the tests of outreach: four communes, one office without residents, one instruction."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from bluezone.outreach.figures import Denominator, Figures
from bluezone.outreach.instruction import Instruction, Signer, Target
from bluezone.outreach.report import Report
from bluezone.outreach.units import Officer, Unit, UnitTree

DUE_AT = 1_597_827_600  # 19 August 2020, 16:00 in Viet Nam
DAY_S = 86_400
ISSUED = date(2020, 8, 17)

PROVINCE = Unit(
    "dak-nong", "Tỉnh Đắk Nông", "tỉnh", body="UBND tỉnh Đắk Nông", office="Sở Thông tin và Truyền thông"
)
CITY = Unit(
    "gia-nghia",
    "Thành phố Gia Nghĩa",
    "thành phố",
    "dak-nong",
    body="UBND thành phố Gia Nghĩa",
    office="Phòng Văn hóa và Thông tin",
)
PHU = Unit("nghia-phu", "Phường Nghĩa Phú", "phường", "gia-nghia", population=11_000, smartphones=6_000)
DUC = Unit("nghia-duc", "Phường Nghĩa Đức", "phường", "gia-nghia", population=9_000, smartphones=5_000)
NIA = Unit("dak-nia", "Xã Đắk Nia", "xã", "gia-nghia", population=10_000)
MOAN = Unit("dak-r-moan", "Xã Đắk R’Moan", "xã", "gia-nghia", population=5_000)
OFFICE = Unit(
    "phong-y-te",
    "Phòng Y tế",
    "phòng ban",
    "gia-nghia",
    has_residents=False,
    officers=(Officer("cán bộ tổng hợp", email="y-te@gia-nghia.example"),),
)
UNITS = (PROVINCE, CITY, PHU, DUC, NIA, MOAN, OFFICE)
TREE = UnitTree(UNITS)

INSTRUCTION = Instruction(
    instruction_id="i1",
    office_id="gia-nghia",
    number="110/VH-TT-CNTT",
    issued_on=ISSUED,
    subject="tuyên truyền, vận động cài đặt ứng dụng Bluezone",
    due_at=DUE_AT,
    legal_basis=(
        "Thực hiện Công văn của Sở Thông tin và Truyền thông về việc triển khai ứng dụng Bluezone;",
    ),
    tasks=("Vận động cán bộ và người dân cài đặt ứng dụng Bluezone.",),
    target=Target(Fraction(1, 2), Denominator.SMARTPHONES),
    kit_address="https://bluezone.example/tai-lieu",
    place="Gia Nghĩa",
    signer=Signer("TRƯỞNG PHÒNG"),
    opened_at=DUE_AT - 2 * DAY_S,
)

FIGURES = Figures(
    population=11_000,
    smartphones=6_000,
    staff_smartphones=30,
    staff_installed=30,
    residents_installed=3_000,
    residents_new=400,
    broadcasts=6,
    leaflets=900,
    posters=12,
)


def report(unit_id: str = "nghia-phu", *, at: int = DUE_AT - 3600, **changes: Any) -> Report:
    """A report that is right; figures by their names, everything else by the report's."""
    figures = {name: changes.pop(name) for name in list(changes) if hasattr(FIGURES, name)}
    base = Report(
        "i1",
        0,
        unit_id,
        1,
        date(2020, 8, 19),
        replace(FIGURES, **figures),
        reporter="cán bộ văn hóa",
        reporter_phone="0261 0000 000",
        submitted_at=at,
    )
    return replace(base, **changes)
