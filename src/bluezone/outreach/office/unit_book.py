"""The list of units: replaced whole, by whoever keeps it; what a removed unit leaves behind stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bluezone.outreach.errors import UnitsOutdated
from bluezone.outreach.office.access import check_keeps_units
from bluezone.outreach.office.ground import Ground
from bluezone.outreach.storage import units as kept
from bluezone.outreach.units import Unit, UnitTree
from bluezone.web.signin import storage as signin
from bluezone.web.signin.rules import Identity

_OUTDATED = str(UnitsOutdated.__doc__)


@dataclass(frozen=True, slots=True)
class UnitChanges:
    """What a new list changes.

    Attributes:
        added: units that were not there.
        changed: units that say something else now.
        removed: units that the new list does not have; they stay, as removed from that day.
        edition: number of the list that the new one was compared with.
    """

    added: tuple[Unit, ...]
    changed: tuple[Unit, ...]
    removed: tuple[Unit, ...]
    edition: int


class UnitBook:
    """The list of units of one service."""

    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def tree(self) -> UnitTree:
        """The units in force."""
        return await self._ground.tree()

    async def is_empty(self) -> bool:
        """Whether there is no list yet."""
        return await self._ground.database.run(kept.edition) == 0

    async def compare(self, listed: Sequence[Unit]) -> UnitChanges:
        """What a new list would change.

        Raises:
            UnitsRefused: it is not a tree.
        """
        UnitTree(listed)
        before, edition = await self._ground.tree_and_edition()
        return changes_between(list(before), listed, edition)

    async def replace(
        self, listed: Sequence[Unit], *, by: Identity, first: bool = False, seen: int | None = None
    ) -> UnitChanges:
        """Puts a new list in force. Units that it leaves out stay with their reports, as removed from today.

        Args:
            listed: the new list.
            by: who keeps the list.
            first: whether this is the first list of a new service, which nobody keeps yet.
            seen: edition that whoever decided had seen; None for the one in force.

        Raises:
            NotAllowed, UnitsRefused.
            UnitsOutdated: another list came in force meanwhile; nothing was changed.
        """
        before, edition = await self._ground.tree_and_edition()
        if not first:
            check_keeps_units(by, before)
        if seen not in (None, edition):
            raise UnitsOutdated(_OUTDATED)
        UnitTree(listed)
        changes = changes_between(list(before), listed, edition)
        today = self._ground.today()
        named = {unit.unit_id for unit in listed}
        gone = [] if first else [one for one in before if one.unit_id not in named]
        whole = [*listed, *(replace(one, removed_on=one.removed_on or today) for one in gone)]
        UnitTree(whole)
        now = self._ground.now()
        line = self._ground.line(
            by,
            "units-replaced",
            detail=f"+{len(changes.added)} ~{len(changes.changed)} -{len(changes.removed)}",
        )

        def keep(conn: Connection) -> None:
            if kept.edition(conn) != edition:
                raise UnitsOutdated(_OUTDATED)
            kept.replace_units(conn, whole)
            for unit in gone:
                # Sessions stay: whoever is at the form reads why it is refused, and loses nothing typed.
                signin.revoke_all_links(conn, unit.unit_id, now)
            signin.append(conn, line)

        await self._ground.database.run(keep)
        return changes

    async def shut_out(self, unit_id: str, *, by: Identity) -> int:
        """Takes back every unused link of a unit and ends its sessions; returns how many sessions ended.

        For a link that went to a wrong address, or a telephone that was lost.
        """
        now, line = self._ground.now(), self._ground.line(by, "shut-out", unit_id)

        def shut(conn: Connection) -> int:
            signin.revoke_all_links(conn, unit_id, now)
            signin.append(conn, line)
            return signin.end_sessions_of(conn, unit_id)

        return await self._ground.database.run(shut)


def changes_between(before: Sequence[Unit], after: Sequence[Unit], edition: int) -> UnitChanges:
    """What a new list changes; units that were removed earlier are no change.

    Args:
        before: the list in force.
        after: the new one.
        edition: number of the list in force.
    """
    old, new = {one.unit_id: one for one in before}, {one.unit_id: one for one in after}
    return UnitChanges(
        tuple(one for one in after if one.unit_id not in old),
        tuple(one for one in after if one.unit_id in old and old[one.unit_id] != one),
        tuple(
            one for one in before if one.unit_id not in new and one.removed_on is None and one.unit_id != "-"
        ),
        edition,
    )
