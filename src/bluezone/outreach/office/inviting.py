"""Sends one-time links to units: by mail and text message to their officers, or printed with a QR code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bluezone.outreach.instruction import Instruction
from bluezone.outreach.office.access import unit_identity
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.units import Unit
from bluezone.web.language import words_of
from bluezone.web.sending import Channel, OutgoingMessage
from bluezone.web.signin.errors import MessageNotSent
from bluezone.web.signin.rules import DAY_S, Identity

# A link outlives the last deadline by this, for late reports and corrections.
LINK_GRACE_S = 14 * DAY_S
_LANGUAGE = "vi"


@dataclass(frozen=True, slots=True)
class Invitation:
    """A fresh link of one unit, to be printed.

    Attributes:
        unit: whose.
        address: the whole link; it is kept nowhere.
    """

    unit: Unit
    address: str


class Inviting:
    """Makes links for units and sends them."""

    def __init__(self, ground: Ground, base: str) -> None:
        self._ground = ground
        self._base = base

    async def invite(self, instruction: Instruction, unit: Unit, *, by: Identity) -> Invitation:
        """A new one-time link that leads a unit to its report."""
        last_due = instruction.due_of(instruction.period_count - 1)
        life_s = max(last_due, self._ground.now()) + LINK_GRACE_S - self._ground.now()
        target = self.target(instruction, unit.unit_id)
        identity = unit_identity(unit.unit_id, unit.name)
        token = await self._ground.sign_in.make_link(identity, target, life_s, by=by)
        return Invitation(unit, f"{self._ground.address}{self._base}/link/{token}")

    def target(self, instruction: Instruction, unit_id: str) -> str:
        """Where a unit's links lead."""
        return f"{self._base}/reports/{instruction.instruction_id}/{unit_id}"

    async def send(
        self, instruction: Instruction, unit: Unit, kind: str, due_at: int, *, by: Identity
    ) -> tuple[str, bool]:
        """Sends a unit's officers a link.

        Args:
            instruction: what is asked.
            unit: who is asked.
            kind: which message: "invite", "before" or "after" the deadline.
            due_at: the deadline, seconds UTC.
            by: who sends.

        Returns:
            Where it went (or why it did not), and whether anything took it.
        """
        ways = [
            (channel, to.strip())
            for officer in unit.officers
            for channel, to in ((Channel.MAIL, officer.email), (Channel.SMS, officer.phone))
            if to.strip()
        ]
        if not ways:
            return "", False
        outcome, is_sent = [], False
        for channel, to in dict.fromkeys(ways):
            # A link each: whichever is opened first must not spoil the other.
            invitation = await self.invite(instruction, unit, by=by)
            try:
                await self._ground.sender.send(
                    self._message(channel, to, instruction, invitation, kind, due_at)
                )
            except MessageNotSent as error:
                outcome.append(f"{to}: {error}")
            else:
                outcome.append(to)
                is_sent = True
        return "; ".join(outcome), is_sent

    def _message(
        self,
        channel: Channel,
        to: str,
        instruction: Instruction,
        invitation: Invitation,
        kind: str,
        due_at: int,
    ) -> OutgoingMessage:
        words = words_of(_LANGUAGE)
        values = {
            "unit": invitation.unit.name,
            "number": instruction.number,
            "subject": instruction.subject,
            "due": deadline_text(due_at, instruction.utc_offset_minutes),
            "link": invitation.address,
        }
        subject = words.text(f"message.{kind}.subject", **values)
        return OutgoingMessage(
            channel, to, " ".join(subject.split()), words.text(f"message.{kind}.{channel}", **values)
        )


def deadline_text(at: int, utc_offset_minutes: int) -> str:
    """An instant (seconds UTC) as a message says it: 17:00 ngày 19/8/2020."""
    local = datetime.fromtimestamp(at, UTC) + timedelta(minutes=utc_offset_minutes)
    return f"{local:%H:%M} ngày {local.day:02}/{local.month:02}/{local.year}"
