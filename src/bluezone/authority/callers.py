"""Who asks, without knowing who: buckets for wrong guesses under keyed hashes of addresses.

The key is drawn at start and lives in memory only, so no address can be found again, not even by the
operator. How many guesses are allowed is decided in domain/guesses.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections import OrderedDict

from bluezone.authority.domain.guesses import GuessBucket, GuessRule, give_back, take

MAX_CALLERS = 65_536
CALLER_SECRET_LENGTH = 32


class CallerBuckets:
    """The buckets of those callers that asked lately."""

    def __init__(self, secret: bytes, rule: GuessRule) -> None:
        self._secret = secret
        self._rule = rule
        self._buckets: OrderedDict[bytes, GuessBucket] = OrderedDict()

    def take(self, address: str, now: float) -> None:
        """Takes a guess of this caller.

        Args:
            address: as the network gives it; empty when unknown.
            now: seconds of a monotonic clock.

        Raises:
            Refused: TOO_MANY_GUESSES.
        """
        caller = self._caller_of(address)
        self._buckets[caller] = take(self._buckets.get(caller), now, self._rule)
        self._buckets.move_to_end(caller)
        if len(self._buckets) > MAX_CALLERS:
            self._buckets.popitem(last=False)

    def give_back(self, address: str) -> None:
        """Returns the guess of a request that was not a wrong one."""
        caller = self._caller_of(address)
        if (bucket := self._buckets.get(caller)) is not None:
            self._buckets[caller] = give_back(bucket, self._rule)

    def _caller_of(self, address: str) -> bytes:
        return hmac.digest(self._secret, _network_of(address).encode(), hashlib.sha256)[:16]


def _network_of(address: str) -> str:
    # One household holds a whole IPv6 /64: counting single addresses would count nothing.
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address) and parsed.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(parsed), 64), strict=False))
    return str(parsed)
