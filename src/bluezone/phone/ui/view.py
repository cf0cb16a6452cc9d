"""What the screens ask of a phone, and the one way in which it may not answer.

Decides the port between a page and a phone; `runner_view` fulfils it for a phone in the same process.

ScreenError
└── PhoneAsleep   the phone is not switched on
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from bluezone.phone.risk import Alert
from bluezone.phone.status import Status
from bluezone.phone.ui.screen import HeardLine, KeyWindow

HISTORY_LINES = 200


class ScreenError(Exception):
    """A screen cannot be shown."""

    code: ClassVar[str] = "screen"


class PhoneAsleep(ScreenError):
    """The phone is switched off or still starting; there is nothing to show yet."""

    code = "phone-asleep"


@dataclass(frozen=True, slots=True)
class SwabCode:
    """What the laboratory scans together with a sample.

    Attributes:
        text: `BZ1-C:` and 64 hex digits; tells nothing about the owner.
        made_at: seconds UTC.
    """

    text: str
    made_at: int


class PhoneView(Protocol):
    """One phone, as its own screens may see it. Every method may raise PhoneAsleep."""

    @property
    def utc_offset_minutes(self) -> int:
        """Of the region's civil date."""
        ...

    @property
    def hotline(self) -> str:
        """Telephone number of the health authority; may be empty."""
        ...

    async def status(self) -> Status:
        """How the phone is doing."""
        ...

    async def alerts(self) -> Sequence[Alert]:
        """Warnings whose time to be shown has come."""
        ...

    async def met_counts(self) -> Mapping[int, int]:
        """Stored identifiers per interval."""
        ...

    async def history(self) -> Sequence[HeardLine]:
        """The newest 200 lines of "who and when"."""
        ...

    async def erase_history(self) -> None:
        """Forgets what was heard, for good."""
        ...

    async def windows(self) -> Sequence[KeyWindow]:
        """The time served by own keys that are not published."""
        ...

    async def swab_code(self) -> SwabCode | None:
        """The code that was shown for a sample within the last day, if any."""
        ...

    async def make_swab_code(self) -> None:
        """Makes a new code for a sample.

        Raises:
            DiagnosisError: the phone does not know the time yet.
        """
        ...

    async def publish(self, typed_code: str | None, withheld_starts: frozenset[int]) -> int:
        """Publishes with the owner's consent; the number of keys that everybody will get.

        Args:
            typed_code: as a person typed it; None for a positive sample of this phone.
            withheld_starts: rolling_start of keys that the owner keeps back.

        Raises:
            CodeError: mistyped. DiagnosisError: refused. ServerError: no answer.
        """
        ...
