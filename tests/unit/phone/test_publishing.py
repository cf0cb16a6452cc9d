"""From a typed code to published keys: what is saved before what is sent, and what a crash leaves."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from bluezone.clock import ManualClock
from bluezone.phone.errors import DiagnosisError, ServerError, ServerUnreachable
from bluezone.phone.own_key import serving_key
from bluezone.phone.publishing import MAX_WAIT_S, MIN_WAIT_S, Publisher, refusal
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.errors import CodeError
from bluezone.protocol.interval import interval_of
from bluezone.protocol.upload import Answer, AnswerStatus, Upload, decode_redemption, decode_upload
from bluezone.protocol.verification_code import format_code
from tests.unit.phone.case import (
    MIDNIGHT,
    REGION,
    TEK,
    Service,
    keys_of_four_days,
    open_client,
    record,
    seeded,
)

NOW = MIDNIGHT + 3000
INTERVAL = interval_of(NOW)
WINDOW = interval_of(MIDNIGHT)
CODE = bytes(range(8))
TYPED = format_code(CODE)


class Phone:
    """A store with a publisher that talks to a service in memory."""

    def __init__(self, home: Path, service: Service, seed: int = 3) -> None:
        self.service = service
        self.store = PhoneStore.open(home, seeded(seed), durable=False)
        self.publisher = Publisher(open_client(service), self.store, REGION, service.clock, seeded(seed))

    def marks(self) -> dict[int, bool]:
        """rolling_start to whether it is marked as published."""
        return {own.start: own.published for own in self.store.ledger.own_keys()}

    async def whole(self) -> None:
        """Everything, as the owner's one tap does it."""
        _, commitment = self.publisher.close_and_commit(NOW, CODE)
        certificate = await self.publisher.redeem_code(TYPED, commitment, NOW)
        await self.publisher.publish(commitment, certificate, NOW)

    def uploads(self) -> list[bytes]:
        """What the service was sent for publication."""
        pairs = zip(self.service.paths(), self.service.bodies, strict=True)
        return [body for path, body in pairs if path == "/v1/publish"]

    def decoded(self) -> Upload:
        """The last upload."""
        found = decode_upload(self.uploads()[-1])
        assert found is not None
        return found


@pytest.fixture
def service() -> Service:
    """A service at the time of the diagnosis."""
    return Service(ManualClock(NOW))


@pytest.fixture
def phone(tmp_path: Path, service: Service) -> Iterator[Phone]:
    """A phone with the keys of four days; it did not scan, so no window counts as silent."""
    one = Phone(tmp_path / "home", service)
    one.store.ledger.save_own_keys(keys_of_four_days())
    yield one
    one.store.close()


async def test_the_whole_way(phone: Phone, service: Service) -> None:
    await phone.whole()
    assert service.paths() == ["/v1/redeem", "/v1/publish"]
    assert [len(body) for body in service.bodies] == [48, 4096]
    sent = [slot.rolling_start for slot in phone.decoded().published()]
    assert sent == list(range(WINDOW - 288, WINDOW + 1, 24)), "from two days before the onset"
    assert phone.decoded().published()[-1].period == INTERVAL + 1 - WINDOW, "the running key closed early"
    assert phone.decoded().commitment() == decode_redemption(service.bodies[0]).commitment
    assert [start for start, marked in phone.marks().items() if marked] == sent
    assert phone.store.outbox.pending() is None


async def test_the_publish_request_carries_neither_code_nor_name(phone: Phone, service: Service) -> None:
    await phone.whole()
    assert CODE not in service.bodies[1]
    assert TYPED.encode() not in service.bodies[1]


async def test_it_waits_as_cover_traffic_does(phone: Phone, service: Service) -> None:
    begin = service.clock.monotonic()
    await phone.whole()
    assert MIN_WAIT_S <= service.clock.monotonic() - begin <= MAX_WAIT_S


async def test_keys_and_commitment_are_saved_before_anything_is_sent(phone: Phone, service: Service) -> None:
    keys, commitment = phone.publisher.close_and_commit(NOW, CODE)
    assert service.requests == []
    assert phone.store.ledger.own_keys() == list(keys)
    assert phone.store.outbox.commitments() == [commitment]
    running = serving_key(keys, INTERVAL)
    assert running is not None
    assert running.end == INTERVAL + 1


async def test_a_typing_error_sends_nothing(phone: Phone, service: Service) -> None:
    _, commitment = phone.publisher.close_and_commit(NOW, CODE)
    with pytest.raises(CodeError):
        await phone.publisher.redeem_code(TYPED[:-1] + "Z", commitment, NOW)
    assert service.requests == []


class TestRedeem:
    """Refusals, lost answers, and certificates of somebody else."""

    @pytest.mark.parametrize(
        "status", [AnswerStatus.CODE_UNKNOWN, AnswerStatus.CODE_EXPIRED, AnswerStatus.CODE_USED]
    )
    async def test_refused(self, phone: Phone, service: Service, status: AnswerStatus) -> None:
        service.answers = [Answer(status)]
        with pytest.raises(DiagnosisError, match="code"):
            await phone.whole()
        assert phone.uploads() == []
        assert not any(phone.marks().values())

    async def test_a_refused_code_ends_as_cover_does(self, phone: Phone, service: Service) -> None:
        """Once, after the usual wait; nothing of this phone is in what follows."""
        service.answers = [Answer(AnswerStatus.CODE_UNKNOWN)]
        with pytest.raises(DiagnosisError):
            await phone.whole()
        begin = service.clock.monotonic()
        await phone.publisher.finish_as_cover()
        assert MIN_WAIT_S <= service.clock.monotonic() - begin <= MAX_WAIT_S
        await phone.publisher.finish_as_cover()
        (upload,) = phone.uploads()
        assert decode_upload(upload) is None
        assert service.paths() == ["/v1/redeem", "/v1/publish"]

    async def test_a_good_code_owes_nothing_more(self, phone: Phone, service: Service) -> None:
        await phone.whole()
        await phone.publisher.finish_as_cover()
        assert len(phone.uploads()) == 1

    async def test_a_certificate_that_nobody_here_signed(self, phone: Phone, service: Service) -> None:
        service.answers = [Answer(AnswerStatus.GOOD, bytes(109))]
        with pytest.raises(DiagnosisError):
            await phone.whole()
        assert phone.uploads() == []

    async def test_a_second_attempt_after_a_lost_answer_comes_with_the_same_commitment(
        self, phone: Phone, service: Service
    ) -> None:
        """The authority binds a code to the first commitment it sees."""
        lost = iter([httpx.ReadTimeout("lost")])

        def lose(request: httpx.Request) -> None:
            if request.url.path == "/v1/redeem" and (error := next(lost, None)):
                raise error

        service.before = lose
        with pytest.raises(ServerError):
            await phone.whole()
        service.clock.advance(900)
        await phone.whole()
        first, second = (decode_redemption(body).commitment for body in service.bodies[:2])
        assert first == second
        assert phone.decoded().commitment() == first

    async def test_another_code_comes_with_another_commitment(self, phone: Phone) -> None:
        _, first = phone.publisher.close_and_commit(NOW, CODE)
        _, second = phone.publisher.close_and_commit(NOW + 1, bytes(8))
        assert first.hash() != second.hash()


class TestCrash:
    """A phone that dies between saving and sending sends the identical bytes, or never began."""

    async def test_between_saving_and_sending(self, phone: Phone, service: Service, tmp_path: Path) -> None:
        never = asyncio.Event()

        class Dying(ManualClock):
            async def sleep(self, seconds: float) -> None:
                never.set()
                await asyncio.Event().wait()

        dying = Publisher(open_client(service), phone.store, REGION, Dying(NOW), seeded(3))
        _, commitment = dying.close_and_commit(NOW, CODE)
        certificate = await dying.redeem_code(TYPED, commitment, NOW)
        task = asyncio.get_running_loop().create_task(dying.publish(commitment, certificate, NOW))
        await never.wait()
        task.cancel()
        prepared = phone.store.outbox.pending()
        assert phone.uploads() == []
        assert any(phone.marks().values()), "marked before it is sent"
        phone.store.close()
        again = Phone(tmp_path / "home", service, seed=99)
        assert await again.publisher.resume()
        assert phone.uploads() == [prepared]
        assert not await again.publisher.resume()
        again.store.close()

    async def test_a_lost_answer_sends_the_identical_upload_again(
        self, phone: Phone, service: Service
    ) -> None:
        lost = iter([httpx.ReadTimeout("lost"), httpx.ConnectError("no route")])

        def lose(request: httpx.Request) -> None:
            if request.url.path == "/v1/publish" and (error := next(lost, None)):
                raise error

        service.before = lose
        with pytest.raises(ServerError):
            await phone.whole()
        with pytest.raises(ServerError):
            await phone.publisher.resume()
        service.clock.advance(86_400)
        assert await phone.publisher.resume()
        assert len(phone.uploads()) == 3
        assert len(set(phone.uploads())) == 1

    async def test_an_unavailable_service_is_tried_again(self, phone: Phone, service: Service) -> None:
        good = Answer(
            AnswerStatus.GOOD, service.certificate(phone.publisher.close_and_commit(NOW, CODE)[1].hash())
        )
        service.answers = [good, Answer(AnswerStatus.UNAVAILABLE)]
        with pytest.raises(ServerUnreachable):
            await phone.whole()
        assert phone.store.outbox.pending() is not None
        assert await phone.publisher.resume()

    async def test_nothing_pending(self, phone: Phone, service: Service) -> None:
        assert not await phone.publisher.resume()
        assert service.requests == []


class TestRefusedUpload:
    """A definite refusal is told and not repeated; its keys may go with another certificate."""

    async def refuse(self, phone: Phone, service: Service, status: AnswerStatus) -> None:
        _, commitment = phone.publisher.close_and_commit(NOW, CODE)
        service.answers = [Answer(AnswerStatus.GOOD, service.certificate(commitment.hash())), Answer(status)]
        with pytest.raises(DiagnosisError):
            await phone.whole()
        assert phone.store.outbox.pending() is None

    async def test_an_expired_certificate_leaves_the_keys_for_a_new_code(
        self, phone: Phone, service: Service
    ) -> None:
        await self.refuse(phone, service, AnswerStatus.CERTIFICATE_EXPIRED)
        assert not any(phone.marks().values())
        _, commitment = phone.publisher.close_and_commit(NOW + 60, bytes(8))
        certificate = await phone.publisher.redeem_code(format_code(bytes(8)), commitment, NOW + 60)
        await phone.publisher.publish(commitment, certificate, NOW + 60)
        assert len(phone.decoded().published()) == 13

    async def test_after_a_key_that_is_public_already_all_stay_marked(
        self, phone: Phone, service: Service
    ) -> None:
        """Which one it is the answer does not say; with it every later upload would be refused too."""
        await self.refuse(phone, service, AnswerStatus.KEY_ALREADY_SEEN)
        assert any(phone.marks().values())

    async def test_another_upload_had_the_certificate_so_these_keys_are_still_secret(
        self, phone: Phone, service: Service
    ) -> None:
        await self.refuse(phone, service, AnswerStatus.CERTIFICATE_USED)
        assert not any(phone.marks().values())


class TestWithholding:
    """The owner's choice, and windows in which nothing was heard."""

    async def test_the_owner_keeps_some(self, phone: Phone) -> None:
        _, commitment = phone.publisher.close_and_commit(NOW, CODE)
        certificate = await phone.publisher.redeem_code(TYPED, commitment, NOW)
        kept = frozenset({WINDOW - 24, WINDOW - 48})
        published = await phone.publisher.publish(commitment, certificate, NOW, kept)
        sent = {slot.rolling_start for slot in phone.decoded().published()}
        assert sent.isdisjoint(kept)
        assert published.sent_count == len(sent) == 11
        assert not any(phone.marks()[start] for start in kept)

    async def test_silent_windows_are_withheld_by_themselves(self, phone: Phone) -> None:
        silent, met = WINDOW - 24, WINDOW - 48
        for interval in range(met, WINDOW):
            heard = [record(TEK, interval)] if interval == met + 3 else []
            phone.store.days.save_interval(interval, heard, [600 * interval + 60 * n for n in range(10)])
        _, commitment = phone.publisher.close_and_commit(NOW, CODE)
        certificate = await phone.publisher.redeem_code(TYPED, commitment, NOW)
        published = await phone.publisher.publish(commitment, certificate, NOW)
        sent = {slot.rolling_start for slot in phone.decoded().published()}
        assert silent not in sent
        assert met in sent
        assert published.withheld_count == 1

    async def test_only_keys_that_would_have_been_sent_count_as_withheld(self, phone: Phone) -> None:
        """A silent night before the illness, and one that the owner keeps anyway, are not held back."""
        silent = [WINDOW - 24, WINDOW - 48, WINDOW - 480, WINDOW - 504]
        for start in silent:
            for interval in range(start, start + 24):
                phone.store.days.save_interval(interval, [], [600 * interval + 60 * n for n in range(10)])
        _, commitment = phone.publisher.close_and_commit(NOW, CODE)
        certificate = await phone.publisher.redeem_code(TYPED, commitment, NOW)
        published = await phone.publisher.publish(commitment, certificate, NOW, frozenset({WINDOW - 24}))
        assert (published.sent_count, published.withheld_count) == (11, 1)

    async def test_nothing_left_to_publish_is_said(self, phone: Phone) -> None:
        await phone.whole()
        _, commitment = phone.publisher.close_and_commit(NOW, bytes(8))
        certificate = await phone.publisher.redeem_code(format_code(bytes(8)), commitment, NOW)
        with pytest.raises(DiagnosisError, match="no key to publish"):
            await phone.publisher.publish(commitment, certificate, NOW)
        assert len(phone.uploads()) == 1


async def test_a_second_diagnosis_never_publishes_a_key_twice(phone: Phone, service: Service) -> None:
    await phone.whole()
    first = {slot.tek for slot in phone.decoded().published()}
    later = NOW + 6 * 3600
    service.clock.advance(later - NOW)
    _, commitment = phone.publisher.close_and_commit(later, bytes(8))
    certificate = await phone.publisher.redeem_code(format_code(bytes(8)), commitment, later)
    await phone.publisher.publish(commitment, certificate, later)
    second = {slot.tek for slot in phone.decoded().published()}
    assert second
    assert first.isdisjoint(second)
    assert first.isdisjoint({slot.leaf for slot in phone.decoded().slots})


def test_every_status_has_a_sentence() -> None:
    assert all(len(refusal(status)) > 30 for status in AnswerStatus)
    assert len({refusal(status) for status in AnswerStatus}) == len(AnswerStatus)
