"""Answers redemptions and uploads: 128 bytes whatever was sent, and as late for cover traffic as for a case.

Joins the rules of domain/codes, domain/samples and domain/publish with storage. Rules and database errors
become statuses here, so that a phone always gets its bytes. Leaves HTTP, and the second that every answer
waits, to `api`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from sqlalchemy import Connection

from bluezone.authority.callers import CALLER_SECRET_LENGTH, CallerBuckets
from bluezone.authority.domain import publish as publish_rules
from bluezone.authority.errors import AuthorityError, Refused
from bluezone.authority.keys import AuthorityKeys
from bluezone.authority.settings import ServiceRules
from bluezone.authority.storage import codes, publish, samples
from bluezone.clock import Clock
from bluezone.database.errors import DatabaseError
from bluezone.database.port import Database
from bluezone.protocol.certificate import CERTIFICATE_LENGTH
from bluezone.protocol.errors import ProtocolError
from bluezone.protocol.upload import (
    Answer,
    AnswerStatus,
    Redemption,
    RedemptionMode,
    decode_redemption,
    decode_upload,
)
from bluezone.web.buckets import BucketRule

T = TypeVar("T")
RandomBytes = Callable[[int], bytes]

log = structlog.get_logger("bluezone.authority")


class Answering:
    """What phones may ask.

    Args:
        keys: of this authority.
        rules: of the service.
        database: where codes, samples and keys are kept.
        clock: of this authority.
        random_bytes: for the answers to cover traffic.
    """

    def __init__(
        self,
        keys: AuthorityKeys,
        rules: ServiceRules,
        database: Database,
        clock: Clock,
        random_bytes: RandomBytes,
    ) -> None:
        self._key = keys.certificate
        self._keep_uploads = rules.require_auditor
        self._database = database
        self._clock = clock
        self._random_bytes = random_bytes
        rule = BucketRule(burst=rules.guess_burst, refill_s=rules.guess_refill_s)
        self._callers = CallerBuckets(random_bytes(CALLER_SECRET_LENGTH), rule)

    async def redeem(self, data: bytes, caller: str = "") -> bytes:
        """Answers a redemption (48 bytes) with 128 bytes; never raises for what stands in it.

        Args:
            data: as received.
            caller: the network address, only used to count wrong guesses and not kept.
        """
        turn = _Turn(self._database, data)
        return await self._answer("redeem", turn, lambda: self._redeem(data, caller, turn))

    async def publish(self, data: bytes) -> bytes:
        """Answers an upload (4096 bytes) with 128 bytes; never raises for what stands in it."""
        turn = _Turn(self._database, data)
        return await self._answer("publish", turn, lambda: self._publish(data, turn))

    async def _redeem(self, data: bytes, caller: str, turn: _Turn) -> bytes:
        redemption, now, key = decode_redemption(data), self._now(), self._key
        if redemption.mode is RedemptionMode.COVER:
            # As long as a certificate and as random as the phone's fake one: nothing tells it from outside.
            return self._random_bytes(CERTIFICATE_LENGTH)
        if redemption.mode is RedemptionMode.SWAB:
            return await turn.run(lambda conn: samples.redeem(conn, redemption.commitment, now=now, key=key))
        return await self._redeem_code(redemption, caller, turn)

    async def _redeem_code(self, redemption: Redemption, caller: str, turn: _Turn) -> bytes:
        self._callers.take(caller, self._clock.monotonic())
        now, key, wrong = self._now(), self._key, False
        try:
            return await turn.run(
                lambda conn: codes.redeem(conn, redemption.code, redemption.commitment, now=now, key=key)
            )
        except Refused as refused:
            wrong = refused.status is AnswerStatus.CODE_UNKNOWN
            raise
        finally:
            # Taken first and given back, so that a thousand guesses at once are no way around the limit.
            if not wrong:
                self._callers.give_back(caller)

    async def _publish(self, data: bytes, turn: _Turn) -> bytes:
        upload, now = decode_upload(data), self._now()
        if upload is not None:
            certificate = publish_rules.open_certificate(upload.certificate, self._key.public_key(), now)
            upload_hash, keep = publish_rules.upload_hash_of(data), self._keep_uploads
            await turn.run(
                lambda conn: publish.accept(conn, upload, upload_hash, certificate, now, keep=keep)
            )
        return bytes(CERTIFICATE_LENGTH)

    async def _answer(self, request: str, turn: _Turn, work: Callable[[], Awaitable[bytes]]) -> bytes:
        try:
            answer = Answer(AnswerStatus.GOOD, await work())
        except Refused as refused:
            answer = _refusal(request, refused.status, refused.code)
        except ProtocolError as error:
            answer = _refusal(request, AnswerStatus.MALFORMED, error.code)
        except (AuthorityError, DatabaseError) as error:
            answer = _refusal(request, AnswerStatus.UNAVAILABLE, error.code)
        except Exception as error:
            # Whatever it is, a phone must be able to try again, and its text may hold a key.
            log.error("internal-error", request=request, reason=type(error).__name__)
            answer = Answer(AnswerStatus.UNAVAILABLE)
        try:
            await turn.end()
        except DatabaseError as error:
            # Cover, too, is sent again while the database is away: otherwise only real uploads would be.
            if answer.status is AnswerStatus.GOOD:
                answer = _refusal(request, AnswerStatus.UNAVAILABLE, error.code)
        return answer.encode()

    def _now(self) -> int:
        return int(self._clock.system())


class _Turn:
    """A request's one turn in the database's queue.

    A request that needs nothing there, such as cover traffic or one that was refused before, waits for a turn
    all the same: while the database is busy, only those that ask it would be late, and tell what they are.

    Args:
        database: whose turn.
        data: the request; a look for its hash finds nothing.
    """

    def __init__(self, database: Database, data: bytes) -> None:
        self._database = database
        self._data = data
        self._is_taken = False

    async def run(self, call: Callable[[Connection], T]) -> T:
        """Takes the turn. Raises as `Database.run`."""
        self._is_taken = True
        return await self._database.run(call)

    async def end(self) -> None:
        """Takes the turn for nothing, if it was not taken. Raises as `Database.run`."""
        if not self._is_taken:
            nothing = hashlib.sha256(self._data).digest()
            await self.run(lambda conn: codes.find(conn, nothing))


def _refusal(request: str, status: AnswerStatus, code: str) -> Answer:
    # Only the rule's name is logged: a sentence or a value could say whose request it was.
    log.info("refused", request=request, reason=code)
    return Answer(status)
