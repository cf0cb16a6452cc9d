"""Attacks with the published list: T-21 and T-22.

A phone follows a service that offers what the attacker likes. After each attack the head of its chain, what
it tells its owner, and what it has matched are looked at.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.phone.agent import Agent
from bluezone.phone.events import BatchesPolled, TimeAnswered
from bluezone.phone.status import Problem
from bluezone.phone.store.phone_store import PhoneStore
from bluezone.phone.trusted_time import Reading, TrustedTime
from bluezone.protocol.batch import MAX_BODY_LENGTH, Section, decode_body, encode_body
from bluezone.protocol.diagnosis_key import check_period, over_at
from bluezone.protocol.errors import BatchBodyError, SequenceGap
from bluezone.protocol.interval import DAY_S
from bluezone.protocol.manifest import Manifest, SignedManifest, check_successor, key_id_of, sign_manifest
from bluezone.sim.attacks.driven import DEFAULT_SETTINGS, MORNING
from bluezone.sim.attacks.outcome import Outcome, Setting
from bluezone.sim.attacks.service import HostileService
from bluezone.sim.attacks.store import START, met

TIME = over_at(START, 24)
LATER = TIME + 4 * 3600


@dataclass(frozen=True, slots=True)
class Offered:
    """An attack with a list.

    Attributes:
        offer: puts it on the service, which has published batch 1 honestly.
        sentence: words that the phone must say to its owner.
        head: number of the batch that must be the phone's head afterwards.
    """

    offer: Callable[[HostileService, Section], None]
    sentence: str
    head: int = 1


def _signed_by(*roles: str) -> Callable[[HostileService, Section], None]:
    def offer(service: HostileService, forged: Section) -> None:
        manifest, body = service.next(LATER, [forged])
        service.offer(sign_manifest(manifest, service.signers(*roles)), body)

    return offer


def _one_role_twice(service: HostileService, forged: Section) -> None:
    manifest, body = service.next(LATER, [forged])
    (pair,) = sign_manifest(manifest, service.signers("operator")).signatures
    service.offer(SignedManifest(manifest, (pair, pair)), body)


def _unknown_second(service: HostileService, forged: Section) -> None:
    manifest, body = service.next(LATER, [forged])
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    service.offer(sign_manifest(manifest, [*service.signers("operator"), stranger]), body)


def _false_second(service: HostileService, forged: Section) -> None:
    """The auditor's key id above a signature that the auditor did not make."""
    manifest, body = service.next(LATER, [forged])
    (pair,) = sign_manifest(manifest, service.signers("operator")).signatures
    false = key_id_of(service.keys.signers["auditor"].public_key()), pair[1]
    service.offer(SignedManifest(manifest, tuple(sorted([pair, false]))), body)


def _changed(**fields: object) -> Callable[[HostileService, Section], None]:
    """A batch whose manifest differs in some fields, and is signed as it is."""

    def offer(service: HostileService, forged: Section) -> None:
        manifest, body = service.next(LATER, [forged])
        changed = replace(manifest, **fields)  # type: ignore[arg-type]
        service.offer(sign_manifest(changed, service.signers()), body)

    return offer


def _gap(service: HostileService, forged: Section) -> None:
    """Number 3 is offered as number 2, which holds somebody's key and is kept back."""
    service.publish(LATER)
    second = service.files.copy()
    manifest, body = service.next(LATER, [forged])
    service.offer(sign_manifest(manifest, service.signers()), body)
    for name in second:
        if "00000002" in name:
            service.files[name] = service.files[name.replace("2.", "3.")]
    service.last = 2


def _old(service: HostileService, forged: Section) -> None:  # noqa: ARG001
    """The first batch once more, under the next number."""
    for suffix in ("manifest", "body"):
        service.files[f"/v1/batches/00000002.{suffix}"] = service.files[f"/v1/batches/00000001.{suffix}"]
    service.last = 2


def _other_content(service: HostileService, forged: Section) -> None:
    manifest, _ = service.next(LATER, [Section(START, 24, (bytes(16),))])
    service.offer(sign_manifest(manifest, service.signers()), encode_body([forged]))


def _longer_content(service: HostileService, forged: Section) -> None:
    manifest, body = service.next(LATER, [forged])
    service.offer(sign_manifest(manifest, service.signers()), body + bytes(25))


def _index_moved_on(service: HostileService, forged: Section) -> None:  # noqa: ARG001
    for _ in range(2):
        service.publish(LATER)
    service.first = 3


def _no_list(service: HostileService, forged: Section) -> None:
    manifest, body = service.next(LATER, [forged])
    broken = body[:-1]
    changed = replace(manifest, body_hash=hashlib.sha256(broken).digest(), body_length=len(broken))
    service.offer(sign_manifest(changed, service.signers()), broken)


def _split_view(service: HostileService, forged: Section) -> None:
    """Another batch 1, signed by the same two, for this phone only."""
    other = HostileService(service.keys, service.region)
    other.publish(TIME, [forged])
    service.files = other.files


ATTACKS = {
    "one signer": Offered(_signed_by("operator"), "signatures needed"),
    "one role twice": Offered(_one_role_twice, "repeated"),
    "a second signer that nobody knows": Offered(_unknown_second, "signatures needed"),
    "a second signature that is false": Offered(_false_second, "signatures needed"),
    "an old batch as the next": Offered(_old, "sent batch 1 for batch 2"),
    "a batch left out": Offered(_gap, "sent batch 3 for batch 2"),
    "another past": Offered(_changed(previous=bytes(range(32))), "does not continue"),
    "other keys than signed": Offered(_other_content, "not those that were signed"),
    "more keys than signed": Offered(_longer_content, "longer than was signed"),
    "another region": Offered(_changed(region=85), "is of region 85"),
    "time back": Offered(_changed(time=TIME - 3600), "older than batch 1"),
    "a time still to come": Offered(_changed(time=LATER + 3600), "ahead of trusted time"),
    "batches left out of the index": Offered(_index_moved_on, "are no longer offered and were missed", 3),
    "a signed list that is no list": Offered(_no_list, "malformed and was skipped", 2),
    "a list larger than any may be": Offered(_changed(body_length=MAX_BODY_LENGTH + 1), "that cannot be"),
    "a key period that does not exist": Offered(_changed(tek_period=25), "that cannot be"),
    "two batches with one number": Offered(_split_view, "carry the number 1"),
}


def false_lists(setting: Setting) -> Outcome:
    """T-21: lists signed by too few, old, with a gap, other content, another region, back in time, frozen."""
    wrong = [name for number, name in enumerate(ATTACKS) if not asyncio.run(_held(setting, number, name))]
    if not frozen_is_shown(setting):
        wrong.append("frozen")
    if not gap_is_refused(setting):
        wrong.append("a gap, by the rule alone")
    honest = asyncio.run(_honest(setting))
    return Outcome(
        not wrong and honest == 10,
        f"{len(ATTACKS) + 2} lists refused or flagged, each with its sentence; an honest one in the same"
        f" place verifies {honest} of 10 minutes" + f"; not: {', '.join(wrong)}" * bool(wrong),
        len(wrong),
    )


async def _held(setting: Setting, number: int, name: str) -> bool:
    attack = ATTACKS[name]
    polled, minutes, _ = await after_attack(setting, number, attack.offer)
    head = polled.head.seq if polled.head else 0
    return head == attack.head and attack.sentence in polled.sentence and minutes == 0


async def _honest(setting: Setting) -> int:
    def offer(service: HostileService, section: Section) -> None:
        service.publish(LATER, [section])

    return (await after_attack(setting, len(ATTACKS), offer))[1]


async def after_attack(
    setting: Setting, number: int, offer: Callable[[HostileService, Section], None]
) -> tuple[BatchesPolled, int, int]:
    """What a phone that has met the owner of a key says, has verified and keeps as evidence.

    Args:
        setting: seed and folder.
        number: of the phone's folder.
        offer: what the service has after an honest first batch; it may publish that key.
    """
    draw = setting.random_bytes(f"list {number}")
    tek, service = draw(16), HostileService.open(draw)
    store = PhoneStore.open(setting.folder / f"list-{number}", draw, durable=False)
    try:
        store.days.save_interval(START, met(tek, START, setting)[1], [START * 600 + 20])
        follower = service.follower(store, draw, MORNING)
        service.publish(TIME)
        await follower.poll(TIME)
        offer(service, Section(START, 24, (tek,)))
        polled = await follower.poll(LATER)
        return polled, len(store.ledger.verified_minutes()), len(store.evidence.manifests())
    finally:
        store.close()


def frozen_is_shown(setting: Setting) -> bool:
    """Whether a phone says that its list stands still, a day after the newest batch and not before."""
    service = HostileService.open(setting.random_bytes("frozen"))
    head = service.publish(TIME).head()
    agent = Agent(DEFAULT_SETTINGS, [], TrustedTime(), head, setting.random_bytes("frozen agent"))
    agent.handle(TimeAnswered(TIME, 0.0, 0.0), Reading(0.0, 0.0))

    def says_so(after_s: float) -> bool:
        problems = agent.status(Reading(0.0, after_s)).problems
        return any(problem is Problem.OLD_BATCH for problem, _ in problems)

    return not says_so(DAY_S - 1.0) and says_so(DAY_S + 1.0)


def gap_is_refused(setting: Setting) -> bool:
    """Whether the rule of the chain refuses a number left out, and one repeated, whoever asks."""
    service = HostileService.open(setting.random_bytes("gap"))
    chain = [service.publish(TIME + 60 * number) for number in range(3)]

    def refused(manifest: Manifest, head: Manifest) -> bool:
        try:
            check_successor(manifest, service.region.number, head.head(), first=1)
        except SequenceGap:
            return True
        return False

    left_out, repeated = refused(chain[2], chain[0]), refused(chain[1], chain[1])
    return left_out and repeated and not refused(chain[1], chain[0])


def mutated_bodies(setting: Setting) -> Outcome:
    """T-22: bodies of batches, broken in every way that a die can think of."""
    dice, count = setting.dice("mutated"), setting.choose(300, 1_000_000)
    original = encode_body(
        [
            Section(START, 7, tuple(sorted(dice.randbytes(16) for _ in range(10)))),
            Section(START, 24, tuple(sorted(dice.randbytes(16) for _ in range(10)))),
            Section(START + 24, 24, tuple(sorted(dice.randbytes(16) for _ in range(10)))),
        ]
    )
    taken = refused = beyond = 0
    crafted = [name for name, body in crafted_bodies(original).items() if not _is_refused(body)]
    tracemalloc.start()
    for _ in range(count):
        body = mutated(original, dice)
        try:
            sections = decode_body(body)
        except BatchBodyError:
            refused += 1
            continue
        taken += 1
        beyond += not within_limits(sections, body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return Outcome(
        beyond == 0 and not crafted and taken + refused == count and peak < 2**20 and refused > count // 2,
        f"{count} bodies: {refused} refused, {taken} well formed and within limits, {beyond} beyond;"
        f" crafted ones taken: {crafted};"
        f" at most {peak // 1024} KiB of memory",
        beyond,
    )


def crafted_bodies(body: bytes) -> dict[str, bytes]:
    """Bodies that differ from a good one in exactly one rule.

    Args:
        body: sections of ten keys, the first two of one window.
    """
    length = 9 + 10 * 16
    first, second, third = (body[at : at + length] for at in range(0, 3 * length, length))
    return {
        "sections out of order": first + third + second,
        "a section twice": first + first,
        "keys out of order": first[:9] + first[25:41] + first[9:25] + first[41:],
        "a key twice": first[:9] + first[9:25] + first[9:25] + first[41:],
        "an empty section": first[:5] + bytes(4) + second,
        "cut off in a key": body[:-1],
        "cut off in a head": body + third[:5],
        "no period": first[:4] + b"\0" + first[5:],
        "more than a day": first[:4] + b"\x91" + first[5:],
        "across midnight": (START + 130).to_bytes(4, "little") + third[4:],
    }


def _is_refused(body: bytes) -> bool:
    try:
        decode_body(body)
    except BatchBodyError:
        return True
    return False


def mutated(body: bytes, dice: random.Random) -> bytes:
    """A body with one to four changes: bits, bytes, numbers, cuts, repetitions."""
    changed = bytearray(body)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(changed) + 1)
        match dice.randrange(6):
            case 0 if changed:
                changed[at % len(changed)] ^= 1 << dice.randrange(8)
            case 1:
                changed[at : at + 4] = dice.choice((b"\xff" * 4, bytes(4), dice.randbytes(4)))
            case 2:
                del changed[at : at + dice.randrange(1, 40)]
            case 3:
                changed[at:at] = dice.randbytes(dice.randrange(1, 40))
            case 4:
                changed[at:at] = changed[: dice.randrange(1, 60)]
            case _:
                del changed[at:]
    return bytes(changed)


def within_limits(sections: list[Section], body: bytes) -> bool:
    """Whether what came out of a body is no more than went in, and every key could exist."""
    for section in sections:
        check_period(section.rolling_start, section.rolling_period)
        if any(len(tek) != 16 for tek in section.teks):
            return False
    return sum(9 + 16 * len(section.teks) for section in sections) == len(body)
