"""How the offices' service bears the minute before the deadline: every unit at once, over real HTTP.

Decides the load. Each unit has a browser of its own, opens its form and sends it; then every report is
looked for in the roll-up.
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import perf_counter

import uvicorn

from bluezone.clock import SystemClock
from bluezone.outreach.home import create_home, open_outreach, read_secret
from bluezone.outreach.instruction import Instruction
from bluezone.outreach.office.access import OFFICE, SYSTEM, unit_identity
from bluezone.outreach.pages.app import create_outreach_app
from bluezone.outreach.service import Outreach
from bluezone.outreach.units import Unit
from bluezone.sim.campaign.visitor import Visitor
from bluezone.web.serving import address_of, bind
from bluezone.web.signin.rules import Identity

CITY = Identity("office", OFFICE, "city", "Văn phòng")
_DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Rush:
    """What a rush of reports measured.

    Attributes:
        units: that sent a report.
        lost: that are not in the roll-up afterwards, or whose answer was not a success.
        whole_s: from the first request to the last answer.
        seconds: of each submission, from pressing the button to the page that says it arrived, sorted.
        open_seconds: of each opening of the form, sorted.
    """

    units: int
    lost: int
    whole_s: float
    seconds: tuple[float, ...]
    open_seconds: tuple[float, ...]

    def percentile(self, share: float, *, opening: bool = False) -> float:
        """The time within which this share of the requests was answered."""
        times = self.open_seconds if opening else self.seconds
        return times[min(len(times) - 1, int(share * len(times)))]


async def measure_rush(count: int, window_s: float) -> Rush:
    """Every unit opens its form and sends it within one window, over loopback.

    Args:
        count: units.
        window_s: seconds within which they begin, evenly; 0 for all at once.
    """
    units = [Unit("city", "Thành phố"), *(_commune(number) for number in range(count))]
    with tempfile.TemporaryDirectory(prefix="bluezone-rush-") as folder:
        listener = bind("127.0.0.1", 0)
        address = address_of(listener).rstrip("/")
        settings = await create_home(Path(folder) / "home", units, port=8585, address=address)
        service = open_outreach(settings)
        app = create_outreach_app(service, read_secret(settings), reminds=False)
        server = uvicorn.Server(uvicorn.Config(app, access_log=False, log_level="warning", lifespan="on"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            # The listening socket queues whoever comes before the server is up.
            return await _rush(service, address, units[1:], window_s)
        finally:
            server.should_exit = True
            await serving


async def _rush(service: Outreach, address: str, units: list[Unit], window_s: float) -> Rush:
    instruction = await _instructed(service)
    visitors = [await _signed_in(service, address, unit) for unit in units]
    began = perf_counter()
    pause = window_s / len(units)
    done = await asyncio.gather(
        *(
            _report(visitor, unit, instruction, number * pause)
            for number, (visitor, unit) in enumerate(zip(visitors, units, strict=True))
        )
    )
    whole_s = perf_counter() - began
    for visitor in visitors:
        await visitor.close()
    rollup = (await service.summing.roll_up(instruction, by=CITY)).rollup
    kept = {row.unit_id for row in rollup.rows if row.report is not None}
    lost = sum(unit.unit_id not in kept or not ok for unit, (ok, _, _) in zip(units, done, strict=True))
    return Rush(
        len(units),
        lost,
        whole_s,
        tuple(sorted(sent for _, _, sent in done)),
        tuple(sorted(opened for _, opened, _ in done)),
    )


async def _report(visitor: Visitor, unit: Unit, instruction: str, wait_s: float) -> tuple[bool, float, float]:
    await asyncio.sleep(wait_s)
    address = f"/office/reports/{instruction}/{unit.unit_id}"
    started = perf_counter()
    form = await visitor.open(address)
    opened = perf_counter()
    typed = {name: form.field(name) for name in ("period", "based_on", "as_of", "population", "smartphones")}
    typed |= {"residents_installed": "1234", "residents_new": "12", "reporter": "cán bộ phụ trách"}
    page = await visitor.press(form, address, typed | {"reporter_phone": "0261 000 0000", "action": "submit"})
    return page.status == 200, opened - started, perf_counter() - opened


async def _instructed(service: Outreach) -> str:
    now = int(SystemClock().system())
    asked = ("population", "smartphones", "residents_installed", "residents_new")
    instruction = Instruction(
        "", "city", "1/TEST", date(2020, 1, 1), "đo tải", now + _DAY_S, asked=asked, reminder_hours=()
    )
    kept = await service.instructing.save_draft(instruction, by=CITY)
    await service.instructing.open(kept, by=CITY)
    return kept


async def _signed_in(service: Outreach, address: str, unit: Unit) -> Visitor:
    identity = unit_identity(unit.unit_id, unit.name)
    token = await service.ground.sign_in.make_link(identity, "/office/", _DAY_S, by=SYSTEM)
    visitor = Visitor(address)
    await visitor.follow_link(f"{address}/office/link/{token}")
    return visitor


def _commune(number: int) -> Unit:
    population = 4000 + secrets.randbelow(9000)
    return Unit(
        f"u{number}", f"Xã {number}", "xã", "city", population=population, smartphones=population // 2
    )
