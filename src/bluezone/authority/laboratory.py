"""What the laboratory may ask of the authority: keep a phone's code with a sample, certify a result.

Joins domain/samples with storage and the clock; phones ask for the certificate through `answering`.
The id of a sample is never kept or logged, only its keyed hash.
"""

from __future__ import annotations

import structlog

from bluezone.authority.domain.samples import sample_hash_of
from bluezone.authority.storage import samples
from bluezone.clock import Clock
from bluezone.database.port import Database
from bluezone.protocol.interval import local_day_of
from bluezone.protocol.region import Region

log = structlog.get_logger("bluezone.authority")


class Laboratory:
    """Samples and their results, of one region.

    Args:
        region: of the civil date.
        secret: 32 bytes, hides ids of samples.
        database: where samples are kept.
        clock: of this authority.
    """

    def __init__(
        self,
        region: Region,
        secret: bytes,
        database: Database,
        clock: Clock,
    ) -> None:
        self._region = region
        self._secret = secret
        self._database = database
        self._clock = clock

    async def add_sample(self, sample_id: str, commitment: bytes) -> None:
        """Stores the commitment (32 bytes) that a phone showed at the swab.

        Raises:
            SampleIdInvalid, SampleTaken, CommitmentTaken, DatabaseUnavailable.
        """
        sample_hash, now = sample_hash_of(sample_id, self._secret), self._now()
        await self._database.run(lambda conn: samples.add(conn, sample_hash, commitment, now))
        log.info("sample-added")

    async def certify(self, sample_id: str, onset_day: int) -> None:
        """Certifies a positive result; the phone with this sample's keys can then publish them.

        Args:
            sample_id: as on the tube.
            onset_day: first day of illness, days from 1970-01-01 to the local civil date.

        Raises:
            SampleIdInvalid, SampleUnknown, SampleCertified, OnsetInvalid, DatabaseUnavailable.
        """
        sample_hash = sample_hash_of(sample_id, self._secret)
        today = local_day_of(self._now(), self._region.utc_offset_minutes)
        await self._database.run(
            lambda conn: samples.certify(conn, sample_hash, onset_day=onset_day, today=today)
        )
        log.info("sample-certified")

    def _now(self) -> int:
        return int(self._clock.system())
