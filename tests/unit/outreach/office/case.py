"""A running service of the example city, its office and units at their browsers; time is moved by hand."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.policy import default
from pathlib import Path

import httpx
from argon2 import PasswordHasher
from litestar import Litestar

from bluezone.clock import ManualClock
from bluezone.database.port import Database, open_database
from bluezone.outreach.activity import ActivitySource
from bluezone.outreach.home import open_outreach
from bluezone.outreach.instruction import USUAL_FIELDS
from bluezone.outreach.office.access import OFFICE, PROVINCE, SYSTEM, unit_identity
from bluezone.outreach.pages.app import create_outreach_app
from bluezone.outreach.service import Outreach
from bluezone.outreach.settings import format_settings, parse_settings
from bluezone.outreach.storage.schema import migrate
from bluezone.outreach.unit_sources import example_units
from bluezone.sim.campaign.visitor import Page, Visitor
from bluezone.web.signin.rules import Identity
from tests.unit.authority.case import seeded

ADDRESS = "http://127.0.0.1:8585"
DUE_AT = 1_597_831_200  # 19 August 2020, 17:00 in Viet Nam
HOUR_S = 3600
CITY = Identity("vhtt", OFFICE, "gia-nghia", "Phòng Văn hóa và Thông tin")
ABOVE = Identity("so-tttt", PROVINCE, "dak-nong", "Sở Thông tin và Truyền thông")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
SECRET = "0" * 64
# Field to what an officer of Nghĩa Phú types; population and smartphones stand in the form already.
GOOD = {
    "as_of": "2020-08-17",
    "population": "11.200",
    "smartphones": "5.800",
    "residents_installed": "2.910",
    "residents_new": "911",
    "staff_smartphones": "38",
    "staff_installed": "36",
    "broadcasts": "14",
    "leaflets": "1.200",
    "posters": "22",
    "difficulties": "Sóng yếu ở hai tổ.",
    "proposals": "",
    "reporter": "công chức văn hóa",
    "reporter_phone": "0261 354 4000",
}
INSTRUCTION: dict[str, str | list[str]] = {
    "number": "110/VH-TT-CNTT",
    "issued_on": "2020-08-17",
    "subject": "tuyên truyền ứng dụng Bluezone",
    "place": "Gia Nghĩa",
    "due_day": "2020-08-19",
    "due_time": "17:00",
    "repeat_days": "0",
    "period_count": "1",
    "reminders": "24, 3, -1, -24",
    "target_share": "50",
    "target_denominator": "smartphones",
    "asked": list(USUAL_FIELDS),
}


@dataclass
class Office:
    """The running service.

    Attributes:
        service: of the office.
        app: its site.
        clock: moved by the test.
        messages: folder of what was sent.
    """

    service: Outreach
    app: Litestar
    clock: ManualClock
    messages: Path
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self) -> Visitor:
        """A new browser."""
        visitor = Visitor(ADDRESS, httpx.ASGITransport(self.app))  # type: ignore[arg-type]
        self.visitors.append(visitor)
        return visitor

    async def signed_in(self, identity: Identity, target: str = "/office/") -> Visitor:
        """A browser that signed in by a link."""
        token = await self.service.ground.sign_in.make_link(identity, target, HOUR_S, by=SYSTEM)
        visitor = self.visitor()
        assert (await visitor.follow_link(f"{ADDRESS}/office/link/{token}")).status == 200
        return visitor

    async def unit(self, unit_id: str = "nghia-phu") -> Visitor:
        """A unit's officer."""
        tree = await self.service.units.tree()
        return await self.signed_in(unit_identity(unit_id, tree.get(unit_id).name))

    async def instruct(self, visitor: Visitor, **changes: str | list[str]) -> str:
        """Writes and sends an instruction; its id."""
        form = await visitor.open("/office/instructions/new")
        saved = await visitor.press(form, "/office/instructions/new", INSTRUCTION | changes)
        assert saved.status == 200, saved.problems
        sent = await visitor.press(saved, f"{saved.address}/send")
        assert sent.status == 200, sent.problems
        return saved.address.rpartition("/")[2]

    async def report(
        self, visitor: Visitor, instruction_id: str, unit_id: str = "nghia-phu", **changes: str
    ) -> Page:
        """Opens the form and sends it with these changes."""
        address = f"/office/reports/{instruction_id}/{unit_id}"
        form = await visitor.open(address)
        hidden = {name: form.field(name) for name in ("period", "based_on")}
        return await visitor.press(form, address, GOOD | hidden | {"action": "submit"} | changes)

    def links(self) -> dict[str, list[str]]:
        """Every link that was mailed, by the unit, in the order of sending."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.messages.glob("*.eml")):
            mail = message_from_bytes(path.read_bytes(), policy=default)
            body = mail.get_body()
            assert body is not None
            (link,) = re.findall(r"http\S+/office/link/\S+", body.get_content())
            found.setdefault(str(mail["To"]).partition("@")[0], []).append(link)
        return found


@asynccontextmanager
async def running_office(
    folder: Path, url: str = "sqlite://", activity: ActivitySource | None = None
) -> AsyncIterator[Office]:
    """A service with the example's units, on the morning of 17 August 2020."""
    clock = ManualClock(system=DUE_AT - 57 * HOUR_S)
    database = open_database(url)
    await database.run(migrate)
    service = opened(folder, database, clock, activity)
    await service.units.replace(example_units(), by=SYSTEM, first=True)
    app = create_outreach_app(service, SECRET, reminds=False)
    office = Office(service, app, clock, folder / "messages")
    # Not the app's own lifespan: pytest ends a fixture in another task than began it, which that refuses.
    await service.start()
    yield office
    for visitor in office.visitors:
        await visitor.close()
    await service.close()


def opened(
    folder: Path,
    database: Database,
    clock: ManualClock,
    activity: ActivitySource | None = None,
    seed: int = 1,
) -> Outreach:
    """A service over a database, as after a restart or (with another seed) in another process."""
    settings = parse_settings(format_settings(8585, ADDRESS), folder, {})
    return open_outreach(
        settings, clock=clock, random_bytes=seeded(seed), database=database, hasher=CHEAP, activity=activity
    )
