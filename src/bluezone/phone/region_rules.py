"""The risk rule in force: the region's signed configuration where there is one, else the one built in.

Decides how a configuration becomes rules. Its form, signers, version and time are checked by
protocol/configuration.py; fetching and keeping it is following.py.
"""

from __future__ import annotations

from dataclasses import replace

import msgspec

from bluezone.phone.risk import RiskRules
from bluezone.protocol.configuration import Configuration, decode_configuration
from bluezone.protocol.errors import ConfigurationError


def kept_configuration(kept: bytes | None) -> Configuration | None:
    """The configuration that this phone verified when it kept it; None if there is none.

    Args:
        kept: the signed file as stored.
    """
    if kept is None:
        return None
    try:
        return decode_configuration(kept).configuration
    except ConfigurationError:  # Written by another version of this program: the built-in rule holds.
        return None


def rules_of(configuration: Configuration | None, built_in: RiskRules) -> RiskRules:
    """The rule that a configuration puts in force."""
    if configuration is None:
        return built_in
    rules = RiskRules(**msgspec.structs.asdict(configuration.risk))
    sensing = configuration.sensing
    if sensing is msgspec.UNSET:
        return rules
    return replace(
        rules,
        kind=sensing.rule,
        near_probability=sensing.near_probability,
        intercept_db=sensing.intercept_db,
    )
