"""Signing in on every database engine: passwords, one-time links, sessions, and a trail that only grows."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Connection, inspect, text

from bluezone.clock import ManualClock
from bluezone.database.errors import DatabaseUnavailable, SchemaOutdated
from bluezone.database.port import Database, open_database
from bluezone.web.signin import storage
from bluezone.web.signin.errors import (
    AccountExists,
    LinkError,
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    SessionMissing,
    SignInRefused,
    TooManyTries,
)
from bluezone.web.signin.passwords import Passwords
from bluezone.web.signin.rules import DAY_S, HOUR_S, Identity
from bluezone.web.signin.schema import signin_schema
from bluezone.web.signin.service import SignIn
from tests.postgres import new_database
from tests.unit.authority.case import NOW, seeded

SCHEMA = signin_schema("bluezone outreach upgrade")
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
OPERATOR = Identity("system", "system", "", "Bluezone")
OFFICE = Identity("vhtt", "office", "gia-nghia", "Phòng Văn hóa và Thông tin")
UNIT = Identity("unit:nghia-phu", "unit", "nghia-phu", "Phường Nghĩa Phú")
PASSWORD = "mưa rào tháng tám"


@dataclass
class Door:
    """A service with its clock and database."""

    service: SignIn
    clock: ManualClock
    database: Database


@pytest.fixture(params=["sqlite", "postgresql"])
async def door(request: pytest.FixtureRequest) -> AsyncIterator[Door]:
    """An empty service on each engine."""
    url = await new_database() if request.param == "postgresql" else "sqlite://"
    database, clock = open_database(url), ManualClock(system=NOW)
    await database.run(SCHEMA.migrate)
    service = SignIn(database, clock, seeded(), Passwords(CHEAP))
    yield Door(service, clock, database)
    service.close()
    await database.close()


async def test_the_steps_build_exactly_the_tables(door: Door) -> None:
    assert await door.database.run(SCHEMA.differences) == []
    await door.database.run(SCHEMA.check)


async def test_a_password_lets_in_and_a_wrong_one_does_not(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    signed_in = await door.service.with_password(" VHTT ", PASSWORD, caller="10.0.0.1")
    assert await door.service.identity_of(signed_in.session_token) == OFFICE
    for name, password in (("vhtt", "mưa rào tháng chín"), ("nobody", PASSWORD), ("vhtt", "")):
        with pytest.raises(SignInRefused):
            await door.service.with_password(name, password, caller="10.0.0.1")


async def test_each_sign_in_has_a_session_of_its_own(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    first = await door.service.with_password("vhtt", PASSWORD, caller="")
    second = await door.service.with_password("vhtt", PASSWORD, caller="", device_token=first.device_token)
    assert first.session_token != second.session_token
    assert second.device_token == first.device_token
    await door.service.sign_out(first.session_token)
    with pytest.raises(SessionMissing):
        await door.service.identity_of(first.session_token)
    assert await door.service.identity_of(second.session_token) == OFFICE


async def test_a_session_ends_after_idleness_and_lasts_with_use(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    token = (await door.service.with_password("vhtt", PASSWORD, caller="")).session_token
    for _ in range(11):
        door.clock.advance(HOUR_S)
        await door.service.identity_of(token)
    door.clock.advance(HOUR_S)
    with pytest.raises(SessionMissing):
        await door.service.identity_of(token)


async def test_a_new_password_and_a_disabled_account_end_sessions_at_once(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    token = (await door.service.with_password("vhtt", PASSWORD, caller="")).session_token
    await door.service.set_password("vhtt", "nắng hạn tháng tư", by=OPERATOR)
    with pytest.raises(SessionMissing):
        await door.service.identity_of(token)
    assert await door.service.with_password("vhtt", "nắng hạn tháng tư", caller="")
    await door.service.disable("vhtt", by=OPERATOR)
    with pytest.raises(SignInRefused):
        await door.service.with_password("vhtt", "nắng hạn tháng tư", caller="")


async def test_disabling_an_account_ends_what_its_links_began_and_takes_unused_ones_back(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    used, unused, of_others = [
        await door.service.make_link(who, "/office/", DAY_S, by=OPERATOR) for who in (OFFICE, OFFICE, UNIT)
    ]
    token = (await door.service.with_link(used)).session_token
    await door.service.disable("vhtt", by=OPERATOR)
    with pytest.raises(SessionMissing):
        await door.service.identity_of(token)
    with pytest.raises(LinkUsed):
        await door.service.with_link(unused)
    assert await door.service.with_link(of_others)


async def test_an_account_disabled_while_its_password_is_checked_stays_out(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    signing_in = asyncio.create_task(door.service.with_password("vhtt", PASSWORD, caller=""))
    hashing = door.service._passwords.is_right

    async def disabled_meanwhile(kept: str, password: str) -> bool:
        await door.service.disable("vhtt", by=OPERATOR)
        return await hashing(kept, password)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(door.service._passwords, "is_right", disabled_meanwhile)
        with pytest.raises(SignInRefused):
            await signing_in
    assert (await door.service.accounts())[0].is_disabled


async def test_guesses_are_limited_and_the_known_browser_still_gets_in(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    known = (await door.service.with_password("vhtt", PASSWORD, caller="10.9.0.1")).device_token
    with pytest.raises(TooManyTries):
        for n in range(50):
            with pytest.raises(SignInRefused):
                await door.service.with_password("vhtt", f"guess number {n}", caller=f"10.{n}.0.1")
    assert await door.service.with_password("vhtt", PASSWORD, caller="10.9.0.1", device_token=known)


async def test_a_stranger_behind_the_same_address_does_not_lock_a_known_browser_out(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    known = (await door.service.with_password("vhtt", PASSWORD, caller="10.9.0.1")).device_token
    with pytest.raises(TooManyTries):
        for n in range(50):
            with pytest.raises(SignInRefused):
                await door.service.with_password(f"name{n}", "a guess of many", caller="10.9.0.1")
    assert await door.service.with_password("vhtt", PASSWORD, caller="10.9.0.1", device_token=known)


async def test_a_browser_stays_known_as_long_as_it_is_used(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    known = (await door.service.with_password("vhtt", PASSWORD, caller="10.9.0.1")).device_token
    for _ in range(3):
        door.clock.advance(60 * DAY_S)
        await door.service.with_password("vhtt", PASSWORD, caller="10.9.0.1", device_token=known)
        await door.service.forget()
    with pytest.raises(TooManyTries):
        for n in range(50):
            with pytest.raises(SignInRefused):
                await door.service.with_password("vhtt", f"guess number {n}", caller=f"10.{n}.0.1")
    assert await door.service.with_password("vhtt", PASSWORD, caller="10.9.0.1", device_token=known)
    door.clock.advance(91 * DAY_S)
    await door.service.forget()
    after = await door.service.with_password("vhtt", PASSWORD, caller="10.9.0.1", device_token=known)
    assert after.device_token != known, "a browser that was not used for long is a stranger again"


async def test_no_session_and_no_link_is_found_by_reading_all(door: Door) -> None:
    def plans(conn: Connection) -> list[str]:
        if conn.dialect.name == "postgresql":
            conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN" if conn.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        wheres = (
            "sessions WHERE actor",
            "sessions WHERE subject",
            "links WHERE actor",
            "links WHERE subject",
        )
        found = [conn.exec_driver_sql(f"{explain} DELETE FROM signin_{where} = 'x'") for where in wheres]
        return [" ".join(str(part) for row in one for part in row) for one in found]

    for plan in await door.database.run(plans):
        assert "INDEX" in plan.upper(), plan


async def test_tables_of_an_older_version_are_brought_to_this_one() -> None:
    database = open_database("sqlite://")
    await database.run(lambda conn: SCHEMA.migrate(conn, "0001"))
    with pytest.raises(SchemaOutdated, match="bluezone outreach upgrade"):
        await database.run(SCHEMA.check)
    await database.run(SCHEMA.migrate)
    await database.run(SCHEMA.check)
    assert await database.run(SCHEMA.differences) == []
    await database.close()


async def test_one_name_is_one_account(door: Door) -> None:
    made = [door.service.make_account(OFFICE, PASSWORD, by=OPERATOR) for _ in range(4)]
    results = await asyncio.gather(*made, return_exceptions=True)
    assert [type(one) for one in results if one is not None] == [AccountExists] * 3
    assert [account.identity for account in await door.service.accounts()] == [OFFICE]


async def test_looking_at_a_link_does_not_use_it_and_using_it_works_once(door: Door) -> None:
    token = await door.service.make_link(UNIT, "/office/reports/a/b", DAY_S, by=OFFICE)
    for _ in range(3):
        assert (await door.service.look_at_link(token)).identity == UNIT
    signed_in = await door.service.with_link(token)
    assert signed_in.target == "/office/reports/a/b"
    assert await door.service.identity_of(signed_in.session_token) == UNIT
    for again in (door.service.look_at_link(token), door.service.with_link(token)):
        with pytest.raises(LinkUsed):
            await again


async def test_a_link_pressed_twice_at_once_lets_one_in(door: Door) -> None:
    token = await door.service.make_link(UNIT, "/office/", DAY_S, by=OFFICE)
    results = await asyncio.gather(*(door.service.with_link(token) for _ in range(8)), return_exceptions=True)
    assert sum(not isinstance(one, LinkError) for one in results) == 1


@pytest.mark.parametrize("token", ["", "a", "a" * 43, "ầ" * 43, base64.urlsafe_b64encode(bytes(32)).decode()])
async def test_a_made_up_link_or_session_is_nobody_s(door: Door, token: str) -> None:
    with pytest.raises(LinkUnknown):
        await door.service.with_link(token)
    with pytest.raises(SessionMissing):
        await door.service.identity_of(token)


async def test_an_old_link_is_refused(door: Door) -> None:
    token = await door.service.make_link(UNIT, "/office/", DAY_S, by=OFFICE)
    door.clock.advance(DAY_S)
    with pytest.raises(LinkExpired):
        await door.service.with_link(token)


async def test_no_token_and_no_password_stands_in_the_tables(door: Door) -> None:
    await door.service.make_account(OFFICE, PASSWORD, by=OPERATOR)
    signed_in = await door.service.with_password("vhtt", PASSWORD, caller="10.0.0.77")
    link = await door.service.make_link(UNIT, "/office/", DAY_S, by=OFFICE)
    dump = await door.database.run(_dump)
    assert b"vhtt" in dump
    for secret in (signed_in.session_token, signed_in.device_token, link):
        assert secret.encode() not in dump
        assert base64.urlsafe_b64decode(secret + "=") not in dump
    assert PASSWORD.encode() not in dump
    assert b"10.0.0.77" not in dump


@pytest.mark.parametrize("statement", ["UPDATE signin_audit SET actor = 'x'", "DELETE FROM signin_audit"])
async def test_the_audit_trail_only_grows(door: Door, statement: str) -> None:
    await door.service.make_link(UNIT, "/office/", DAY_S, by=OFFICE)
    with pytest.raises(DatabaseUnavailable):
        await door.database.run(lambda conn: conn.execute(text(statement)))
    (line,) = await door.database.run(lambda conn: storage.trail(conn, None, 10))
    assert (line.identity, line.action, line.about, line.at) == (OFFICE, "link-made", UNIT.actor, NOW)


async def test_what_nobody_can_use_is_forgotten_and_the_trail_stays(door: Door) -> None:
    await door.service.with_link(await door.service.make_link(UNIT, "/office/", DAY_S, by=OFFICE))
    door.clock.advance(200 * DAY_S)
    await door.service.forget()
    counts = await door.database.run(_counts)
    assert counts == {"links": 0, "sessions": 0, "audit": 2}


def _counts(conn: Connection) -> dict[str, int]:
    names = ("links", "sessions", "audit")
    return {name: conn.execute(text(f"SELECT count(*) FROM signin_{name}")).scalar_one() for name in names}


def _dump(conn: Connection) -> bytes:
    found = []
    for table in inspect(conn).get_table_names():
        for row in conn.exec_driver_sql(f"SELECT * FROM {table}"):
            found += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    return b"|".join(found)
