"""The authority as a whole keeps and forgets the same on every database engine."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import Connection, func, select

from bluezone.authority.settings import ServiceRules
from bluezone.authority.storage.tables import codes, uploads
from bluezone.protocol.batch import decode_body
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.upload import AnswerStatus, decode_answer
from tests.postgres import new_database
from tests.unit.authority.case import NOW, TODAY, code_request, make_case, published, running_authority


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(request: pytest.FixtureRequest) -> str:
    """An empty database of each engine."""
    return await new_database() if request.param == "postgresql" else "sqlite://"


async def test_from_a_code_to_a_batch_and_out_of_memory_again(database_url: str) -> None:
    async with running_authority(database_url=database_url) as (authority, clock):
        case = make_case()
        assert (await published(authority, case)).status is AnswerStatus.GOOD
        clock.advance(2 * DAY_S)
        seq = await authority.build_batch()
        body = decode_body((await authority.batch_file(f"{seq:08d}.body")).content)
        assert case.teks <= {tek for section in body for tek in section.teks}
        assert not (await authority.health()).problems
        clock.advance(40 * DAY_S)
        await authority.build_batch()
        await authority.maintain()
        assert await authority._database.run(_remaining) == [0, 0]


def _remaining(conn: Connection) -> list[int | None]:
    return [conn.scalar(select(func.count()).select_from(table)) for table in (codes, uploads)]


async def test_many_phones_redeem_one_code_and_one_wins(database_url: str) -> None:
    async with running_authority(database_url=database_url) as (authority, _):
        code = await authority.issue_code(TODAY)
        cases = [make_case(seed) for seed in range(1, 9)]
        answers = await asyncio.gather(
            *(authority.redeem(code_request(code, case.commitment)) for case in cases)
        )
        statuses = [decode_answer(answer).status for answer in answers]
        assert statuses.count(AnswerStatus.GOOD) == 1


async def test_uploads_at_once_are_all_kept_until_the_auditor_has_seen_them(database_url: str) -> None:
    rules = ServiceRules(require_auditor=True)
    async with running_authority(rules=rules, database_url=database_url) as (authority, clock):
        cases = [make_case(seed) for seed in range(1, 4)]
        answers = await asyncio.gather(*(published(authority, case) for case in cases))
        assert {answer.status for answer in answers} == {AnswerStatus.GOOD}
        clock.set_system(NOW + 2 * DAY_S)
        seq = await authority.build_batch()
        bundle = await authority.auditing.bundle(seq)
        assert len(bundle.uploads) == 3
