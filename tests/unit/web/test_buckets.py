"""How often one may be wrong: buckets that empty and fill, for callers of whom nothing is kept."""

from __future__ import annotations

import pytest

from bluezone.web.buckets import MAX_BUCKETS, BucketRule, Buckets, give_back, network_of, take

RULE = BucketRule(burst=2, refill_s=60)


def test_a_bucket_empties_refills_and_never_overflows() -> None:
    bucket = take(take(None, RULE, 0), RULE, 0)
    assert bucket is not None
    assert take(bucket, RULE, 59) is None
    for now, left in ((60, 0), (1e6, 1)):
        after = take(bucket, RULE, now)
        assert after is not None
        assert after.tokens == pytest.approx(left)
    assert give_back(give_back(bucket, RULE), RULE).tokens == 2
    assert give_back(give_back(give_back(bucket, RULE), RULE), RULE).tokens == 2


def test_a_guess_is_taken_from_all_buckets_or_from_none() -> None:
    buckets = Buckets(bytes(32))
    empty, other = (buckets.key("empty"), BucketRule(1, 60)), (buckets.key("other"), BucketRule(1, 60))
    assert buckets.take([empty], 0)
    for wanted in ([other, empty], [empty, other]):
        assert not buckets.take(wanted, 0)
    assert buckets.take([other], 0)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("::ffff:192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "192.0.2.2", False),
        ("fe80::1%eth0", "fe80::2", True),
        ("", "", True),
    ],
)
def test_who_counts_as_one_caller(one: str, other: str, is_same: bool) -> None:
    assert (network_of(one) == network_of(other)) is is_same


def test_buckets_are_bounded_and_nothing_of_whom_they_count_is_kept() -> None:
    buckets = Buckets(bytes(32))
    for number in range(MAX_BUCKETS + 100):
        assert buckets.take([(buckets.key(f"caller-{number}"), RULE)], 0)
    assert len(buckets) == MAX_BUCKETS
    assert not any(b"caller" in key for key in buckets._kept)
