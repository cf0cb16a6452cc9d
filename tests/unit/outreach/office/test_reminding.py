"""Reminders when something is in the way: mail that is away, a crash, an address that does not exist."""

from __future__ import annotations

import pytest
import structlog

from bluezone.outreach.office.reminding import MAX_TRIES
from bluezone.web.sending import OutgoingMessage, Sender
from bluezone.web.signin.errors import MessageNotSent
from tests.unit.outreach.office.case import CITY, DUE_AT, HOUR_S, Office

Sent = tuple[Office, str]
UNITS = 14


class Mail:
    """Mail that can be away, for everybody or for one address."""

    def __init__(self, others: Sender) -> None:
        self._others = others
        self.tried: list[str] = []
        self.refused = ""

    async def send(self, message: OutgoingMessage) -> None:
        self.tried.append(message.to)
        if message.to.startswith(self.refused):
            raise MessageNotSent("the mail server did not take it (TimeoutError)")
        await self._others.send(message)


@pytest.fixture
def mail(sent: Sent) -> Mail:
    """The mail of a service whose units have not reported a day before the deadline; all of it is away."""
    office, _ = sent
    office.clock.set_system(DUE_AT - 24 * HOUR_S)
    office.service.ground.sender = mail = Mail(office.service.ground.sender)
    return mail


async def look(office: Office, minutes: int) -> int:
    """Looks once in every minute that passes; how many reminders were sent."""
    total = 0
    for _ in range(minutes):
        office.clock.advance(60)
        total += await office.service.reminding.look_once()
    return total


async def test_mail_that_is_away_for_a_while_costs_no_reminder_and_doubles_none(
    sent: Sent, mail: Mail
) -> None:
    office, _ = sent
    with structlog.testing.capture_logs() as logs:
        assert await office.service.reminding.look_once() == 0
    (line,) = [one for one in logs if one["event"] == "reminders-not-sent"]
    assert line["count"] == UNITS
    assert "@" not in str(logs)
    assert await look(office, 20) == 0
    assert len(mail.tried) == 5 * UNITS, "after 0, 1, 3, 7 and 15 minutes, and not in every one"
    mail.refused = "nobody"
    assert await look(office, 30) == UNITS
    assert len(office.links()["nghia-duc"]) == 2
    assert await look(office, 30) == 0
    lines = await office.service.ground.trail(None, 1000)
    assert sum(line.action == "reminded" for line in lines) == UNITS


async def test_one_address_that_never_works_is_given_up_and_stops_no_other(sent: Sent, mail: Mail) -> None:
    office, instruction = sent
    mail.refused = "y-te@"
    assert await office.service.reminding.look_once() == UNITS - 1
    page = await (await office.signed_in(CITY)).open(f"/office/instructions/{instruction}")
    assert page.text.count("chưa gửi được") == 1
    assert await look(office, 12 * 60) == 0
    assert mail.tried.count("y-te@gia-nghia.example") == MAX_TRIES
    assert len(mail.tried) == UNITS - 1 + MAX_TRIES


async def test_a_reminder_that_may_have_left_before_a_crash_is_not_sent_again(sent: Sent, mail: Mail) -> None:
    office, _ = sent
    await office.service.reminding.look_once()
    sender = office.service.ground.sender
    mail.refused = "nobody"

    class Crash(BaseException):
        """The process ends."""

    class Ending(Sender):
        async def send(self, message: OutgoingMessage) -> None:
            await sender.send(message)
            raise Crash

    office.service.ground.sender = Ending()
    office.clock.advance(60)
    with pytest.raises(Crash):
        await office.service.reminding.look_once()
    office.service.ground.sender = sender
    assert await look(office, 60) == UNITS - 1
    assert sum(len(links) for links in office.links().values()) == 2 * UNITS


async def test_reminding_by_hand_again_reaches_whom_it_did_not_reach(sent: Sent, mail: Mail) -> None:
    office, instruction = sent
    mail.refused = "y-te@"
    office.clock.advance(60)
    remind = office.service.reminding.remind_now
    assert await remind(instruction, by=CITY) == UNITS - 1
    mail.refused = "nobody"
    office.clock.advance(60)
    assert await remind(instruction, by=CITY) == 1
    assert await remind(instruction, by=CITY) == 0
