"""What can happen to an agent, and what it can ask for: plain values, no behaviour.

The runner turns the world into events and carries the actions out.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from bluezone.phone.encounter import EncounterRecord
from bluezone.phone.own_key import OwnKey
from bluezone.phone.place import Fix
from bluezone.protocol.interval import DEFAULT_WINDOW
from bluezone.protocol.manifest import Head
from bluezone.radio.port import HeardAdvertisement


@dataclass(frozen=True, slots=True)
class Woke:
    """The wake-up that the agent asked for, or any earlier one, has come."""


@dataclass(frozen=True, slots=True)
class ScanEnded:
    """A scan is over; times are of the system clock."""

    heard: tuple[HeardAdvertisement, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class RadioFailed:
    """The radio refused to scan or to broadcast, in a sentence."""

    doing: str
    sentence: str


@dataclass(frozen=True, slots=True)
class TimeAnswered:
    """The time service answered; times are monotonic seconds; the signature is verified already."""

    signed: int
    asked_at: float
    answered_at: float


@dataclass(frozen=True, slots=True)
class TimeFailed:
    """The time service could not be asked, or its answer was refused, in a sentence."""

    sentence: str


@dataclass(frozen=True, slots=True)
class BatchesPolled:
    """The index was followed as far as it goes.

    Attributes:
        head: of the chain, now.
        sentence: what the owner should know about it, if anything.
        stopped: something stopped it early, and it is worth trying again soon.
        tek_period: 24 or 144 intervals, as the newest batch says.
        key_stolen: a key of this phone that it never published stood in a batch.
        configuration_refused: why the newest configuration was not taken, if it was not.
        rhythm: what is wrong with the rhythm of this phone's scans, if anything.
        split_view: two signed manifests with one number are kept as evidence.
    """

    head: Head | None
    sentence: str = ""
    stopped: bool = False
    tek_period: int = DEFAULT_WINDOW
    key_stolen: bool = False
    split_view: bool = False
    configuration_refused: str = ""
    rhythm: str = ""


@dataclass(frozen=True, slots=True)
class PollFailed:
    """The index could not be followed at all, in a sentence; nothing is known about the batches."""

    sentence: str


@dataclass(frozen=True, slots=True)
class KeysChanged:
    """The owner published or the runner drew keys: this is the new list of own keys."""

    keys: tuple[OwnKey, ...]


@dataclass(frozen=True, slots=True)
class PlaceFixed:
    """A position receiver, which the owner opted in to, says where this phone is."""

    fix: Fix


Event = (
    Woke
    | ScanEnded
    | RadioFailed
    | TimeAnswered
    | TimeFailed
    | BatchesPolled
    | PollFailed
    | KeysChanged
    | PlaceFixed
)


@dataclass(frozen=True, slots=True)
class Broadcast:
    """Say these 31 bytes from now on."""

    advertisement: bytes = field(repr=False)
    new_address: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """Say nothing."""


@dataclass(frozen=True, slots=True)
class Scan:
    """Listen for some seconds, then report `ScanEnded`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class SaveInterval:
    """Write a finished interval: its records, and all own scans since the last one (whole seconds UTC)."""

    interval: int
    records: tuple[EncounterRecord, ...]
    scans: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class SaveKeys:
    """Write the own keys before they are used.

    Attributes:
        keys: all that there are.
        expired_starts: rolling_start of those that are to be erased, and of no others.
    """

    keys: tuple[OwnKey, ...]
    expired_starts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SaveTime:
    """Write trusted time, whole seconds UTC."""

    now: int


@dataclass(frozen=True, slots=True)
class AskTime:
    """Ask the time service, with a fresh nonce."""


@dataclass(frozen=True, slots=True)
class PollBatches:
    """Fetch the index and whatever is new, match it, report `BatchesPolled`."""

    now: int


@dataclass(frozen=True, slots=True)
class Forget:
    """Delete what lies before this UTC day (days since 1970-01-01)."""

    before_day: int


@dataclass(frozen=True, slots=True)
class SendCover:
    """Behave once as a phone that publishes, so that publishing cannot be told from outside."""


Action = (
    Broadcast
    | Silence
    | Scan
    | SaveInterval
    | SaveKeys
    | SaveTime
    | AskTime
    | PollBatches
    | Forget
    | SendCover
)
