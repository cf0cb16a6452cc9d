"""The service of the offices as one object: what pages and commands may ask of it.

Joins the pure rules of outreach with storage, signing in and senders; each noun has its part. Leaves HTTP and
forms to `pages`.
"""

from __future__ import annotations

from bluezone.outreach.office.ground import Ground
from bluezone.outreach.office.importing import Importing
from bluezone.outreach.office.instructing import Instructing
from bluezone.outreach.office.inviting import Inviting
from bluezone.outreach.office.lettering import Lettering
from bluezone.outreach.office.published import PublishedTotals
from bluezone.outreach.office.reminding import Reminding
from bluezone.outreach.office.reporting import Reporting
from bluezone.outreach.office.summing import Summing
from bluezone.outreach.office.unit_book import UnitBook
from bluezone.outreach.storage.schema import check

BASE = "/office"


class Outreach:
    """One service of offices; each noun is a part, such as `instructing` or `reporting`."""

    def __init__(self, ground: Ground, base: str = BASE) -> None:
        self.ground = ground
        self.base = base
        inviting = Inviting(ground, base)
        self.units = UnitBook(ground)
        self.instructing = Instructing(ground, inviting)
        self.reporting = Reporting(ground)
        self.importing = Importing(ground, self.reporting, self.units)
        self.summing = Summing(ground, self.reporting)
        self.lettering = Lettering(ground, self.summing)
        self.reminding = Reminding(ground, inviting)

    def published_totals(self, office_id: str) -> PublishedTotals | None:
        """The totals of an office for the public; None where none is named."""
        if not office_id:
            return None
        return PublishedTotals(self.ground, self.instructing, self.summing, office_id)

    async def start(self) -> None:
        """Checks the tables.

        Raises:
            SchemaOutdated, DatabaseUnavailable.
        """
        await self.ground.database.run(check)

    async def close(self) -> None:
        """Lets running transactions finish and lets go of the database."""
        self.ground.sign_in.close()
        await self.ground.database.close()
