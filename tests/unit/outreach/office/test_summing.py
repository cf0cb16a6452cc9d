"""Roll-up, letter and spreadsheets at the office's browser."""

from __future__ import annotations

import re
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select

from bluezone.outreach.activity import Activity, ActivitySource, ActivityUnavailable, DayCount
from bluezone.outreach.storage.reports import Place
from bluezone.outreach.storage.tables import uploads
from bluezone.sim.campaign.visitor import Page, Visitor
from tests.unit.outreach.office.case import ABOVE, CITY, DUE_AT, HOUR_S, Office, running_office

Sent = tuple[Office, str]


@pytest.fixture
async def reported(sent: Sent) -> Sent:
    """An instruction to which one commune has reported."""
    office, instruction = sent
    assert (await office.report(await office.unit(), instruction)).status == 200
    return sent


async def test_the_roll_up_names_denominators_and_who_is_missing(reported: Sent) -> None:
    office, instruction = reported
    city = await office.signed_in(CITY)
    text = (await city.open(f"/office/instructions/{instruction}/rollup")).text
    assert "1/14" in text
    assert "2.910 / 11.200" in text
    assert "2.910 / 5.800" in text
    assert "Xã Đắk R’Moan" in text
    assert text.count("<svg") >= 3
    assert re.search(r"<desc[^>]*>Phường Nghĩa Phú: 25,98", text)


async def test_at_the_deadline_what_came_later_does_not_count(reported: Sent) -> None:
    office, instruction = reported
    office.clock.set_system(DUE_AT + HOUR_S)
    await office.report(
        await office.unit(), instruction, residents_installed="5.000", residents_new="3.001", sure="yes"
    )
    city = await office.signed_in(CITY)
    address = f"/office/instructions/{instruction}/rollup"
    assert "5.000 / 11.200" in (await city.open(address)).text
    assert "2.910 / 11.200" in (await city.open(f"{address}?deadline=1")).text


async def test_a_passed_on_roll_up_is_corrected_only_by_passing_it_on_again(reported: Sent) -> None:
    office, instruction = reported
    above = await office.instruct(await office.signed_in(ABOVE), number="1024/STTTT")
    city = await office.signed_in(CITY)
    page = await city.open(f"/office/instructions/{instruction}/rollup")
    typed = {"to": above, "reporter": "chuyên viên", "reporter_phone": "0261 354 4000"}
    action = f"/office/instructions/{instruction}/pass-on"
    for version in (1, 2):
        assert (await city.press(page, action, typed)).status == 200
        known = await office.service.reporting.history(Place(above, 0, "gia-nghia"), by=ABOVE)
        assert len(known) == version
        assert (
            known[-1][0].rolled == (await office.service.summing.roll_up(instruction, by=CITY)).rollup.total
        )
    form = await city.open(f"/office/reports/{above}/gia-nghia")
    assert "bản tổng hợp" in form.text
    assert 'value="submit"' not in form.text
    assert (await office.report(city, above, "gia-nghia")).status in (409, 422)
    refused = await city.press(page, action, typed | {"reporter_phone": "?"})
    assert refused.status == 422
    assert (await city.press(page, action, typed | {"to": "nowhere"})).status == 404


async def test_the_letter_keeps_what_the_office_writes_and_follows_the_figures(reported: Sent) -> None:
    office, instruction = reported
    city = await office.signed_in(CITY)
    address = f"/office/instructions/{instruction}/letter"
    page = await city.open(address)
    names = re.findall(r'<(?:input|textarea) id="([a-z_]+)"', page.text)
    typed: dict[str, str | list[str]] = {name: page.field(name).replace("\n", "\r\n") for name in names}
    typed |= {"period": "0", "revision": "0", "number": "115/BC-VHTT", "block_proposals": "Cấp thêm tờ rơi."}
    assert "Đã lưu" in (await city.press(page, address, typed)).text
    await office.report(
        await office.unit("nghia-duc"), instruction, "nghia-duc", population="9400", smartphones="4900"
    )
    after = await city.open(address)
    assert after.field("block_proposals") == "Cấp thêm tờ rơi."
    assert "5.820" in after.field("block_results"), "what nobody edited follows the new report"
    stale = await city.press(page, address, typed | {"block_proposals": "mất"})
    assert stale.status == 409
    assert stale.field("block_proposals") == "mất", "what was typed stays on the page"
    assert (await city.open(address)).field("block_proposals") == "Cấp thêm tờ rơi."


@pytest.mark.parametrize(
    ("name", "begins"),
    [("letter.docx", b"PK"), ("letter.pdf", b"%PDF-"), ("letter.xlsx", b"PK"), ("instruction.docx", b"PK"),
     ("instruction.pdf", b"%PDF-"), ("template.xlsx", b"PK"), ("letter.docx?letter=en", b"PK")],
)  # fmt: skip
async def test_every_file_can_be_downloaded(reported: Sent, name: str, begins: bytes) -> None:
    office, instruction = reported
    page = await (await office.signed_in(CITY)).open(f"/office/instructions/{instruction}/{name}")
    assert page.status == 200
    assert page.content.startswith(begins)


async def test_a_filled_template_is_looked_at_and_taken_over(reported: Sent) -> None:
    office, instruction = reported
    city = await office.signed_in(CITY)
    address = f"/office/instructions/{instruction}"
    template = await city.open(f"{address}/template.xlsx")
    filled = fill(template.content, {"Phường Nghĩa Đức": 2121, "Phường Nghĩa Tân": 99_999})
    looked = await _upload(city, f"{address}/import", filled)
    assert "1 dòng đọc được" in looked.text
    assert "99.999" in looked.text
    (take,) = re.findall(rf'action="({address}/import/[a-z0-9]+)"', looked.text)
    typed = {"period": "0", "reporter": "chuyên viên", "reporter_phone": "0261 354 4000"}
    assert (await city.press(looked, take, typed)).status == 200
    rollup = (await office.service.summing.roll_up(instruction, by=CITY)).rollup
    reported_units = {row.unit_id for row in rollup.rows if row.report}
    assert reported_units == {"nghia-phu", "nghia-duc"}
    assert (await city.press(looked, take, typed)).status == 410


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04 no archive", b"\xff\xfe" + "x".encode("utf-16-le"), b"a,b\n1,2\n"]
)
async def test_a_file_that_is_none_is_refused_with_a_sentence(reported: Sent, content: bytes) -> None:
    office, instruction = reported
    city = await office.signed_in(CITY)
    page = await _upload(city, f"/office/instructions/{instruction}/import", content)
    assert page.status == 422
    assert 'class="problem"' in page.text
    unit = await office.unit("nghia-duc")
    page = await _upload(unit, f"/office/reports/{instruction}/nghia-duc/file", content)
    assert page.status == 422


@pytest.mark.parametrize("size", [10_000_001, 11_000_000], ids=["just too large", "larger than a request"])
async def test_a_file_that_is_too_large_is_refused_with_its_limit_and_not_kept(
    reported: Sent, size: int
) -> None:
    office, instruction = reported
    own = f"/office/reports/{instruction}/nghia-duc"
    city, unit, above = (
        await office.signed_in(CITY),
        await office.unit("nghia-duc"),
        await office.signed_in(ABOVE),
    )
    for visitor, action in (
        (city, f"/office/instructions/{instruction}/import"),
        (unit, f"{own}/file"),
        (above, "/office/units/import"),
    ):
        page = await _upload(visitor, action, b"P" * size)
        assert page.status in (413, 422)
        assert "Tệp lớn hơn 10 MB nên không được đọc." in page.text, action
        assert "Báo cáo chỉ cần vài chục kB" in page.text
        assert 'role="alert"' in page.text
    database = office.service.ground.database
    assert await database.run(lambda conn: conn.scalar(select(func.count()).select_from(uploads))) == 0
    assert await office.service.reporting.history(Place(instruction, 0, "nghia-duc"), by=CITY) == []
    assert (await unit.open(own)).field("residents_installed") == ""


async def test_a_form_that_is_too_long_is_not_called_a_file(reported: Sent) -> None:
    office, instruction = reported
    page = await office.report(
        await office.unit("nghia-duc"), instruction, "nghia-duc", difficulties="a" * 70_000
    )
    assert page.status == 413
    assert "Nội dung gửi lên quá dài." in page.text


async def test_a_unit_s_own_file_fills_its_form(reported: Sent) -> None:
    office, instruction = reported
    unit = await office.unit("nghia-duc")
    address = f"/office/reports/{instruction}/nghia-duc"
    template = await unit.open(f"{address}/template.xlsx")
    page = await _upload(unit, f"{address}/file", fill(template.content, {"Phường Nghĩa Đức": 2121}))
    assert page.status == 200, page.text
    assert "điền vào biểu mẫu" in page.text
    assert page.field("residents_installed") == "2121"
    known = await office.service.reporting.history(Place(instruction, 0, "nghia-duc"), by=CITY)
    assert known == [], "reading a file sends nothing"


async def test_downloads_stand_beside_the_reports_and_are_told_apart(tmp_path: Path) -> None:
    class Counted:
        async def latest(self) -> Activity:
            return Activity((DayCount(18_491, 41_250),), 0.0)

    class Silent:
        async def latest(self) -> Activity:
            raise ActivityUnavailable("the authority does not answer")

    sources: list[tuple[ActivitySource, bool]] = [(Counted(), True), (Silent(), False)]
    for source, shown in sources:
        async with running_office(tmp_path, activity=source) as office:
            city = await office.signed_in(CITY)
            instruction = await office.instruct(city)
            page = await city.open(f"/office/instructions/{instruction}/rollup")
            assert page.status == 200
            assert ("41.250" in page.text) is shown
            assert ("không phải là số người dùng" in page.text) is shown
    assert date(1970, 1, 1).toordinal() + 18_491 == date(2020, 8, 17).toordinal()


async def _upload(visitor: Visitor, action: str, content: bytes) -> Page:
    page = await visitor.open(action.removesuffix("/file"))
    typed = {"period": "0", "reporter": "chuyên viên", "reporter_phone": "0261 354 4000"}
    return await visitor.press(page, action, typed, {"file": ("b.xlsx", content)})


def fill(template: bytes, installed: dict[str, int]) -> bytes:
    """The template with the rows of these units filled in."""
    book = load_workbook(BytesIO(template))
    sheet = book.worksheets[0]
    rows = list(sheet.iter_rows())
    header = next(row for row in rows if any("Bluezone (cộng dồn)" in str(cell.value) for cell in row))
    columns = {str(cell.value): cell.column for cell in header if cell.value}
    for row in rows:
        name = next((str(cell.value) for cell in row if str(cell.value) in installed), "")
        if not name:
            continue
        for title, column in columns.items():
            value = _value(title, installed[name])
            if value is not None and sheet.cell(row[0].row, column).value is None:
                sheet.cell(row[0].row, column).value = value
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _value(title: str, installed: int) -> object:
    if "cộng dồn" in title:
        return installed
    if "iện thoại người" in title:
        return "0261 354 4000"
    if "gười báo cáo" in title:
        return "công chức văn hóa"
    if "ngày" in title:
        return date(2020, 8, 17)
    if "ó khăn" in title or "ề xuất" in title or "ỷ lệ" in title:
        return None
    return 10
