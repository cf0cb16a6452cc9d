"""What signing in decides: names, passwords, sessions, links, and how often one may be wrong."""

from __future__ import annotations

import pytest

from bluezone.web.signin.errors import (
    AccountNameInvalid,
    LinkExpired,
    LinkUnknown,
    LinkUsed,
    PasswordWeak,
    SessionMissing,
    TooManyTries,
)
from bluezone.web.signin.rules import (
    ACCOUNT_TRIES,
    CALLER_TRIES,
    Identity,
    Link,
    Session,
    SessionRule,
    check_link,
    check_name,
    check_password,
    check_session,
)
from bluezone.web.signin.tries import TryCounter

WHO = Identity("vhtt", "office", "gia-nghia", "Phòng Văn hóa và Thông tin")
RULE = SessionRule(idle_s=100, whole_s=1000)


@pytest.mark.parametrize("name", ["", "a", "có dấu", "a b", "-a", "x" * 65, "a\n"[:2] + "b", "a/b"])
def test_a_name_that_cannot_be_used_is_refused(name: str) -> None:
    with pytest.raises(AccountNameInvalid):
        check_name(name)


def test_a_name_is_kept_small() -> None:
    assert check_name("  VHTT.Gia-Nghia ") == "vhtt.gia-nghia"


@pytest.mark.parametrize("password", ["", "123456789", "aaaaaaaaaaaa", "vhtt-2020-vhtt", "x" * 201])
def test_a_weak_password_is_refused(password: str) -> None:
    with pytest.raises(PasswordWeak):
        check_password(password, "vhtt")


def test_a_sentence_is_a_good_password() -> None:
    assert check_password("mưa rào tháng tám", "vhtt")


@pytest.mark.parametrize(
    ("seen", "now", "lasts"), [(0, 99, True), (0, 100, False), (950, 999, True), (999, 1000, False)]
)
def test_a_session_ends_by_idleness_and_by_age(seen: int, now: int, lasts: bool) -> None:
    session = Session(WHO, 0, seen)
    if lasts:
        assert check_session(session, RULE, now) is session
    else:
        with pytest.raises(SessionMissing):
            check_session(session, RULE, now)


def test_a_link_works_until_it_is_used_or_too_old() -> None:
    link = Link(WHO, "/office/", expires_at=100)
    assert check_link(link, 99) is link
    with pytest.raises(LinkExpired):
        check_link(link, 100)
    with pytest.raises(LinkUsed):
        check_link(Link(WHO, "/office/", 100, used_at=5), 6)
    with pytest.raises(LinkUnknown):
        check_link(None, 0)


def wrong(
    counter: TryCounter, caller: str, account: str = "vhtt", device: str = "", now: float = 0.0
) -> bool:
    """Whether one more wrong password is even looked at."""
    try:
        counter.take(caller, account, device, now)
    except TooManyTries:
        return False
    return True


def test_one_caller_is_stopped_and_let_in_again_later() -> None:
    counter = TryCounter(bytes(32))
    tried = [wrong(counter, "10.0.0.1", f"account-{n}") for n in range(CALLER_TRIES.burst + 5)]
    assert tried.count(True) == CALLER_TRIES.burst
    assert wrong(counter, "10.0.0.2")
    assert wrong(counter, "10.0.0.1", now=CALLER_TRIES.refill_s)


def test_a_subscriber_s_many_ipv6_addresses_are_one_caller() -> None:
    counter = TryCounter(bytes(32))
    tried = [wrong(counter, f"2001:db8::{n:x}", f"account-{n}") for n in range(CALLER_TRIES.burst + 5)]
    assert tried.count(True) == CALLER_TRIES.burst


def test_old_addresses_inside_ipv6_are_callers_of_their_own() -> None:
    # A site that listens on :: sees every IPv4 caller like this.
    counter = TryCounter(bytes(32))
    tried = [wrong(counter, "::ffff:203.0.113.5", f"account-{n}") for n in range(CALLER_TRIES.burst + 1)]
    assert tried.count(True) == CALLER_TRIES.burst
    assert wrong(counter, "::ffff:198.51.100.9")


def test_a_try_that_is_refused_takes_nothing_from_the_account() -> None:
    counter = TryCounter(bytes(32))
    for n in range(CALLER_TRIES.burst):
        assert wrong(counter, "10.0.0.1", f"account-{n}")
    assert not any(wrong(counter, "10.0.0.1", "vhtt") for _ in range(ACCOUNT_TRIES.burst))
    assert wrong(counter, "10.0.0.2", "vhtt"), "the account's bucket was drained by tries that were refused"


def test_guessing_from_everywhere_stops_strangers_and_never_the_known_browser() -> None:
    counter = TryCounter(bytes(32))
    tried = [wrong(counter, f"10.1.{n}.1") for n in range(50)]
    assert tried.count(True) == ACCOUNT_TRIES.burst
    assert not wrong(counter, "10.2.0.1")
    assert wrong(counter, "10.2.0.1", device="known")


def test_a_right_password_does_not_count() -> None:
    counter = TryCounter(bytes(32))
    for _ in range(100):
        counter.give_back(counter.take("10.0.0.1", "vhtt", "", 0.0))
    assert wrong(counter, "10.0.0.1")
