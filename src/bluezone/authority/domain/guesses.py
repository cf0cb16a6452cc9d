"""How often one caller may be wrong about a code.

Decides with a token bucket per caller, so that guessing is slow and yet nobody can lock out anybody
else: there is no global count. Leaves who a caller is, and remembering the buckets, to `callers`.
Source: docs/protocol.md, section 5.2.
"""

from __future__ import annotations

from dataclasses import dataclass

from bluezone.authority.errors import Refused
from bluezone.protocol.upload import AnswerStatus


@dataclass(frozen=True, slots=True)
class GuessRule:
    """A caller may be wrong `burst` times at once, and once more every `refill_s` seconds."""

    burst: int = 20
    refill_s: float = 60.0


@dataclass(frozen=True, slots=True)
class GuessBucket:
    """What is left to one caller: tokens, counted at a moment of a monotonic clock (seconds)."""

    tokens: float
    counted_at: float


def take(bucket: GuessBucket | None, now: float, rule: GuessRule) -> GuessBucket:
    """Takes the token of one guess.

    Args:
        bucket: what was left to this caller; None for a caller that has not been wrong lately.
        now: seconds of a monotonic clock.
        rule: burst and refill.

    Raises:
        Refused: too many wrong guesses; waiting helps.
    """
    tokens = float(rule.burst)
    if bucket is not None:
        tokens = min(tokens, bucket.tokens + (now - bucket.counted_at) / rule.refill_s)
    if tokens < 1:
        raise Refused(AnswerStatus.TOO_MANY_GUESSES, "too many wrong codes came from here; wait some minutes")
    return GuessBucket(tokens - 1, now)


def give_back(bucket: GuessBucket, rule: GuessRule) -> GuessBucket:
    """Returns the token of a request that was no wrong guess."""
    return GuessBucket(min(float(rule.burst), bucket.tokens + 1), bucket.counted_at)
