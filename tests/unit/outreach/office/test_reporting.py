"""A unit's officer at a browser: drafts, refusals, corrections, two at once; nothing typed is ever lost."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pytest

from bluezone.outreach.instruction import Timeliness
from bluezone.outreach.office.access import SYSTEM
from bluezone.outreach.office.importing import Source
from bluezone.outreach.storage import reports
from bluezone.outreach.storage.reports import Place
from bluezone.outreach.unit_sources import example_units
from bluezone.outreach.units import Officer
from bluezone.sim.campaign.visitor import Page
from bluezone.web.language import words_of
from tests.docs.repository import ROOT
from tests.unit.outreach.office.case import ABOVE, ADDRESS, CITY, DUE_AT, GOOD, HOUR_S, Office

Sent = tuple[Office, str]


async def stored(sent: Sent, unit_id: str = "nghia-phu") -> list[int | None]:
    """What each version of a report says about installed residents."""
    office, instruction = sent
    known = await office.service.reporting.history(Place(instruction, 0, unit_id), by=CITY)
    return [report.figures.residents_installed for report, _ in known]


async def test_from_the_mail_to_the_report_in_one_go(sent: Sent) -> None:
    office, instruction = sent
    officer = office.visitor()
    page = await officer.follow_link(office.links()["nghia-phu"][0])
    assert page.address == f"/office/reports/{instruction}/nghia-phu"
    assert page.field("population") == "11200", "what the office knows is not asked again"
    page = await office.report(officer, instruction)
    assert "Đã nhận báo cáo" in page.text
    assert await stored(sent) == [2910]
    watched = await office.service.instructing.watch(instruction, by=CITY)
    (standing,) = [one for one in watched.standings if one.unit.unit_id == "nghia-phu"]
    assert standing.timeliness is Timeliness.ON_TIME
    assert standing.recipient.opened_at == office.clock.system()


async def test_rates_are_computed_and_shown_with_their_denominators(sent: Sent) -> None:
    office, instruction = sent
    officer = await office.unit()
    page = await office.report(officer, instruction)
    assert "25,98\N{NO-BREAK SPACE}%" in page.text
    assert "50,17\N{NO-BREAK SPACE}%" in page.text
    assert "tỷ lệ trên dân số" in page.text


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("residents_installed", "58000", "nhiều hơn"),
        ("residents_new", "2.911", "nhiều hơn"),
        ("staff_installed", "39", "nhiều hơn"),
        ("as_of", "2020-08-18", "ngày"),
        ("residents_installed", "-5", "âm"),
        ("leaflets", "12,5", "nguyên"),
        ("leaflets", "nhiều", "nhiều"),
        ("residents_installed", "", "thiếu"),
        ("reporter_phone", "abc", "điện thoại"),
        ("leaflets", "9" * 39, "lớn"),
        ("difficulties", "x" * 2001, "dài"),
        ("difficulties", "a\x00b", "in"),
    ],
)
async def test_what_cannot_be_is_refused_beside_its_field_and_stays_typed(
    sent: Sent, field: str, typed: str, said: str
) -> None:
    office, instruction = sent
    officer = await office.unit()
    page = await office.report(officer, instruction, **{field: typed})
    assert page.status == 422
    assert f'id="problem-{field}-1"' in page.text, page.problems
    assert page.field("leaflets" if field != "leaflets" else "posters") != ""
    assert await stored(sent) == []
    again = await officer.open(f"/office/reports/{instruction}/nghia-phu")
    if field not in ("as_of", "difficulties"):
        assert again.field(field) == typed, "what was typed is still there as a draft"


async def test_a_strange_number_is_taken_once_somebody_is_sure(sent: Sent) -> None:
    office, instruction = sent
    officer = await office.unit()
    page = await office.report(officer, instruction, population="20000")
    assert page.status == 422
    assert "có vẻ lạ" in page.text
    assert await stored(sent) == []
    page = await office.report(officer, instruction, population="20000", sure="yes")
    assert page.status == 200
    assert await stored(sent) == [2910]


async def test_a_draft_is_kept_for_its_browser_and_offered_to_another(sent: Sent) -> None:
    office, instruction = sent
    first, second = await office.unit(), await office.unit()
    await office.report(first, instruction, action="draft", residents_installed="77", posters="lost?")
    address = f"/office/reports/{instruction}/nghia-phu"
    assert (await first.open(address)).field("posters") == "lost?"
    other = await second.open(address)
    assert "Trên máy khác có bản nháp" in other.text
    await office.report(second, instruction, action="draft", residents_installed="88")
    assert (await first.open(address)).field("residents_installed") == "77"
    assert (await second.open(f"{address}?draft=other")).field("residents_installed") == "77"
    assert await stored(sent) == []


async def test_autosave_answers_with_the_time_and_changes_no_report(sent: Sent) -> None:
    office, instruction = sent
    page = await office.report(await office.unit(), instruction, action="autosave", posters="5")
    assert page.text == "08:00, 17/08/2020"
    assert await stored(sent) == []


async def test_of_two_officers_the_second_sees_both_and_loses_nothing(sent: Sent) -> None:
    office, instruction = sent
    first, second = await office.unit(), await office.unit()
    address = f"/office/reports/{instruction}/nghia-phu"
    form = await second.open(address)
    await office.report(first, instruction)
    hidden = {name: form.field(name) for name in ("period", "based_on")}
    mine = GOOD | hidden | {"action": "submit", "residents_installed": "3000"}
    page = await second.press(form, address, mine)
    assert page.status == 409
    assert "Có người vừa gửi một bản khác" in page.text
    assert "2.910" in page.text
    assert page.field("residents_installed") == "3000"
    assert await stored(sent) == [2910]
    page = await second.press(page, address, mine | {"based_on": page.field("based_on")})
    assert page.status == 200
    assert await stored(sent) == [2910, 3000]
    versions = await second.open(f"{address}/versions")
    assert "2.910" in versions.text
    assert "3.000" in versions.text


async def test_a_late_report_is_marked_and_a_late_correction_is_not(sent: Sent) -> None:
    office, instruction = sent
    await office.report(await office.unit("nghia-phu"), instruction)
    office.clock.set_system(DUE_AT + HOUR_S)
    corrected = await office.report(await office.unit("nghia-phu"), instruction, residents_installed="2950")
    assert corrected.status == 200
    late = await office.report(
        await office.unit("nghia-duc"), instruction, "nghia-duc", population="9400", smartphones="4900"
    )
    assert late.status == 200
    total = (await office.service.summing.roll_up(instruction, by=CITY)).rollup.total
    assert (total.on_time_count, total.late) == (1, ("nghia-duc",))
    assert len(total.missing) == 12


async def test_the_link_of_another_unit_opens_nothing(sent: Sent) -> None:
    office, instruction = sent
    officer = await office.unit("nghia-duc")
    page = await officer.open(f"/office/reports/{instruction}/nghia-phu")
    assert page.status == 403
    assert "không được xem" in page.text
    own = await officer.open(f"/office/reports/{instruction}/nghia-duc")
    address = f"/office/reports/{instruction}/nghia-phu"
    assert (await officer.press(own, address, GOOD | {"action": "submit", "period": "0"})).status == 403
    assert (await officer.press(own, address, GOOD | {"action": "draft", "period": "0"})).status == 403
    for path in ("", "/versions", "/template.xlsx"):
        assert (await officer.open(address + path)).status == 403
    assert await stored(sent) == []


async def test_a_unit_removed_in_between_reads_why_and_its_words_are_kept(sent: Sent) -> None:
    office, instruction = sent
    await office.report(
        await office.unit("dak-nia"), instruction, "dak-nia", population="9700", smartphones="3800"
    )
    officer = await office.unit("nghia-phu")
    link = office.links()["nghia-phu"][0]
    left = [unit for unit in example_units() if unit.unit_id not in ("nghia-phu", "dak-nia")]
    await office.service.units.replace(left, by=ABOVE)
    page = await office.report(officer, instruction, posters="99")
    assert page.status == 422
    assert "không còn là đơn vị báo cáo" in page.text
    assert page.field("posters") == "99"
    assert (await office.visitor().open(link)).status == 410
    rollup = (await office.service.summing.roll_up(instruction, by=CITY)).rollup
    assert rollup.set_aside == ("dak-nia",)
    assert len(rollup.rows) == 12
    city = await office.signed_in(CITY)
    assert "Xã Đắk Nia" in (await city.open(f"/office/instructions/{instruction}/rollup")).text


async def test_a_closed_instruction_takes_no_report_and_keeps_what_was_typed(sent: Sent) -> None:
    office, instruction = sent
    officer = await office.unit()
    form = await officer.open(f"/office/reports/{instruction}/nghia-phu")
    await office.service.instructing.close(instruction, by=CITY)
    page = await officer.press(
        form, f"/office/reports/{instruction}/nghia-phu", GOOD | {"action": "submit", "posters": "98"}
    )
    assert page.status == 409
    assert "đã kết thúc" in page.text
    assert page.field("posters") == "98"
    assert await stored(sent) == []
    assert (await officer.open(f"/office/reports/{instruction}/nghia-phu")).field("posters") == "98"


async def test_the_period_before_is_shown_and_a_falling_count_is_refused(office: Office) -> None:
    city = await office.signed_in(CITY)
    instruction = await office.instruct(city, repeat_days="7", period_count="3")
    officer = await office.unit()
    await office.report(officer, instruction)
    office.clock.set_system(DUE_AT + 24 * HOUR_S)
    form = await officer.open(f"/office/reports/{instruction}/nghia-phu")
    assert form.field("period") == "1"
    assert "Kỳ trước: 2.910" in form.text
    fallen = await office.report(officer, instruction, as_of="2020-08-20", residents_installed="2909")
    assert fallen.status == 422
    assert "2.910" in " ".join(fallen.problems)
    risen = await office.report(
        officer, instruction, as_of="2020-08-20", residents_installed="3000", residents_new="90"
    )
    assert risen.status == 200
    total = (await office.service.summing.roll_up(instruction, by=CITY)).rollup.total
    assert (total.growth, total.compared_count) == (90, 1)


async def test_the_instruction_before_is_what_a_first_period_is_compared_with(sent: Sent) -> None:
    office, first = sent
    await office.report(await office.unit(), first)
    office.clock.advance(60)
    second = await office.instruct(await office.signed_in(CITY), number="120/VH-TT")
    fallen = await office.report(await office.unit(), second, residents_installed="5")
    assert fallen.status == 422


async def test_one_s_own_office_may_report_for_a_unit_and_a_stranger_s_may_not(sent: Sent) -> None:
    office, instruction = sent
    city = await office.signed_in(CITY)
    assert (await office.report(city, instruction)).status == 200
    stranger = await office.signed_in(replace(CITY, subject="nghia-duc"))
    assert (await stranger.open(f"/office/reports/{instruction}/nghia-phu")).status == 403
    authors = await office.service.reporting.history(Place(instruction, 0, "nghia-phu"), by=SYSTEM_ABOVE)
    assert [author for _, author in authors] == [CITY.actor]


SYSTEM_ABOVE = replace(ABOVE, actor=SYSTEM.actor)


@pytest.mark.parametrize("period", ["1", "3000", "999999"])
async def test_a_period_that_there_is_not_is_refused_everywhere(sent: Sent, period: str) -> None:
    office, instruction = sent
    officer = await office.unit()
    address = f"/office/reports/{instruction}/nghia-phu"
    form = await officer.open(address)
    for action in ("submit", "draft", "autosave"):
        page = await officer.press(
            form, address, GOOD | {"action": action, "period": period, "based_on": "0"}
        )
        assert page.status == 404
        assert "không có kỳ báo cáo" in page.text
    assert (await officer.open(f"{address}/template.xlsx?period={period}")).status == 404
    known = await office.service.ground.database.run(
        lambda conn: reports.all_versions(conn, instruction, int(period))
    )
    assert known == {}


async def test_the_cookie_of_forms_comes_along_from_a_mails_page(office: Office) -> None:
    """Otherwise it would be replaced there, and a form that is open beside it could not be sent any more."""
    transport = httpx.ASGITransport(office.app)  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as browser:
        answer = await browser.get("/office/sign-in")
    (cookie,) = [
        one
        for one in answer.headers.get_list("set-cookie")
        if "csrf" in one.partition("=")[0] or "form" in one.partition("=")[0]
    ]
    assert "samesite=lax" in cookie.lower()
    assert "httponly" in cookie.lower()


async def test_a_unit_that_was_added_meanwhile_is_asked_reminded_and_can_report(sent: Sent) -> None:
    office, instruction = sent
    phu = next(unit for unit in example_units() if unit.unit_id == "nghia-phu")
    added = replace(phu, unit_id="xa-moi", name="Xã Mới", officers=(Officer("x", email="moi@example.vn"),))
    await office.service.units.replace([*example_units(), added], by=ABOVE)
    await office.service.instructing.send_again(instruction, "xa-moi", by=CITY)
    (link,) = office.links()["moi"]
    page = await office.visitor().follow_link(link)
    assert page.address == f"/office/reports/{instruction}/xa-moi"
    assert page.status == 200


async def test_a_file_does_not_write_over_a_report_that_came_meanwhile(sent: Sent) -> None:
    office, instruction = sent
    importing, source = office.service.importing, Source()
    asked = await office.service.instructing.find(instruction, by=CITY)
    cells = GOOD | {"residents_installed": "1000", "residents_new": "500"}
    titles = ["Đơn vị", *(words_of("vi").text(f"field.{name}") for name in cells)]
    csv = "\n".join(";".join(line) for line in (titles, ["Phường Nghĩa Phú", *cells.values()]))
    looked = await importing.look_at_reports(
        asked.instruction_id, 0, ("a.csv", csv.encode()), source, by=CITY
    )
    assert [one.unit_id for one in looked.verdict.reports] == ["nghia-phu"], looked.verdict
    await office.report(await office.unit(), instruction)
    stored_count, refused = await importing.take_reports(instruction, 0, looked.upload_id, source, by=CITY)
    assert stored_count == 0
    assert [type(error).__name__ for _, error in refused] == ["ReportOutdated"]
    assert await stored(sent) == [2910]


async def test_a_new_link_takes_back_the_old_one_and_a_lost_telephone_is_shut_out(sent: Sent) -> None:
    office, instruction = sent
    (old,) = office.links()["nghia-phu"]
    await office.service.instructing.send_again(instruction, "nghia-phu", by=CITY)
    new = office.links()["nghia-phu"][-1]
    assert (await office.visitor().open(old)).status == 410
    officer = office.visitor()
    assert (await officer.follow_link(new)).status == 200
    assert await office.service.units.shut_out("nghia-phu", by=SYSTEM) == 1
    page = await officer.open(f"/office/reports/{instruction}/nghia-phu")
    assert page.address.startswith("/office/sign-in")


def fields_of(page: Page) -> dict[str, tuple[bool, bool]]:
    """Each field of the report's form: whether something stands in it, and whether it must be filled in."""
    form = page.text[
        page.text.index('id="report"') : page.text.index("</form>", page.text.index('id="report"'))
    ]
    found = {}
    for tag in re.findall(r"<(?:input|textarea) id=[^>]*>", form):
        (name,) = re.findall(r' name="([a-z_]+)"', tag)
        found[name] = (bool(page.field(name)), " required" in tag)
    return found


async def test_the_guide_says_how_much_an_officer_types(office: Office) -> None:
    instruction = await office.instruct(await office.signed_in(CITY), repeat_days="7", period_count="2")
    unit = await office.unit()
    address = f"/office/reports/{instruction}/nghia-phu"
    counted = []
    for period in (0, 1):
        page = await unit.open(f"{address}?period={period}")
        fields = fields_of(page)
        typed = {name: GOOD[name] for name, (known, must) in fields.items() if must and not known}
        free = [name for name, (known, must) in fields.items() if not must and not known]
        counted.append((len(fields), len(fields) - len(typed) - len(free), len(typed), len(free)))
        known = {name: page.field(name) for name, (known, _) in fields.items() if known}
        hidden = {name: page.field(name) for name in ("period", "based_on")}
        sent = await unit.press(page, address, known | typed | hidden | {"action": "submit", "sure": "yes"})
        assert sent.status == 200, sent.problems
        office.clock.advance(7 * 24 * HOUR_S)
    assert counted == [(16, 3, 9, 4), (16, 5, 7, 4)]
    guide = (ROOT / "docs" / "how-to" / "run-outreach.md").read_text(encoding="utf-8")
    for whole, filled, typed_count, free_count in counted:
        row = f"| {whole} | {filled} | {typed_count} | {free_count} |"
        assert row in guide
