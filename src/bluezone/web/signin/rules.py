"""What signing in decides: names, passwords, how long a session lasts, how often one may be wrong.

Pure: time is an argument. Keeping and asking is in `storage` and `service`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bluezone.web.buckets import BucketRule
from bluezone.web.signin.errors import (
    AccountNameInvalid,
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    PasswordWeak,
    SessionMissing,
)

HOUR_S = 3600
DAY_S = 24 * HOUR_S
TOKEN_LENGTH = 32
MIN_PASSWORD, MAX_PASSWORD = 10, 200
_MIN_DIFFERENT = 5
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,63}")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who acts.

    Attributes:
        actor: what the audit trail calls them: an account's name, or the unit that a link was made for.
        role: one of the application's.
        subject: what the role is for, in the application's words, such as the id of a unit.
        display: the name for pages.
    """

    actor: str
    role: str
    subject: str
    display: str


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who signs in with a password.

    Attributes:
        identity: who they are; `actor` is the name they type.
        password_hash: by argon2, with its parameters; empty when only links lead in.
        is_disabled: whether they are kept out.
    """

    identity: Identity
    password_hash: str
    is_disabled: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link.

    Attributes:
        identity: who it signs in.
        target: the page that it leads to, a path.
        expires_at: seconds UTC.
        opened_at: when its page was first looked at, if it was.
        used_at: when it was used or taken back.
    """

    identity: Identity
    target: str
    expires_at: int
    opened_at: int | None = None
    used_at: int | None = None


@dataclass(frozen=True, slots=True)
class SessionRule:
    """How long a session lasts.

    Attributes:
        idle_s: seconds without a request.
        whole_s: seconds in all.
    """

    idle_s: int
    whole_s: int


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody signed in on one browser; instants in seconds UTC."""

    identity: Identity
    began_at: int
    seen_at: int


PASSWORD_SESSION = SessionRule(2 * HOUR_S, 12 * HOUR_S)
LINK_SESSION = SessionRule(14 * DAY_S, 45 * DAY_S)
# One caller may be an office's shared line; many callers at one account are somebody who guesses.
CALLER_TRIES = BucketRule(20, 30.0)
ACCOUNT_TRIES = BucketRule(10, 60.0)
# Browsers that have signed in to the account before count for themselves: nobody is locked out by a stranger.
DEVICE_TRIES = BucketRule(10, 30.0)


def check_name(name: str) -> str:
    """An account's name as it is kept.

    Raises:
        AccountNameInvalid.
    """
    lowered = name.strip().lower()
    if not _NAME.fullmatch(lowered):
        raise AccountNameInvalid(str(AccountNameInvalid.__doc__))
    return lowered


def check_password(password: str, name: str) -> str:
    """A new password.

    Raises:
        PasswordWeak.
    """
    is_long = MIN_PASSWORD <= len(password) <= MAX_PASSWORD
    if not is_long or len(set(password)) < _MIN_DIFFERENT or name in password.lower():
        raise PasswordWeak(str(PasswordWeak.__doc__))
    return password


def check_session(session: Session | None, rule: SessionRule, now: int) -> Session:
    """A session that still lasts.

    Raises:
        SessionMissing: there is none, or it has ended.
    """
    if session is None:
        raise SessionMissing("nobody is signed in here")
    if now >= session.began_at + rule.whole_s or now >= session.seen_at + rule.idle_s:
        raise SessionMissing("the session has ended; sign in again")
    return session


def check_link(link: Link | None, now: int) -> Link:
    """A link that can be used.

    Raises:
        LinkUnknown, LinkExpired, LinkUsed.
    """
    if link is None:
        raise LinkUnknown(str(LinkUnknown.__doc__))
    if link.used_at is not None:
        raise LinkUsed(str(LinkUsed.__doc__))
    if now >= link.expires_at:
        raise LinkExpired(str(LinkExpired.__doc__))
    return link
