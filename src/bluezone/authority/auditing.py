"""Batches that wait for the auditor: bundle, signature, taking back, and what happens when nobody signs.

Only an authority whose rules say `require_auditor` has such batches. Before the auditor signs, nobody else
has signed either: a refused batch can be taken back without a second manifest of one number in the world.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.settings import ServiceRules
from bluezone.authority.storage import audit
from bluezone.clock import Clock
from bluezone.database.port import Database
from bluezone.protocol.audit_bundle import AuditBundle
from bluezone.protocol.manifest import REQUIRED_SIGNERS
from bluezone.protocol.region import Region

AUDITOR = "auditor"
# The auditor has this long before the health page complains.
PATIENCE_S = 3600

log = structlog.get_logger("bluezone.authority")


class Auditing:
    """The operator's side of auditing.

    Args:
        region: with the auditor's public key.
        signers: private keys of the other roles.
        rules: of the service.
        database: where batches are kept.
        clock: of this authority.
    """

    def __init__(
        self,
        region: Region,
        signers: Sequence[Ed25519PrivateKey],
        rules: ServiceRules,
        database: Database,
        clock: Clock,
    ) -> None:
        self._region = region
        self._signers = signers
        self._rules = rules
        self._database = database
        self._clock = clock

    async def bundle(self, seq: int) -> AuditBundle:
        """What the auditor needs to judge a batch that waits.

        Raises:
            BatchMissing, BatchNotPending, ObjectError, DatabaseUnavailable.
        """
        kept = await self._database.run(lambda conn: audit.bundle(conn, seq))
        return await asyncio.to_thread(kept.assemble)

    async def sign(self, seq: int, signature: bytes) -> None:
        """Adds the auditor's signature (72 bytes) and this authority's own; `maintain` then publishes.

        Raises:
            SignatureForeign: it is not the auditor's signature of this batch.
            BatchMissing, BatchNotPending, DatabaseUnavailable.
        """
        auditor = self._region.signers[AUDITOR]
        await self._database.run(
            lambda conn: audit.release_audited(conn, seq, self._signers, signature, auditor)
        )
        log.info("batch-audited", seq=seq)

    async def withdraw(self, seq: int) -> list[int]:
        """Takes back a refused batch and those after it; returns their numbers, which are free again.

        Raises:
            BatchMissing, BatchNotPending, DatabaseUnavailable.
        """
        numbers = await self._database.run(lambda conn: audit.withdraw(conn, seq))
        log.warning("batches-withdrawn", first=seq, count=len(numbers))
        return numbers

    async def release_overdue(self) -> None:
        """Lets batches go without the auditor after `auditor_timeout_s`, if the rules allow it at all."""
        timeout_s = self._rules.auditor_timeout_s
        if timeout_s == 0 or len(self._signers) < REQUIRED_SIGNERS:
            return
        until = int(self._clock.system()) - timeout_s
        for seq in await self._database.run(lambda conn: audit.release_overdue(conn, self._signers, until)):
            log.warning("batch-released-without-auditor", seq=seq)

    async def problems(self) -> list[str]:
        """Sentences for the operator about batches that wait too long."""
        now = int(self._clock.system())
        waiting = await self._database.run(audit.pending)
        return [
            f"Batch {one.manifest.seq} has waited {now - one.manifest.time} seconds for the auditor."
            for one in waiting
            if now - one.manifest.time > PATIENCE_S
        ]
