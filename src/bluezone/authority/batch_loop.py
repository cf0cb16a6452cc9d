"""The rhythm of the service: builds each batch when it is due, and forgets what is past its time.

Decides when to look again, also after a failure. What a look does is in `service`.
"""

from __future__ import annotations

import structlog

from bluezone.authority.domain.batches import seconds_to_next_slot
from bluezone.authority.errors import AuthorityError
from bluezone.authority.service import Authority
from bluezone.database.errors import DatabaseError
from bluezone.protocol.errors import ProtocolError

RETRY_S = 30.0
# Also when nothing is due: codes expire, and the machine's clock may have been set.
LOOK_S = 600.0

log = structlog.get_logger("bluezone.authority")


async def keep_building(authority: Authority) -> None:
    """Runs until it is cancelled."""
    while True:
        await authority.clock.sleep(await look_once(authority))


async def look_once(authority: Authority) -> float:
    """Builds what is due and tidies up.

    Returns:
        Seconds until the next look.
    """
    try:
        if await authority.build_batch_if_due() is None:
            await authority.maintain()
    except (AuthorityError, DatabaseError, ProtocolError) as error:
        log.error("batch-failed", reason=error.code, sentence=str(error), retry_s=RETRY_S)
        return RETRY_S
    except Exception as error:
        # An error that nobody foresaw must not end the batches of a country; its text may hold keys.
        log.error("batch-failed", reason=type(error).__name__, retry_s=RETRY_S)
        return RETRY_S
    now = authority.clock.system()
    # A moment later than the slot, because times are whole seconds.
    return min(LOOK_S, seconds_to_next_slot(now, authority.rules.batch_period_s) + 0.5)
