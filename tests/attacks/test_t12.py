"""T-12: codes and certificates of others, expired, used, forged, guessed: refused, each with its reason."""

from __future__ import annotations

import asyncio

from bluezone.protocol.upload import AnswerStatus
from bluezone.sim.attacks import server
from bluezone.sim.attacks.clinic import TODAY, Owner, open_clinic
from bluezone.sim.attacks.outcome import Setting


def test_t12_each_misuse_is_refused_with_its_reason(setting: Setting) -> None:
    outcome = server.codes(setting)
    assert outcome.passed, outcome.measured


def test_t12_a_guesser_locks_out_nobody_but_himself(setting: Setting) -> None:
    async def story() -> AnswerStatus:
        async with open_clinic(setting) as clinic:
            for _ in range(100):
                await clinic.redeem("000820C20A1G7Y", bytes(32), "6.6.6.6")
            return (
                await clinic.redeem(await clinic.authority.issue_code(TODAY), bytes(32), "7.7.7.7")
            ).status

    assert asyncio.run(story()) is AnswerStatus.GOOD


def test_t12_control_whoever_has_an_unused_code_and_own_keys_may_publish(setting: Setting) -> None:
    """A code is bearer paper until it is first presented: that is why it is read out in person."""

    async def story() -> AnswerStatus:
        stranger = Owner.draw(setting.random_bytes("stranger"))
        async with open_clinic(setting) as clinic:
            certificate = await clinic.certified(stranger.hash)
            upload = stranger.upload(certificate, clinic.now, clinic.keys.certificate)
            return await clinic.publish(upload)

    assert asyncio.run(story()) is AnswerStatus.GOOD
