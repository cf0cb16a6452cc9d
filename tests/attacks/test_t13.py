"""T-13: the result is known, and somebody with money wants other keys certified than those of the swab."""

from __future__ import annotations

import asyncio

from bluezone.protocol.upload import AnswerStatus
from bluezone.sim.attacks import server
from bluezone.sim.attacks.clinic import Owner, open_clinic
from bluezone.sim.attacks.outcome import Setting


def test_t13_only_the_keys_of_the_swab_are_certified(setting: Setting) -> None:
    outcome = server.swab(setting)
    assert outcome.passed, outcome.measured


def test_t13_control_in_code_mode_a_result_can_be_sold_and_the_page_says_so(setting: Setting) -> None:
    """Without a commitment at the swab the buyer presents the code first: known and open."""

    async def story() -> AnswerStatus:
        buyer = Owner.draw(setting.random_bytes("buyer"))
        async with open_clinic(setting) as clinic:
            certificate = await clinic.certified(buyer.hash)
            return await clinic.publish(buyer.upload(certificate, clinic.now, clinic.keys.certificate))

    assert asyncio.run(story()) is AnswerStatus.GOOD
