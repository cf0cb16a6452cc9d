"""Tables that come with the program, read once: device models."""

from __future__ import annotations

from functools import cache
from importlib import resources

from bluezone.phone.device_model import DeviceTable, parse_device_table


@cache
def device_table() -> DeviceTable:
    """How phone models differ (device_models.csv)."""
    text = resources.files("bluezone.phone").joinpath("device_models.csv").read_text(encoding="utf-8")
    return parse_device_table(text)
