"""Attacks with time: T-17, T-19 and T-20.

The attacker holds a key that is over, or pushes a phone's clock, or stands between a phone and the time
service.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bluezone.phone.agent import Agent
from bluezone.phone.events import Broadcast, Scan, TimeAnswered, Woke
from bluezone.phone.matching import verify_hits
from bluezone.phone.own_key import close_early
from bluezone.phone.trusted_time import Reading, TimeStatus, TrustedTime, accept_sync, read_time
from bluezone.protocol.advertisement import build_payload, encode_advertisement
from bluezone.protocol.batch import Section
from bluezone.protocol.diagnosis_key import over_at
from bluezone.protocol.errors import SignedTimeError
from bluezone.protocol.interval import DAY_S, interval_of
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.protocol.signed_time import sign_time, verify_time
from bluezone.sim.attacks.driven import (
    DEFAULT_SETTINGS,
    MORNING,
    DrivenPhone,
    Matcher,
    Transmission,
)
from bluezone.sim.attacks.outcome import Outcome, Setting
from bluezone.sim.attacks.replay import (
    CONTACT_AT,
    CONTACT_S,
    Harm,
    beside_baselines,
    harm_done,
    shifted,
    speaking_case,
    warned,
)


def closed_key(case: DrivenPhone) -> Section:
    """The case's running key as it is published the same day: closed with the interval in which it speaks."""
    own = case.agent.keys[-1]
    closed = close_early(own, interval_of(CONTACT_AT + CONTACT_S - 1))
    return Section(closed.start, closed.key.rolling_period, (closed.key.tek.reveal(),))


def frames_with_key(section: Section, minutes: int) -> list[Transmission]:
    """What a holder of a published key can send once everybody has it.

    Frames of the running interval, the last frame of the key again, and the key's last identifier with tags
    of the running minute.
    """
    begin = over_at(section.rolling_start, section.rolling_period)
    tek, last = TemporaryExposureKey(section.teks[0]), section.rolling_start + section.rolling_period - 1
    sent = []
    for minute in range(begin // 60, begin // 60 + minutes):
        fresh = build_payload(full_identifier(tek, minute // 10), minute, -60)
        old = build_payload(full_identifier(tek, last), 10 * last + 9, -60)
        stretched = build_payload(full_identifier(tek, last), minute, -60)
        for payload, offset in ((fresh, 0.0), (old, 0.1), (stretched, 0.2)):
            sent.append(Transmission(minute * 60 + offset, minute * 60 + 60, encode_advertisement(payload)))
    return sent


def closed_key_harm(setting: Setting, matcher: Matcher = verify_hits, period: int | None = None) -> Harm:
    """What frames made with a published key do to victims who look at the batch half an hour later.

    Args:
        setting: how many victims.
        matcher: a control passes a twin that lacks a guard.
        period: published instead of the closed one: a control without early closing.
    """
    section = closed_key(speaking_case(setting))
    sent = frames_with_key(section, 30)
    published = replace(section, rolling_period=period or section.rolling_period)
    return harm_done(setting, [published], sent, matcher)


def replay_with_full_key(setting: Setting) -> Outcome:
    """T-17: a key closed early is published, and somebody sends its frames for half an hour."""
    harm = closed_key_harm(setting)

    def last_identifier_again(said: Sequence[Transmission]) -> list[Transmission]:
        end = said[-1].end
        return [Transmission(end + 120, end + 120 + CONTACT_S, said[-1].data)]

    short, long = map(warned, beside_baselines(setting, last_identifier_again))
    return Outcome(
        harm.minutes == 0,
        f"verified minutes {harm.minutes}, refused samples {harm.rejected}",
        harm.alerted,
        setting.victim_count,
        short,
        long,
    )


def time_machine(setting: Setting) -> Outcome:
    """T-19: yesterday's frames of a case are played to phones whose clock was pushed back a day.

    The baselines ask the phone's own clock, so for them the pushed day is the day of the frames.
    """
    case = speaking_case(setting)
    harm = pushed_back(setting, case)
    short, long = map(warned, beside_baselines(setting, shifted(0.0)))
    return Outcome(
        harm.minutes == 0,
        f"verified minutes {harm.minutes} (a day of {CONTACT_S // 60} minutes was played)",
        harm.alerted,
        setting.victim_count,
        short,
        long,
    )


def pushed_back(setting: Setting, case: DrivenPhone, *, believes: bool = False) -> Harm:
    """Yesterday's frames for phones whose system clock stands a day back.

    Args:
        setting: how many victims.
        case: its key is published after the attack.
        believes: a control: the phone takes the pushed clock for the time.
    """
    lie = -float(DAY_S) if believes else 0.0
    return harm_done(
        setting, case.sections(), shifted(DAY_S)(case.said), signed_lie_s=lie, skew_s=-float(DAY_S)
    )


def trusted_time(setting: Setting) -> Outcome:
    """T-20: slow, foreign and replayed answers of the time service, a time that goes back, a reboot."""
    refused = {**_answers(setting), **_going_back(setting), **_after_reboot()}
    wrong = [name for name, holds in refused.items() if not holds]
    return Outcome(
        not wrong,
        f"{len(refused)} cases held" if not wrong else f"did not hold: {', '.join(wrong)}",
        len(wrong),
    )


def _answers(setting: Setting) -> dict[str, bool]:
    draw = setting.random_bytes("time")
    key, other = (Ed25519PrivateKey.from_private_bytes(draw(32)) for _ in range(2))
    nonce, now, state = draw(16), int(MORNING), TrustedTime()

    def refuses(answer: bytes) -> bool:
        try:
            verify_time(answer, nonce, key.public_key())
        except SignedTimeError:
            return True
        return False

    good = sign_time(nonce, now, key)
    flipped = good[:30] + bytes([good[30] ^ 1]) + good[31:]
    return {
        "a good answer is taken": not refuses(good) and accept_sync(state, now, 5.0, 15.0) is not None,
        "slow": accept_sync(state, now, 5.0, 15.01) is None,
        "answered before it was asked": accept_sync(state, now, 5.0, 4.9) is None,
        "another nonce": refuses(sign_time(draw(16), now, key)),
        "another signer": refuses(sign_time(nonce, now, other)),
        "another time": refuses(flipped),
        "cut off": refuses(good[:-1]),
    }


def _going_back(setting: Setting) -> dict[str, bool]:
    """Signed time moves back ten minutes: silence, no scan, until the old time is reached."""
    agent = Agent(DEFAULT_SETTINGS, [], TrustedTime(), None, setting.random_bytes("back"))

    def actions_at(monotonic: float) -> set[type]:
        return {type(one) for one in agent.handle(Woke(), Reading(0.0, monotonic))}

    agent.handle(TimeAnswered(int(MORNING) + 300, 0.0, 0.0), Reading(0.0, 0.0))
    before = actions_at(60.0) | actions_at(130.0)
    agent.handle(TimeAnswered(int(MORNING) + 300 + 140 - 600, 140.0, 140.0), Reading(0.0, 140.0))
    during = set().union(*(actions_at(140.0 + second) for second in range(1, 580, 10)))
    status = agent.status(Reading(0.0, 500.0)).time
    after = set().union(*(actions_at(140.0 + 601 + second) for second in range(0, 130, 10)))
    speaks = {Broadcast, Scan}
    return {
        "it spoke and listened before": speaks <= before,
        "silent while it catches up": not speaks & during and status is TimeStatus.CATCHING_UP,
        "speaks again afterwards": speaks <= after,
    }


def _after_reboot() -> dict[str, bool]:
    saved = TrustedTime(saved=MORNING)
    times = {
        shift: read_time(saved, Reading(MORNING + shift, 5.0)).now for shift in (-1, 0, DAY_S, DAY_S + 1)
    }
    never = read_time(TrustedTime(), Reading(MORNING, 5.0))
    week = TrustedTime(saved=MORNING, anchor_time=MORNING, anchor_monotonic=0.0)
    return {
        "a reboot does not go back": times[-1] is None,
        "a reboot goes forward": times[0] == MORNING and times[DAY_S] == MORNING + DAY_S,
        "at most a day": times[DAY_S + 1] is None,
        "no time before the first sync": never.now is None,
        "none a week after the last": read_time(week, Reading(MORNING, 7 * DAY_S + 1.0)).now is None,
    }
