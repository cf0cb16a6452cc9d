"""Counts wrong passwords in memory, under keyed hashes: no address is kept, and no account is locked.

Decides which buckets a try is taken from. A stranger empties his own bucket and that of strangers at an
account; a browser that has been signed in to the account before has a bucket of its own.
"""

from __future__ import annotations

from bluezone.web.buckets import Buckets, Share, network_of
from bluezone.web.signin.errors import TooManyTries
from bluezone.web.signin.rules import ACCOUNT_TRIES, CALLER_TRIES, DEVICE_TRIES

_TOO_MANY = str(TooManyTries.__doc__)


class TryCounter:
    """The buckets of one process.

    Args:
        secret: keys the hashes, 32 random bytes of this run.
    """

    def __init__(self, secret: bytes) -> None:
        self._buckets = Buckets(secret)

    def take(self, caller: str, account: str, device: str, now: float) -> list[Share]:
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
        wanted = [(self._buckets.key("account", account, device), account_rule)]
        if not device:  # A browser that is known here does not pay for a stranger behind the same address.
            wanted.append((self._buckets.key("caller", network_of(caller)), CALLER_TRIES))
        if not self._buckets.take(wanted, now):
            raise TooManyTries(_TOO_MANY)
        return wanted

    def give_back(self, taken: list[Share]) -> None:
        """The password was right: the tries do not count."""
        self._buckets.give_back(taken)
