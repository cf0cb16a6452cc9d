"""The authority as one object: what phones, staff and the batch loop may ask of it.

Joins its parts with the keys and the clock. Leaves HTTP, and the second that every answer waits, to `api`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import structlog

from bluezone.authority.answering import Answering
from bluezone.authority.auditing import AUDITOR, Auditing
from bluezone.authority.batch_files import BatchFiles, PublishedFile
from bluezone.authority.configuring import Configuring
from bluezone.authority.counting import Counting
from bluezone.authority.domain import batches as batch_rules
from bluezone.authority.domain import codes as code_rules
from bluezone.authority.domain.batch_making import BatchOrder, MadeBatch
from bluezone.authority.keys import AuthorityKeys
from bluezone.authority.laboratory import Laboratory
from bluezone.authority.publishing import Publishing
from bluezone.authority.settings import ServiceRules
from bluezone.authority.storage import batches, codes, export
from bluezone.authority.storage.objects import Objects
from bluezone.authority.storage.schema import SCHEMA
from bluezone.clock import Clock
from bluezone.database.errors import DatabaseError, DatabaseUnavailable
from bluezone.database.port import Database
from bluezone.protocol.interval import local_day_of
from bluezone.protocol.manifest import Head
from bluezone.protocol.region import Region
from bluezone.protocol.signed_time import sign_time
from bluezone.protocol.verification_code import CODE_LENGTH, format_code

RandomBytes = Callable[[int], bytes]
# A batch may take this long to build, or wait for a busy disk, before the health page calls it overdue.
OVERDUE_GRACE_S = 900

log = structlog.get_logger("bluezone.authority")


@dataclass(frozen=True, slots=True)
class Health:
    """How the service is: sentences for the operator, none when all is well."""

    problems: tuple[str, ...]
    head: Head | None
    head_age_s: int | None


class Authority:
    """One region's health authority; `laboratory`, `auditing`, `configuring`, `counting` are parts of it."""

    def __init__(
        self,
        *,
        region: Region,
        keys: AuthorityKeys,
        rules: ServiceRules,
        database: Database,
        objects: Objects,
        clock: Clock,
        random_bytes: RandomBytes,
    ) -> None:
        self.region = region
        self.rules = rules
        self.clock = clock
        self._keys = keys
        self.laboratory = Laboratory(region, keys.samples, database, clock)
        others = [key for role, key in keys.signers.items() if role != AUDITOR]
        self.auditing = Auditing(region, others, rules, database, clock)
        self.counting = Counting(database, clock)
        self.publishing = Publishing(region.number, database, objects)
        self._answering = Answering(keys, rules, database, clock, random_bytes)
        self._database = database
        self._files = BatchFiles(objects)
        configuration_keys = list(keys.configuration_signers.values())
        self.configuring = Configuring(region, configuration_keys, database, self._files, clock)
        self._random_bytes = random_bytes

    async def start(self, *, repair: bool = True) -> None:
        """Checks the tables, and writes every published file again that a crash left out.

        Args:
            repair: False for a short command beside a running service.

        Raises:
            SchemaOutdated, DatabaseUnavailable, ObjectError.
        """
        await self._database.run(SCHEMA.check)
        if repair:
            await self.maintain(verify=True)

    async def close(self) -> None:
        """Lets running transactions finish and lets go of the database."""
        with suppress(DatabaseError):
            await self.counting.save()
        await self._database.close()
        self._files.close()

    async def issue_code(self, onset_day: int) -> str:
        """A new verification code of 14 digits.

        Args:
            onset_day: first day of illness, days from 1970-01-01 to the local civil date.

        Raises:
            OnsetInvalid, DatabaseUnavailable.
        """
        code, now = self._random_bytes(CODE_LENGTH), self._now()
        today = local_day_of(now, self.region.utc_offset_minutes)
        issued = code_rules.issue(
            code, onset_day=onset_day, today=today, now=now, life_s=self.rules.code_life_s
        )
        await self._database.run(lambda conn: codes.add(conn, issued))
        log.info("code-issued")
        return format_code(code)

    async def redeem(self, data: bytes, caller: str = "") -> bytes:
        """Answers a redemption (48 bytes) with 128 bytes; never raises for what stands in it.

        Args:
            data: as received.
            caller: the network address, only used to count wrong guesses and not kept.
        """
        return await self._answering.redeem(data, caller)

    async def publish(self, data: bytes) -> bytes:
        """Answers an upload (4096 bytes) with 128 bytes; never raises for what stands in it."""
        return await self._answering.publish(data)

    def sign_time(self, nonce: bytes) -> bytes:
        """The signed time, 96 bytes, for a nonce of 16 bytes.

        Raises:
            SignedTimeError: the nonce does not have 16 bytes.
        """
        return sign_time(nonce, self._now(), self._keys.time)

    async def build_batch(self) -> int:
        """Builds and publishes a batch now.

        Returns:
            Its number.

        Raises:
            DatabaseUnavailable, ChainForked, ObjectError, BatchOvertaken; TimeWentBack when the clock was set
            back.
        """
        return await self._published(await self.publishing.build(self._next_order()))

    async def build_batch_if_due(self) -> int | None:
        """Builds and publishes a batch when one is due; its number, or None. Raises as `build_batch`."""
        order, period_s = self._next_order(), self.rules.batch_period_s

        def is_due(head: Head | None) -> bool:
            return batch_rules.is_due(head.time if head else None, order.time, period_s)

        made = await self.publishing.build_if(is_due, order)
        return None if made is None else await self._published(made)

    async def maintain(self, *, verify: bool = False) -> None:
        """Forgets what is past its time and completes the published files.

        Args:
            verify: also compare every published file with what was signed.
        """
        await self._maintain(verify=verify)

    async def index(self) -> PublishedFile:
        """The index of batches.

        Raises:
            ObjectMissing: before the first batch.
        """
        return await self._files.read(export.INDEX_NAME)

    async def batch_file(self, name: str) -> PublishedFile:
        """The manifest or the body of a batch, such as `00000126.body`.

        Raises:
            ObjectMissing: there is no such file.
        """
        return await self._files.read(name)

    async def health(self) -> Health:
        """How the service is."""
        try:
            head = await self._database.run(batches.head)
        except DatabaseUnavailable as error:
            return Health((f"The database does not answer: {error}.",), None, None)
        if head is None:
            return Health(("No batch has been published yet.",), None, None)
        age_s = self._now() - head.time
        problems = []
        if age_s > self.rules.batch_period_s + OVERDUE_GRACE_S:
            problems.append(f"The newest batch is {age_s} seconds old: the next one is overdue.")
        if age_s < 0:
            problems.append("The newest batch lies in the future: this machine's clock was set back.")
        problems += await self.auditing.problems()
        problems += await self.configuring.problems()
        return Health(tuple(problems), head, age_s)

    async def _maintain(self, *, verify: bool = False, made: MadeBatch | None = None) -> None:
        await self.auditing.release_overdue()
        await self.counting.save()
        await self.publishing.export(self._now(), made=made, verify=verify)

    def _next_order(self) -> BatchOrder:
        return BatchOrder(
            region=self.region.number,
            time=self._now(),
            mixing=self.rules.mixing(self.region.utc_offset_minutes),
            filler_secret=self._random_bytes(batch_rules.FILLER_SECRET_LENGTH),
            signers=() if self.rules.require_auditor else tuple(self._keys.signers.values()),
        )

    async def _published(self, made: MadeBatch) -> int:
        await self._maintain(made=made)
        seq = made.signed.manifest.seq
        log.info("batch-waits-for-auditor" if self.rules.require_auditor else "batch-published", seq=seq)
        return seq

    def _now(self) -> int:
        return int(self.clock.system())
