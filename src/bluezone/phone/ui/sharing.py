"""Sharing one's identifiers: what became of the code that was typed, while the page may be left.

Decides when a page waits and when it says "being sent": a phone waits 5 to 60 seconds before it sends,
and its owner must not have to look at a blank page. Refusals become message keys here.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from enum import StrEnum

import structlog

from bluezone.phone.errors import DiagnosisError, PhoneError, ServerError
from bluezone.phone.publishing import refusal
from bluezone.phone.ui.view import PhoneView, ScreenError
from bluezone.protocol.errors import CodeError, ProtocolError
from bluezone.protocol.upload import AnswerStatus

# A wrong code is answered within a second or two; only a good one takes longer.
PATIENCE_S = 2.5
log = structlog.get_logger(__name__)

_BY_STATUS = {
    AnswerStatus.SAMPLE_UNKNOWN: "share.refused.sample",
    AnswerStatus.CODE_UNKNOWN: "share.refused.unknown",
    AnswerStatus.CODE_EXPIRED: "share.refused.expired",
    AnswerStatus.CODE_USED: "share.refused.used",
    AnswerStatus.TOO_MANY_GUESSES: "share.refused.too-many",
    AnswerStatus.CERTIFICATE_EXPIRED: "share.refused.expired",
    AnswerStatus.UNAVAILABLE: "share.refused.no-answer",
}
_BY_SENTENCE = {refusal(status): key for status, key in _BY_STATUS.items()}


class SharingState(StrEnum):
    """How far it is."""

    NOTHING = "nothing"
    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Progress:
    """What the page shows.

    Attributes:
        state: how far it is.
        sent_count: keys that everybody will get, once sent.
        refusal_key: message key, when refused.
        typed_code: to be corrected, when refused.
    """

    state: SharingState = SharingState.NOTHING
    sent_count: int = 0
    refusal_key: str = ""
    typed_code: str = ""


class Sharing:
    """The sharing of one phone; at most one at a time.

    Args:
        view: of the phone.
    """

    def __init__(self, view: PhoneView) -> None:
        self._view = view
        self._task: asyncio.Task[None] | None = None
        self.progress = Progress()

    async def start(self, typed_code: str | None, withheld_starts: frozenset[int]) -> None:
        """Begins to send, and waits a moment in case it is refused; while one is sent, does nothing.

        Args:
            typed_code: as a person typed it; None for a positive sample of this phone.
            withheld_starts: rolling_start of keys that the owner keeps back.
        """
        if self.progress.state is SharingState.SENDING:
            return
        self.progress = Progress(SharingState.SENDING)
        self._task = asyncio.create_task(self._send(typed_code, withheld_starts))
        await asyncio.wait([self._task], timeout=PATIENCE_S)

    def stop(self) -> None:
        """Stops waiting; what the phone has prepared it sends later by itself."""
        if self._task is not None:
            self._task.cancel()

    async def _send(self, typed_code: str | None, withheld_starts: frozenset[int]) -> None:
        try:
            sent_count = await self._view.publish(typed_code, withheld_starts)
        except Exception as error:
            self.progress = Progress(SharingState.REFUSED, 0, refusal_key(error), (typed_code or "")[:64])
            if not isinstance(error, PhoneError | ProtocolError | ScreenError):
                log.error("sharing-failed", error=type(error).__name__)
        else:
            self.progress = Progress(SharingState.SENT, sent_count)


def refusal_key(error: Exception) -> str:
    """The sentence that tells the owner why, and what to do; a message key."""
    if isinstance(error, CodeError):
        return "share.refused.mistyped"
    if isinstance(error, DiagnosisError):
        return _BY_SENTENCE.get(str(error), "share.refused.other")
    if isinstance(error, ServerError):
        return "share.refused.no-answer"
    return "share.refused.asleep" if isinstance(error, ScreenError) else "share.refused.other"
