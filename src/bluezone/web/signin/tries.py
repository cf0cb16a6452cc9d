"""Counts wrong passwords in memory, under keyed hashes: no address is kept, and no account is locked.

Decides which buckets a try is taken from. A stranger empties his own bucket and that of strangers at an
account; a browser that has been signed in to the account before has a bucket of its own.
"""

from __future__ import annotations

import hashlib
import hmac
from collections import OrderedDict
from ipaddress import IPv6Address, ip_address

from bluezone.web.signin.errors import TooManyTries
from bluezone.web.signin.rules import (
    ACCOUNT_TRIES,
    CALLER_TRIES,
    DEVICE_TRIES,
    Tries,
    TryRule,
    give_back,
    take_try,
)

_MAX_BUCKETS = 50_000
_TOO_MANY = str(TooManyTries.__doc__)


class TryCounter:
    """The buckets of one process.

    Args:
        secret: keys the hashes, 32 random bytes of this run.
    """

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._buckets: OrderedDict[bytes, Tries] = OrderedDict()

    def take(self, caller: str, account: str, device: str, now: float) -> list[tuple[bytes, TryRule]]:
        """Takes one try from every bucket that it counts for, before the password is looked at.

        Args:
            caller: network address.
            account: the name that was typed.
            device: the token of a browser that has signed in to this account before, or "".
            now: monotonic seconds.

        Returns:
            What to give back when the password was right.

        Raises:
            TooManyTries: one of them is empty; none was touched.
        """
        account_rule = DEVICE_TRIES if device else ACCOUNT_TRIES
        wanted = [(self._key("account", account, device), account_rule)]
        if not device:  # A browser that is known here does not pay for a stranger behind the same address.
            wanted.append((self._key("caller", _network(caller)), CALLER_TRIES))
        taken = {key: take_try(self._buckets.get(key), rule, now) for key, rule in wanted}
        for key, tries in taken.items():
            if tries is None:
                raise TooManyTries(_TOO_MANY)
            self._keep(key, tries)
        return wanted

    def give_back(self, taken: list[tuple[bytes, TryRule]]) -> None:
        """The password was right: the tries do not count."""
        for key, rule in taken:
            if key in self._buckets:
                self._keep(key, give_back(self._buckets[key], rule))

    def _keep(self, key: bytes, tries: Tries) -> None:
        self._buckets[key] = tries
        self._buckets.move_to_end(key)
        while len(self._buckets) > _MAX_BUCKETS:
            self._buckets.popitem(last=False)

    def _key(self, *parts: str) -> bytes:
        return hmac.digest(self._secret, "\0".join(parts).encode(), hashlib.sha256)[:16]


def _network(caller: str) -> str:
    # One subscriber has a whole /64 of IPv6 addresses.
    try:
        address = ip_address(caller)
    except ValueError:
        return caller
    return str(int(address) >> 64) if isinstance(address, IPv6Address) else caller
