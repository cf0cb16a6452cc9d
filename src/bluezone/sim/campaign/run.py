"""Lives through a campaign over HTTP: instruct, report, remind, roll up, write the letter, pass it on.

Decides the order of things. Everything is done as a browser does it, except that time is moved by hand.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import httpx
from litestar import Litestar

from bluezone.clock import ManualClock
from bluezone.outreach.errors import HomeIncomplete
from bluezone.outreach.home import create_home, open_outreach, read_secret
from bluezone.outreach.instruction import USUAL_FIELDS, VIETNAM_OFFSET_MINUTES
from bluezone.outreach.office.access import OFFICE, PROVINCE, SYSTEM
from bluezone.outreach.office.summing import Sum
from bluezone.outreach.pages.app import create_outreach_app
from bluezone.outreach.service import Outreach
from bluezone.outreach.settings import OutreachSettings
from bluezone.outreach.unit_sources import example_units
from bluezone.sim.campaign.story import PHONE, REPORTER, Story, TypedReport, as_fields, load_story
from bluezone.sim.campaign.visitor import Page, Visitor
from bluezone.web.language import words_of
from bluezone.web.signin.rules import Identity

CITY, PROVINCE_UNIT = "gia-nghia", "dak-nong"
_HOUR_S = 3600
_LOOK_S = 900
_LINK = re.compile(r"https?://\S+/office/link/\S+")
_ID = re.compile(r"/office/instructions/([a-z0-9]+)")
_LETTERS = ("docx", "pdf", "xlsx")
ADDRESS = "http://127.0.0.1:8585"


@dataclass(slots=True)
class Outcome:
    """What became of a campaign.

    Attributes:
        sum: the city's roll-up.
        province: the province's roll-up, of the one report that the city passed on.
        files: that were written.
        refusals: sentences with which forms were refused on the way, by unit.
        reminders: how many were sent.
        messages: how many messages left in all.
    """

    sum: Sum
    province: Sum
    files: list[Path] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    reminders: int = 0
    messages: int = 0


class Campaign:
    """One campaign in a folder of its own.

    Args:
        home: folder of the service, made by this.
        say: told what happens, one line each.
        language: of these lines.
    """

    def __init__(self, home: Path, say: Callable[[str], None], language: str = "en") -> None:
        self._home, self._say, self._words = home, say, words_of(language)
        self._story: Story = load_story()
        self._due = _instant(self._story.instruction["due_day"], self._story.instruction["due_time"])
        self._clock = ManualClock(system=self._due - 56 * _HOUR_S)
        self._seen: set[Path] = set()
        self._refusals: dict[str, list[str]] = {}
        self._reminders = 0

    async def run(self, out: Path) -> Outcome:
        """From the empty folder to the letter in `out`."""
        settings = await create_home(self._home, example_units(), port=8585, address=ADDRESS)
        service = open_outreach(settings, clock=self._clock)
        # The reminders' own loop waits a minute of real time; here each look follows the moved clock.
        app = create_outreach_app(service, read_secret(settings), reminds=False)
        async with app.lifespan():
            return await self._live(service, settings, app, out)

    async def _live(self, service: Outreach, settings: OutreachSettings, app: Litestar, out: Path) -> Outcome:
        province = await self._office(service, app, PROVINCE, PROVINCE_UNIT)
        above = await self._instruct(province, self._province_fields())
        self._tell("province-instructs", number=self._story.province["number"])
        self._read_messages(settings)
        city = await self._office(service, app, OFFICE, CITY)
        instruction = await self._instruct(city, self._city_fields())
        links = self._read_messages(settings)
        self._tell("city-instructs", count=len(links), number=self._story.instruction["number"])
        for report in self._story.reports:
            await self._wait_until(service, self._due + round(report.hours * _HOUR_S))
            links |= self._read_messages(settings)
            await self._report(app, links[report.unit], instruction, report)
        await self._wait_until(service, self._due + 4 * _HOUR_S)
        files = await self._write_letter(city, instruction, out)
        await self._pass_on(city, instruction, above)
        for visitor in (city, province):
            await visitor.close()
        return Outcome(
            await service.summing.roll_up(instruction, by=_identity(OFFICE, CITY)),
            await service.summing.roll_up(above, by=_identity(PROVINCE, PROVINCE_UNIT)),
            files,
            self._refusals,
            self._reminders,
            len(list(settings.messages.iterdir())),
        )

    async def _office(self, service: Outreach, app: Litestar, role: str, unit_id: str) -> Visitor:
        """An office signs in by the link that its operator printed (`bluezone outreach link`)."""
        identity = _identity(role, unit_id)
        token = await service.ground.sign_in.make_link(identity, f"{service.base}/", 3600, by=SYSTEM)
        visitor = self._visitor(app)
        page = await visitor.follow_link(f"{ADDRESS}{service.base}/link/{token}")
        _check(page, "an office could not sign in")
        return visitor

    async def _instruct(self, office: Visitor, fields: dict[str, str | list[str]]) -> str:
        form = await office.open("/office/instructions/new")
        saved = await office.press(form, "/office/instructions/new", fields)
        _check(saved, "the instruction was refused")
        found = _ID.match(saved.address)
        if found is None:
            raise HomeIncomplete("the instruction was not saved")
        _check(await office.press(saved, f"{saved.address}/send"), "the instruction was not sent")
        return found[1]

    async def _report(self, app: Litestar, link: str, instruction: str, report: TypedReport) -> None:
        officer = self._visitor(app)
        page = await officer.follow_link(link)
        _check(page, f"{report.unit} could not open its link")
        action = f"/office/reports/{instruction}/{report.unit}"
        known = {name: page.field(name) for name in ("period", "based_on")}
        known |= {name: value for name in ("population", "smartphones") if (value := page.field(name))}
        known |= {"as_of": page.field("as_of"), "action": "submit"}
        if report.mistake:
            page = await officer.press(page, action, known | report.form(is_first_try=True))
            self._refusals[report.unit] = page.problems
            self._tell("refused", unit=report.unit, problem=page.problems[-1] if page.problems else "?")
        page = await officer.press(page, action, known | report.form())
        if page.status == 422:  # only strange: the officer looks again and says that it is right
            self._refusals.setdefault(report.unit, []).extend(page.problems)
            page = await officer.press(page, action, known | report.form() | {"sure": "yes"})
        _check(page, f"the report of {report.unit} was refused: {page.problems}")
        self._tell("reported-late" if report.hours > 0 else "reported-on-time", unit=report.unit)
        await officer.close()

    async def _write_letter(self, city: Visitor, instruction: str, out: Path) -> list[Path]:
        action = f"/office/instructions/{instruction}/letter"
        page = await city.open(action)
        fields: dict[str, str | list[str]] = {name: page.field(name) for name in _letter_fields(page)}
        fields |= {"number": self._story.letter["number"], "block_proposals": self._story.letter["proposals"]}
        fields |= {"period": page.field("period"), "revision": page.field("revision")}
        _check(await city.press(page, action, fields), "the letter was not saved")
        out.mkdir(parents=True, exist_ok=True)
        files = []
        for kind in _LETTERS:
            answer = await city.open(f"{action}.{kind}")
            _check(answer, f"the letter could not be written as {kind}")
            path = out / f"bao-cao-{self._story.letter['number'].replace('/', '-')}.{kind}"
            path.write_bytes(answer.content)
            files.append(path)
        return files

    async def _pass_on(self, city: Visitor, instruction: str, above: str) -> None:
        page = await city.open(f"/office/instructions/{instruction}/rollup")
        fields = {"to": above, "reporter": REPORTER, "reporter_phone": PHONE}
        action = f"/office/instructions/{instruction}/pass-on"
        _check(await city.press(page, action, fields), "the roll-up was not passed on")
        self._tell("passes-on")

    async def _wait_until(self, service: Outreach, at: int) -> None:
        """Moves the clock by quarters of an hour; the service looks for reminders as its loop does."""
        while self._clock.system() < at:
            now = self._clock.system()
            self._clock.advance(min(_LOOK_S - now % _LOOK_S, at - now))
            sent = await service.reminding.look_once()
            if sent:
                self._reminders += sent
                left = (self._due - self._clock.system()) / _HOUR_S
                side = "reminds-before" if left > 0 else "reminds-after"
                self._tell(side, count=sent, hours=f"{abs(left):.0f}")

    def _tell(self, what: str, **values: object) -> None:
        self._say(self._words.text(f"campaign.{what}", **values))

    def _read_messages(self, settings: OutreachSettings) -> dict[str, str]:
        """The newest link of every unit among the messages that were written since the last look."""
        links = {}
        for path in sorted(set(settings.messages.glob("*.eml")) - self._seen):
            self._seen.add(path)
            mail = message_from_bytes(path.read_bytes(), policy=default)
            body = mail.get_body()
            found = _LINK.search(body.get_content() if body is not None else "")
            if found:
                links[str(mail["To"]).partition("@")[0]] = found[0]
        return links

    def _city_fields(self) -> dict[str, str | list[str]]:
        return {**as_fields(self._story.instruction), "asked": list(USUAL_FIELDS)}

    def _province_fields(self) -> dict[str, str | list[str]]:
        whole = {**self._story.instruction, **self._story.province, "tasks": "", "legal_basis": ""}
        return {**as_fields(whole), "asked": list(USUAL_FIELDS)}

    def _visitor(self, app: Litestar) -> Visitor:
        transport = httpx.ASGITransport(app)  # type: ignore[arg-type]
        return Visitor(ADDRESS, transport)


def _identity(role: str, unit_id: str) -> Identity:
    name = next(unit.office or unit.name for unit in example_units() if unit.unit_id == unit_id)
    return Identity(f"{role}:{unit_id}", role, unit_id, name)


def _instant(day: str, time: str) -> int:
    local = datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=UTC)
    return int(local.timestamp()) - VIETNAM_OFFSET_MINUTES * 60


def _letter_fields(page: Page) -> list[str]:
    return re.findall(r'<(?:input|textarea) id="([a-z_]+)"', page.text)


def _check(page: Page, sentence: str) -> None:
    if page.status >= 400:
        raise HomeIncomplete(f"{sentence} ({page.status}): {' '.join(page.problems)[:400]}")
