"""T-33: somebody reads the logs at DEBUG, after a day on which much went wrong."""

from __future__ import annotations

import structlog

from bluezone.protocol.keys import TemporaryExposureKey
from bluezone.sim.attacks import listening
from bluezone.sim.attacks.outcome import Setting


def test_t33_no_secret_in_any_line_or_exception(setting: Setting) -> None:
    outcome = listening.logs(setting)
    assert outcome.passed, outcome.measured


def test_t33_control_a_secret_that_is_logged_is_found() -> None:
    secret = bytes(range(200, 216))
    with listening.everything_logged() as lines:
        structlog.get_logger("x").debug("careless", tek=secret.hex())
        structlog.get_logger("x").debug("careless", tek=secret)
        structlog.get_logger("x").debug("careful", tek=TemporaryExposureKey(secret))
    forms = [form for _, form in listening.forms("TEK", secret)]
    assert [any(form in line for form in forms) for line in lines] == [True, True, False]
