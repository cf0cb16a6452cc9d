"""T-31: somebody reads every request of a day in which people met, one was confirmed and some were warned."""

from __future__ import annotations

import pytest

from bluezone.sim.attacks import traffic
from bluezone.sim.attacks.outcome import Setting
from bluezone.sim.attacks.wire import Exchange


def test_t31_only_allowed_requests_and_no_heard_byte(setting: Setting) -> None:
    outcome = traffic.data_stays(setting)
    assert outcome.passed, outcome.measured


@pytest.mark.parametrize(
    ("line", "body"),
    [
        ("POST /v1/contacts", b""),
        ("POST /v1/publish", bytes(4097)),
        ("GET /v1/batches/index.json?met=3fa2", b""),
        ("POST /v1/time", bytes(17)),
    ],
)
def test_t31_control_another_request_is_noticed(line: str, body: bytes) -> None:
    assert not traffic.is_allowed(Exchange(0.0, line, (), body))


@pytest.mark.parametrize("form", [bytes, bytes.hex])
def test_t31_control_a_part_of_a_heard_frame_is_noticed(form: type) -> None:
    payload = bytes(range(64, 84))
    part = form(payload[5:11])
    body = b"x" * 9 + (part if isinstance(part, bytes) else str(part).encode()) + b"y"
    assert traffic.heard_in([Exchange(0.0, "POST /v1/redeem", (), body)], {payload}) == ["POST /v1/redeem"]


def test_t31_control_a_cookie_is_noticed() -> None:
    headers = ((b"host", b"x"), (b"cookie", b"who=me"))
    assert not traffic.is_allowed(Exchange(0.0, "GET /v1/batches/index.json", headers))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_t31_a_whole_day(full: Setting) -> None:
    outcome = traffic.data_stays(full)
    assert outcome.passed, outcome.measured
