"""The air recorded and played again: T-01 to T-04, T-06 and T-38.

Every story has the same people: a case who speaks for a while, an attacker who stands beside the case and
sends something elsewhere, and victims who never met the case and hear only the attacker. The case's keys are
published afterwards, and every victim's phone looks for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bluezone.phone.agent import AgentSettings
from bluezone.phone.encounter import Sample
from bluezone.phone.matching import (
    FLOOR_SPAN_MINUTES,
    Hit,
    RecordRef,
    VerifiedMinute,
    passing_minutes,
    verify_hits,
)
from bluezone.protocol.advertisement import (
    ADVERTISEMENT_LENGTH,
    DEFAULT_SERVICE_UUID,
    build_payload,
    parse_advertisement,
)
from bluezone.protocol.batch import Section
from bluezone.protocol.interval import interval_of
from bluezone.protocol.keys import TemporaryExposureKey, full_identifier
from bluezone.sim.attacks.baselines import (
    ALERT_MINUTES,
    SHORT_REPLAY,
    TWO_HOURS,
    Transform,
    believed_minutes,
)
from bluezone.sim.attacks.driven import (
    MATCH_SETTINGS,
    MORNING,
    DrivenPhone,
    Matcher,
    Transmission,
    alerts_of,
    match,
)
from bluezone.sim.attacks.outcome import Outcome, Setting

CONTACT_S = 30 * 60
# The case speaks from here on: not at the start of a window, so that nothing is special about it.
CONTACT_AT = MORNING + 90 * 60
# As far as a system clock may be off before signed time goes before it.
WIDEST_SKEW_S = 19.99
LATE_REPLAYS_S = (150.0, 600.0, 3600.0)


@dataclass(frozen=True, slots=True)
class Harm:
    """What an attack did to the victims.

    Attributes:
        alerted: victims who are warned although they never met the case.
        minutes: verified minutes, all victims together.
        most_minutes: of the worst hit victim.
        rejected: samples that were refused because a tag was wrong.
    """

    alerted: int
    minutes: int
    most_minutes: int
    rejected: int


def shifted(by_s: float) -> Transform:
    """The attack that plays everything again so many seconds later."""
    return lambda said: [replace(one, begin=one.begin + by_s, end=one.end + by_s) for one in said]


def one_frame_for(seconds: float, after_s: float = 5.0) -> Transform:
    """The attack that captures a single frame and sends it on and on, seconds."""

    def hold(said: Sequence[Transmission]) -> list[Transmission]:
        captured = said[len(said) // 2]
        begin = captured.begin + after_s
        return [Transmission(begin, begin + seconds, captured.data)]

    return hold


def for_minutes(count: int, by_s: float = 0.5) -> Transform:
    """The attack that relays live, half a second late, and only for so many sender minutes."""

    def relay(said: Sequence[Transmission]) -> list[Transmission]:
        middle = said[len(said) // 3].begin // 60
        chosen = [one for one in said if middle <= one.begin // 60 < middle + count]
        return list(shifted(by_s)(chosen))

    return relay


def speaking_case(setting: Setting, name: str = "case") -> DrivenPhone:
    """A case who speaks for half an hour."""
    case = DrivenPhone(setting.random_bytes(name), CONTACT_AT)
    case.live(CONTACT_AT + CONTACT_S)
    return case


def listening_victim(
    setting: Setting,
    number: int,
    sent: Sequence[Transmission],
    *,
    signed_lie_s: float = 0.0,
    skew_s: float = 0.0,
) -> DrivenPhone:
    """A victim who hears what the attacker sends, each with scans of its own."""
    dice = setting.dice(f"victim {number}")
    begin = sent[0].begin - dice.uniform(60.0, 120.0) if sent else CONTACT_AT
    end = sent[-1].end if sent else CONTACT_AT + CONTACT_S
    phone = DrivenPhone(dice.randbytes, begin, signed_lie_s=signed_lie_s, skew_s=skew_s)
    phone.live(end + 12 * 60, sent)
    return phone


def harm_done(
    setting: Setting,
    sections: Sequence[Section],
    sent: Sequence[Transmission],
    matcher: Matcher = verify_hits,
    *,
    signed_lie_s: float = 0.0,
    skew_s: float = 0.0,
) -> Harm:
    """Lets the victims hear an attacker, publishes keys, and looks at the victims.

    Args:
        setting: how many victims.
        sections: the keys that are published afterwards.
        sent: by the attacker.
        matcher: a control passes a twin that lacks a guard.
        signed_lie_s: see DrivenPhone; a control only.
        skew_s: of the victims' system clocks, seconds.
    """
    sent = sorted(sent, key=lambda one: one.begin)
    alerted = minutes = most = rejected = 0
    for number in range(setting.victim_count):
        victim = listening_victim(setting, number, sent, signed_lie_s=signed_lie_s, skew_s=skew_s)
        result = match(victim.records(), sections, matcher=matcher)
        alerted += bool(alerts_of(victim, result))
        minutes += len(result.minutes)
        most = max(most, len(result.minutes))
        rejected += result.rejected_count
    return Harm(alerted, minutes, most, rejected)


def beside_baselines(setting: Setting, attack: Transform) -> tuple[list[int], list[int]]:
    """Minutes that each victim of the two baselines believes in under the same attack."""
    dice = setting.dice("baselines")
    key, phases = dice.randbytes(16), [dice.uniform(0, 60) for _ in range(setting.victim_count)]
    contact = (CONTACT_AT, CONTACT_AT + CONTACT_S)
    short, long = (
        believed_minutes(baseline, key, contact, attack, phases) for baseline in (SHORT_REPLAY, TWO_HOURS)
    )
    return short, long


def warned(minutes: Sequence[int]) -> int:
    """How many of a baseline's victims are warned."""
    return sum(count >= ALERT_MINUTES for count in minutes)


def honest_minutes(setting: Setting, sender_skew_s: float = 0.0, receiver_skew_s: float = 0.0) -> int:
    """Verified minutes of two phones that lie side by side for twelve minutes, a scan in each of them."""
    case = DrivenPhone(setting.random_bytes("case"), CONTACT_AT, skew_s=sender_skew_s)
    case.live(CONTACT_AT + 12 * 60)
    steady = AgentSettings(DEFAULT_SERVICE_UUID, shortest_gap_s=60.0, longest_gap_s=60.0)
    receiver = DrivenPhone(
        setting.random_bytes("receiver"), CONTACT_AT + 28, skew_s=receiver_skew_s, settings=steady
    )
    receiver.live(CONTACT_AT + 40 * 60, [*case.said, *_still_speaking(case)])
    return len(match(receiver.records(), case.sections()).minutes)


def honest_use(setting: Setting) -> Outcome:
    """T-01: two phones side by side, with right clocks and with clocks 20 s wrong in opposite directions."""
    wide = WIDEST_SKEW_S
    counts = [honest_minutes(setting, *skews) for skews in ((0.0, 0.0), (wide, -wide), (-wide, wide))]
    return Outcome(
        counts == [12, 12, 12],
        f"verified minutes of 12, clocks right, ahead and behind, behind and ahead: {counts}",
        count=min(counts),
    )


def frame(setting: Setting) -> Outcome:
    """T-02: somebody takes every frame of a case apart and looks for what should not be in it."""
    case = DrivenPhone(setting.random_bytes("case"), CONTACT_AT)
    case.live(CONTACT_AT + setting.choose(6, 24) * 3600)
    leaks, lengths, masked = 0, set(), set()
    for one in case.said:
        key = next(k for k in case.agent.keys if k.start <= interval_of(one.begin) < k.end)
        full = full_identifier(key.key.tek, interval_of(one.begin)).reveal()
        payload = parse_advertisement(one.data)
        lengths.add(len(one.data))
        masked.add(payload.masked_metadata)
        hidden = [full[at : at + 3] for at in range(12, 30)]
        leaks += payload.visible != full[:12] or any(part in one.data for part in hidden)
    return Outcome(
        leaks == 0 and lengths == {ADVERTISEMENT_LENGTH} and len(masked) > 10,
        f"{len(case.said)} frames of lengths {sorted(lengths)}; parts of full[12:32] found: {leaks};"
        f" {len(masked)} different metadata bytes for one transmit level",
        count=leaks,
    )


def late_replay(setting: Setting) -> Outcome:
    """T-03: everything a case says is played again 150 s later and more."""
    case = speaking_case(setting)
    harms = [harm_done(setting, case.sections(), shifted(delay)(case.said)) for delay in LATE_REPLAYS_S]
    beside = [beside_baselines(setting, shifted(delay)) for delay in LATE_REPLAYS_S]
    v1, minutes = [harm.alerted for harm in harms], sum(harm.minutes for harm in harms)
    short, long = [warned(one[0]) for one in beside], [warned(one[1]) for one in beside]
    delays = ", ".join(f"{delay:.0f} s" for delay in LATE_REPLAYS_S)
    return Outcome(
        minutes == 0,
        f"verified minutes {minutes}; false alerts at {delays}: v1 {v1}, 15 min {short}, 2 h {long}",
        v1[0],
        setting.victim_count,
        short[0],
        long[0],
    )


def one_frame(setting: Setting) -> Outcome:
    """T-04: one captured frame is sent again and again for ten minutes; counted in believed minutes."""
    case, attack = speaking_case(setting), one_frame_for(600)
    harm = harm_done(setting, case.sections(), attack(case.said))
    short, long = beside_baselines(setting, attack)
    return Outcome(
        harm.most_minutes <= 1 and harm.alerted == 0 and louder_copy_counts(setting) == 0,
        f"most minutes one victim believes in: v1 {harm.most_minutes}, 15 min {max(short)}, 2 h {max(long)}",
        harm.most_minutes,
        setting.victim_count,
        max(short),
        max(long),
    )


def live_relay(setting: Setting) -> Outcome:
    """T-06: place off, and the frames travel live through the network: open, and it takes three minutes."""
    case = speaking_case(setting)
    two, three = (harm_done(setting, case.sections(), for_minutes(count)(case.said)) for count in (2, 3))
    whole = harm_done(setting, case.sections(), shifted(0.5)(case.said))
    short, long = map(warned, beside_baselines(setting, shifted(0.5)))
    floor = passed_floor(setting, case, 2), passed_floor(setting, case, 3)
    return Outcome(
        two.alerted == three.alerted == 0 and floor[0] == 0 and floor[1] > 0,
        f"open: half an hour of live relay warns {whole.alerted} of {setting.victim_count}; victims with a"
        f" minute past the floor of R7 after 2 relayed minutes {floor[0]}, after 3 {floor[1]}",
        whole.alerted,
        setting.victim_count,
        short,
        long,
    )


def passed_floor(setting: Setting, case: DrivenPhone, relayed_minutes: int) -> int:
    """How many victims have any minute that passes R7 after so many minutes of live relay."""
    sent, passed = for_minutes(relayed_minutes)(case.said), 0
    for number in range(setting.victim_count):
        victim = listening_victim(setting, number, sent)
        passed += bool(passing_minutes(match(victim.records(), case.sections()).minutes))
    return passed


def three_cases(setting: Setting) -> Outcome:
    """T-38: frames of three cases are relayed live, one minute of each: at once, and one after the other."""
    cases = [speaking_case(setting, f"case {number}") for number in range(3)]
    sections = [section for case in cases for section in case.sections()]
    middle = CONTACT_AT // 60 + 13
    at_once = [one for case in cases for one in case.said if one.begin // 60 == middle]
    in_turn = [one for n, case in enumerate(cases) for one in case.said if one.begin // 60 == middle + 2 * n]
    harms = [harm_done(setting, sections, shifted(0.5)(sent)) for sent in (at_once, in_turn)]
    hasty = hasty_alerts(setting, sections, shifted(0.5)(at_once))
    apart = [VerifiedMinute(bytes(8), FLOOR_SPAN_MINUTES * day, 0, 0) for day in range(5)]
    return Outcome(
        all(harm.alerted == 0 for harm in harms) and hasty == 0 and not passing_minutes(apart),
        f"false alerts: relayed in one minute {harms[0].alerted}, in three {harms[1].alerted}; in one minute,"
        f" if half a minute were enough for an alert, {hasty}",
        sum(harm.alerted for harm in harms) + hasty,
        setting.victim_count,
    )


def hasty_alerts(setting: Setting, sections: Sequence[Section], sent: Sequence[Transmission]) -> int:
    """Victims who would be warned if the risk rule asked for half a minute only: the floor of R7 alone."""
    rules = replace(MATCH_SETTINGS.rules, alert_s=30.0)
    alerted = 0
    for number in range(setting.victim_count):
        victim = listening_victim(setting, number, sent)
        result = match(victim.records(), sections)
        alerted += bool(alerts_of(victim, result, replace(MATCH_SETTINGS, rules=rules)))
    return alerted


def louder_copy_counts(setting: Setting) -> int:
    """By how many dB a copy that arrives later, and louder, changes the level of a minute."""
    interval = interval_of(CONTACT_AT)
    tek = TemporaryExposureKey(setting.random_bytes("louder")(16))
    said = build_payload(full_identifier(tek, interval), 10 * interval + 3, -60)
    samples = [
        Sample(600 * interval + after_s, rssi, said.masked_metadata, said.time_tag, said.place_tag)
        for after_s, rssi in ((200, -80), (250, -40))
    ]
    hit = Hit(tek.reveal(), interval, RecordRef(0, 0, b""))
    levels = [
        verify_hits([(hit, order)]).minutes[0].level_db for order in (samples[:1], samples, samples[::-1])
    ]
    return max(levels) - levels[0]


def _still_speaking(phone: DrivenPhone) -> list[Transmission]:
    return [phone.speaking] if phone.speaking is not None else []
