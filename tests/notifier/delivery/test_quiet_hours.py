"""Nights without messages, and one summary at their end."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from libs.common.errors import TemporaryError
from services.notifier.channels.channel import Note
from services.notifier.rules.rule import Rule
from tests.notifier.delivery.office_rig import World
from tests.notifier.delivery.receiver import set_clock, summaries, told


@pytest.mark.parametrize(
    "evening",
    ["2026-03-28 21:30", "2026-10-24 21:30", "2026-07-01 21:30"],
    ids=["spring, a short night", "autumn, a long night", "summer"],
)
def test_quiet_hours_over_midnight_end_in_one_summary(evening: str) -> None:
    """From 22:00 to 06:00 by the clock on the wall, however long that is; what is urgent passes."""
    urgent = Rule("alarm", ("phone",), urgent=True)
    world = World(
        {"phone": {"quiet": ("22:00-06:00",), "timezone": "Europe/Berlin"}}, rules=(Rule("all", ("phone",)), urgent)
    )
    set_clock(world, evening, "Europe/Berlin")
    start_s = world.clock.monotonic_s()
    for number in range(24 * 2):
        world.happens(number)
        if number == 10:
            world.happens(1000, rule="alarm", urgent=True)
        world.passes(900, step_s=30)
    phone, zone = world.channels["phone"], ZoneInfo("Europe/Berlin")
    begun = datetime.fromisoformat(evening).replace(tzinfo=zone).astimezone(UTC)
    local = [(begun + timedelta(seconds=at_s - start_s)).astimezone(zone) for at_s, _ in phone.taken]
    in_quiet = [each for each, when in zip(phone.taken, local, strict=True) if when.hour >= 22 or when.hour < 6]
    assert [note.event for _, note in in_quiet] == ["event-1000"]
    (summary,) = summaries(phone)
    (ended,) = [when for (_, note), when in zip(phone.taken, local, strict=True) if note is summary]
    assert (ended.hour, ended.minute) == (6, 0)
    assert sorted(told(phone)) == [f"event-{number:04}" for number in (*range(48), 1000)]


def test_what_is_urgent_and_too_much_does_not_wait_for_the_morning() -> None:
    """A summary of it alone, at night; the rest is told at the end of the quiet hours."""
    urgent = Rule("alarm", ("phone",), urgent=True)
    world = World(
        {"phone": {"limit": 2, "quiet": ("22:00-06:00",), "timezone": "UTC"}}, rules=(Rule("all", ("phone",)), urgent)
    )
    set_clock(world, "2026-06-01 23:00", "UTC")
    for number in range(10):
        world.happens(number)
        world.happens(1000 + number, rule="alarm", urgent=True)
    world.passes(300, step_s=5)
    (summary,) = summaries(world.channels["phone"])
    assert sorted(summary.text.split()) == [f"event-{number}" for number in range(1002, 1010)]
    world.passes(7 * 3600, step_s=60)
    assert [note.summary_of for note in summaries(world.channels["phone"])] == [8, 10]


def test_quiet_hours_are_those_of_the_file_where_the_channel_names_no_zone() -> None:
    """One place for a house."""
    world = World({"phone": {"quiet": ("22:00-06:00",)}}, timezone="America/New_York")
    set_clock(world, "2026-06-01 23:00", "America/New_York")
    world.happens(1)
    assert world.states("phone") == ["gathered"]


def test_what_waits_when_quiet_hours_begin_is_gathered() -> None:
    """The channel was away at ten to ten; it is left in peace at ten past."""
    world = World({"phone": {"quiet": ("22:00-06:00",), "timezone": "UTC"}})
    set_clock(world, "2026-06-01 21:55", "UTC")
    answers = [TemporaryError("503", 600)]

    def answer(note: Note) -> None:
        if answers:
            raise answers.pop()

    world.channels["phone"].answer = answer
    world.happens(1)
    world.passes(1200, step_s=10)
    assert (world.states("phone"), world.channels["phone"].taken) == (["gathered"], [])
