"""Every request and every payload of a town's phones, as somebody sees them who sits in the service.

Decides nothing: it writes down and passes on.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from math import floor, log10
from typing import Any

from bluezone.clock import Clock
from bluezone.protocol.advertisement import PAYLOAD_LENGTH
from bluezone.radio.port import Radio
from bluezone.sim.town import Town, TownPhone

_App = Callable[..., Awaitable[None]]


@dataclass(slots=True)
class Exchange:
    """One request and its answer.

    Attributes:
        arrived_at, answered_at: seconds UTC.
        line: method and address.
        headers: names in lower case and values, as sent.
        body: as sent.
        answer_length: bytes of the answer's body.
    """

    arrived_at: float
    line: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes = b""
    answered_at: float = 0.0
    status: int = 0
    answer_length: int = 0

    def sent(self) -> bytes:
        """Everything that left the phone."""
        headers = b"\n".join(name + b": " + value for name, value in self.headers)
        return self.line.encode() + b"\n" + headers + b"\n\n" + self.body


@dataclass(slots=True)
class Recorder:
    """An ASGI application around another one.

    Attributes:
        app: answers.
        clock: for the instants.
        exchanges: everything so far, by arrival.
    """

    app: _App
    clock: Clock
    exchanges: list[Exchange] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Passes one request on and writes it down."""
        address = scope["path"] + ("?" + scope["query_string"].decode() if scope["query_string"] else "")
        headers = tuple((bytes(name), bytes(value)) for name, value in scope["headers"])
        one = Exchange(self.clock.system(), f"{scope['method']} {address}", headers)
        self.exchanges.append(one)

        async def hear() -> Any:
            message = await receive()
            one.body += message.get("body", b"")
            return message

        async def answer(message: Any) -> None:
            if message["type"] == "http.response.start":
                one.status = message["status"]
            one.answer_length += len(message.get("body", b""))
            one.answered_at = self.clock.system()
            await send(message)

        await self.app(scope, hear, answer)


class ListenedRadio:
    """A radio whose payloads somebody writes down as they go on the air."""

    def __init__(self, radio: Radio, payloads: set[bytes]) -> None:
        self._radio = radio
        self._payloads = payloads
        self.open, self.silence = radio.open, radio.silence
        self.scan, self.close = radio.scan, radio.close

    @property
    def dropped_count(self) -> int:
        """As the radio says."""
        return self._radio.dropped_count

    async def broadcast(self, advertisement: bytes, *, new_address: bool) -> None:
        """Notes the last 20 bytes and sends all."""
        self._payloads.add(advertisement[-PAYLOAD_LENGTH:])
        await self._radio.broadcast(advertisement, new_address=new_address)


class WatchedTown(Town):
    """A town in which every request and every payload on the air is written down."""

    recorder: Recorder
    payloads: set[bytes]

    async def start(self) -> None:
        """Starts the town with the recorder in between."""
        self.payloads = set()
        await super().start()
        self.recorder = Recorder(self._app, self.clock)
        self._app = self.recorder  # type: ignore[assignment]

    def _radio(self, phone: TownPhone) -> Radio:
        return ListenedRadio(super()._radio(phone), self.payloads)


class Distances:
    """A medium from distances in metres; a pair that is missing hears nothing, and nothing is lost."""

    lossless = True

    def __init__(self, metres: Mapping[tuple[int, int], float]) -> None:
        both = {**metres, **{(b, a): far for (a, b), far in metres.items()}}
        self._near: dict[int, dict[int, int]] = {}
        for (sender, receiver), far in sorted(both.items()):
            # 14.4 dB per decade, as the calibrated path loss of the risk rule.
            self._near.setdefault(receiver, {})[sender] = floor(-60 - 14.4 * log10(max(far, 0.5)) + 0.5)

    def senders_near(self, receiver: int, at: float) -> Mapping[int, int]:  # noqa: ARG002
        """The fixed strengths, dBm by sender."""
        return self._near.get(receiver, {})

    def is_lost(self, sender: int, receiver: int, event: int, at: float) -> bool:  # noqa: ARG002
        """Nothing is."""
        return False

    def dbm_at_1m(self, station: int) -> int:  # noqa: ARG002
        """The same for every phone, dBm."""
        return -60
