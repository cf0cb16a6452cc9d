"""How long kits take and how large they are: the first commune, and each further one on the same machine."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.outreach.kit.build import Order, build_kit
from bluezone.outreach.kit.items import catalogue
from bluezone.outreach.kit.unit_file import Unit

_MEDIA = ("audio", "video-install", "video-8", "video-15", "video-30")


@dataclass(frozen=True, slots=True)
class Measured:
    """Kits of several communes.

    Attributes:
        seconds: wall time of each kit, in their order.
        bytes: of each kit.
        file_count: files of all kits.
        missing: sentences about items that could not be made.
    """

    seconds: tuple[float, ...]
    bytes: tuple[int, ...]
    file_count: int
    missing: tuple[str, ...]


def measure(
    unit: Unit,
    count: int,
    folder: Path,
    languages: tuple[str, ...],
    media: bool,
    show: Callable[[float], None],
) -> Measured:
    """Builds kits of communes that differ in name and address.

    Args:
        unit: the first; the others are numbered after it.
        count: communes.
        folder: where kits and cache go.
        languages: of the materials.
        media: whether loudspeaker spot and videos are made too.
        show: gets the share that is done, 0..1.
    """
    only = frozenset() if media else frozenset(item.id for item in catalogue() if item.id not in _MEDIA)
    key = Ed25519PrivateKey.generate()
    seconds, sizes, files, missing = [], [], 0, []
    for number in range(count):
        order = Order(
            _numbered(unit, number), folder / f"{number:03}", key, folder / "cache", languages, only=only
        )
        began = time.monotonic()
        manifest = build_kit(order, lambda _share: None, Event())
        seconds.append(time.monotonic() - began)
        sizes.append(sum(entry.bytes for entry in manifest.files))
        files += len(manifest.files)
        missing += [one.why for one in manifest.missing if not only or one.item in only]
        show((number + 1) / count)
    return Measured(tuple(seconds), tuple(sizes), files, tuple(missing))


def _numbered(unit: Unit, number: int) -> Unit:
    if number == 0:
        return unit
    name = {language: f"{text} {number + 1}" for language, text in unit.name.items()}
    return replace(unit, id=f"{unit.id}-{number + 1}", name=name, address=f"{unit.address}-{number + 1}")
