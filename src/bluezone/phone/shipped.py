"""Tables that come with the program, read once: device models, coefficients of proximity."""

from __future__ import annotations

from functools import cache
from importlib import resources

from bluezone.phone.device_model import DeviceTable, parse_device_table
from bluezone.phone.proximity import ProximityModel, parse_model


@cache
def device_table() -> DeviceTable:
    """How phone models differ (device_models.csv)."""
    text = resources.files("bluezone.phone").joinpath("device_models.csv").read_text(encoding="utf-8")
    return parse_device_table(text)


@cache
def proximity_model() -> ProximityModel:
    """How probable nearness is (proximity.json)."""
    return parse_model(resources.files("bluezone.phone").joinpath("proximity.json").read_bytes())
