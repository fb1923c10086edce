"""How long a rule stays silent: by time within a boot, by our own clock across boots, never by that on the wall."""

from pathlib import Path
from typing import Any

import pytest

from libs.common.testing import FakeClock
from services.notifier.book import Book
from services.notifier.happening import Happening
from services.notifier.rules import cooldown
from services.notifier.rules.judge import Judge
from tests.notifier.rules.happenings import NOON, SECOND_NS, happening
from tests.notifier.rules.judging import judge_of
from tests.notifier.rules.paper import rules_of

HOUR_S = 3600.0


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """One rule with a cooldown of a minute, for everything."""
    return rules_of(tmp_path, "name: night, kinds: '*', cooldown: 60")


def after(seconds: float, **fields: Any) -> Happening:
    """The same, so many seconds after noon by the camera's clock, with an id of its own."""
    return happening(**{"id": f"e{seconds}", "at": NOON + round(seconds * SECOND_NS), **fields})


def told(judge: Judge, book: Book, what: Happening) -> int | None:
    """How many before it the message tells of; None: it is not told."""
    (verdict,) = judge.judge(book, what)
    return verdict.meanwhile if verdict.fires else None


def test_within_a_boot_the_times_of_what_happened_count(book: Book) -> None:
    """Even where they come all at once, after an outage."""
    judge = judge_of()
    assert [told(judge, book, after(s)) for s in (0, 1, 59.9, 60, 119, 120.5)] == [0, None, None, 2, None, 1]


def test_each_camera_label_kind_and_rule_has_its_own(tmp_path: Path) -> None:
    """What is told of one says nothing about another."""
    book = rules_of(tmp_path, "name: a, kinds: '*'", "name: b, kinds: '*', cooldown: 0")
    judge = judge_of()
    others: tuple[dict[str, Any], ...] = ({}, {"camera": "yard"}, {"label": "cat"}, {"kind": "detection.ended"})
    firing = [[verdict.fires for verdict in judge.judge(book, after(n, **fields))] for n, fields in enumerate(others)]
    assert firing == [[True, True]] * 4
    again = [[v.fires for v in judge.judge(book, after(9 + n, **fields))] for n, fields in enumerate(others)]
    assert again == [[False, True]] * 4


def test_that_it_is_well_again_is_told_at_once(book: Book) -> None:
    """A camera that is gone and back within a minute: who heard of the one hears of the other."""
    judge = judge_of()
    kinds = ("camera.disconnected", "camera.connected", "camera.disconnected")
    assert [told(judge, book, after(n, kind=kind, label=None, boot="")) for n, kind in enumerate(kinds)] == [0, 0, None]


@pytest.mark.parametrize("jump_s", [HOUR_S, -HOUR_S, 59.0, -59.0, 10 * 365 * 24 * HOUR_S])
def test_a_jump_of_the_wall_clock_changes_nothing(jump_s: float, book: Book) -> None:
    """The camera's producer sees it as well: a new boot begins, and our own running clock counts."""
    clock = FakeClock()
    judge = judge_of(clock)
    assert told(judge, book, after(0)) == 0
    clock.advance(30)
    clock.wall_ns += round(jump_s * 1e9)
    assert told(judge, book, after(30 + jump_s, boot="00000002")) is None
    clock.advance(29)
    assert told(judge, book, after(59 + jump_s, boot="00000002")) is None
    clock.advance(1.5)
    assert told(judge, book, after(60.5 + jump_s, boot="00000002")) == 2


@pytest.mark.parametrize("jump_s", [HOUR_S, -HOUR_S])
def test_a_jump_on_our_side_alone_changes_nothing(jump_s: float, book: Book) -> None:
    """Nobody asks the wall clock."""
    clock = FakeClock()
    judge = judge_of(clock)
    assert told(judge, book, after(0)) == 0
    clock.wall_ns += round(jump_s * 1e9)
    assert [told(judge, book, after(s)) for s in (59, 61)] == [None, 1]


def test_across_boots_and_without_one_the_time_of_arrival_counts(book: Book) -> None:
    """A camera that reconnects all the time is no reason to tell all the time."""
    clock = FakeClock()
    judge = judge_of(clock)
    found = []
    for number in range(13):
        found.append(told(judge, book, after(number, boot=f"{number:08x}" if number % 3 else "")))
        clock.advance(10)
    assert found == [0, None, None, None, None, None, 5, None, None, None, None, None, 5]


def test_the_one_that_came_late_is_left_out_too(book: Book) -> None:
    """However late: who has heard of what came after it has heard of it, and the cooldown goes on from there."""
    judge = judge_of()
    assert [told(judge, book, after(s)) for s in (0, 120, 59, 5, 121, 180)] == [0, 0, None, None, None, 3]


def test_where_there_is_no_cooldown_what_is_late_is_told(tmp_path: Path) -> None:
    """Each is, in whatever order they come."""
    book = rules_of(tmp_path, "name: night, kinds: '*', cooldown: 0")
    judge = judge_of()
    assert [told(judge, book, after(s)) for s in (100, 41, 100.5, 0)] == [0] * 4


def test_a_clock_that_goes_back_within_a_boot_silences_for_one_cooldown_at_most(book: Book) -> None:
    """No producer of ours has one; another's later frame is not taken for one that is late."""
    clock = FakeClock()
    judge = judge_of(clock)
    found = []
    for seq, seconds in enumerate((0, -3600, -3560, -3539, -3500)):
        found.append(told(judge, book, after(seconds, frame_id=f"porch/00000001/{seq}")))
        clock.advance(30)
    assert found == [0, None, 1, None, 1]
    assert told(judge, book, after(-3590, frame_id="porch/00000001/1")) is None


def test_the_same_again_is_answered_the_same(book: Book) -> None:
    """A message that could not be written comes again: it must neither be lost nor counted twice."""
    judge = judge_of()
    assert told(judge, book, after(0)) == 0
    for _ in range(3):
        assert told(judge, book, after(0)) == 0
        assert told(judge, book, after(30)) is None
    assert [told(judge, book, after(70)) for _ in range(3)] == [1, 1, 1]
    assert told(judge, book, after(0)) == 0


def test_what_is_told_early_is_told_once_the_frame_is_there(book: Book) -> None:
    """And between them the cooldown of another begins not anew."""
    judge = judge_of()
    (early,) = judge.judge(book, after(0), early=True)
    (other,) = judge.judge(book, after(10), early=True)
    assert (early.fires, other.fires) == (True, False)
    assert [told(judge, book, after(s)) for s in (0, 10, 60)] == [0, None, 1]


def test_what_is_silent_early_is_counted_once(book: Book) -> None:
    """Each is judged twice, in any order: before its frame is there, and with it."""
    judge = judge_of()
    judge.judge(book, after(0), early=True)
    for seconds in (10, 20):
        judge.judge(book, after(seconds), early=True)
    assert [told(judge, book, after(s)) for s in (0, 10, 20, 60)] == [0, None, None, 2]


def test_a_rule_that_does_not_match_begins_no_cooldown(tmp_path: Path) -> None:
    """Somebody outside of the zone does not silence the rule for somebody in it."""
    book = rules_of(tmp_path, "zones: drive")
    judge = judge_of()
    assert told(judge, book, after(0)) is None
    assert told(judge, book, after(1, zones=("drive",))) == 0


def test_another_file_of_rules_ends_no_cooldown(tmp_path: Path, book: Book) -> None:
    """A rule is the same as long as its name is."""
    judge = judge_of()
    assert told(judge, book, after(0)) == 0
    longer = rules_of(tmp_path, "name: night, kinds: '*', cooldown: 90")
    assert [told(judge, longer, after(s)) for s in (61, 91)] == [None, 1]


def test_what_is_remembered_is_bounded(book: Book, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that fired longest ago is forgotten first."""
    monkeypatch.setattr(cooldown, "MOST", 3)
    judge = judge_of()
    assert [told(judge, book, after(n, label=f"l{n}")) for n in range(4)] == [0] * 4
    assert [told(judge, book, after(10 + n, label=f"l{n}")) for n in (3, 2, 1)] == [None] * 3
    assert told(judge, book, after(20, label="l0")) == 0


def test_the_reason_says_how_long_it_lasts(book: Book) -> None:
    """In seconds."""
    judge = judge_of()
    judge.judge(book, after(0))
    (verdict,) = judge.judge(book, after(18))
    assert (verdict.fires, verdict.why) == (False, "cooldown: 42 s more")
