"""An office at its browser: write, send, watch, remind, close; and what it may not do."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from bluezone.database.port import open_database
from bluezone.outreach.pages.instructions import qr_path
from bluezone.web.signin.rules import Identity
from tests.unit.outreach.office.case import (
    ABOVE,
    CITY,
    DUE_AT,
    HOUR_S,
    INSTRUCTION,
    Office,
    opened,
    running_office,
)

Sent = tuple[Office, str]


async def test_every_unit_gets_a_link_of_its_own_and_only_once(sent: Sent) -> None:
    office, instruction = sent
    links = office.links()
    assert len(links) == 14
    assert len({link for (link,) in links.values()}) == 14
    city = await office.signed_in(CITY)
    page = await city.open(f"/office/instructions/{instruction}")
    again = await city.press(page, f"/office/instructions/{instruction}/send")
    assert again.status == 409
    assert len(list(office.messages.iterdir())) == 14


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("number", ""),
        ("subject", " "),
        ("issued_on", "hôm nay"),
        ("due_day", "2020-02-30"),
        ("due_day", "2020-08-01"),
        ("due_time", "25:00"),
        ("period_count", "0"),
        ("period_count", "5"),
        ("reminders", "mai"),
        ("reminders", "9999"),
        ("target_share", "150"),
        ("target_denominator", "moon"),
        ("repeat_days", "3"),
        ("tasks", "\n".join(["x"] * 50)),
        ("recipients", "dak-nong"),
        ("asked", "height"),
    ],
)
async def test_an_instruction_with_a_mistake_is_shown_again_as_typed(
    office: Office, field: str, typed: str
) -> None:
    city = await office.signed_in(CITY)
    form = await city.open("/office/instructions/new")
    page = await city.press(
        form, "/office/instructions/new", INSTRUCTION | {field: typed, "place": "Gia Nghĩa 2"}
    )
    assert page.status == 422
    assert page.problems
    assert page.field("place") == "Gia Nghĩa 2"
    assert await office.service.instructing.list_own(by=CITY) == []


async def test_a_draft_can_be_changed_until_it_is_sent(office: Office) -> None:
    city = await office.signed_in(CITY)
    form = await city.open("/office/instructions/new")
    saved = await city.press(form, "/office/instructions/new", INSTRUCTION)
    edit = await city.open(f"{saved.address}/edit")
    assert edit.field("subject") == INSTRUCTION["subject"]
    assert edit.field("target_share") == "50"
    changed = await city.press(
        edit, f"{saved.address}/edit", INSTRUCTION | {"recipients": ["nghia-phu", "y-te"]}
    )
    sent = await city.press(changed, f"{saved.address}/send")
    assert sorted(office.links()) == ["nghia-phu", "y-te"]
    again = await city.press(sent, f"{saved.address}/edit", INSTRUCTION | {"subject": "khác"})
    assert again.status == 409
    assert (await city.open(f"{saved.address}/edit")).address == saved.address


async def test_the_office_sees_who_has_opened_it(sent: Sent) -> None:
    office, instruction = sent
    await office.visitor().follow_link(office.links()["y-te"][0])
    page = await (await office.signed_in(CITY)).open(f"/office/instructions/{instruction}")
    assert page.text.count("đã gửi, chưa mở") == 13
    assert "y-te@gia-nghia.example" in page.text


async def test_a_link_read_by_a_mail_scanner_still_works(sent: Sent) -> None:
    office, _ = sent
    link = office.links()["y-te"][0]
    for _ in range(3):
        assert (await office.visitor().open(link)).status == 200
    assert (await office.visitor().follow_link(link)).status == 200
    used = await office.visitor().open(link)
    assert used.status == 410
    assert "đã được dùng" in used.text


async def test_a_printed_code_reads_back_as_a_link_that_works(sent: Sent) -> None:
    office, instruction = sent
    city = await office.signed_in(CITY)
    page = await city.open(f"/office/instructions/{instruction}")
    sheet = await city.press(page, f"/office/instructions/{instruction}/links", {"unit": ["nghia-phu"]})
    (address,) = re.findall(r'address">(http\S+)</p>', sheet.text)
    (path,) = re.findall(r'<path d="([^"]+)" fill="#000"', sheet.text)
    assert path == qr_path(address)[0]
    (read,) = zxingcpp.read_barcodes(_drawn(path, qr_path(address)[1]))
    assert read.text == address
    assert (await office.visitor().follow_link(read.text)).address.endswith("/nghia-phu")
    whole = await city.press(page, f"/office/instructions/{instruction}/links")
    assert whole.text.count("<path d=") == 14


def _drawn(path: str, width: int) -> Image.Image:
    picture = Image.new("L", (width, width), 255)
    for x, y in re.findall(r"M(\d+) (\d+)h", path):
        picture.putpixel((int(x), int(y)), 0)
    return picture.resize((width * 8, width * 8), Image.Resampling.NEAREST)


async def test_reminders_go_before_and_after_to_who_has_not_reported_each_once(sent: Sent) -> None:
    office, instruction = sent
    counts = []
    for hours in (-25, -24, -23, -3, -2, 0, 1, 2, 24, 48):
        if hours == -3:
            await office.report(await office.unit(), instruction)
        office.clock.set_system(DUE_AT + hours * HOUR_S)
        counts.append((hours, await office.service.reminding.look_once()))
    assert [one for one in counts if one[1]] == [(-24, 14), (-3, 13), (1, 13), (24, 13)]
    assert len(office.links()["nghia-phu"]) == 2
    assert len(office.links()["nghia-duc"]) == 5
    subjects = [path.read_text() for path in office.messages.glob("*nghia-duc*")]
    assert len(subjects) == 5


async def test_a_restart_in_between_reminds_nobody_twice(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/o.db"
    async with running_office(tmp_path, url) as office:
        await office.instruct(await office.signed_in(CITY))
        office.clock.set_system(DUE_AT - 24 * HOUR_S)
        assert await office.service.reminding.look_once() == 14
        clock = office.clock
    database = open_database(url)
    service = opened(tmp_path, database, clock, seed=2)
    await service.start()
    assert await service.reminding.look_once() == 0
    await service.close()


async def test_reminding_by_hand_reminds_nobody_twice_in_an_hour(sent: Sent) -> None:
    office, instruction = sent
    assert await office.service.reminding.remind_now(instruction, by=CITY) == 14
    assert await office.service.reminding.remind_now(instruction, by=CITY) == 0
    office.clock.advance(2 * HOUR_S)
    assert await office.service.reminding.remind_now(instruction, by=CITY) == 14


async def test_a_unit_without_an_address_is_told_to_the_office(office: Office) -> None:
    tree = await office.service.units.tree()
    await office.service.units.replace(
        [replace(unit, officers=()) if unit.unit_id == "y-te" else unit for unit in tree], by=ABOVE
    )
    city = await office.signed_in(CITY)
    instruction = await office.instruct(city)
    page = await city.open(f"/office/instructions/{instruction}")
    assert page.text.count("chưa gửi được") == 1
    again = await city.press(page, f"/office/instructions/{instruction}/send/y-te")
    assert "Chưa gửi được" in again.text


async def test_another_office_sees_nothing_and_the_province_sees_but_does_not_act(sent: Sent) -> None:
    office, instruction = sent
    other = await office.signed_in(Identity("x", "office", "nghia-duc", "Phường Nghĩa Đức"))
    province = await office.signed_in(ABOVE)
    unit = await office.unit()
    pages = ("", "/rollup", "/letter", "/letter.docx", "/template.xlsx", "/import")
    for path in pages:
        assert (await other.open(f"/office/instructions/{instruction}{path}")).status == 403
        assert (await unit.open(f"/office/instructions/{instruction}{path}")).status == 403
    shown = await province.open(f"/office/instructions/{instruction}")
    assert shown.status == 200
    for action in ("send", "remind", "close", "links", "send/y-te", "import", "letter", "pass-on"):
        page = await province.press(shown, f"/office/instructions/{instruction}/{action}", {"period": "0"})
        assert page.status in (403, 422), action
    assert len(list(office.messages.iterdir())) == 14


async def test_nobody_sees_anything_without_signing_in(sent: Sent) -> None:
    office, instruction = sent
    stranger = office.visitor()
    for path in ("", "units", "audit", f"instructions/{instruction}", f"reports/{instruction}/nghia-phu"):
        page = await stranger.open(f"/office/{path}")
        assert page.address == "/office/sign-in"
        assert page.field("next") == f"/office/{path}".rstrip("/")
    form = await stranger.open("/office/sign-in")
    assert (await stranger.press(form, f"/office/instructions/{instruction}/close")).status == 401


@pytest.mark.parametrize(
    "target", ["//evil.example/office/", "https://evil.example", "/office/../x\\", "/other"]
)
async def test_after_a_password_one_goes_on_only_within_the_office(office: Office, target: str) -> None:
    await office.service.ground.sign_in.make_account(CITY, "mưa rào tháng tám", by=CITY)
    visitor = office.visitor()
    typed = {"name": "vhtt", "password": "mưa rào tháng tám"}
    page = await visitor.press(
        await visitor.open("/office/sign-in"), "/office/sign-in", typed | {"next": "/office/audit"}
    )
    assert page.address == "/office/audit"
    other = office.visitor()
    page = await other.press(await other.open("/office/sign-in"), "/office/sign-in", typed | {"next": target})
    assert page.address == "/office/"
    out = await other.press(page, "/office/sign-out")
    assert out.address == "/office/sign-in"
    assert (await other.open("/office/")).address == "/office/sign-in"


async def test_a_wrong_password_is_a_sentence_and_keeps_the_name(office: Office) -> None:
    visitor = office.visitor()
    form = await visitor.open("/office/sign-in")
    page = await visitor.press(form, "/office/sign-in", {"name": "vhtt", "password": "x"})
    assert page.status == 422
    assert "không đúng" in page.text
    assert page.field("name") == "vhtt"


@pytest.mark.parametrize("action", ["close", "send", "remind", "links", "letter", "pass-on"])
async def test_a_form_without_its_token_changes_nothing(sent: Sent, action: str) -> None:
    office, instruction = sent
    city = await office.signed_in(CITY)
    page = await city.open(f"/office/instructions/{instruction}")
    forged = replace(page, text="")
    answer = await city.press(forged, f"/office/instructions/{instruction}/{action}", {"period": "0"})
    assert answer.status == 403
    found = await office.service.instructing.find(instruction, by=CITY)
    assert found.closed_at is None


@pytest.mark.parametrize(
    "path",
    [
        "/office/instructions/nothing",
        "/office/instructions/nothing/rollup",
        "/office/reports/nothing/nghia-phu",
        "/office/reports/{id}/nowhere",
        "/office/reports/{id}/nghia-phu?period=7",
        "/office/reports/{id}/nghia-phu?period=-1",
        "/office/instructions/{id}/rollup?period=99",
        "/office/instructions/{id}?period=x",
        "/office/link/nothing",
        "/office/nowhere",
    ],
)
async def test_an_address_that_leads_nowhere_is_a_page_with_a_sentence(sent: Sent, path: str) -> None:
    office, instruction = sent
    page = await (await office.signed_in(ABOVE)).open(path.format(id=instruction))
    assert page.status in (400, 403, 404, 410)
    assert "<h1>" in page.text


async def test_the_trail_tells_who_did_what(sent: Sent) -> None:
    office, instruction = sent
    await office.report(await office.unit(), instruction)
    city = await office.signed_in(CITY)
    text = (await city.open("/office/audit")).text
    assert "gửi văn bản" in text
    assert "gửi báo cáo" in text
    assert "unit:nghia-phu" in text
    assert "chỉ được thêm" in text
    assert (await (await office.unit()).open("/office/audit")).status == 403


async def test_units_are_imported_by_who_keeps_them(office: Office) -> None:
    csv = ("mã,tên,loại,trực thuộc\nt,Tỉnh Mới,tỉnh,\nc,Thành phố Mới,thành phố,t\nx,Xã Một,xã,c\n").encode()
    city = await office.signed_in(CITY)
    form = await city.open("/office/units/import")
    refused = await city.press(form, "/office/units/import", files={"file": ("u.csv", csv)})
    assert refused.status == 403
    province = await office.signed_in(ABOVE)
    form = await province.open("/office/units/import")
    looked = await province.press(form, "/office/units/import", files={"file": ("u.csv", csv)})
    assert "Thêm 3 đơn vị" in looked.text
    assert "Không còn 16 đơn vị" in looked.text
    assert len(await office.service.units.tree()) == 16, "nothing changes before somebody says so"
    (upload,) = re.findall(r'action="(/office/units/import/[a-z0-9]+)"', looked.text)
    done = await province.press(looked, upload)
    assert done.status == 200
    tree = await office.service.units.tree()
    assert len(tree) == 19
    assert tree.get("nghia-phu").removed_on is not None
    assert (await province.press(looked, upload)).status == 410


async def test_a_list_that_was_looked_at_before_another_came_is_refused(office: Office) -> None:
    head = "mã,tên,loại,trực thuộc\nt,Tỉnh Mới,tỉnh,\nc,Thành phố Mới,thành phố,t\n"
    people = [await office.signed_in(replace(ABOVE, actor=f"so-tttt-{n}")) for n in range(2)]
    looked = []
    for number, person in enumerate(people):
        file = ("u.csv", f"{head}x{number},Xã {number},xã,c\n".encode())
        form = await person.open("/office/units/import")
        looked.append(await person.press(form, "/office/units/import", files={"file": file}))
    found = [re.findall(r'action="(/office/units/import/[a-z0-9]+)"', page.text)[0] for page in looked]
    assert (await people[0].press(looked[0], found[0])).status == 200
    refused = await people[1].press(looked[1], found[1])
    assert refused.status == 409
    assert "thay danh sách đơn vị" in refused.text
    tree = await office.service.units.tree()
    assert tree.get("x0").removed_on is None
    assert "x1" not in tree


async def test_a_list_that_is_no_tree_is_refused_with_the_row(office: Office) -> None:
    province = await office.signed_in(ABOVE)
    form = await province.open("/office/units/import")
    csv = "mã,tên,trực thuộc\na,Một,b\nb,Hai,a\n".encode()
    page = await province.press(form, "/office/units/import", files={"file": ("u.csv", csv)})
    assert page.status == 422
    assert "Danh sách đơn vị chưa dùng được" in page.text


async def test_a_form_larger_than_any_form_is_refused(office: Office) -> None:
    city = await office.signed_in(CITY)
    form = await city.open("/office/instructions/new")
    page = await city.press(form, "/office/instructions/new", INSTRUCTION | {"tasks": "x" * 100_000})
    assert page.status == 413
