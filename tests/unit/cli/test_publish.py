"""`bluezone phone publish`: what the owner is told, and that a second try finishes the first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx
import pytest
from click.testing import CliRunner, Result

from bluezone.cli import phone_publish
from bluezone.cli.main import main
from bluezone.clock import ManualClock
from bluezone.phone.own_key import draw_key
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.interval import interval_of
from bluezone.protocol.verification_code import format_code
from tests.unit.phone.case import MIDNIGHT, REGION, seeded
from tests.unit.phone.strict_service import PUBLISH, StrictService

NOW = MIDNIGHT + 3000
WINDOW = interval_of(MIDNIGHT)
TYPED = format_code(bytes(range(8)))


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> StrictService:
    """A service in memory, and a clock that does not wait."""
    one = StrictService(ManualClock(NOW))

    def over_the_wire(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=httpx.ByteStream(one(request).content))

    def client(*_: Any) -> httpx.AsyncClient:
        return httpx.AsyncClient(base_url=REGION.address, transport=httpx.MockTransport(over_the_wire))

    monkeypatch.setattr("bluezone.clock.SystemClock", lambda: one.clock)
    monkeypatch.setattr("bluezone.phone.server_client.open_http", client)
    monkeypatch.setattr(phone_publish, "read_region", lambda _path: REGION)
    return one


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A phone with the keys of four days."""
    store, source = PhoneStore.open(tmp_path, seeded(3), durable=False), seeded(8)
    store.ledger.save_own_keys(draw_key([], at, source) for at in range(WINDOW - 576, WINDOW + 1, 24))
    store.close()
    return tmp_path


def publish(home: Path, code: str = TYPED) -> Result:
    words = ["phone", "publish", "--home", str(home), "--region", "region.toml", "--code", code, "--yes"]
    return CliRunner().invoke(main, words)


def marked(home: Path) -> set[bytes]:
    store = PhoneStore.open(home, seeded(4), durable=False)
    try:
        return {own.key.tek.reveal() for own in store.ledger.own_keys() if own.published}
    finally:
        store.close()


def test_keys_are_sent_and_counted(home: Path, service: StrictService) -> None:
    done = publish(home)
    assert done.exit_code == 0, done.output
    assert done.stdout == "13 keys sent; 0 held back because nobody was near.\n"
    assert marked(home) == service.public()


@pytest.mark.parametrize("lost", ["request", "answer"])
def test_a_second_try_finishes_the_first(home: Path, service: StrictService, lost: str) -> None:
    service.faults[PUBLISH, lost] = httpx.ReadTimeout("lost")
    failed = publish(home)
    assert failed.exit_code == 1
    assert "[server-unreachable]" in failed.stderr
    service.clock.advance(1200)
    for _ in range(2):
        done = publish(home)
        assert done.exit_code == 0, done.output
        assert done.stdout == "13 keys sent: those of the attempt before, which had had no answer.\n"
    assert marked(home) == service.public()
    assert service.refused == []


def test_a_mistyped_code_is_told_before_anything_is_sent(home: Path, service: StrictService) -> None:
    service.faults[PUBLISH, "request"] = httpx.ReadTimeout("lost")
    publish(home)
    sent = len(service.requests)
    refused = publish(home, TYPED[:-1] + "Z")
    assert refused.exit_code == 1
    assert "mistyped" in refused.stderr
    assert len(service.requests) == sent
