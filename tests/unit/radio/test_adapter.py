"""From a word to a radio, and every failure to a sentence."""

import asyncio
import builtins
import errno
import os
import socket
import sys
from typing import Any

import pytest

from bluezone.clock import SystemClock
from bluezone.radio import adapter
from bluezone.radio.adapter import open_radio
from bluezone.radio.port import Radio, RadioUnavailable


def radio(spec: str) -> Radio:
    return open_radio(spec, clock=SystemClock(), random_bytes=os.urandom)


@pytest.mark.parametrize(
    "spec", ["", "virtual", "virtual:", "bluetooth:0", ":", "USB:0", "file:/etc/passwd", "pty:x"]
)
def test_an_unknown_word_is_refused_with_the_known_ones(spec: str) -> None:
    with pytest.raises(RadioUnavailable) as refused:
        radio(spec)
    assert refused.value.code == "radio-unknown"
    assert all(f"{kind}:" in refused.value.sentence for kind in adapter.KNOWN_KINDS)


@pytest.mark.parametrize(
    "place", ["9500", "host", "host:", ":1", "host:0", "host:65536", "host:x", "host:-1", "host:²"]
)
def test_a_wrong_address_is_refused(place: str) -> None:
    for kind in ("virtual", "tcp-client"):
        with pytest.raises(RadioUnavailable) as refused:
            radio(f"{kind}:{place}")
        assert refused.value.code == "radio-address"


async def test_nobody_serves_there() -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with pytest.raises(RadioUnavailable, match="Nobody answers there") as refused:
            await radio(f"virtual:127.0.0.1:{port}").open()
    assert refused.value.code == "radio-cannot-open"


@pytest.mark.parametrize(
    "spec", ["usb:99", "serial:/dev/no-such-device,1000000", "hci-socket:77", "usb:nonsense"]
)
async def test_missing_hardware_has_a_sentence(spec: str) -> None:
    with pytest.raises(RadioUnavailable) as refused:
        await radio(spec).open()
    assert refused.value.code == "radio-cannot-open"
    assert spec in refused.value.sentence


async def test_somebody_who_is_no_controller() -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(RadioUnavailable) as refused:
        await radio(f"tcp-client:127.0.0.1:{port}").open()
    assert refused.value.code == "radio-unfit"
    server.close()


async def test_without_bumble_the_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real_import = builtins.__import__

    def no_bumble(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("bumble"):
            raise ImportError(name)
        return real_import(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", no_bumble)
    for name in [name for name in sys.modules if name.startswith("bumble")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(RadioUnavailable, match=r"bluezone\[radio\]") as refused:
        await radio("virtual:127.0.0.1:1").open()
    assert refused.value.code == "radio-not-installed"


async def test_a_busy_adapter_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    tries = 0

    async def busy(_spec: str) -> None:
        nonlocal tries
        tries += 1
        raise OSError(errno.EBUSY, "Device or resource busy")

    monkeypatch.setattr("bumble.transport.open_transport", busy)
    monkeypatch.setattr(adapter, "_BUSY_PAUSE_S", 0.001)
    with pytest.raises(RadioUnavailable, match="put the adapter down"):
        await radio("hci-socket:0").open()
    assert tries == adapter._BUSY_TRIES


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(errno.EAFNOSUPPORT, "Address family not supported"), "no Bluetooth sockets"),
        (PermissionError(errno.EACCES, "Permission denied"), "CAP_NET_ADMIN"),
        (FileNotFoundError(errno.ENOENT, "No such file"), "no such device"),
        (ModuleNotFoundError("No module named 'usb1'"), "not installed"),
        (TimeoutError(), "in time"),
        (Exception("odd"), "odd"),
    ],
)
async def test_each_failure_has_its_remedy(
    monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    async def fail(_spec: str) -> None:
        raise error

    monkeypatch.setattr("bumble.transport.open_transport", fail)
    with pytest.raises(RadioUnavailable) as refused:
        await radio("usb:0").open()
    assert words in refused.value.sentence
