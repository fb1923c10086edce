"""Which records count: the table that every copy judges by."""

import pytest

from services.notifier.ledger.standing import Standing, counts

A, A_AGAIN, B = ("a", "1"), ("a", f"{50:012x}00000002"), ("b", "7")
"""When A begins again, the newest that it finds claimed is 0.05 s behind the beginning."""
NOBODY = (None, None)


def standing(
    state: str, who: tuple[str | None, str | None] = NOBODY, at_s: float = 0, attempts: int = 0, members: str = ""
) -> Standing:
    return Standing(state, round(at_s * 1000), *who, attempts, tuple(members.split()))


def test_the_first_record_counts() -> None:
    """Whatever it is: compaction may have taken those before."""
    for state in ("waiting", "claimed", "gathered", "sent", "refused", "expired"):
        assert counts(None, standing(state, A))


@pytest.mark.parametrize("before", ["waiting", "claimed", "gathered", "sent", "refused", "expired"])
def test_what_was_sent_was_sent(before: str) -> None:
    """By anybody, at any time."""
    assert counts(standing(before, A), standing("sent", B))


@pytest.mark.parametrize("before", ["sent", "refused", "expired"])
@pytest.mark.parametrize("after", ["waiting", "claimed", "gathered", "refused", "expired"])
def test_nothing_follows_an_end(before: str, after: str) -> None:
    """A late claim, or the same event handled once more, tells nobody twice."""
    assert not counts(standing(before, A), standing(after, A, at_s=1000))


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (standing("claimed", A, 0), True),
        (standing("claimed", B, 29.9), False),
        (standing("claimed", B, 30), True),
        (standing("claimed", A_AGAIN, 0.1), True),
        (standing("waiting", A, 0.1), True),
        (standing("waiting", B, 0.1), False),
        (standing("waiting", B, 60), False),
        (standing("waiting", NOBODY, 60), False),
        (standing("gathered", A, 0.1), True),
        (standing("gathered", B, 0.1), False),
        (standing("gathered", B, 60), True),
        (standing("refused", A, 0.1), True),
        (standing("refused", B, 0.1), False),
        (standing("expired", B, 60), True),
    ],
)
def test_a_claim_is_respected_for_as_long_as_it_lasts(after: Standing, expected: bool) -> None:
    """30 s by the log's time; a later life of the same instance need not wait."""
    assert counts(standing("claimed", A), after) is expected


def test_who_claims_when_its_next_life_has_begun_is_not_dead() -> None:
    """Two processes have one name: each respects the other, as if they had two."""
    for early, late in ((A, A_AGAIN), (A_AGAIN, A)):
        assert not counts(standing("claimed", early, 0.051), standing("claimed", late, 0.06))
        assert counts(standing("claimed", early, 0.051), standing("claimed", late, 30.051))


@pytest.mark.parametrize("after", ["waiting", "claimed"])
def test_what_is_gathered_is_told_by_a_summary_alone(after: str) -> None:
    """Else it would be told twice."""
    assert not counts(standing("gathered"), standing(after, A))
    assert counts(standing("gathered"), standing("gathered", B))
    assert counts(standing("gathered"), standing("expired", B))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (standing("waiting", attempts=2), standing("waiting", B), False),
        (standing("waiting", attempts=2), standing("waiting", A, attempts=3), True),
        (standing("waiting", A), standing("waiting", B), True),
        (standing("waiting", members="x y"), standing("waiting", B, members="x z"), False),
        (standing("waiting", members="x y"), standing("waiting", B, members="x y"), True),
        (standing("waiting"), standing("claimed", B), True),
        (standing("waiting"), standing("gathered", B), True),
        (standing("waiting"), standing("expired", B), True),
    ],
)
def test_what_is_written_twice_is_the_first_one(before: Standing, after: Standing, expected: bool) -> None:
    """A repeat loses no attempts, and of two summaries with the same id the first one tells its members."""
    assert counts(before, after) is expected


def test_the_lease_is_an_argument() -> None:
    """Of the log's time."""
    assert counts(standing("claimed", A), standing("claimed", B, 2), lease_s=2)
    assert not counts(standing("claimed", A), standing("claimed", B, 1.9), lease_s=2)
