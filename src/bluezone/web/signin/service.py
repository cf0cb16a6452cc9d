"""Signing in as one object: what pages and commands may ask of it. Shared by every face with accounts.

Joins `rules` with `storage`, the clock and random tokens. Leaves cookies and forms to `browser` and `pages`,
and what a role may do to the application.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from bluezone.clock import Clock
from bluezone.database.port import Database
from bluezone.web.signin import storage
from bluezone.web.signin.errors import SignInError, SignInRefused
from bluezone.web.signin.passwords import Passwords
from bluezone.web.signin.rules import (
    DAY_S,
    LINK_SESSION,
    PASSWORD_SESSION,
    TOKEN_LENGTH,
    Account,
    Identity,
    Link,
    Session,
    check_link,
    check_name,
    check_password,
    check_session,
)
from bluezone.web.signin.storage import AuditLine
from bluezone.web.signin.tries import TryCounter

RandomBytes = Callable[[int], bytes]
# A session is noted as used at most this often, so that reading pages does not write.
_TOUCH_S = 300
_FORGET_AFTER_S = 90 * DAY_S
_REFUSED = str(SignInRefused.__doc__)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the browser is given after signing in.

    Attributes:
        session_token: for the session's cookie.
        device_token: for the cookie that says this browser is known to the account; empty for none.
        target: the page to go on with; empty for the first one.
    """

    session_token: str
    device_token: str = ""
    target: str = ""


class SignIn:
    """Accounts, links and sessions of one application.

    Args:
        database: with the tables of `schema`.
        clock: of the machine.
        random_bytes: for tokens.
        passwords: hashes them.
    """

    def __init__(
        self, database: Database, clock: Clock, random_bytes: RandomBytes, passwords: Passwords | None = None
    ) -> None:
        self._database = database
        self._clock = clock
        self._random_bytes = random_bytes
        self._passwords = passwords or Passwords()
        self._tries = TryCounter(random_bytes(32))

    def close(self) -> None:
        """Lets go of threads; the database is the application's."""
        self._passwords.close()

    async def make_account(self, identity: Identity, password: str, *, by: Identity) -> None:
        """Makes an account; its name is the identity's `actor`.

        Raises:
            AccountExists, AccountNameInvalid, PasswordWeak.
        """
        own = replace(identity, actor=check_name(identity.actor))
        hashed = await self._passwords.hash(check_password(password, own.actor))
        line = self._line(by, "account-made", own.actor, f"{own.role} {own.subject}")

        def keep(conn: Connection) -> None:
            storage.add_account(conn, Account(own, hashed), line.at)
            storage.append(conn, line)

        await self._database.run(keep)

    async def set_password(self, name: str, password: str, *, by: Identity) -> None:
        """Gives an account a new password; its sessions and unused links end.

        Raises:
            AccountUnknown, PasswordWeak.
        """
        hashed = await self._passwords.hash(check_password(password, name))
        await self._change(name, "password-set", by, password_hash=hashed)

    async def disable(self, name: str, *, by: Identity) -> None:
        """Keeps an account out, at once; its sessions and unused links end.

        Raises:
            AccountUnknown.
        """
        await self._change(name, "account-disabled", by, is_disabled=True)

    async def accounts(self) -> list[Account]:
        """Every account by name."""
        return await self._database.run(storage.list_accounts)

    async def with_password(
        self, name: str, password: str, *, caller: str, device_token: str = ""
    ) -> SignedIn:
        """Signs in by name and password.

        Args:
            name: as typed.
            password: as typed.
            caller: network address, only counted with and not kept.
            device_token: of a browser that has signed in before, or "".

        Raises:
            SignInRefused, TooManyTries.
        """
        lowered, device = name.strip().lower()[:64], hash_of(device_token)
        known = await self._database.run(lambda conn: storage.knows_device(conn, device, lowered))
        own_device = device_token if known else ""
        taken = self._tries.take(caller, lowered, own_device, self._clock.monotonic())
        account = await self._database.run(lambda conn: storage.find_account(conn, lowered))
        kept = "" if account is None or account.is_disabled else account.password_hash
        if not await self._passwords.is_right(kept, password[:1000]) or account is None:
            raise SignInRefused(_REFUSED)
        self._tries.give_back(taken)
        return await self._database.run(lambda conn: self._begin(conn, account, own_device))

    async def make_link(self, identity: Identity, target: str, life_s: int, *, by: Identity) -> str:
        """A new one-time link; its token (43 characters) is returned once and kept nowhere.

        Args:
            identity: who it signs in.
            target: the page that it leads to, a path of this site.
            life_s: seconds.
            by: who makes it.
        """
        token, now = self._token(), self._now()
        link = Link(identity, target, now + life_s)
        line = self._line(by, "link-made", identity.actor, target)

        def keep(conn: Connection) -> None:
            storage.add_link(conn, hash_of(token), link)
            storage.append(conn, line)

        await self._database.run(keep)
        return token

    async def look_at_link(self, token: str) -> Link:
        """The link of a token, to ask whether it is to be used; looking does not use it up.

        Raises:
            LinkUnknown, LinkExpired, LinkUsed.
        """
        key, now = hash_of(token), self._now()

        def look(conn: Connection) -> Link:
            link = check_link(storage.find_link(conn, key), now)
            storage.mark_link(conn, key, "opened_at", now)
            return link

        return await self._database.run(look)

    async def with_link(self, token: str) -> SignedIn:
        """Signs in by a link, once.

        Raises:
            LinkUnknown, LinkExpired, LinkUsed.
        """
        key, now, session = hash_of(token), self._now(), self._token()

        def use(conn: Connection) -> SignedIn:
            link = check_link(storage.find_link(conn, key), now)
            storage.mark_link(conn, key, "used_at", now)
            storage.add_session(conn, hash_of(session), Session(link.identity, now, now), is_by_link=True)
            storage.append(conn, AuditLine(now, link.identity, "signed-in-by-link", link.target, ""))
            return SignedIn(session, target=link.target)

        return await self._database.run(use)

    async def identity_of(self, token: str) -> Identity:
        """Who is signed in with a session's token.

        Raises:
            SessionMissing.
        """
        key, now = hash_of(token), self._now()

        def find(conn: Connection) -> Identity:
            found = storage.find_session(conn, key)
            session, is_by_link = found or (None, False)
            lasting = check_session(session, LINK_SESSION if is_by_link else PASSWORD_SESSION, now)
            if now >= lasting.seen_at + _TOUCH_S:
                storage.touch_session(conn, key, now)
            return lasting.identity

        return await self._database.run(find)

    async def sign_out(self, token: str) -> None:
        """Ends a session; nothing happens when it has ended already."""
        now = self._now()

        def end(conn: Connection) -> None:
            found = storage.find_session(conn, hash_of(token))
            if found is not None:
                storage.end_session(conn, hash_of(token))
                storage.append(conn, AuditLine(now, found[0].identity, "signed-out", "", ""))

        await self._database.run(end)

    async def forget(self) -> None:
        """Deletes what nobody can use any more."""
        before = self._now() - _FORGET_AFTER_S
        await self._database.run(lambda conn: storage.forget(conn, ended_before=before))

    def _begin(self, conn: Connection, account: Account, device_token: str) -> SignedIn:
        identity = account.identity
        if storage.find_account(conn, identity.actor) != account:
            raise SignInRefused(_REFUSED)  # disabled, or another password, while this one was being checked
        # A new token each time: one that was planted before signing in is worth nothing afterwards.
        now, session = self._now(), self._token()
        if device_token:
            storage.touch_device(conn, hash_of(device_token), now)
        else:
            device_token = self._token()
            storage.keep_device(conn, hash_of(device_token), identity.actor, now)
        storage.add_session(conn, hash_of(session), Session(identity, now, now), is_by_link=False)
        storage.append(conn, AuditLine(now, identity, "signed-in", "", ""))
        return SignedIn(session, device_token)

    async def _change(self, name: str, action: str, by: Identity, **values: object) -> None:
        line = self._line(by, action, name)

        def change(conn: Connection) -> None:
            storage.change_account(conn, name, line.at, **values)
            storage.append(conn, line)

        await self._database.run(change)

    def _line(self, by: Identity, action: str, about: str, detail: str = "") -> AuditLine:
        return AuditLine(self._now(), by, action, about, detail)

    def _token(self) -> str:
        return base64.urlsafe_b64encode(self._random_bytes(TOKEN_LENGTH)).decode().rstrip("=")

    def _now(self) -> int:
        return int(self._clock.system())


def hash_of(token: str) -> bytes:
    """What is kept of a token: 32 bytes. A token is random, so a plain hash is enough."""
    try:
        raw = base64.urlsafe_b64decode(token.encode("ascii") + b"=" * (-len(token) % 4))
    except (UnicodeEncodeError, binascii.Error, ValueError):
        raw = b""
    return hashlib.sha256(raw if len(raw) == TOKEN_LENGTH else b"").digest()


def sentence_key(error: SignInError) -> str:
    """The catalogues' key of an error's sentence."""
    return f"signin.error.{error.code}"
