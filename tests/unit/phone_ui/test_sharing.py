"""Sharing goes on while its page is left, and never twice at once."""

from __future__ import annotations

import asyncio

import pytest

from bluezone.phone.ui import sharing as module
from bluezone.phone.ui.sharing import Sharing, SharingState, refusal_key
from bluezone.phone.ui.view import PhoneAsleep
from bluezone.protocol.errors import CodeError
from tests.unit.phone_ui.fake_view import FakeView


async def test_a_slow_phone_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    view = FakeView()
    view.answer_after = asyncio.Event()
    sharing = Sharing(view)
    await sharing.start("code", frozenset())
    while_sending = sharing.progress
    assert while_sending.state is SharingState.SENDING
    await sharing.start("another", frozenset())
    view.answer_after.set()
    await asyncio.sleep(0.01)
    assert sharing.progress.sent_count == 2
    assert view.published == [("code", frozenset())]


async def test_a_refused_code_can_be_corrected_and_sent() -> None:
    view = FakeView()
    view.refusal = CodeError("mistyped")
    sharing = Sharing(view)
    await sharing.start("wrong", frozenset())
    assert (sharing.progress.refusal_key, sharing.progress.typed_code) == ("share.refused.mistyped", "wrong")
    view.refusal = None
    await sharing.start("right", frozenset())
    assert (sharing.progress.state, sharing.progress.sent_count) == (SharingState.SENT, 2)


async def test_stopping_ends_the_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE_S", 0.01)
    view = FakeView()
    view.answer_after = asyncio.Event()
    sharing = Sharing(view)
    await sharing.start("code", frozenset())
    sharing.stop()
    await asyncio.sleep(0)
    assert not view.published


def test_a_phone_that_is_off_has_a_sentence() -> None:
    assert refusal_key(PhoneAsleep("off")) == "share.refused.asleep"
