"""Who asks, without knowing who: how often each caller may be wrong about a code.

Decides that every caller has a bucket of its own, so that guessing is slow and yet nobody can lock out
anybody else: there is no count of everybody's. What a bucket is, and who is one caller, is decided in
`web.buckets`. Source: docs/protocol.md, section 5.2.
"""

from __future__ import annotations

from bluezone.authority.errors import Refused
from bluezone.protocol.upload import AnswerStatus
from bluezone.web.buckets import SECRET_LENGTH, BucketRule, Buckets, Share, network_of

CALLER_SECRET_LENGTH = SECRET_LENGTH


class CallerBuckets:
    """The buckets of those callers that asked lately.

    Args:
        secret: keys the hashes, 32 random bytes of this run.
        rule: how often one caller may be wrong.
    """

    def __init__(self, secret: bytes, rule: BucketRule) -> None:
        self._rule = rule
        self._buckets = Buckets(secret)

    def take(self, address: str, now: float) -> None:
        """Takes a guess of this caller.

        Args:
            address: as the network gives it; empty when unknown.
            now: seconds of a monotonic clock.

        Raises:
            Refused: TOO_MANY_GUESSES; waiting helps.
        """
        if not self._buckets.take([self._share_of(address)], now):
            raise Refused(
                AnswerStatus.TOO_MANY_GUESSES, "too many wrong codes came from here; wait some minutes"
            )

    def give_back(self, address: str) -> None:
        """Returns the guess of a request that was not a wrong one."""
        self._buckets.give_back([self._share_of(address)])

    def _share_of(self, address: str) -> Share:
        return self._buckets.key(network_of(address)), self._rule
