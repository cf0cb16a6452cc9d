"""What is compared: the phone's model, the rules in use and single levels, each as a method to be fitted.

Whatever a method must know of phone models is measured on the training cases or comes from a list.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bluezone.lab.cases import Case, window_of
from bluezone.lab.devices import Devices
from bluezone.lab.judging import Method, Score
from bluezone.lab.rules import CONVENTIONS, Rule, lowest_attenuation, mean_level, mean_rssi, rules_in_use
from bluezone.lab.training import train
from bluezone.phone.proximity import ProximityModel, probability_near

# Bluezone's phones scan so often, seconds.
PHONE_RHYTHM_S = 60.0

DevicesFor = Callable[[Sequence[Case]], Devices]


def model_methods(devices: Devices, listed: Devices) -> list[Method]:
    """The phone's model with measured phone models, and with Google's list alone."""
    return [
        Method("Bluezone", lambda cases: fitted(cases, devices), is_probability=True),
        Method("Bluezone, Google's list", lambda cases: fitted(cases, listed), is_probability=True),
    ]


def fitted(cases: Sequence[Case], devices: Devices) -> Score:
    """The model trained on cases, as a score."""
    return scored_by(train(cases, devices, PHONE_RHYTHM_S, {}), devices)


def scored_by(model: ProximityModel, devices: Devices) -> Score:
    """A model as a score."""
    return lambda case: probability_near(window_of(case, devices), model)


def rule_methods(devices_for: DevicesFor, deployed: Devices | None) -> list[Method]:
    """The rules in use, and the mean level as reported.

    Args:
        devices_for: training cases to what a rule knows of phone models.
        deployed: the list that the rules were used with; None where "as deployed" means nothing.
    """
    return [
        *(_rule_method(rule, devices_for, deployed) for rule in rules_in_use()),
        Method("mean RSSI", lambda _cases: mean_rssi),
    ]


def level_methods(listed: Devices) -> list[Method]:
    """Single levels, corrected by the list: what an input is worth alone."""
    return [
        Method("mean level", lambda _cases: lambda case: mean_level(case, listed)),
        Method("lowest attenuation", lambda _cases: lambda case: -lowest_attenuation(case, listed)),
    ]


def _rule_method(rule: Rule, devices_for: DevicesFor, deployed: Devices | None) -> Method:
    def fit(cases: Sequence[Case]) -> Score:
        devices = devices_for(cases)
        return lambda case: rule.score(case, devices)

    def warns(convention: str, devices: Devices) -> Callable[[Case], bool]:
        return lambda case: rule.warns(case, devices, CONVENTIONS[convention])

    conventions = {} if deployed is None else {name: warns(name, deployed) for name in CONVENTIONS}
    return Method(rule.name, fit, warns=conventions)
