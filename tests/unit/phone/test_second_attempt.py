"""A second attempt, whatever ended the first and when: no key is lost, doubled, or marked and never sent.

Also what it looks like from outside: a pair of requests as cover sends it, whichever attempt it is (T-34).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bluezone.clock import ManualClock
from bluezone.phone.errors import DiagnosisError, ServerError, UploadPending
from bluezone.phone.own_key import draw_key
from bluezone.phone.publishing import MAX_WAIT_S, MIN_WAIT_S, Published, Publisher
from bluezone.phone.store.outbox import Outbox
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.interval import interval_of
from bluezone.protocol.upload import (
    AnswerStatus,
    RedemptionMode,
    decode_redemption,
)
from bluezone.protocol.verification_code import format_code
from tests.unit.phone.case import MIDNIGHT, REGION, keys_of_four_days, open_client, seeded
from tests.unit.phone.strict_service import PUBLISH, REDEEM, StrictService

NOW = MIDNIGHT + 3000
WINDOW = interval_of(MIDNIGHT)
CODE, OTHER_CODE = bytes(range(8)), bytes(8)


class Died(BaseException):
    """The phone ends here: nothing that stands behind is done."""


class Phone:
    """One home directory, its store opened again after each death."""

    def __init__(self, home: Path, service: StrictService) -> None:
        self.home, self.service = home, service
        self.opened = 0
        self.open()

    def open(self) -> None:
        """A new process."""
        self.opened += 1
        source = seeded(self.opened)
        self.store = PhoneStore.open(self.home, source, durable=False)
        self.publisher = Publisher(open_client(self.service), self.store, REGION, self.service.clock, source)

    def marked(self) -> set[bytes]:
        """TEKs that this phone takes for published."""
        return {own.key.tek.reveal() for own in self.store.ledger.own_keys() if own.published}

    async def attempt(self, code: bytes = CODE) -> Published:
        """All that the owner's tap does, as the runner and the command line do it."""
        try:
            if earlier := await self.publisher.finish_earlier():
                return earlier
            now = self.service.clock.system()
            _, commitment = self.publisher.close_and_commit(now, code)
            certificate = await self.publisher.redeem_code(format_code(code), commitment, now)
            return await self.publisher.publish(commitment, certificate, now)
        finally:
            await self.publisher.finish_as_cover()

    async def until_it_succeeds(self, code: bytes = CODE) -> Published:
        """The owner tries again every twenty minutes; a phone that died is started again."""
        for _ in range(4):
            try:
                return await self.attempt(code)
            except ServerError:
                pass
            except Died:
                self.store.close()
                self.open()
            self.service.clock.advance(1200)
        raise AssertionError("four attempts were not enough")

    def check(self) -> None:
        """What is marked is what everybody has; nothing was refused, and nothing waits."""
        assert self.marked() == self.service.public()
        assert len(self.service.uploads()) == 1
        assert self.service.refused == []
        assert self.store.outbox.pending() is None


@pytest.fixture
def service() -> StrictService:
    """A service at the time of the diagnosis."""
    return StrictService(ManualClock(NOW))


@pytest.fixture
def phone(tmp_path: Path, service: StrictService) -> Iterator[Phone]:
    """A phone with the keys of four days."""
    one = Phone(tmp_path / "home", service)
    one.store.ledger.save_own_keys(keys_of_four_days())
    yield one
    one.store.close()


LOST: BaseException = httpx.ReadTimeout("lost")
DIED: BaseException = Died()
# Where an attempt can end: on the wire, and before or after each change of the store.
ENDS: dict[str, tuple[str, str, BaseException]] = {
    f"{name} {path or method} {when}": (path or method, when, fault)
    for name, fault in (("lost", LOST), ("died", DIED))
    for path, method in ((REDEEM, ""), (PUBLISH, ""))
    for when in ("request", "answer")
} | {
    f"died {when} {method}": (method, when, DIED)
    for method in ("save_commitment", "prepare", "accepted")
    for when in ("before", "after")
}


def end_once(phone: Phone, end: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next time that the phone gets there, it ends there."""
    place, when, fault = ENDS[end]
    if place.startswith("/"):
        phone.service.faults[place, when] = fault
        return
    real = getattr(Outbox, place)

    def ending(self: Outbox, *args: object) -> None:
        monkeypatch.setattr(Outbox, place, real)
        if when == "after":
            real(self, *args)
        raise fault

    monkeypatch.setattr(Outbox, place, ending)


@pytest.mark.parametrize("second", [None, "lost /v1/publish request", "died /v1/publish answer"])
@pytest.mark.parametrize("first", ENDS)
async def test_no_key_is_lost_or_doubled_wherever_attempts_end(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, first: str, second: str | None
) -> None:
    end_once(phone, first, monkeypatch)
    if second is not None and second != first:
        with pytest.raises((ServerError, Died)):
            await phone.attempt()
        phone.store.close()
        phone.open()
        phone.service.clock.advance(1200)
        end_once(phone, second, monkeypatch)
    told = await phone.until_it_succeeds()
    monkeypatch.undo()
    phone.check()
    assert told.sent_count == len(phone.service.public()) >= 13
    again = await phone.attempt()
    assert (again.sent_count, again.is_earlier) == (told.sent_count, True), (
        "typed once more, it is done already"
    )
    phone.check()


@pytest.mark.parametrize("end", ["lost /v1/publish request", "lost /v1/publish answer"])
async def test_what_a_poll_sent_is_told_when_the_owner_tries_again(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    end_once(phone, end, monkeypatch)
    with pytest.raises(ServerError):
        await phone.attempt()
    phone.service.clock.advance(4 * 3600)
    assert await phone.publisher.resume()
    phone.check()
    told = await phone.attempt()
    assert (told.sent_count, told.is_earlier) == (13, True)
    phone.check()


async def test_what_was_refused_meanwhile_goes_with_the_new_code(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its certificate has expired; the new one must not be wasted on being told so."""
    end_once(phone, "lost /v1/publish request", monkeypatch)
    with pytest.raises(ServerError):
        await phone.attempt()
    prepared = phone.marked()
    phone.service.clock.advance(25 * 3600)
    told = await phone.attempt(OTHER_CODE)
    assert phone.service.refused == [AnswerStatus.CERTIFICATE_EXPIRED]
    assert (told.sent_count, told.is_earlier) == (len(phone.service.public()), False)
    assert phone.marked() == phone.service.public()
    assert phone.service.public() & prepared


async def test_two_uploads_at_once_are_refused_before_a_key_is_marked(
    phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the answer to the first is on its way, nothing may take its place."""
    end_once(phone, "lost /v1/publish request", monkeypatch)
    with pytest.raises(ServerError):
        await phone.attempt()
    now = phone.service.clock.system()
    _, commitment = phone.publisher.close_and_commit(now, OTHER_CODE)
    certificate = await phone.publisher.redeem_code(format_code(OTHER_CODE), commitment, now)
    phone.store.ledger.save_own_keys([draw_key([], WINDOW - 600, seeded(9))])
    before = phone.marked(), phone.store.outbox.pending()
    with pytest.raises((UploadPending, DiagnosisError)):
        await phone.publisher.publish(commitment, certificate, now)
    assert (phone.marked(), phone.store.outbox.pending()) == before


class TestFromOutside:
    """Number, sizes, order and times of requests, real or cover, at the first try and at later ones."""

    def pairs(self, service: StrictService) -> list[tuple[list[str], list[int]]]:
        """Requests two by two, once each wait was seen to be that of cover."""
        requests, moments = service.paths(), service.moments
        assert len(requests) % 2 == 0
        for at in range(0, len(requests), 2):
            assert MIN_WAIT_S <= moments[at + 1] - moments[at] <= MAX_WAIT_S
        sizes = [len(body) for body in service.bodies]
        return [(requests[at : at + 2], sizes[at : at + 2]) for at in range(0, len(requests), 2)]

    @pytest.mark.parametrize("times", [1, 2, 3])
    @pytest.mark.parametrize("by", ["poll", "owner"])
    async def test_a_real_upload_without_an_answer_comes_again_as_cover_does(
        self, phone: Phone, by: str, times: int
    ) -> None:
        async def again() -> None:
            await (phone.publisher.resume() if by == "poll" else phone.attempt())

        tries: list[Callable[[], Awaitable[object]]] = [phone.attempt, *[again] * (times - 1)]
        for attempt in tries:
            phone.service.faults[PUBLISH, "answer"] = LOST
            with pytest.raises(ServerError):
                await attempt()
            phone.service.clock.advance(600)
        await again()
        real = self.pairs(phone.service)
        assert not await phone.publisher.resume()
        phone.check()

        phone.service.requests.clear()
        phone.service.bodies.clear()
        phone.service.moments.clear()
        tries = [phone.publisher.send_cover, *[phone.publisher.resume] * (times - 1)]
        for attempt in tries:
            phone.service.faults[PUBLISH, "answer"] = LOST
            with pytest.raises(ServerError):
                await attempt()
            phone.service.clock.advance(600)
        assert await phone.publisher.resume()
        assert self.pairs(phone.service) == real == [([REDEEM, PUBLISH], [48, 4096])] * (times + 1)
        assert not await phone.publisher.resume()

    async def test_the_redemption_before_it_says_nothing(self, phone: Phone) -> None:
        phone.service.faults[PUBLISH, "answer"] = LOST
        with pytest.raises(ServerError):
            await phone.attempt()
        await phone.publisher.resume()
        first, second = (decode_redemption(body) for body in phone.service.bodies[::2])
        assert (first.mode, second.mode) == (RedemptionMode.CODE, RedemptionMode.COVER)
        assert first.commitment != second.commitment
        assert phone.service.bodies[1] == phone.service.bodies[3], "the identical upload"

    async def test_cover_that_waits_gives_way_to_an_attempt(self, phone: Phone) -> None:
        phone.service.faults[PUBLISH, "request"] = LOST
        with pytest.raises(ServerError):
            await phone.publisher.send_cover()
        assert phone.store.outbox.pending() is not None
        told = await phone.attempt()
        assert (told.sent_count, told.is_earlier) == (13, False)
        assert phone.service.paths() == [REDEEM, REDEEM, PUBLISH]
        phone.check()

    async def test_an_answer_to_cover_forgets_nothing_of_an_attempt(self, phone: Phone) -> None:
        """The code whose answer was lost must still come with its first commitment."""
        phone.service.faults[REDEEM, "answer"] = LOST
        with pytest.raises(ServerError):
            await phone.attempt()
        await phone.publisher.send_cover()
        assert (await phone.attempt()).sent_count == 13
        phone.check()
