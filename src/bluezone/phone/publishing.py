"""Carrying out what diagnosis.py decides: a code typed by a consenting owner becomes published keys.

Decides the order of saving and sending, so that a phone that dies in between neither loses the
certificate nor sends a second, different upload. Source: docs/protocol.md, section 5.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from bluezone.clock import Clock
from bluezone.phone.chance import RandomBytes, uniform
from bluezone.phone.cover import cover_redemption, cover_upload
from bluezone.phone.diagnosis import (
    Commitment,
    build_upload,
    choose_published,
    commit,
    prepare_keys,
    silent_window_starts,
)
from bluezone.phone.errors import DiagnosisError, ServerUnreachable
from bluezone.phone.following import tek_period_of
from bluezone.phone.own_key import OwnKey
from bluezone.phone.server_client import ServerClient
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.protocol.certificate import verify_certificate
from bluezone.protocol.errors import CertificateError
from bluezone.protocol.interval import DAY_S, INTERVAL_S, interval_of
from bluezone.protocol.region import Region
from bluezone.protocol.upload import Answer, AnswerStatus, Redemption, RedemptionMode, decode_upload
from bluezone.protocol.verification_code import CODE_LENGTH, parse_code

MIN_WAIT_S = 5.0
MAX_WAIT_S = 60.0
COMMITMENT_KEPT_S = 21 * DAY_S
# A commitment covers three days ahead; two of them are left for the way to the swab.
SHOWN_AGAIN_S = DAY_S
# Eight scans that are 50..70 s apart always fit into an interval; fewer means that the phone was off.
SCANS_THROUGHOUT = INTERVAL_S // 70
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Published:
    """What was sent.

    Attributes:
        keys: own keys afterwards, for the agent.
        sent_count: keys that everybody will get.
        withheld_count: keys that were held back because nothing was heard while they served.
        is_earlier: they are those of an earlier attempt, which had got no answer.
    """

    keys: tuple[OwnKey, ...]
    sent_count: int
    withheld_count: int = 0
    is_earlier: bool = False


class Publisher:
    """Publishes the keys of one phone.

    Args:
        client, store, region, clock, random_bytes: of this phone.
    """

    def __init__(
        self,
        client: ServerClient,
        store: PhoneStore,
        region: Region,
        clock: Clock,
        random_bytes: RandomBytes,
    ) -> None:
        self._client = client
        self._store = store
        self._region = region
        self._clock = clock
        self._random_bytes = random_bytes
        self._owes_upload = False

    def close_and_commit(self, now: float, code: bytes = b"") -> tuple[tuple[OwnKey, ...], Commitment]:
        """Closes the running key early and commits to all keys; both are saved before anything is sent.

        Args:
            now: trusted time, seconds UTC.
            code: that will be redeemed, 8 bytes. One that was tried before, and whose answer got lost,
                is bound to the commitment of that time, so it gets the same one again.

        Returns:
            The own keys, which the agent must take over, and the commitment.
        """
        ledger, outbox = self._store.ledger, self._store.outbox
        prepared = prepare_keys(ledger.own_keys(), now, self._random_bytes, tek_period_of(ledger))
        keys = ledger.save_own_keys(prepared)
        commitment = outbox.commitment_for(code) if code else None
        if commitment is None:
            commitment = commit(keys, now, self._random_bytes)
            outbox.save_commitment(commitment, int(now) - COMMITMENT_KEPT_S, code)
        return tuple(keys), commitment

    def close_running(self, now: float) -> tuple[OwnKey, ...]:
        """Closes the running key early, so that its part until now can be published (section 5.6)."""
        ledger = self._store.ledger
        prepared = prepare_keys(ledger.own_keys(), now, self._random_bytes, tek_period_of(ledger))
        keys = ledger.save_own_keys(prepared)
        return tuple(keys)

    async def redeem_swab(self, now: float) -> tuple[Commitment, bytes]:
        """Asks whether a sample that was taken with one of this phone's commitments was positive.

        Returns:
            The certified commitment and its certificate of 109 bytes.

        Raises:
            DiagnosisError: no sample of this phone is certified.
            ServerError: no answer.
        """
        answer = Answer(AnswerStatus.SAMPLE_UNKNOWN)
        for commitment in self._store.outbox.commitments():
            await self.finish_as_cover()
            answer = await self._redeem(RedemptionMode.SWAB, bytes(CODE_LENGTH), commitment)
            if answer.status is AnswerStatus.GOOD:
                return commitment, self._checked(answer, now)
            if answer.status is not AnswerStatus.SAMPLE_UNKNOWN:
                break
        raise DiagnosisError(refusal(answer.status))

    async def redeem_code(self, typed: str, commitment: Commitment, now: float) -> bytes:
        """Turns a typed code into a certificate of 109 bytes.

        Raises:
            CodeError: mistyped; nothing was sent.
            DiagnosisError: the authority refused it.
            ServerError: no answer; the same code may be tried again.
        """
        answer = await self._redeem(RedemptionMode.CODE, parse_code(typed), commitment)
        if answer.status is not AnswerStatus.GOOD:
            raise DiagnosisError(refusal(answer.status))
        return self._checked(answer, now)

    async def publish(
        self,
        commitment: Commitment,
        certificate: bytes,
        now: float,
        withheld_starts: frozenset[int] = frozenset(),
    ) -> Published:
        """Sends the keys, 5 to 60 seconds after the redemption as for cover traffic.

        Args:
            commitment: that the certificate was signed for.
            certificate: 109 bytes.
            now: trusted time, seconds UTC.
            withheld_starts: rolling_start of keys that the owner wants to keep.

        Raises:
            DiagnosisError: refused.
            ServerError: no answer; the identical upload is sent later, by `resume` or `finish_earlier`.
            UploadPending: `finish_earlier` comes first.
        """
        ledger, outbox = self._store.ledger, self._store.outbox
        keys = ledger.own_keys()
        if sent_count := outbox.sent_with(commitment.hash()):
            # It was accepted after its owner had been told that no answer came.
            return Published(tuple(keys), sent_count, is_earlier=True)
        checked = verify_certificate(certificate, self._region.certificate_key, now)
        agreed = choose_published(commitment, keys, checked, now, withheld_starts)
        silent = self._silent_starts(agreed)
        chosen = [own for own in agreed if own.start not in silent]
        if not chosen:
            raise DiagnosisError("there is no key to publish: nobody was near while this phone listened")
        upload = build_upload(commitment, certificate, chosen).encode()
        outbox.prepare(upload, [own.start for own in chosen])
        await self._send(upload)
        return Published(tuple(ledger.own_keys()), len(chosen), len(agreed) - len(chosen))

    async def finish_earlier(self) -> Published | None:
        """Sends what an earlier attempt left without an answer; comes before anything of a new attempt.

        Its keys are marked as published already and would be in no later upload. Looks like one attempt.

        Returns:
            What was sent; None if nothing was left, or if it was refused: what can still be published is
            then free for the new attempt.

        Raises:
            ServerError: still no answer, and nothing was changed.
        """
        outbox = self._store.outbox
        upload = outbox.pending()
        if upload is None:
            return None
        decoded = decode_upload(upload)
        if decoded is None:  # Cover that got no answer: the new attempt comes in its place.
            outbox.dismiss(upload)
            return None
        try:
            await self.resume()
        except DiagnosisError as error:
            log.warning("earlier-upload-refused", reason=str(error))
            return None
        return Published(tuple(self._store.ledger.own_keys()), len(decoded.published()), is_earlier=True)

    async def send_cover(self) -> None:
        """Does what `redeem_code` and `publish` do, with random bytes: same sizes, same order, same wait.

        Raises:
            ServerError: no answer; an upload, once drawn, is sent again by `resume` as a real one is.
        """
        await self._client.redeem(cover_redemption(self._random_bytes))
        self._owes_upload = True
        await self.finish_as_cover()

    async def finish_as_cover(self) -> None:
        """Ends a fruitless attempt as cover ends: every answered redemption is followed by an upload.

        Without it, whoever watches the network would know a refused code from cover. Takes 5 to 60 seconds
        where an upload is owed, and no time where none is. One that has had no answer yet goes first.

        Raises:
            DiagnosisError, ServerError: see `resume`.
        """
        if not self._owes_upload:
            return
        outbox = self._store.outbox
        if outbox.pending() is None:
            outbox.prepare(cover_upload(self._random_bytes), ())
        await self._send(outbox.pending() or b"")

    async def resume(self) -> bool:
        """Sends an upload that was prepared and never answered; False if there is none.

        It goes as another pair of cover, whose upload is the identical one: neither that it is sent again
        nor how tells from outside whether it is real.

        Raises:
            DiagnosisError: refused, and not tried again.
            ServerError: still no answer.
        """
        if self._store.outbox.pending() is None:
            return False
        await self.send_cover()
        return True

    async def _redeem(self, mode: RedemptionMode, code: bytes, commitment: Commitment) -> Answer:
        answer = await self._client.redeem(Redemption(mode, code, commitment.hash()).encode())
        self._owes_upload = True
        return answer

    async def _send(self, upload: bytes) -> None:
        """Sends the pending upload after the wait of every upload, and keeps what became of it."""
        outbox = self._store.outbox
        await self._clock.sleep(uniform(self._random_bytes, MIN_WAIT_S, MAX_WAIT_S))
        self._owes_upload = False  # Also where no answer comes: a second one would not look like cover.
        answer = await self._client.publish(upload)
        if answer.status is AnswerStatus.UNAVAILABLE:
            raise ServerUnreachable(refusal(answer.status))
        decoded = decode_upload(upload)
        if decoded is None:
            outbox.dismiss(upload)
            return
        starts = [slot.rolling_start for slot in decoded.published()]
        if answer.status is AnswerStatus.GOOD:
            outbox.accepted(upload, decoded.commitment(), len(starts))
            log.info("keys-published", count=len(starts))
            return
        # All were secret until now, and a refusal leaves them so. Only where one of them is public already,
        # which one is not said, every later upload that holds it would be refused as well.
        outbox.dismiss(upload, () if answer.status is AnswerStatus.KEY_ALREADY_SEEN else starts)
        raise DiagnosisError(refusal(answer.status))

    def _checked(self, answer: Answer, now: float) -> bytes:
        try:
            verify_certificate(answer.certificate, self._region.certificate_key, now)
        except CertificateError as error:
            raise DiagnosisError(f"the authority's answer cannot be used: {error}") from None
        return answer.certificate

    def _silent_starts(self, keys: Sequence[OwnKey]) -> set[int]:
        scans = Counter(interval_of(at) for at in self._store.days.scans())
        return silent_window_starts(keys, scans, self._store.days.counts(), SCANS_THROUGHOUT)


def commit_before_swab(
    store: PhoneStore, now: float, random_bytes: RandomBytes
) -> tuple[tuple[OwnKey, ...], Commitment]:
    """Commits to all keys without closing any; the laboratory stores C with the sample (section 5.3).

    Args:
        store: of the phone.
        now: seconds UTC.
        random_bytes: of the phone.

    Returns:
        The own keys, which a running agent must take over, and the commitment.
    """
    ledger = store.ledger
    prepared = prepare_keys(ledger.own_keys(), now, random_bytes, tek_period_of(ledger), close_running=False)
    keys = ledger.save_own_keys(prepared)
    commitment = commit(keys, now, random_bytes)
    store.outbox.show(commitment, int(now) - COMMITMENT_KEPT_S)
    return tuple(keys), commitment


def shown_commitment(store: PhoneStore, now: float) -> Commitment | None:
    """The commitment to show again: that of the last code, while it is young enough to have its keys ahead.

    One code for one sample keeps a phone from asking for several; somebody who gives a second sample
    makes a new one.

    Args:
        store: of the phone.
        now: seconds UTC.
    """
    shown = store.outbox.shown()
    return shown if shown and now - shown.made_at <= SHOWN_AGAIN_S else None


_REFUSALS = {
    AnswerStatus.SAMPLE_UNKNOWN: "no positive sample of this phone is known; the result may not be there yet",
    AnswerStatus.CODE_UNKNOWN: "the health authority does not know this code; compare it digit by digit",
    AnswerStatus.CODE_EXPIRED: "the code has expired; please ask the health authority for a new one",
    AnswerStatus.CODE_USED: "the code was already used on another phone",
    AnswerStatus.TOO_MANY_GUESSES: "too many wrong codes from here; please wait ten minutes",
    AnswerStatus.CERTIFICATE_EXPIRED: "the 24 hours for publishing are over; please ask for a new code",
    AnswerStatus.UNAVAILABLE: "the service cannot take keys just now; please try again in a few minutes",
}


def refusal(status: AnswerStatus) -> str:
    """A sentence for a refused redemption or upload."""
    rule = status.name.lower().replace("_", " ")
    return _REFUSALS.get(status, f"the health authority refused the keys ({rule}); please call the hotline")
