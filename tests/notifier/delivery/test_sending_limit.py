"""The limit holds when messages are sent, whenever and by whomever they were admitted."""

from datetime import UTC, datetime, timedelta

from libs.common.errors import TemporaryError
from libs.common.messages import replace
from services.notifier.channels.channel import Note
from services.notifier.rules.rule import Rule
from tests.notifier.delivery.office_rig import World
from tests.notifier.delivery.receiver import most_within, set_clock, summaries, told

QUIET = {"limit": 1, "per": 60, "quiet": ("22:00-06:00",), "timezone": "UTC"}


def away(note: Note) -> None:
    raise TemporaryError("503", 30)


def back(note: Note) -> None:
    """It takes everything."""


def test_what_has_waited_for_a_channel_does_not_come_all_at_once() -> None:
    """Ten minutes away: afterwards all of it in order, as much at a time as the channel may be given."""
    world = World({"phone": {"limit": 10, "per": 60}})
    phone = world.channels["phone"]
    phone.answer = away
    for number in range(90):
        world.happens(number)
        world.passes(6.5)
    phone.answer = back
    world.passes(1000)
    assert phone.events == [f"event-{number:04}" for number in range(90)]
    assert most_within(phone, 60) <= 10


def test_two_copies_that_admit_at_once_do_not_give_twice_as_much() -> None:
    """Neither has read what the other wrote."""
    world = World({"phone": {"limit": 10, "per": 60}}, copies=2)
    for number in range(20):
        world.happens(number, copy=number % 2, state="waiting")
    world.passes(59)
    assert len(world.channels["phone"].taken) == 10
    world.passes(60)
    assert world.channels["phone"].events == [f"event-{number:04}" for number in range(20)]
    assert most_within(world.channels["phone"], 60) <= 10


def test_what_is_held_back_costs_no_attempt_and_no_turn() -> None:
    """The courier sleeps until there is something to be done."""
    world = World({"phone": {"limit": 1, "per": 60}})
    for number in range(2):
        world.happens(number, state="waiting")
    world.turns()
    written = len(world.log.written)
    world.passes(50)
    assert (len(world.log.written), world.states("phone")) == (written, ["sent", "waiting"])


def test_a_message_is_completed_whatever_the_limit_is() -> None:
    """Nobody is disturbed again."""
    world = World({"phone": {"limit": 1, "per": 60, "can_edit": True}})
    world.happens(1)
    world.turns()
    (first,) = world.log.all("phone")
    world.log.append(replace(first, id="picture", updates=first.id, state="waiting", handle=None, sent_at=None))
    world.turns()
    assert len(world.channels["phone"].edited) == 1


def test_the_summary_of_an_outage_comes_before_what_happened_later() -> None:
    """It was away for 20 minutes: what is old by then is one summary, what is not is told alone after it."""
    world = World({"phone": {"limit": 5, "per": 60}})
    phone, started_s = world.channels["phone"], world.clock.monotonic_s()
    phone.answer = away
    for number in range(60):
        world.happens(number, state="waiting")
        world.passes(20)
    phone.answer = back
    world.passes(1000)
    (summary,) = summaries(phone)
    assert sorted(told(phone)) == [f"event-{number:04}" for number in range(60)]
    assert most_within(phone, 60) <= 5
    assert [note for _, note in phone.taken].index(summary) <= 5
    assert phone.taken[0][0] - started_s >= 1200


def test_a_summary_is_what_a_receiver_takes_once() -> None:
    """It was taken, the answer was lost: what came meanwhile is no part of what comes again."""
    world = World({"phone": {"limit": 1, "per": 60}})
    read, lost = dict[str, list[str]](), [TemporaryError("the connection was lost", 30)]

    def answer(note: Note) -> None:
        read.setdefault(note.id, note.text.split() or [note.event])
        if note.summary_of and lost:
            raise lost.pop()

    world.channels["phone"].answer = answer
    for number in range(5):
        world.happens(number)
    world.passes(70)
    for number in range(5, 10):
        world.happens(number)
    world.passes(600)
    assert sorted(event for events in read.values() for event in events) == [f"event-{n:04}" for n in range(10)]


def test_a_summary_in_the_hand_of_one_that_died_does_not_grow() -> None:
    """Nobody knows whether it was sent."""
    world = World({"phone": {"limit": 1, "per": 10}}, copies=2)
    for number in range(3):
        world.happens(number)
    world.turns()
    world.clock.advance(11)
    assert world.copies[0].couriers["phone"].turn()
    (summary,) = (notice for notice in world.log.all("phone") if notice.members)
    assert world.copies[0].ledger.claim(summary) is not None
    world.copies = world.copies[1:]
    world.happens(3, state="gathered")
    world.passes(60)
    assert [note.summary_of for note in summaries(world.channels["phone"])] == [2, 1]


def test_a_summary_that_did_not_get_through_by_day_waits_for_the_morning() -> None:
    """At night it would disturb; what is urgent passes it, one by one and as a summary of its own."""
    rules = (Rule("all", ("phone",)), Rule("alarm", ("phone",), urgent=True))
    world = World({"phone": QUIET}, rules=rules)
    set_clock(world, "2026-06-01 21:50", "UTC")
    phone, start_s = world.channels["phone"], world.clock.monotonic_s()
    for number in range(5):
        world.happens(number)
    world.turns()
    phone.answer = away
    world.passes(3600, step_s=10)
    phone.answer = back
    for number in range(1000, 1003):
        world.happens(number, rule="alarm", urgent=True)
    world.passes(10 * 3600, step_s=30)
    evening = datetime(2026, 6, 1, 21, 50, tzinfo=UTC)
    found = [(evening + timedelta(seconds=at_s - start_s), note) for at_s, note in phone.taken[1:]]
    assert [(note.summary_of, when.hour) for when, note in found] == [(0, 22), (2, 22), (4, 6)]


def test_a_summary_of_something_urgent_is_told_at_night() -> None:
    """Made by day, with others."""
    rules = (Rule("all", ("phone",)), Rule("alarm", ("phone",), urgent=True))
    world = World({"phone": QUIET}, rules=rules)
    set_clock(world, "2026-06-01 21:50", "UTC")
    world.happens(1)
    world.happens(2)
    world.happens(3, rule="alarm", urgent=True)
    world.turns()
    world.channels["phone"].answer = away
    world.passes(3600, step_s=10)
    world.channels["phone"].answer = back
    world.passes(600, step_s=10)
    assert [note.summary_of for note in summaries(world.channels["phone"])] == [2]


def test_what_is_urgent_is_summed_up_at_night_though_the_channel_failed_last() -> None:
    """Behind a summary that waits for the morning nothing else would try it."""
    rules = (Rule("all", ("phone",)), Rule("alarm", ("phone",), urgent=True))
    world = World({"phone": QUIET}, rules=rules)
    set_clock(world, "2026-06-01 21:50", "UTC")
    phone = world.channels["phone"]
    for number in range(5):
        world.happens(number)
    world.turns()
    phone.answer = away
    world.passes(900, step_s=10)
    world.happens(1000, rule="alarm", urgent=True, state="gathered")
    phone.answer = back
    world.passes(600, step_s=10)
    assert [note.text for note in summaries(phone)] == ["event-1000"]
