"""Whole phones on a virtual air and a virtual clock: they meet, one publishes, the other is warned.

Also what no part may do alone: keep an identifier in any file (T-26), write a secret into any log (T-33).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import httpx
import pytest
import sqlcipher3
import structlog

from bluezone.clock import LoopClock, ManualClock
from bluezone.phone.errors import ServerError
from bluezone.phone.events import PlaceFixed
from bluezone.phone.matching import find_hits
from bluezone.phone.own_key import own_identifiers
from bluezone.phone.place import Fix
from bluezone.phone.runner import PhoneRunner, PhoneSettings
from bluezone.phone.status import Problem
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.phone.trusted_time import TimeStatus
from bluezone.protocol.advertisement import parse_advertisement
from bluezone.protocol.batch import Section
from bluezone.protocol.interval import interval_of
from bluezone.protocol.keys import full_identifier
from bluezone.protocol.upload import decode_upload
from bluezone.protocol.verification_code import format_code
from bluezone.radio.port import RadioInfo, RadioLost
from bluezone.radio.virtual.frame import FrameAir, FrameRadio
from bluezone.radio.virtual.medium import FixedMedium
from bluezone.sim.virtual_time import run_virtual
from tests.unit.phone.case import MIDNIGHT, REGION, open_client, seeded
from tests.unit.phone.strict_service import PUBLISH, REDEEM, StrictService

EPOCH = MIDNIGHT + 100
WINDOW_END = MIDNIGHT + 4 * 3600
SETTINGS = PhoneSettings(poll_s=600.0, longest_alert_delay_s=0.0)
TYPED = format_code(bytes(range(8)))
# Phones 0 and 1 are beside each other; phone 2 is out of range of both.
BESIDE = FixedMedium(range(3), pairs={(0, 1): -60, (1, 0): -60})


class ListeningAir(FrameAir):
    """An air that remembers everything that was said on it."""

    def __init__(self, medium: FixedMedium, clock: LoopClock) -> None:
        super().__init__(medium, clock)
        self.said: list[tuple[int, float, bytes, bytes]] = []

    def send(self, station: int, address: bytes, data: bytes, *, new_train: bool) -> None:
        self.said.append((station, self.clock.system(), address, data))
        super().send(station, address, data, new_train=new_train)


class Failing(FrameRadio):
    """A radio that goes away after its first scan."""

    async def open(self) -> RadioInfo:
        if self._air.clock.system() > EPOCH + 30:
            raise RadioLost("radio-lost", "The adapter is gone.")
        return await super().open()

    async def broadcast(self, advertisement: bytes, *, new_address: bool) -> None:
        if self._air.clock.system() > EPOCH + 30:
            raise RadioLost("radio-lost", "The adapter is gone.")
        await super().broadcast(advertisement, new_address=new_address)


class Slow(FrameRadio):
    """A radio whose last order before the end of a window takes until after it."""

    async def broadcast(self, advertisement: bytes, *, new_address: bool) -> None:
        now = self._air.clock.system()
        if WINDOW_END - 65 < now < WINDOW_END:
            await self._air.clock.sleep(WINDOW_END + 30 - now)
        await super().broadcast(advertisement, new_address=new_address)


@dataclass
class Town:
    """Three phones, an air, and a service in memory."""

    clock: LoopClock
    service: StrictService
    air: ListeningAir
    phones: list[PhoneRunner] = field(default_factory=list)

    async def wait(self, minutes: float) -> None:
        """Lets time pass."""
        await asyncio.sleep(60 * minutes)

    def visibles(self) -> set[bytes]:
        """Every identifier that was on the air."""
        return {parse_advertisement(data).visible for _, _, _, data in self.air.said}


def live(
    home: Path,
    story: Callable[[Town], Awaitable[None]],
    radio: type[FrameRadio] = FrameRadio,
    begin: float = EPOCH,
) -> None:
    """Runs three phones through a story."""

    async def main() -> None:
        clock = LoopClock(begin)
        service = StrictService(cast(ManualClock, clock))
        service.publish([])
        town = Town(clock, service, ListeningAir(BESIDE, clock))
        async with AsyncExitStack() as stack:
            tasks = []
            for number in range(3):
                store = PhoneStore.open(home / str(number), seeded(number), durable=False)
                stack.callback(store.close)
                station = radio(town.air, number, seeded(100 + number))
                client = open_client(service, 200 + number)
                runner = PhoneRunner(REGION, store, station, client, clock, seeded(300 + number), SETTINGS)
                town.phones.append(runner)
                tasks.append(asyncio.get_running_loop().create_task(runner.run()))
            await story(town)
            for task in tasks:
                task.cancel()
                with suppress(asyncio.CancelledError):
                    await task
            end = len(town.air.said)
            await town.wait(2)
            assert len(town.air.said) == end, "a phone that was stopped is silent"

    run_virtual(main())


def dumped(home: Path, runner: PhoneRunner) -> bytes:
    """Every byte of a home: the files as they lie there, and all rows of all tables in plain."""
    content = [path.read_bytes() for path in home.rglob("*") if path.is_file()]
    vault = runner.store._vault
    paths = {"ledger": home / "ledger.db"}
    paths |= {f"day:{day}": home / "days" / f"{day}.db" for day in runner.store.days.days()}
    for name, path in paths.items():
        db: sqlcipher3.Connection = vault.connect(name, path)
        for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in db.execute(f"SELECT * FROM {table}"):
                content += [one if isinstance(one, bytes) else str(one).encode() for one in row]
        db.close()
    return b"\n".join(content)


def test_two_phones_have_records_of_each_other_after_25_minutes(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await town.wait(25)
        for number, other in ((0, 1), (1, 0)):
            index = town.phones[number].store.days.index()
            keys = [own.key for own in town.phones[other].store.ledger.own_keys()]
            sections = [Section(one.rolling_start, one.rolling_period, (one.tek.reveal(),)) for one in keys]
            hits = list(find_hits(sections, MIDNIGHT + 86_400, index))
            assert [hit.interval for hit in hits] == [interval_of(MIDNIGHT), interval_of(MIDNIGHT) + 1]
            samples = town.phones[number].store.days.samples(hit.ref for hit in hits)
            assert sum(map(len, samples.values())) >= 16
        lonely = town.phones[2].store.days
        assert lonely.index() == {}
        assert len(lonely.scans()) >= 15, "empty scans are kept"
        for phone in town.phones:
            status = phone.status()
            assert status.time is TimeStatus.TRUSTED
            assert status.speaking
            assert status.problems == ()

    live(tmp_path, story)


def test_no_file_holds_an_identifier_or_six_bytes_of_one_even_decrypted(tmp_path: Path) -> None:
    """T-26."""

    async def story(town: Town) -> None:
        await town.wait(25)
        heard = town.visibles()
        assert len(heard) == 9
        for number, phone in enumerate(town.phones):
            content = dumped(tmp_path / str(number), phone)
            own = own_identifiers(phone.store.ledger.own_keys())
            pieces = {visible[at : at + 6] for visible in heard | own for at in range(7)}
            assert not [piece for piece in pieces if piece in content or piece.hex().encode() in content]
        assert len(dumped(tmp_path / "0", town.phones[0])) > 20_000

    live(tmp_path, story)


def test_an_address_never_carries_two_identifiers(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await town.wait(45)
        carried: dict[bytes, set[bytes]] = {}
        for _, _, address, data in town.air.said:
            carried.setdefault(address, set()).add(parse_advertisement(data).visible)
        assert all(len(visibles) == 1 for visibles in carried.values())
        assert all(address[0] >> 6 == 0 for address in carried), "non-resolvable"
        assert len(carried) == len(town.visibles()) == 15

    live(tmp_path, story)


async def publish_and_warn(town: Town) -> None:
    """40 minutes together; phone 0 publishes; its keys go into a batch as soon as they are over."""
    await town.wait(40)
    published = await town.phones[0].publish(TYPED)
    assert published.sent_count == 1
    pairs = zip(town.service.paths(), town.service.bodies, strict=True)
    sent = decode_upload([body for path, body in pairs if path == "/v1/publish"][-1])
    assert sent is not None
    slots = sent.published()
    await town.wait(15)
    town.service.publish([Section(slot.rolling_start, slot.period, (slot.tek,)) for slot in slots])
    await town.wait(12)


def test_the_one_who_was_beside_a_case_is_warned_and_nobody_else(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await publish_and_warn(town)
        alerts = [[one.alert for one in phone.store.ledger.alerts()] for phone in town.phones]
        assert [len(one) for one in alerts] == [0, 1, 0]
        # The running key serves until its interval ends, 2900 s after the start.
        assert alerts[1][0].near_s == pytest.approx(2900, rel=0.05)
        assert alerts[1][0].mean_level_db == 0
        assert all(phone.status().problems == () for phone in town.phones), (
            "a published key is not a stolen one"
        )
        assert all(own.published for own in town.phones[0].store.ledger.own_keys()[:1])
        later = town.air.said[-1]
        assert town.phones[0].status().speaking
        assert parse_advertisement(later[3]).visible

    live(tmp_path, story)


@pytest.mark.parametrize("lost", ["request", "answer"])
@pytest.mark.parametrize("minutes_until", [0.0, 20.0])
def test_an_upload_that_got_no_answer_goes_once_whoever_sends_it_again(
    tmp_path: Path, minutes_until: float, lost: str
) -> None:
    """The owner, or the next poll, or both at once: one holds the other up."""

    async def story(town: Town) -> None:
        runner, service = town.phones[0], town.service
        await town.wait(5)
        service.faults[PUBLISH, lost] = httpx.ConnectError("no network")
        with pytest.raises(ServerError):
            await runner.publish(TYPED)
        assert len(service.uploads()) == (lost == "answer")
        await town.wait(minutes_until)
        polling = asyncio.get_running_loop().create_task(runner._poll(int(town.clock.system())))
        await asyncio.sleep(3)
        told = await runner.publish(TYPED)
        await polling
        await town.wait(3)
        assert (told.sent_count, told.is_earlier) == (1, True)
        assert len(service.uploads()) == 1
        assert service.refused == []
        marked = {own.key.tek.reveal() for own in runner.store.ledger.own_keys() if own.published}
        assert marked == service.public()
        pairs = [path for path in service.paths() if path in (REDEEM, PUBLISH)]
        if lost == "request":
            pairs.insert(1, PUBLISH)
        assert pairs == [REDEEM, PUBLISH] * (len(pairs) // 2), "never two pairs at once"

    live(tmp_path, story)


def test_a_poll_that_fails_is_said_and_the_upload_that_waits_goes_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story(town: Town) -> None:
        runner, service = town.phones[0], town.service
        await town.wait(5)
        service.faults[PUBLISH, "request"] = httpx.ConnectError("no network")
        with pytest.raises(ServerError):
            await runner.publish(TYPED)

        async def broken(_now: int) -> None:
            raise sqlcipher3.OperationalError("database or disk is full")

        with monkeypatch.context() as disk:
            disk.setattr(runner._follower, "poll", broken)
            await town.wait(12)
            assert len(service.uploads()) == 1
            said = dict(runner.status().problems)[Problem.BATCH_REFUSED]
            assert said == "the lists of keys could not be used (OperationalError)"
        await town.wait(16)
        assert runner.status().problems == ()

    live(tmp_path, story)


def test_a_typing_error_does_not_close_the_key(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await town.wait(5)
        before = town.phones[0].store.ledger.own_keys()
        requests = len(town.service.requests)
        with pytest.raises(Exception, match="mistyped"):
            await town.phones[0].publish(TYPED[:-1] + "Z")
        assert town.phones[0].store.ledger.own_keys() == before
        assert len(town.service.requests) == requests
        assert town.phones[0].store.outbox.commitments() == []

    live(tmp_path, story)


def test_a_restart_in_the_middle_goes_on_with_the_same_keys(tmp_path: Path) -> None:
    keys = []

    async def first(town: Town) -> None:
        await town.wait(15)
        keys.append(town.phones[0].store.ledger.own_keys())

    async def second(town: Town) -> None:
        await town.wait(12)
        assert town.phones[0].store.ledger.own_keys() == keys[0]
        said = {parse_advertisement(data).visible for station, _, _, data in town.air.said if station == 0}
        assert said <= own_identifiers(keys[0])

    live(tmp_path, first)
    live(tmp_path, second)


def test_what_waited_while_the_owner_published_cannot_undo_it(tmp_path: Path) -> None:
    """A slow radio keeps the agent busy over the end of a window, while its keys are committed to."""

    async def story(town: Town) -> None:
        await asyncio.sleep(580)
        runner = town.phones[0]
        runner.locate(Fix(21.0285, 105.8542, 10.0, 0.0, town.clock.monotonic()))
        task = asyncio.get_running_loop().create_task(runner.publish(TYPED))
        await asyncio.sleep(0)
        committed = runner.store.ledger.own_keys()
        assert len(committed) > 10
        assert any(isinstance(event, PlaceFixed) for event in runner._events), "something waits already"
        await task
        await asyncio.sleep(900)
        assert [own.key for own in runner.store.ledger.own_keys()] == [own.key for own in committed]
        assert [own.key for own in runner._agent.keys] == [own.key for own in committed]
        said = {parse_advertisement(data).visible for station, _, _, data in town.air.said if station == 0}
        assert len(said) >= 3
        assert said <= own_identifiers(committed)

    live(tmp_path, story, Slow, WINDOW_END - 600.0)


def test_a_radio_that_goes_away_is_said_and_ends_nothing(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        await town.wait(8)
        for phone in town.phones:
            problems = {problem for problem, _ in phone.status().problems}
            assert Problem.CANNOT_BROADCAST in problems
            assert phone.status().time is TimeStatus.TRUSTED

    live(tmp_path, story, Failing)


def test_a_phone_only_makes_the_requests_that_it_may(tmp_path: Path) -> None:
    """T-31: nothing that was heard is in any of them."""

    async def story(town: Town) -> None:
        await publish_and_warn(town)
        allowed = ("/v1/configuration", "/v1/time", "/v1/redeem", "/v1/publish", "/v1/batches/")
        assert all(path.startswith(allowed) for path in town.service.paths())
        sizes = {"/v1/time": 16, "/v1/redeem": 48, "/v1/publish": 4096}
        for request, body in zip(town.service.requests, town.service.bodies, strict=True):
            assert len(body) == sizes.get(request.url.path, 0)
            assert not request.url.query
            sent = body + repr(request.headers.raw).encode()
            assert not [one for one in town.visibles() if one[:6] in sent or one[:6].hex().encode() in sent]

    live(tmp_path, story)


@contextmanager
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[str]]:
    """All lines of structlog and of the standard library at DEBUG."""
    lines: list[str] = []
    with caplog.at_level(logging.DEBUG), structlog.testing.capture_logs() as events:
        yield lines
    lines += [repr(event) for event in events]
    lines += [f"{record.getMessage()} {record.exc_text or ''}" for record in caplog.records]


def test_no_secret_is_in_any_line_of_the_log_at_debug(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """T-33."""
    secrets: set[bytes] = {bytes(range(8)), TYPED.encode()}

    async def story(town: Town) -> None:
        await publish_and_warn(town)
        town.service.publish_body(b"no sections")
        town.service.answers = []
        await town.wait(12)
        secrets.update(town.visibles())
        for phone in town.phones:
            secrets.add((tmp_path / str(town.phones.index(phone)) / "device.key").read_bytes())
            secrets.update(one.salt for one in phone.store.outbox.commitments())
            for own in phone.store.ledger.own_keys():
                secrets.add(own.key.tek.reveal())
                for interval in range(own.start, own.end):
                    identifier = full_identifier(own.key.tek, interval)
                    secrets.update({identifier.visible, identifier.tag_key.reveal(), identifier.reveal()})

    with everything_logged(caplog) as lines:
        live(tmp_path, story)
    assert any("keys-published" in line for line in lines)
    assert any("batch-used" in line for line in lines)
    assert any("HTTP" in line for line in lines), "the standard library's lines are here too"
    text = "\n".join(lines)
    assert len(secrets) > 500
    for secret in secrets:
        for shown in (secret.hex(), secret[:8].hex(), repr(secret)[2:-1]):
            assert shown not in text
    assert TYPED not in text
