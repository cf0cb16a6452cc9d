"""T-14: keys that were published before, keys that overlap, keys to which their owner has no right."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bluezone.protocol.upload import AnswerStatus
from bluezone.sim.attacks import server
from bluezone.sim.attacks.clinic import TODAY, by_hand, open_clinic
from bluezone.sim.attacks.outcome import Setting

MISUSES = sorted(server.hand_made_slots(bytes))


def test_t14_every_one_is_refused_with_its_reason(setting: Setting) -> None:
    outcome = server.known_keys(setting)
    assert outcome.passed, outcome.measured


@pytest.mark.parametrize("name", MISUSES)
def test_t14_one_bad_key_refuses_the_whole_upload(setting: Setting, name: str) -> None:
    """A good key beside it is not published either: the next batch would show it."""
    draw = setting.random_bytes(name)
    slots, wanted = server.hand_made_slots(draw)[name]
    upload = by_hand(slots, draw)

    async def story() -> tuple[AnswerStatus, bool]:
        async with open_clinic(setting) as clinic:
            onset = -30 if name == "three weeks old" else 0
            signed = clinic.signed(upload.commitment(), TODAY + onset)
            status = await clinic.publish(replace(upload, certificate=signed))
            clinic.clock.advance(5 * 3600)
            seq = await clinic.authority.build_batch()
            body = (await clinic.authority.batch_file(f"{seq:08d}.body")).content
            return status, any(slot.tek in body for slot in slots)

    assert asyncio.run(story()) == (wanted, False)
