"""What the name of a process says, and whom it takes for dead."""

import pytest

from libs.common.bus import Place
from libs.common.messages import replace
from libs.common.testing import FakeClock
from services.notifier.ledger.lives import heir, heir_until_ms, new_life
from tests.notifier.ledger.ledger_rig import AT, SECOND_NS, TOPIC, Log, knows, notice, now, until

NO_SKEW, AHEAD, BEHIND = 0.0, 3600.0, -3600.0


def set_host(log: Log, skew_s: float) -> None:
    """Whoever starts from now on has this clock; the log's goes on."""
    log.clock = FakeClock(now(log) + round(skew_s * SECOND_NS))


def test_a_life_is_like_no_other_and_says_what_it_takes_over() -> None:
    """Two that find the same at their start are two."""
    first, second = (heir(new_life(), AT // 1_000_000) for _ in range(2))
    assert first != second
    assert heir_until_ms(first) == heir_until_ms(second) == AT // 1_000_000


@pytest.mark.parametrize("life", [None, "", "somebody else", "1a2b3c4d", pytest.param(new_life(), id="a life alone")])
def test_a_name_that_says_nothing_takes_over_nothing(life: str | None) -> None:
    """So nobody is dead for it: it waits until claims have run out."""
    assert heir_until_ms(life) == 0


@pytest.mark.parametrize("skew_s", [NO_SKEW, 5.0, AHEAD, BEHIND])
def test_what_is_claimed_since_the_start_is_a_living_ones_whatever_the_host_says(log: Log, skew_s: float) -> None:
    """Of a restart in which the old one has not ended yet: each message goes out once."""
    log.put(notice())
    old = log.copy("box", new_life(), fixed=True)
    set_host(log, skew_s)
    new = log.copy("box", new_life(), fixed=True)
    assert old.claim(notice()) is not None
    knows(new, notice(), "claimed")
    assert new.claim(notice()) is None


@pytest.mark.parametrize("skew_s", [NO_SKEW, AHEAD, BEHIND])
def test_what_is_found_at_the_start_is_a_dead_ones_whatever_the_host_says(log: Log, skew_s: float) -> None:
    """It is taken over at once, and all who read the log agree; what a living one claims behind it is not."""
    log.put(notice(0))
    log.put(notice(1))
    old, other = log.copy("box", new_life(), fixed=True), log.copy("b")
    assert old.claim(notice(0)) is not None
    set_host(log, skew_s)
    new = log.copy("box", new_life(), fixed=True)
    log.bus.time_ms += 1
    assert old.claim(notice(1)) is not None
    assert new.due("office", now(log)) is not None
    assert new.claim(notice(1)) is None
    claimed = new.claim(notice(0))
    assert claimed is not None
    until(lambda: (found := other.find(notice(0).id)) is not None and found.life == claimed.life)


def test_who_reads_the_log_once_more_is_not_born_again(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another of the same name has claimed meanwhile is a living one's."""
    monkeypatch.setattr("libs.common.steady.RETRY_S", 0.01)
    log.put(notice())
    first, second = (log.copy("box", new_life(), fixed=True) for _ in range(2))
    claimed = first.claim(notice())
    assert claimed is not None
    knows(second, notice(), "claimed")
    readers = len(log.readers)
    for partition in range(6):
        log.readers[1].revoke(Place(TOPIC, partition))
    until(lambda: len(log.readers) > readers and second.ready)
    knows(second, notice(), "claimed")
    assert second.claim(notice()) is None
    first.write(replace(claimed, state="sent", sent_at=AT))
