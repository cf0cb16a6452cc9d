"""The capture file, read back by hand and by tshark."""

import os
import random
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from bluezone.clock import LoopClock
from bluezone.radio.capture import Capture
from bluezone.radio.virtual.hci_air import HciAir
from bluezone.radio.virtual.medium import FixedMedium
from bluezone.sim.virtual_time import run_virtual

EPOCH = 1_700_006_525.0
FLAGS_AND_UUID = bytes.fromhex("020106 0303564e 1716564e")
PAYLOADS = [random.Random(seed).randbytes(20) for seed in range(3)]
EPOCH_DELTA_US = 0x00DCDDB30F2F8000


async def scene(path: Path, captured: list[int] | None = None) -> None:
    """Station 1 sends three payloads, station 2 listens to each for a second."""
    clock = LoopClock(EPOCH)
    with Capture(path.open("wb")) as capture:
        air = HciAir(FixedMedium([1, 2], -61), clock, capture=capture, captured=captured)
        sender, receiver = (air.radio(n, random.Random(n).randbytes) for n in (1, 2))
        await sender.open()
        await receiver.open()
        for payload in PAYLOADS:
            await sender.broadcast(FLAGS_AND_UUID + payload, new_address=True)
            await receiver.scan(1)
        await sender.close()
        await receiver.close()


def records(path: Path) -> list[tuple[int, int, float, bytes]]:
    """Adapter, opcode, instant and packet of each record."""
    content = path.read_bytes()
    assert content[:16] == b"btsnoop\0" + struct.pack(">II", 1, 2001)
    found, offset = [], 16
    while offset < len(content):
        length, original, flags, drops, at = struct.unpack_from(">IIIIQ", content, offset)
        assert (length, drops) == (original, 0)
        offset += 24
        instant = (at - EPOCH_DELTA_US) / 1e6
        found.append((flags >> 16, flags & 0xFFFF, instant, content[offset : offset + length]))
        offset += length
    return found


def test_records_are_in_the_order_of_time(tmp_path: Path) -> None:
    path = tmp_path / "air.btsnoop"
    run_virtual(scene(path))
    found = records(path)
    instants = [instant for _, _, instant, _ in found]
    assert instants == sorted(instants)
    assert instants[0] == EPOCH
    assert instants[-1] == pytest.approx(EPOCH + 3, abs=1e-5)
    assert [(adapter, opcode) for adapter, opcode, _, _ in found if opcode == 0] == [(1, 0), (2, 0)]
    reports = [packet for adapter, _, _, packet in found if packet.startswith(b"\x3e")]
    assert len(reports) >= 9
    assert {packet[-21:-1] for packet in reports} == set(PAYLOADS)


def test_only_the_chosen_stations_are_captured(tmp_path: Path) -> None:
    path = tmp_path / "air.btsnoop"
    run_virtual(scene(path, captured=[2]))
    assert {adapter for adapter, _, _, _ in records(path)} == {2}


def test_tshark_reads_what_was_sent(tmp_path: Path) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        assert not os.environ.get("CI"), "tshark must be installed in CI"
        pytest.skip("no tshark on the PATH: apt-get install tshark")
    path = tmp_path / "air.btsnoop"
    run_virtual(scene(path))
    fields = (
        "hci_mon.adapter_id",
        "bthci_evt.rssi",
        "btcommon.eir_ad.entry.flags.bredr_not_supported",
        "btcommon.eir_ad.entry.uuid_16",
        "btcommon.eir_ad.entry.service_data",
    )
    reports = "bthci_evt.le_meta_subevent == 0x02"
    command = [tshark, "-r", str(path), "-Y", reports, "-T", "fields"]
    command += [word for field in fields for word in ("-e", field)]
    result = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    lines = [line.split("\t") for line in result.stdout.splitlines()]
    # Versions of tshark print a bit as 1, 0x01 or True.
    rows = [(*line[:2], line[2] in ("1", "0x01", "True"), *line[3:]) for line in lines]
    assert len(rows) >= 9
    assert set(rows) == {("2", "-61", True, "0x4e56,0x4e56", payload.hex()) for payload in PAYLOADS}
    broken = subprocess.run(
        [tshark, "-r", str(path), "-Y", "_ws.malformed"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert broken.stdout == ""
