"""After a restart, and where another copy told it: the ledger knows what was told."""

from pathlib import Path
from typing import Any

import pytest

from libs.common.messages import Notice, replace
from libs.common.testing import FakeClock
from services.notifier.book import Book
from services.notifier.happening import Happening
from services.notifier.ids import notice_id
from tests.notifier.rules.happenings import NOON, SECOND_NS, happening
from tests.notifier.rules.judging import Past, judge_of
from tests.notifier.rules.paper import rules_of


@pytest.fixture
def book(tmp_path: Path) -> Book:
    """One rule with a cooldown of a minute."""
    return rules_of(tmp_path, "name: night, kinds: '*', cooldown: 60")


def after(seconds: float, **fields: Any) -> Happening:
    return happening(**{"id": f"e{seconds}", "at": NOON + round(seconds * SECOND_NS), **fields})


def notice(of: Happening, noticed_s: float = 0.5, **fields: Any) -> Notice:
    """What the rule told of it; `noticed_s`: when that was decided, after noon."""
    made = Notice(
        id=notice_id(of.id, "paper"),
        camera=of.camera,
        event=of.id,
        channel="paper",
        rule="night",
        kind=of.kind,
        at=of.at,
        noticed_at=NOON + round(noticed_s * SECOND_NS),
        state="sent",
        label=of.label,
        frame_id=f"{of.camera}/{of.boot}/7" if of.boot else None,
        meanwhile=3,
    )
    return replace(made, **fields)


def clock_at(seconds: float) -> FakeClock:
    """A process that began just now, so many seconds after noon by the wall clock."""
    return FakeClock(wall_ns=NOON + round(seconds * SECOND_NS), running_s=5.0)


def fires(book: Book, past: Past, now_s: float, *what: Happening) -> list[bool]:
    judge = judge_of(clock_at(now_s), past)
    return [judge.judge(book, each)[0].fires for each in what]


def test_a_cooldown_goes_on_after_a_restart(book: Book) -> None:
    """Within the same boot by the times of what happened, whatever our clock says."""
    past = Past(notice(after(0)))
    for now_s in (20.0, -5000.0, 5000.0):
        assert fires(book, past, now_s, after(59), after(61)) == [False, True]


def test_across_boots_the_wall_clock_is_all_there_is(book: Book) -> None:
    """Counted from when it was decided."""
    past = Past(notice(after(0), noticed_s=10))
    assert fires(book, past, 69.0, after(69, boot="00000002")) == [False]
    assert fires(book, past, 71.0, after(71, boot="00000002")) == [True]


def test_a_wall_clock_that_went_back_meanwhile_silences_for_one_cooldown_at_most(book: Book) -> None:
    """Not until it is as late as it was."""
    judge = judge_of(clock := clock_at(-86_400.0), Past(notice(after(0))))
    assert not judge.judge(book, after(-86_400, boot="00000002"))[0].fires
    clock.advance(59)
    assert not judge.judge(book, after(-86_341, boot="00000002"))[0].fires
    clock.advance(2)
    assert judge.judge(book, after(-86_339, boot="00000002"))[0].fires


def test_what_was_told_before_the_restart_is_told_again_with_the_same_words(book: Book) -> None:
    """It died between two channels: the second one must have it. The first has: its notice has the same id."""
    (verdict,) = judge_of(clock_at(1), Past(notice(after(0)))).judge(book, after(0))
    assert (verdict.fires, verdict.meanwhile) == (True, 3)


def test_what_comes_again_after_a_restart_is_decided_as_before(book: Book) -> None:
    """Told, left out, told: none is lost and none is told that was not."""
    past = Past(notice(after(0)), notice(after(70), noticed_s=70.5))
    found = fires(book, past, 80.0, *(after(seconds) for seconds in (0, 10, 59, 70, 90)))
    assert found == [True, False, False, True, False]


def test_what_was_told_once_and_comes_again_does_not_set_the_cooldown_back(book: Book) -> None:
    """The last one that was told counts, not the last one that was read."""
    past = Past(notice(after(0)), notice(after(120), noticed_s=120.5))
    assert fires(book, past, 130.0, after(0), after(65), after(125), after(181)) == [True, False, False, True]


def test_what_is_late_after_a_restart_is_still_silent(book: Book) -> None:
    """Its frame is older than that of what was told."""
    past = Past(notice(after(0)))
    assert fires(book, past, 5000.0, after(-70, frame_id="porch/00000001/6")) == [False]


def test_what_another_rule_told_is_not_ours(tmp_path: Path) -> None:
    """Two rules, one channel, one event: the second rule keeps its own cooldown."""
    book = rules_of(tmp_path, "name: other, kinds: '*'", "name: night, kinds: '*'")
    judge = judge_of(clock_at(1), Past(notice(after(0))))
    assert [verdict.fires for verdict in judge.judge(book, after(10))] == [True, False]


def test_that_another_rule_told_this_very_event_does_not_make_ours_fire(tmp_path: Path) -> None:
    """It was silent then, and is when the event comes again."""
    book = rules_of(tmp_path, "name: other, kinds: '*'", "name: night, kinds: '*'")
    judge = judge_of(clock_at(1), Past(notice(after(-10), rule="other"), notice(after(0))))
    assert [verdict.fires for verdict in judge.judge(book, after(0))] == [False, True]


def test_a_notice_of_another_kind_begins_no_cooldown(book: Book) -> None:
    """That a camera is gone says nothing about its return."""
    gone = after(0, kind="camera.disconnected", label=None, boot="")
    past = Past(notice(gone))
    back = after(5, kind="camera.connected", label=None, boot="")
    assert fires(book, past, 5.0, back) == [True]
    assert fires(book, past, 5.0, after(5, kind="camera.disconnected", label=None, boot="")) == [False]


def test_each_kind_of_a_rule_goes_on_with_its_own_cooldown(book: Book) -> None:
    """What was told last does not hide what was told before it."""
    past = Past(notice(after(0)), notice(after(5, kind="detection.ended"), noticed_s=5.5))
    again = (after(20), after(20.5, kind="detection.ended"), after(61), after(64, kind="detection.ended"))
    assert fires(book, past, 10.0, *again) == [False, False, True, False]


def test_a_camera_that_comes_back_from_another_copy_is_looked_up(book: Book) -> None:
    """What that one told meanwhile counts here too."""
    past = Past()
    judge = judge_of(clock_at(0), past)
    assert judge.judge(book, after(0))[0].fires
    judge.forget("porch")
    past.notices.append(notice(after(70), noticed_s=70.5))
    assert not judge.judge(book, after(100))[0].fires
    assert judge.judge(book, after(131))[0].fires


def test_a_foreign_frame_id_is_no_boot(book: Book) -> None:
    """Then the time of arrival counts."""
    past = Past(notice(after(0), frame_id="x"))
    assert fires(book, past, 30.0, after(90)) == [False]
