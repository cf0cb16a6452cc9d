"""Who may do what: a unit fills its own reports, an office asks those below, a province sees all below it.

Pure. Each check raises; nothing is shown or changed before it has passed.
"""

from __future__ import annotations

from bluezone.outreach.units import UnitTree
from bluezone.web.signin.errors import NotAllowed
from bluezone.web.signin.rules import Identity

UNIT = "unit"
OFFICE = "office"
PROVINCE = "province"
ROLES = (UNIT, OFFICE, PROVINCE)
# Who acts when nobody does: the reminders, the commands of the operator.
SYSTEM = Identity("system", "system", "", "Bluezone")
# Whoever runs commands on the machine itself keeps the list of units, too.
OPERATOR = Identity("operator", PROVINCE, "", "Bluezone")


def unit_identity(unit_id: str, name: str) -> Identity:
    """Whoever holds the one-time link of a unit."""
    return Identity(f"unit:{unit_id}", UNIT, unit_id, name)


def is_office(identity: Identity) -> bool:
    """Whether somebody works for an office."""
    return identity.role in (OFFICE, PROVINCE)


def check_acts_for(identity: Identity, office_id: str) -> None:
    """That somebody may write, send and close instructions of an office.

    Raises:
        NotAllowed.
    """
    if not is_office(identity) or identity.subject != office_id:
        raise NotAllowed("only the office itself may do that")


def check_sees_office(identity: Identity, office_id: str, tree: UnitTree) -> None:
    """That somebody may see the instructions and roll-ups of an office: the office, and a province above it.

    Raises:
        NotAllowed.
    """
    is_own = is_office(identity) and identity.subject == office_id
    if not is_own and not (identity.role == PROVINCE and _is_below(office_id, identity.subject, tree)):
        raise NotAllowed("this belongs to another office")


def check_reports_for(identity: Identity, unit_id: str, tree: UnitTree) -> None:
    """That somebody may see and send the reports of a unit: the unit itself, and offices above it.

    Raises:
        NotAllowed.
    """
    is_above = is_office(identity) and _is_below(unit_id, identity.subject, tree)
    if identity.subject != unit_id and not is_above:
        raise NotAllowed("this is another unit's report")


def check_keeps_units(identity: Identity, tree: UnitTree) -> None:
    """That somebody may replace the list of units: a province, or the office at the top of the tree.

    Raises:
        NotAllowed.
    """
    tops = {unit.unit_id for unit in tree.roots()}
    if identity.role != PROVINCE and not (identity.role == OFFICE and identity.subject in tops):
        raise NotAllowed("only the office at the top keeps the list of units")


def _is_below(unit_id: str, top: str, tree: UnitTree) -> bool:
    return unit_id in tree and any(one.unit_id == top for one in tree.ancestors(unit_id))
