"""What every part of the service stands on: database, clock, tokens, senders, and the units in force."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bluezone.clock import Clock
from bluezone.database.port import Database
from bluezone.outreach.activity import ActivitySource, ActivityUnavailable
from bluezone.outreach.report_letter import Downloads
from bluezone.outreach.storage import units as kept_units
from bluezone.outreach.units import Unit, UnitTree
from bluezone.web.sending import Sender
from bluezone.web.signin import storage as signin_storage
from bluezone.web.signin.rules import Identity
from bluezone.web.signin.service import SignIn
from bluezone.web.signin.storage import AuditLine

_EPOCH = date(1970, 1, 1)
NO_UNITS = UnitTree([Unit("-", "-")])


@dataclass(slots=True)
class Ground:
    """The means of the service.

    Attributes:
        database: with the tables of `storage`.
        clock: of the machine.
        random_bytes: for ids.
        sign_in: accounts and links.
        sender: takes messages.
        address: base URL of the site, without slash at the end.
        utc_offset_minutes: of civil dates.
        activity: of the authority; None where no authority is named.
    """

    database: Database
    clock: Clock
    random_bytes: Callable[[int], bytes]
    sign_in: SignIn
    sender: Sender
    address: str
    utc_offset_minutes: int
    activity: ActivitySource | None = None
    _tree: UnitTree = NO_UNITS
    _edition: int = 0

    def now(self) -> int:
        """Seconds UTC."""
        return int(self.clock.system())

    def today(self) -> date:
        """The civil date."""
        return (datetime.fromtimestamp(self.now(), UTC) + timedelta(minutes=self.utc_offset_minutes)).date()

    def new_id(self) -> str:
        """A random id of 16 letters and digits."""
        return base64.b32encode(self.random_bytes(10)).decode().lower()

    def line(self, by: Identity, action: str, about: str = "", detail: str = "") -> AuditLine:
        """A line for the audit trail, to be added in the transaction that it tells of."""
        return AuditLine(self.now(), by, action, about, detail)

    async def tree(self) -> UnitTree:
        """The units in force; read again only when somebody has replaced them."""
        return (await self.tree_and_edition())[0]

    async def tree_and_edition(self) -> tuple[UnitTree, int]:
        """The units in force, and the number of their edition."""
        number = await self.database.run(kept_units.edition)
        if number != self._edition:
            listed, number = await self.database.run(
                lambda conn: (kept_units.load_units(conn), kept_units.edition(conn))
            )
            self._tree, self._edition = UnitTree(listed), number
        return self._tree, self._edition

    async def downloads(self) -> Downloads | None:
        """How often the authority's list was fetched on its last whole day; None when nobody knows."""
        if self.activity is None:
            return None
        try:
            days = (await self.activity.latest()).days
        except ActivityUnavailable:
            return None
        return Downloads(_EPOCH + timedelta(days=days[-1].day), days[-1].count) if days else None

    async def trail(self, subjects: list[str] | None, limit: int) -> list[AuditLine]:
        """The newest lines of the audit trail, of some subjects or (None) of all."""
        return await self.database.run(lambda conn: signin_storage.trail(conn, subjects, limit))
