"""Keeps accounts, links, sessions, known browsers and the audit trail. What holds is decided in `rules`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Table, select

from bluezone.web.signin.errors import AccountExists, AccountUnknown
from bluezone.web.signin.rules import Account, Identity, Link, Session
from bluezone.web.signin.tables import accounts, audit, devices, links, sessions


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit trail.

    Attributes:
        at: seconds UTC.
        identity: who.
        action: a stable word.
        about: what it was done to.
        detail: more, for a reader.
    """

    at: int
    identity: Identity
    action: str
    about: str
    detail: str


def add_account(conn: Connection, account: Account, now: int) -> None:
    """Keeps a new account.

    Raises:
        AccountExists.
    """
    if find_account(conn, account.identity.actor) is not None:
        raise AccountExists(str(AccountExists.__doc__))
    kept = {"password_hash": account.password_hash, "is_disabled": account.is_disabled, "made_at": now}
    conn.execute(accounts.insert(), _fields(account.identity) | kept)


def find_account(conn: Connection, actor: str) -> Account | None:
    """The account of a name."""
    row = conn.execute(select(accounts).where(accounts.c.actor == actor)).one_or_none()
    return None if row is None else Account(_identity(row), row.password_hash, row.is_disabled)


def list_accounts(conn: Connection) -> list[Account]:
    """Every account by name."""
    rows = conn.execute(select(accounts).order_by(accounts.c.actor))
    return [Account(_identity(row), row.password_hash, row.is_disabled) for row in rows]


def change_account(conn: Connection, actor: str, now: int, **values: Any) -> None:
    """Sets columns of an account, ends its sessions and takes back its unused links at the instant `now`.

    Raises:
        AccountUnknown.
    """
    if not conn.execute(accounts.update().where(accounts.c.actor == actor).values(values)).rowcount:
        raise AccountUnknown(str(AccountUnknown.__doc__))
    conn.execute(sessions.delete().where(sessions.c.actor == actor))
    unused = (links.c.actor == actor) & links.c.used_at.is_(None)
    conn.execute(links.update().where(unused).values(used_at=now))


def add_link(conn: Connection, token_hash: bytes, link: Link) -> None:
    """Keeps a link."""
    kept = {"token_hash": token_hash, "target": link.target, "expires_at": link.expires_at}
    conn.execute(links.insert(), _fields(link.identity) | kept)


def find_link(conn: Connection, token_hash: bytes) -> Link | None:
    """The link with this hash (32 bytes)."""
    row = conn.execute(select(links).where(links.c.token_hash == token_hash)).one_or_none()
    if row is None:
        return None
    return Link(_identity(row), row.target, row.expires_at, row.opened_at, row.used_at)


def mark_link(conn: Connection, token_hash: bytes, column: str, now: int) -> None:
    """Notes when a link was first `opened_at` or `used_at`."""
    known = links.c[column]
    conn.execute(
        links.update().where(links.c.token_hash == token_hash, known.is_(None)).values({column: now})
    )


def revoke_links(conn: Connection, subject: str, target: str, now: int) -> None:
    """Takes back the unused links of a subject to a page."""
    unused = (links.c.subject == subject) & (links.c.target == target) & links.c.used_at.is_(None)
    conn.execute(links.update().where(unused).values(used_at=now))


def add_session(conn: Connection, token_hash: bytes, session: Session, *, is_by_link: bool) -> None:
    """Keeps a session."""
    kept = {"token_hash": token_hash, "is_by_link": is_by_link}
    kept |= {"began_at": session.began_at, "seen_at": session.seen_at}
    conn.execute(sessions.insert(), _fields(session.identity) | kept)


def find_session(conn: Connection, token_hash: bytes) -> tuple[Session, bool] | None:
    """The session with this hash, and whether a link began it."""
    row = conn.execute(select(sessions).where(sessions.c.token_hash == token_hash)).one_or_none()
    return None if row is None else (Session(_identity(row), row.began_at, row.seen_at), row.is_by_link)


def touch_session(conn: Connection, token_hash: bytes, now: int) -> None:
    """Notes that a session was used."""
    conn.execute(sessions.update().where(sessions.c.token_hash == token_hash).values(seen_at=now))


def end_session(conn: Connection, token_hash: bytes) -> None:
    """Forgets a session."""
    conn.execute(sessions.delete().where(sessions.c.token_hash == token_hash))


def revoke_all_links(conn: Connection, subject: str, now: int) -> None:
    """Takes back every unused link of a subject, such as a unit that was removed."""
    unused = (links.c.subject == subject) & links.c.used_at.is_(None)
    conn.execute(links.update().where(unused).values(used_at=now))


def end_sessions_of(conn: Connection, subject: str) -> int:
    """Ends every session for a subject, however it began; returns how many there were."""
    return int(conn.execute(sessions.delete().where(sessions.c.subject == subject)).rowcount)


def keep_device(conn: Connection, token_hash: bytes, actor: str, now: int) -> None:
    """Remembers a browser that has signed in to an account."""
    conn.execute(devices.insert(), {"token_hash": token_hash, "actor": actor, "seen_at": now})


def touch_device(conn: Connection, token_hash: bytes, now: int) -> None:
    """Notes that a known browser has signed in again."""
    conn.execute(devices.update().where(devices.c.token_hash == token_hash).values(seen_at=now))


def knows_device(conn: Connection, token_hash: bytes, actor: str) -> bool:
    """Whether this browser has signed in to the account before."""
    own = (devices.c.token_hash == token_hash) & (devices.c.actor == actor)
    return conn.execute(select(devices.c.actor).where(own)).first() is not None


def append(conn: Connection, line: AuditLine) -> None:
    """Adds a line to the audit trail, in the transaction of what it tells of."""
    kept = {"at": line.at, "action": line.action, "about": line.about[:200], "detail": line.detail[:2000]}
    conn.execute(audit.insert(), _fields(line.identity) | kept)


def trail(conn: Connection, subjects: Sequence[str] | None, limit: int) -> list[AuditLine]:
    """The newest lines first.

    Args:
        conn: a connection.
        subjects: only what was done for these; None for all.
        limit: at most this many.
    """
    query = select(audit).order_by(audit.c.id.desc()).limit(limit)
    if subjects is not None:
        query = query.where(audit.c.subject.in_(subjects))
    return [
        AuditLine(row.at, _identity(row), row.action, row.about, row.detail) for row in conn.execute(query)
    ]


def forget(conn: Connection, *, ended_before: int) -> None:
    """Deletes links, sessions and browsers that nobody can use or has used since an instant."""
    for table, column in ((links, "expires_at"), (sessions, "seen_at"), (devices, "seen_at")):
        _delete_before(conn, table, column, ended_before)


def _delete_before(conn: Connection, table: Table, column: str, instant: int) -> None:
    conn.execute(table.delete().where(table.c[column] < instant))


def _fields(identity: Identity) -> dict[str, Any]:
    return {
        "actor": identity.actor,
        "role": identity.role,
        "subject": identity.subject,
        "display": identity.display,
    }


def _identity(row: Row[Any]) -> Identity:
    return Identity(row.actor, row.role, row.subject, row.display)
