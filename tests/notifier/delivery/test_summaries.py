"""Never too much, and nothing lost: what does not fit, or comes too late, is told by one summary."""

import pytest

from libs.common.errors import TemporaryError
from services.notifier.channels.channel import Note
from services.notifier.delivery import summaries as summaries_module
from services.notifier.delivery.summaries import PATIENCE_S
from tests.notifier.delivery.office_rig import World
from tests.notifier.delivery.receiver import most_within, summaries, told


def test_a_thousand_happenings_in_ten_seconds_are_the_limit_and_one_summary() -> None:
    """Nothing is lost, nothing comes twice."""
    world = World({"phone": {"limit": 10, "per": 60}})
    for number in range(1000):
        world.happens(number)
        world.passes(0.01, step_s=0.01)
    world.passes(180)
    phone = world.channels["phone"]
    assert (len(phone.taken), len(summaries(phone)), summaries(phone)[0].summary_of) == (11, 1, 990)
    assert sorted(told(phone)) == [f"event-{number:04}" for number in range(1000)]
    assert most_within(phone, 60) <= 10


def test_the_limit_holds_when_the_channel_is_slow() -> None:
    """What was admitted and not yet sent counts."""
    world = World({"phone": {"limit": 5, "per": 60}})
    for number in range(50):
        world.happens(number)
    world.passes(100)
    assert len(world.channels["phone"].taken) == 6


def test_a_flood_without_an_end_is_summed_up_again_and_again() -> None:
    """A place is kept for the summary: else new happenings would take all room and the rest would never be told."""
    world = World({"phone": {"limit": 3, "per": 60}})
    for number in range(600):
        world.happens(number)
        world.passes(1)
    world.passes(200)
    phone = world.channels["phone"]
    assert sorted(told(phone)) == [f"event-{number:04}" for number in range(600)]
    assert most_within(phone, 59.9) <= 3
    assert 5 <= len(summaries(phone)) <= 11


def test_a_channel_with_a_single_place_is_told_by_summaries() -> None:
    """The smallest limit starves nobody."""
    world = World({"phone": {"limit": 1, "per": 30}})
    for number in range(100):
        world.happens(number)
        world.passes(1)
    world.passes(100)
    phone = world.channels["phone"]
    assert sorted(told(phone)) == [f"event-{number:04}" for number in range(100)]
    assert most_within(phone, 29.9) == 1


def test_more_than_a_summary_can_list_is_told_by_several(monkeypatch: pytest.MonkeyPatch) -> None:
    """A thousand each, by the contract; a hundred here."""
    monkeypatch.setattr(summaries_module, "MOST_MEMBERS", 100)
    world = World({"phone": {"limit": 2, "per": 60}})
    for number in range(250):
        world.happens(number)
    world.passes(400, step_s=20)
    phone = world.channels["phone"]
    assert [note.summary_of for note in summaries(phone)] == [100, 100, 48]
    assert len(set(told(phone))) == 250


def test_a_backlog_older_than_fifteen_minutes_is_one_summary() -> None:
    """The channel was away for 20 minutes: what is old by then comes at once, what is not comes alone."""
    world = World({"phone": {"limit": 100}})
    phone, end_s = world.channels["phone"], world.clock.monotonic_s() + 1200

    def answer(note: Note) -> None:
        if world.clock.monotonic_s() < end_s:
            raise TemporaryError("503")

    phone.answer = answer
    for number in range(120):
        world.happens(number)
        world.passes(10)
    world.passes(700)
    assert [note.summary_of > 0 for _, note in phone.taken].count(True) == len(summaries(phone))
    assert sorted(told(phone)) == [f"event-{number:04}" for number in range(120)]
    assert len(summaries(phone)) == 1
    assert len(phone.taken) > 30


def test_what_the_notifier_slept_through_is_one_summary() -> None:
    """It reads what happened an hour ago."""
    world = World({"phone": {}})
    for number in range(40):
        world.happens(number, at=world.clock.now_ns() - 3600 * 10**9 + number)
    world.passes(90)
    assert [note.summary_of for _, note in world.channels["phone"].taken] == [40]


def test_two_copies_make_one_summary() -> None:
    """The one that gathered the first, though both see the same."""
    world = World({"phone": {"limit": 1}}, copies=2)
    for number in range(10):
        world.happens(number, copy=1)
    world.passes(120)
    phone = world.channels["phone"]
    assert [note.summary_of for _, note in phone.taken] == [0, 9]
    assert world.counted("phone", "summary") == 1
    assert [notice.by for notice in world.log.written if notice.members and notice.state == "waiting"] == ["copy-1"]


def test_a_copy_makes_the_summary_of_one_that_died() -> None:
    """After two minutes of patience."""
    world = World({"phone": {"limit": 1}}, copies=2)
    for number in range(10):
        world.happens(number, copy=1)
    world.turns()
    world.copies = world.copies[:1]
    world.passes(60 + PATIENCE_S - 5)
    assert summaries(world.channels["phone"]) == []
    world.passes(10)
    assert [note.summary_of for note in summaries(world.channels["phone"])] == [9]


def test_two_summaries_of_the_same_first_member_are_one() -> None:
    """Both copies believed it to be theirs: the first in the log counts, what is missing in it comes with the next."""
    world = World({"phone": {"limit": 1, "per": 10}}, copies=2)
    for number in range(4):
        world.happens(number, by=None)
    world.turns()
    world.clock.advance(11)
    late = world.copies[1].ledger
    gathered = late.gathered
    late.gathered = lambda channel: gathered(channel)[:2]  # type: ignore[method-assign]
    assert world.copies[1].couriers["phone"].turn()
    late.gathered = gathered  # type: ignore[method-assign]
    world.passes(60)
    assert sorted(told(world.channels["phone"])) == [f"event-{number:04}" for number in range(4)]


def test_a_summary_that_was_tried_is_what_it_was() -> None:
    """Whoever has it, though nobody said so, takes nothing more under its id: all the rest is one summary behind it."""
    world = World({"phone": {"per": 10}})
    end_s = world.clock.monotonic_s() + 600

    def answer(note: Note) -> None:
        if world.clock.monotonic_s() < end_s:
            raise TemporaryError("503")

    world.channels["phone"].answer = answer
    for number in range(30):
        world.happens(number, state="gathered")
        world.passes(20)
    assert sum(bool(notice.members) for notice in world.log.all("phone")) == 1
    world.passes(310)
    assert [note.summary_of for _, note in world.channels["phone"].taken] == [1, 29]


def test_a_summary_waits_for_room() -> None:
    """What was admitted a minute ago was sent a moment ago: the channel was away."""
    world = World({"phone": {"limit": 2, "per": 60}})
    answers = [TemporaryError("503", 55)]

    def answer(note: Note) -> None:
        if answers:
            raise answers.pop()

    world.channels["phone"].answer = answer
    for number in range(3):
        world.happens(number)
    world.passes(100)
    assert len(world.channels["phone"].taken) == 2
    world.passes(30)
    assert len(summaries(world.channels["phone"])) == 1


def test_a_summary_that_nobody_tried_is_sent_however_old_it_is() -> None:
    """The machine was off for a week, or its clock was set."""
    world = World({"phone": {"limit": 1}})
    for number in range(3):
        world.happens(number)
    world.turns()
    world.clock.advance(61)
    assert world.copies[0].couriers["phone"].turn()
    world.clock.advance(7 * 86_400)
    world.turns()
    assert [note.summary_of for note in summaries(world.channels["phone"])] == [2]


def test_a_summary_that_fails_for_a_day_is_a_dead_letter() -> None:
    """Nobody waits for ever; what it told is in it."""
    world = World({"phone": {"limit": 1}})

    def answer(note: Note) -> None:
        if note.summary_of:
            raise TemporaryError("413")

    world.channels["phone"].answer = answer
    for number in range(3):
        world.happens(number)
    world.passes(25 * 3600, step_s=60)
    ((dead, error),) = world.log.dead
    assert (dead.state, len(dead.members), error) == ("expired", 2, "not accepted for 24 h: 413")


def test_a_clock_that_is_set_back_silences_nobody() -> None:
    """What was told lies an hour in the future then, and does not count."""
    world = World({"phone": {"limit": 2, "per": 60}})
    world.happens(1)
    world.happens(2)
    world.happens(3)
    world.turns()
    world.clock.wall_ns -= 3600 * 10**9
    world.happens(4)
    world.passes(5)
    assert sorted(told(world.channels["phone"])) == [f"event-{number:04}" for number in (1, 2, 3, 4)]
