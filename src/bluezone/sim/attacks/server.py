"""Attacks on diagnosis and uploads: T-12 to T-16 and T-18.

Every refusal is asked of a running authority and compared with the reason that it must give.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from bluezone.authority.domain.publish import check_unseen
from bluezone.authority.errors import (
    AuthorityError,
    CommitmentTaken,
    Refused,
    SampleCertified,
    SampleTaken,
)
from bluezone.phone.encounter import EncounterRecord
from bluezone.phone.matching import find_hits
from bluezone.protocol.batch import decode_body
from bluezone.protocol.diagnosis_key import MAX_AGE_S, SALT_LENGTH, commitment_of, over_at
from bluezone.protocol.interval import DAY_S, INTERVAL_S, interval_of, window_of
from bluezone.protocol.keys import expand, index_hash, label_of
from bluezone.protocol.upload import (
    UPLOAD_LENGTH,
    AnswerStatus,
    PublishedSlot,
    Upload,
    encode_cover_upload,
)
from bluezone.protocol.verification_code import format_code
from bluezone.sim.attacks.clinic import NOW, TODAY, Clinic, Owner, by_hand, open_clinic
from bluezone.sim.attacks.driven import index_of
from bluezone.sim.attacks.outcome import Outcome, Setting

Told = dict[str, tuple[object, object]]
"""Attack to (what was answered, what must be answered)."""


def told(answers: Told) -> Outcome:
    """The outcome of a table of answers."""
    wrong = [f"{name}: {got}" for name, (got, wanted) in answers.items() if got != wanted]
    reasons = sorted({_word(wanted) for _, wanted in answers.values()} - {"GOOD", "the same answer"})
    return Outcome(
        not wrong,
        f"not as it must be: {'; '.join(wrong)}"
        if wrong
        else f"{len(answers)} answers: {', '.join(reasons)}",
        len(wrong),
    )


def _word(answer: object) -> str:
    return str(getattr(answer, "name", getattr(answer, "__name__", "the same answer")))


def codes(setting: Setting) -> Outcome:
    """T-12: codes and certificates of others, expired, used, forged and guessed."""
    return told(asyncio.run(_codes(setting)))


async def _codes(setting: Setting) -> Told:
    draw, answers = setting.random_bytes("codes"), Told()
    ours, theirs = Owner.draw(draw), Owner.draw(draw)
    status = AnswerStatus
    async with open_clinic(setting) as clinic:
        code, late = await clinic.authority.issue_code(TODAY), await clinic.authority.issue_code(TODAY)
        good = await clinic.redeem(code, ours.hash)
        key = clinic.keys.certificate
        upload = ours.upload(good.certificate, clinic.now, key)
        foreign = Upload(
            good.certificate,
            theirs.commitment.salt,
            theirs.upload(clinic.signed(theirs.hash), clinic.now, key).slots,
        )
        fewer = ours.upload(good.certificate, clinic.now, key, withheld=[ours.keys[2].start])
        forged = replace(upload, certificate=clinic.signed(ours.hash, key=clinic.keys.time))
        answers["honest"] = good.status, status.GOOD
        answers["the same phone again"] = await clinic.redeem(code, ours.hash), good
        answers["a code with other keys"] = (await clinic.redeem(code, theirs.hash)).status, status.CODE_USED
        answers["a certificate with other keys"] = await clinic.publish(foreign), status.COMMITMENT_BROKEN
        answers["a forged certificate"] = await clinic.publish(forged), status.CERTIFICATE_FORGED
        answers["an honest upload"] = await clinic.publish(upload), status.GOOD
        answers["lost answer"] = await clinic.publish(upload), status.GOOD
        answers["a used certificate"] = await clinic.publish(fewer), status.CERTIFICATE_USED
        answers |= await _guesses(clinic, setting)
        clinic.clock.advance(DAY_S + 1)
        answers["an expired code"] = (await clinic.redeem(late, theirs.hash)).status, status.CODE_EXPIRED
        answers["an expired certificate"] = await clinic.publish(fewer), status.CERTIFICATE_EXPIRED
    return answers


async def _guesses(clinic: Clinic, setting: Setting) -> Told:
    dice, commitment = setting.dice("guessed codes"), bytes(32)
    seen = [
        (await clinic.redeem(format_code(dice.randbytes(8)), commitment, "6.6.6.6")).status
        for _ in range(clinic.authority.rules.guess_burst + 5)
    ]
    other = (await clinic.redeem(await clinic.authority.issue_code(TODAY), commitment, "7.7.7.7")).status
    return {
        "an invented code": (seen[0], AnswerStatus.CODE_UNKNOWN),
        "guessing on": (seen[-1], AnswerStatus.TOO_MANY_GUESSES),
        "other caller": (other, AnswerStatus.GOOD),
    }


def swab(setting: Setting) -> Outcome:
    """T-13: keys that were not committed at the swab, and the code of another person's sample."""
    return told(asyncio.run(_swab(setting)))


async def _swab(setting: Setting) -> Told:
    draw, answers = setting.random_bytes("swab"), Told()
    ours, buyer = Owner.draw(draw), Owner.draw(draw)
    async with open_clinic(setting) as clinic:
        laboratory, key = clinic.authority.laboratory, clinic.keys.certificate
        await laboratory.add_sample("tube 1", ours.hash)
        early = (await clinic.redeem_swab(ours.hash)).status
        answers["before the result"] = early, AnswerStatus.SAMPLE_UNKNOWN
        answers["another C for a sample"] = (
            await _refused(laboratory.add_sample("tube 1", buyer.hash)),
            SampleTaken,
        )
        answers["C of another sample"] = (
            await _refused(laboratory.add_sample("tube 2", ours.hash)),
            CommitmentTaken,
        )
        await laboratory.certify("tube 1", TODAY)
        answers["certified twice"] = await _refused(laboratory.certify("tube 1", TODAY - 9)), SampleCertified
        bought = (await clinic.redeem_swab(buyer.hash)).status
        answers["keys that were not committed"] = bought, AnswerStatus.SAMPLE_UNKNOWN
        good = await clinic.redeem_swab(ours.hash)
        stolen = replace(
            buyer.upload(clinic.signed(buyer.hash), clinic.now, key), certificate=good.certificate
        )
        answers["a bought certificate"] = await clinic.publish(stolen), AnswerStatus.COMMITMENT_BROKEN
        honest = ours.upload(good.certificate, clinic.now, key)
        answers["honest"] = await clinic.publish(honest), AnswerStatus.GOOD
    return answers


async def _refused(work: Coroutine[Any, Any, None]) -> type[AuthorityError] | None:
    """The class of the refusal, or None when it was not refused."""
    try:
        await work
    except AuthorityError as error:
        return type(error)
    return None


def known_keys(setting: Setting) -> Outcome:
    """T-14: keys published again, overlapping ones, and keys to which their owner has no right."""
    return told(asyncio.run(_known_keys(setting)))


async def _known_keys(setting: Setting) -> Told:
    draw, answers = setting.random_bytes("known keys"), Told()
    ours, status = Owner.draw(draw), AnswerStatus
    async with open_clinic(setting) as clinic:
        certificate = await clinic.certified(ours.hash)
        upload = ours.upload(certificate, clinic.now, clinic.keys.certificate)
        answers["honest"] = await clinic.publish(upload), status.GOOD
        again = by_hand(upload.published()[:1], draw)
        answers["a known key again"] = await _signed(clinic, again), status.KEY_ALREADY_SEEN
        for name, (slots, wanted) in hand_made_slots(draw).items():
            answers[name] = await _signed(clinic, by_hand(slots, draw)), wanted
    # The tables refuse a key that they hold; the rule alone must do so as well.
    tek, other = draw(16), draw(16)
    answers["a seen key, by the rule alone"] = _unseen([tek], [tek]), status.KEY_ALREADY_SEEN
    answers["a key twice, by the rule alone"] = _unseen([tek, tek], []), status.KEY_ALREADY_SEEN
    answers["new keys, by the rule alone"] = _unseen([tek, other], []), status.GOOD
    return answers


def _unseen(teks: list[bytes], seen: list[bytes]) -> AnswerStatus:
    try:
        check_unseen([PublishedSlot(24 * number, 24, 24, tek) for number, tek in enumerate(teks)], seen)
    except Refused as refused:
        return refused.status
    return AnswerStatus.GOOD


def hand_made_slots(draw: Callable[[int], bytes]) -> dict[str, tuple[list[PublishedSlot], AnswerStatus]]:
    """Keys that nobody may publish, each with the reason of its refusal; the certificate is good."""
    window = window_of(interval_of(NOW))[0]
    earliest, oldest = (TODAY - 2) * 144, (NOW - MAX_AGE_S) // INTERVAL_S
    tek = draw(16)

    def slot(start: int, committed: int = 24, period: int = 0, tek: bytes = b"") -> PublishedSlot:
        return PublishedSlot(start, committed, period or committed, tek or draw(16))

    status = AnswerStatus
    return {
        "overlapping keys": ([slot(window - 48), slot(window - 36, 12)], status.KEYS_OVERLAP),
        "overlapping when committed": (
            [slot(window - 48, 24, 6), slot(window - 36, 12)],
            status.KEYS_OVERLAP,
        ),
        "keys out of order": ([slot(window - 24), slot(window - 48)], status.KEYS_OVERLAP),
        "one key twice": ([slot(window - 48, tek=tek), slot(window - 24, tek=tek)], status.KEY_ALREADY_SEEN),
        "longer than committed": ([slot(window - 24, 6, 7)], status.PERIOD_INVALID),
        "across midnight": ([slot(window - window % 144 - 12)], status.PERIOD_INVALID),
        "committed across midnight": ([slot(window - window % 144 - 12, 24, 6)], status.PERIOD_INVALID),
        "no interval at all": ([PublishedSlot(window - 24, 24, 0, draw(16))], status.PERIOD_INVALID),
        "before the illness": ([slot(earliest - 24)], status.KEY_BEFORE_ONSET),
        "three weeks old": ([slot(oldest - oldest % 24 - 24)], status.KEY_TOO_OLD),
        "still to come": ([slot(window + 24)], status.KEY_IN_FUTURE),
        "the running key, not closed": ([slot(window)], status.KEY_IN_FUTURE),
        "no key": ([], status.NO_KEYS),
    }


async def _signed(clinic: Clinic, upload: Upload) -> AnswerStatus:
    # The onset is as old as it may be where that is not the point, so that only the rule in question fails.
    old = any(slot.rolling_start < (TODAY - 3) * 144 for slot in upload.published())
    certificate = clinic.signed(upload.commitment(), TODAY - 30 if old else TODAY)
    return await clinic.publish(replace(upload, certificate=certificate))


def withheld(setting: Setting) -> Outcome:
    """T-15: somebody who reads an upload looks for the withheld key, and tells real from cover by size."""
    draw = setting.random_bytes("withheld")
    ours, found, sizes = Owner.draw(draw), 0, set()
    keys = [own for own in ours.keys if own.end <= interval_of(NOW) + 1]
    for own in keys:
        tek = own.key.tek.reveal()
        sent = asyncio.run(_upload_without(setting, ours, own.start))
        found += tek in sent or any(one in sent for one in expand(tek, own.start, own.key.rolling_period))
        sizes.add(len(sent))
    sizes.add(len(encode_cover_upload(draw(UPLOAD_LENGTH - 7))))
    everything = asyncio.run(_upload_without(setting, ours, -1))
    sent_count = sum(own.key.tek.reveal() in everything for own in keys)
    return Outcome(
        found == 0 and sizes == {UPLOAD_LENGTH} and sent_count == len(keys),
        f"withheld keys found in their uploads: {found} of {len(keys)}; sizes with cover: {sorted(sizes)}",
        found,
    )


async def _upload_without(setting: Setting, owner: Owner, start: int) -> bytes:
    async with open_clinic(setting) as clinic:
        certificate = clinic.signed(owner.hash)
        return owner.upload(certificate, clinic.now, clinic.keys.certificate, [start]).encode()


def open_commitment(setting: Setting) -> Outcome:
    """T-16: the authority has a C, and every key that was ever published, and wants to know whose C it is."""
    draw = setting.random_bytes("commitment")
    owners = [Owner.draw(draw) for _ in range(setting.choose(20, 100))]
    suspects = [[leaf.leaf for leaf in one.commitment.leaves] for one in owners]
    seen = owners[7].hash
    salts = [bytes(SALT_LENGTH), b"\xff" * SALT_LENGTH, seen[:SALT_LENGTH]]
    salts += [draw(SALT_LENGTH) for _ in range(setting.choose(50, 1000))]
    opened = sum(commitment_of(salt, leaves) == seen for leaves in suspects for salt in salts)
    with_salt = sum(commitment_of(owners[7].commitment.salt, leaves) == seen for leaves in suspects)
    same_keys = {commitment_of(draw(SALT_LENGTH), suspects[7]) for _ in range(100)}
    return Outcome(
        opened == 0 and with_salt == 1 and len(same_keys) == 100,
        f"{len(suspects) * len(salts)} tries with every phone's leaves open it {opened} times; with r:"
        f" {with_salt}; 100 commitments to the same keys are {len(same_keys)} different ones",
        opened,
    )


def early_key(setting: Setting) -> Outcome:
    """T-18: a key that still serves is published: is it in a batch, and does a phone use it?"""
    present, future, used = asyncio.run(_early_key(setting))
    return Outcome(
        present == [False, False, True] and future is AnswerStatus.KEY_IN_FUTURE and used == [0, 1, 1, 0],
        f"in the batch at once, a second before it is over, and then: {present}; the server says"
        f" {future.name} to a key that is not closed; used by a phone a second before it is"
        f" over, then, and on both sides of three weeks: {used}",
        sum(present[:2]) + used[0],
    )


async def _early_key(setting: Setting) -> tuple[list[bool], AnswerStatus, list[int]]:
    draw = setting.random_bytes("early")
    ours = Owner.draw(draw)
    running = next(own for own in ours.keys if own.end == interval_of(NOW) + 1)
    tek, over = running.key.tek.reveal(), over_at(running.start, running.key.rolling_period)
    present = []
    async with open_clinic(setting) as clinic:
        upload = ours.upload(clinic.signed(ours.hash), clinic.now, clinic.keys.certificate)
        await clinic.publish(upload)
        for at in (clinic.now, over - 1, over):
            clinic.clock.advance(at - clinic.now)
            seq = await clinic.authority.build_batch()
            body = (await clinic.authority.batch_file(f"{seq:08d}.body")).content
            present.append(any(tek in section.teks for section in decode_body(body)))
            if present[-1]:
                sections = [one for one in decode_body(body) if tek in one.teks]
        future = await _signed(
            clinic, by_hand([PublishedSlot(running.end, 24 - running.end % 24, 2, draw(16))], draw)
        )
    visible = expand(tek, running.start, 1)[0]
    index = index_of([EncounterRecord(running.start, label_of(visible), index_hash(visible), ())])
    oldest = running.start * INTERVAL_S + MAX_AGE_S
    times = (over - 1, over, oldest, oldest + 1)
    used = [len(list(find_hits(sections, time, index))) for time in times]
    return present, future, used
