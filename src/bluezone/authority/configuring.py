"""What the operator may ask about the configuration: its next version, the one in force, its file.

Joins domain/configure with storage, the configuration keys and the clock.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import structlog
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.authority.batch_files import BatchFiles, PublishedFile
from bluezone.authority.domain import configure as rules
from bluezone.authority.errors import NotEnoughSigners
from bluezone.authority.storage import configurations, export
from bluezone.clock import Clock
from bluezone.database.port import Database
from bluezone.protocol.configuration import (
    Configuration,
    SignedConfiguration,
    decode_configuration,
    sign_configuration,
)
from bluezone.protocol.manifest import REQUIRED_SIGNERS
from bluezone.protocol.region import Region

log = structlog.get_logger("bluezone.authority")


class Configuring:
    """The configuration of one region.

    Args:
        region: whose phones take it.
        signers: private configuration keys that are here.
        database: where versions are kept.
        files: the published files.
        clock: of this authority.
    """

    def __init__(
        self,
        region: Region,
        signers: Sequence[Ed25519PrivateKey],
        database: Database,
        files: BatchFiles,
        clock: Clock,
    ) -> None:
        self._region = region
        self._signers = signers
        self._database = database
        self._files = files
        self._clock = clock

    async def configure(self, changes: Mapping[str, str], valid_days: int) -> Configuration:
        """Signs and keeps the next version; `maintain` then publishes it.

        Args:
            changes: name to new value, such as `risk.alert_s` to `900`.
            valid_days: how long phones may take it.

        Raises:
            NotEnoughSigners, ConfigurationRefused, DatabaseUnavailable.
        """
        if len(self._signers) < REQUIRED_SIGNERS:
            raise NotEnoughSigners(
                f"a configuration is signed by {REQUIRED_SIGNERS} of three keys, {len(self._signers)} is here"
            )
        before = await self.current()
        now, region = int(self._clock.system()), self._region.number
        found = rules.next_configuration(before, changes, region=region, now=now, valid_days=valid_days)
        signed: SignedConfiguration = sign_configuration(found, self._signers)
        await self._database.run(lambda conn: configurations.add(conn, signed))
        log.info("configured", version=found.version)
        return found

    async def current(self) -> Configuration | None:
        """The newest version."""
        data = await self._database.run(configurations.newest)
        return None if data is None else decode_configuration(data).configuration

    async def file(self) -> PublishedFile:
        """The signed bytes that phones get.

        Raises:
            ObjectMissing: there is none yet; phones then keep the rules they were built with.
        """
        return await self._files.read(export.CONFIGURATION_NAME)

    async def problems(self) -> list[str]:
        """Sentences for the operator about a configuration that ends."""
        return rules.problems_of(await self.current(), int(self._clock.system()))
