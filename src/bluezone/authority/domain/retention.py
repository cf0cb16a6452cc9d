"""What the authority forgets, and when.

Decides the moments. Leaves deleting to storage/retention. Never kept at all: the salt r, the leaves, who
asked, and from which address. Source: docs/protocol.md, sections 5.5 and 6.
"""

from __future__ import annotations

from dataclasses import dataclass

from bluezone.protocol.diagnosis_key import MAX_AGE_S
from bluezone.protocol.interval import DAY_S, INTERVAL_S

INDEX_S = 21 * DAY_S
# An expired code stays known for a week, without what it was used for, so that its phone is told why.
EXPIRED_CODE_S = 7 * DAY_S
ACTIVITY_DAYS = 60


@dataclass(frozen=True, slots=True)
class Cutoffs:
    """Everything before these moments goes.

    Attributes:
        links_expired_at: seconds UTC; codes that expired by then, and samples whose certificate did,
            lose commitment and certificate; uploads whose certificate expired by then are no longer
            remembered, nor are samples of which no phone could publish any more.
        codes_expired_at: seconds UTC; codes that expired by then are deleted.
        batches_until: seconds UTC; batches up to then leave the index and are deleted, with the keys
            that they published.
        keys_start_before: interval; keys that started earlier can no longer be uploaded, so nobody
            needs to remember that they were.
        activity_before_day: days since 1970-01-01; what was counted on earlier days is deleted.
    """

    links_expired_at: int
    codes_expired_at: int
    batches_until: int
    keys_start_before: int
    activity_before_day: int


def cutoffs(now: int) -> Cutoffs:
    """What is to be forgotten at `now` (seconds UTC)."""
    return Cutoffs(
        links_expired_at=now,
        codes_expired_at=now - EXPIRED_CODE_S,
        batches_until=now - INDEX_S,
        keys_start_before=(now - MAX_AGE_S) // INTERVAL_S,
        activity_before_day=now // DAY_S - ACTIVITY_DAYS,
    )
