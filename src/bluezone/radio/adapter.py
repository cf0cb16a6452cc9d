"""From a word to a radio: `open_radio("virtual:127.0.0.1:9500")`, `open_radio("usb:0")`.

Decides which ways to the air there are and turns every failure to open one into `RadioUnavailable` with a
sentence. All of them are driven by the same HCI host; the wires are bumble's, which is imported only when one
is opened. What has been run: `virtual:` and `tcp-client:`. The kinds that need hardware (`usb:`, `serial:`,
`hci-socket:`) share the host and the wires' code but have not been tried on an adapter.
"""

import asyncio
import errno
from typing import Any, Final

from bluezone.radio.hci_host import HciHost, HciLink
from bluezone.radio.hci_radio import HciRadio
from bluezone.radio.port import AirClock, Radio, RadioUnavailable, RandomBytes

KNOWN_KINDS: Final = {
    "virtual": "virtual:HOST:PORT, a served virtual air",
    "tcp-client": "tcp-client:HOST:PORT, a controller that speaks HCI over TCP",
    "usb": "usb:INDEX or usb:VENDOR:PRODUCT, a USB adapter",
    "serial": "serial:DEVICE,SPEED, a serial adapter",
    "hci-socket": "hci-socket:INDEX, a Linux adapter that is down",
}

_OPEN_TIMEOUT_S = 15.0

# A Linux adapter is often busy for a moment after it was put down.
_BUSY_TRIES = 5
_BUSY_PAUSE_S = 0.5

_REMEDIES = {
    errno.ECONNREFUSED: "Nobody answers there: is the virtual air (or the controller) being served?",
    errno.EACCES: "This user may not use it: a udev rule or the right CAP_NET_ADMIN is missing.",
    errno.EPERM: "This user may not use it: a udev rule or the right CAP_NET_ADMIN is missing.",
    errno.EBUSY: "Something else uses it: put the adapter down and stop the Bluetooth service.",
    errno.ENOENT: "There is no such device.",
    errno.ENODEV: "There is no such device.",
    errno.EAFNOSUPPORT: "This system, or the Python it runs, has no Bluetooth sockets.",
}


def open_radio(spec: str, *, clock: AirClock, random_bytes: RandomBytes) -> Radio:
    """Return the radio that a word names; its `open` takes it into use.

    Args:
        spec: one of `KNOWN_KINDS`.
        clock: its system time becomes `HeardAdvertisement.at`.
        random_bytes: a cryptographic source; addresses come from it.

    Raises:
        RadioUnavailable: `radio-unknown` for another word, `radio-address` for a wrong host or port.
    """
    kind, _, place = spec.partition(":")
    if kind not in KNOWN_KINDS or not place:
        known = "; ".join(KNOWN_KINDS.values())
        raise RadioUnavailable("radio-unknown", f"{spec!r} names no radio. Known are: {known}.")
    if kind in ("virtual", "tcp-client"):
        _check_address(spec, place)
    wire = f"tcp-client:{place}" if kind == "virtual" else spec

    async def connect(host: HciHost) -> HciLink:
        return await _open_wire(spec, wire, host)

    return HciRadio(spec, connect, clock, random_bytes)


class _Wire:
    """A bumble transport as a link."""

    def __init__(self, transport: Any, host: HciHost) -> None:
        self._transport = transport
        transport.source.set_packet_sink(host)

    def send(self, packet: bytes) -> None:
        self._transport.sink.on_packet(packet)

    async def close(self) -> None:
        await self._transport.close()


def _check_address(spec: str, place: str) -> None:
    host, _, port = place.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or not 0 < int(port) < 65_536:
        raise RadioUnavailable(
            "radio-address", f"{spec!r} lacks a host and a port, as in virtual:127.0.0.1:9500."
        )


async def _open_wire(spec: str, wire: str, host: HciHost) -> HciLink:
    try:
        from bumble.transport import open_transport  # noqa: PLC0415  a phone without a radio needs no bumble
    except ImportError as error:
        raise RadioUnavailable(
            "radio-not-installed", "Radios need the package bumble: install bluezone[radio]."
        ) from error
    for tries_left in reversed(range(_BUSY_TRIES)):
        try:
            return _Wire(await asyncio.wait_for(open_transport(wire), _OPEN_TIMEOUT_S), host)
        # The wires fail in many ways: system errors, USB errors, missing modules, bare exceptions.
        except Exception as error:
            if getattr(error, "errno", None) != errno.EBUSY or not tries_left:
                raise RadioUnavailable("radio-cannot-open", _sentence(spec, error)) from error
        await asyncio.sleep(_BUSY_PAUSE_S)
    raise AssertionError("the last try either returns or raises")


def _sentence(spec: str, error: Exception) -> str:
    reason = str(error) or type(error).__name__
    number = getattr(error, "errno", None)
    remedy = _REMEDIES.get(number, "") if isinstance(number, int) else ""
    if isinstance(error, TimeoutError):
        remedy = "It did not answer in time."
    elif isinstance(error, ImportError):
        remedy = "A package that this kind of radio needs is not installed."
    return f"The radio {spec} could not be opened ({reason}). {remedy}".rstrip()
