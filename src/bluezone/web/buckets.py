"""How often somebody may be wrong: buckets in memory, under keyed hashes of whom they count for.

Decides how a bucket empties and fills, that a guess is taken from all its buckets or from none, and which
addresses are one caller. Leaves whom to count, and how much is allowed, to what asks. The key of the hashes
is drawn at start and lives in memory only, so no address can be found again, not even by the operator.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

MAX_BUCKETS = 65_536
SECRET_LENGTH = 32


@dataclass(frozen=True, slots=True)
class BucketRule:
    """One may be wrong `burst` times at once, and once more every `refill_s` seconds."""

    burst: int
    refill_s: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left: tokens, counted at a moment of a monotonic clock (seconds)."""

    tokens: float
    counted_at: float


Share = tuple[bytes, BucketRule]
"""A bucket by its key, and the rule that it follows."""


class Buckets:
    """The buckets that were used lately, at most `MAX_BUCKETS`.

    Args:
        secret: keys the hashes, 32 random bytes of this run.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._kept: OrderedDict[bytes, Bucket] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def key(self, *parts: str) -> bytes:
        """The key of whom a bucket counts for; the parts cannot be found again from it."""
        return hmac.digest(self._secret, "\0".join(parts).encode(), hashlib.sha256)[:16]

    def take(self, wanted: Sequence[Share], now: float) -> bool:
        """Takes one guess from each of these buckets; False when one of them is empty, and none is touched.

        Args:
            wanted: different buckets.
            now: seconds of a monotonic clock.
        """
        after = {key: take(self._kept.get(key), rule, now) for key, rule in wanted}
        left = {key: bucket for key, bucket in after.items() if bucket is not None}
        if len(left) < len(after):
            return False
        for key, bucket in left.items():
            self._keep(key, bucket)
        return True

    def give_back(self, taken: Sequence[Share]) -> None:
        """Returns a guess that was not a wrong one."""
        for key, rule in taken:
            if (bucket := self._kept.get(key)) is not None:
                self._keep(key, give_back(bucket, rule))

    def _keep(self, key: bytes, bucket: Bucket) -> None:
        self._kept[key] = bucket
        self._kept.move_to_end(key)
        if len(self._kept) > MAX_BUCKETS:
            self._kept.popitem(last=False)


def take(bucket: Bucket | None, rule: BucketRule, now: float) -> Bucket | None:
    """A bucket (None: a full one) after one more guess; None when it is empty, and waiting helps."""
    tokens = float(rule.burst)
    if bucket is not None:
        tokens = min(tokens, bucket.tokens + (now - bucket.counted_at) / rule.refill_s)
    if tokens < 1:
        return None
    return Bucket(tokens - 1, now)


def give_back(bucket: Bucket, rule: BucketRule) -> Bucket:
    """A bucket after a guess that does not count."""
    return Bucket(min(float(rule.burst), bucket.tokens + 1), bucket.counted_at)


def network_of(address: str) -> str:
    """What counts as one caller: an IPv4 address, also inside IPv6, or a network of IPv6.

    Args:
        address: as the network gives it; text that is no address is taken as it is.
    """
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    # One household holds a whole /64: counting single addresses would count nothing.
    return str(ip_network((int(parsed), 64), strict=False))
