"""The next version of the configuration: what an operator may change, and from when it holds.

Decides names and ranges of the changes, the version, and the midnight of a switch of key windows. Leaves
signing and its bytes to protocol/configuration. Source: docs/protocol.md, section 6.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from bluezone.authority.errors import ConfigurationRefused
from bluezone.protocol.configuration import (
    CONFIGURATION_FORMAT,
    Configuration,
    RiskNumbers,
    SensingNumbers,
    decode_configuration,
    sign_configuration,
    switch_interval,
)
from bluezone.protocol.errors import ConfigurationError
from bluezone.protocol.interval import DAY_S

_GROUPS = {"risk": RiskNumbers, "sensing": SensingNumbers}
CHANGEABLE = (
    "tek_period",
    *(f"{group}.{name}" for group, numbers in _GROUPS.items() for name in numbers.__struct_fields__),
)
WARN_BEFORE_S = 3 * DAY_S


def next_configuration(
    before: Configuration | None, changes: Mapping[str, str], *, region: int, now: int, valid_days: int
) -> Configuration:
    """The version after `before`.

    Args:
        before: what is in force; None for the first.
        changes: name to new value, such as `risk.alert_s` to `900`; the rest stays.
        region: u16.
        now: seconds UTC.
        valid_days: how long phones may take it.

    Raises:
        ConfigurationRefused: an unknown name, or a value that phones would refuse.
    """
    unknown = sorted(set(changes) - set(CHANGEABLE))
    if unknown:
        raise ConfigurationRefused(f"there is no {unknown[0]}; there are {', '.join(CHANGEABLE)}")
    values = msgspec.to_builtins(before) if before else {}
    for name, value in changes.items():
        group, dot, field = name.partition(".")
        if dot:
            values.setdefault(group, {})[field] = value
        else:
            values[name] = value
    values |= {
        "format": CONFIGURATION_FORMAT,
        "region": region,
        "version": before.version + 1 if before else 1,
        "issued_at": now,
        "expires_at": now + valid_days * DAY_S,
    }
    try:
        found = msgspec.convert(values, Configuration, strict=False)
        if found.tek_period != (before or _first(found)).tek_period:
            found = msgspec.structs.replace(found, tek_period_from=switch_interval(now))
        # One rule for both directions: what we sign, phones accept.
        decode_configuration(sign_configuration(found, []).encode())
    except (msgspec.ValidationError, ConfigurationError) as error:
        raise ConfigurationRefused(f"phones would refuse this configuration: {error}") from None
    return found


def problems_of(configuration: Configuration | None, now: int) -> list[str]:
    """Sentences for the operator about a configuration that ends."""
    if configuration is None or now < configuration.expires_at - WARN_BEFORE_S:
        return []
    version, left_s = configuration.version, configuration.expires_at - now
    if left_s <= 0:
        return [f"Version {version} of the configuration has expired: new phones do not take it."]
    return [f"Version {version} of the configuration expires in {left_s // 3600} hours."]


def _first(found: Configuration) -> Configuration:
    # Before the first configuration key windows have their usual length.
    return Configuration(found.format, found.region, 1, found.issued_at, found.expires_at)
