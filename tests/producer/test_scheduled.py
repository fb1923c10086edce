"""Pictures by the clock on the wall: when, through both changes of the clock, each once."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from libs.common.errors import SettingsError
from libs.common.events import event_id
from libs.common.messages import Event, Frame
from libs.common.testing import FakeClock, frame
from services.producer.orders.orders import Orders
from services.producer.orders.schedule import Schedule, schedules

BERLIN = "Europe/Berlin"
NO_PERIOD: tuple[object, ...] = (0, -1, 86401, 10**9, 1.5, "300", True, None, [])


def schedule(active: object = "08:00-18:00", every: object = 300, zone: str = BERLIN, name: str = "noon") -> Schedule:
    (made,) = schedules({name: {"active": active, "every": every}}, zone, "cameras.yaml")
    return made


def ns(text: str) -> int:
    """UTC ns of a time with its zone, or of one in UTC."""
    when = datetime.fromisoformat(text)
    return round((when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()) * 1_000_000_000


def slots(made: Schedule, begin: str, end: str, step_s: int = 10) -> list[str]:
    """What the wall showed at each slot that somebody who looks now and then found."""
    found: list[int] = []
    for at_ns in range(ns(begin), ns(end), step_s * 1_000_000_000):
        slot = made.slot(at_ns)
        if slot is not None and slot not in found:
            found.append(slot)
    zone = ZoneInfo(made.hours.zone.key)
    return [datetime.fromtimestamp(slot, zone).strftime("%H:%M %Z") for slot in found]


def test_every_five_minutes_from_eight_to_six() -> None:
    """120 a day; the end of the window is outside."""
    found = slots(schedule(zone="UTC"), "2026-06-01", "2026-06-02")
    assert len(found) == 120
    assert (found[0], found[1], found[-1]) == ("08:00 UTC", "08:05 UTC", "17:55 UTC")


@pytest.mark.parametrize(
    ("active", "every", "day", "expected"),
    [
        ("01:00-04:00", 1800, "spring", ["01:00 CET", "01:30 CET", "03:00 CEST", "03:30 CEST"]),
        (
            "01:00-04:00",
            1800,
            "autumn",
            [
                *("01:00 CEST", "01:30 CEST", "02:00 CEST", "02:30 CEST"),
                *("02:00 CET", "02:30 CET", "03:00 CET", "03:30 CET"),
            ],
        ),
        ("02:15-03:15", 1800, "spring", []),
        ("02:15-03:20", 1800, "spring", ["03:15 CEST"]),
        ("02:15-03:15", 1800, "autumn", ["02:15 CEST", "02:45 CEST", "02:15 CET", "02:45 CET"]),
        ("02:30-02:40", 86400, "spring", []),
        ("02:30-02:40", 86400, "autumn", ["02:30 CEST", "02:30 CET"]),
        ("02:59-03:30", 86400, "spring", []),
        ("22:00-02:30", 7200, "spring", ["00:00 CET"]),
        ("22:00-02:30", 7200, "autumn", ["00:00 CEST", "02:00 CEST", "02:00 CET"]),
        ("Mon 00:00-24:00", 3600, "spring", []),
        (["00:00-01:00", "04:00-05:00"], 1800, "spring", ["00:00 CET", "00:30 CET", "04:00 CEST", "04:30 CEST"]),
    ],
)
def test_what_the_wall_shows_counts(active: object, every: int, day: str, expected: list[str]) -> None:
    """Berlin, the Sundays on which the clock goes from 2 to 3 and from 3 back to 2, from midnight to 6."""
    begin, end = {
        "spring": ("2026-03-29T00:00+01:00", "2026-03-29T06:00+02:00"),
        "autumn": ("2026-10-25T00:00+02:00", "2026-10-25T06:00+01:00"),
    }[day]
    assert slots(schedule(active, every), begin, end) == expected


def test_a_slot_is_due_for_a_minute() -> None:
    """Then it is over; before it the one before counts, if that is no older."""
    made = schedule(zone="UTC")
    eight = ns("2026-06-01T08:00")
    assert made.slot(eight - 1) is None
    assert {made.slot(eight + seconds * 10**9) for seconds in (0, 1, 59, 60)} == {eight // 10**9}
    assert made.slot(eight + 61 * 10**9) is None


def test_many_slots_a_minute_are_not_made_up_for() -> None:
    """Only the newest is due."""
    made = schedule("08:00-18:00", 10, "UTC")
    assert made.slot(ns("2026-06-01T08:00:57")) == ns("2026-06-01T08:00:50") // 10**9


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([], "expected names"),
        ("08:00-18:00", "expected names"),
        ({"Noon": {"active": "08:00-18:00", "every": 300}}, "small letters"),
        ({"a/b": {"active": "08:00-18:00", "every": 300}}, "small letters"),
        ({5: {"active": "08:00-18:00", "every": 300}}, "small letters"),
        ({"noon": None}, "expected active"),
        ({"noon": {"every": 300}}, "expected active"),
        ({"noon": {"active": "08:00-18:00", "every": 300, "days": "Mon"}}, "expected active"),
        ({"noon": {"active": 480, "every": 300}}, "without quotes"),
        ({"noon": {"active": "8-18", "every": 300}}, "noon, active 1"),
        *(
            ({"noon": {"active": "08:00-18:00", "every": every}}, "noon, every: expected whole seconds")
            for every in NO_PERIOD
        ),
        ({f"n{number}": {"active": "08:00-18:00", "every": 300} for number in range(33)}, "32 at most"),
    ],
)
def test_what_is_no_schedule_is_said_in_one_line(value: object, told: str) -> None:
    """Which names the place and what was expected."""
    with pytest.raises(SettingsError) as caught:
        schedules(value, BERLIN, "cameras.yaml, porch, schedules")
    assert told in str(caught.value)
    assert str(caught.value).startswith("cameras.yaml, porch, schedules")
    assert "\n" not in str(caught.value)


def test_a_schedule_needs_a_time_zone() -> None:
    """Whose wall?"""
    with pytest.raises(SettingsError, match="timezone"):
        schedules({"noon": {"active": "08:00-18:00", "every": 300}}, None, "here")
    assert schedules(None, None, "here") == ()


class Camera:
    """Pictures every 20 s, from a moment on; `still_at` is the time of each that was sent as a still."""

    def __init__(self, begin: str, *made: Schedule) -> None:
        self.clock = FakeClock(wall_ns=ns(begin))
        self.schedules, self.seq = made, 0
        self.frames: list[Frame] = []
        self.events: list[Event] = []
        self.start()

    def start(self) -> None:
        """A new process."""
        self.orders = Orders("porch", self.clock, lambda reason: None)
        self.orders.follow(self.schedules)

    def run(self, minutes: float) -> None:
        end_ns = self.clock.now_ns() + round(minutes * 60e9)
        while self.clock.now_ns() < end_ns:
            if self.orders.wanted():
                self._take()
            self.clock.advance(20)

    def _take(self) -> None:
        self.seq += 1
        taken = frame(image=b"-", seq=self.seq, captured_at=self.clock.now_ns())
        for message in self.orders.filled(taken):
            (self.frames if isinstance(message, Frame) else self.events).append(message)  # type: ignore[arg-type]

    def still_at(self) -> Iterator[str]:
        for each in self.frames:
            yield (datetime(1970, 1, 1) + timedelta(microseconds=each.captured_at // 1000)).strftime("%H:%M:%S")


def test_the_next_picture_at_each_slot_is_a_still_with_its_event() -> None:
    """Frame and event name each other, and the schedule."""
    camera = Camera("2026-06-01T07:59:50", schedule(zone="UTC"))
    camera.run(6)
    assert list(camera.still_at()) == ["08:00:10", "08:05:10"]
    for taken, event in zip(camera.frames, camera.events, strict=True):
        assert (taken.still, taken.tags) == (True, {"event": "noon"})
        assert [(each.id, each.kind, each.label) for each in taken.events] == [(event.id, "scheduled", "noon")]
        assert (event.kind, event.labels, event.text, event.frame_id) == (
            "scheduled",
            ("noon",),
            "noon",
            taken.frame_id,
        )
        assert event.at == taken.captured_at
    eight = ns("2026-06-01T08:00")
    assert camera.events[0].id == event_id("porch", "", "scheduled", "noon", eight // 10**9)
    assert camera.events[0].data == {"due_at": eight}


def test_two_schedules_at_one_time_have_a_picture_each() -> None:
    """A tag holds one name."""
    camera = Camera("2026-06-01T07:59:50", schedule(zone="UTC"), schedule(zone="UTC", name="hourly", every=3600))
    camera.run(2)
    assert [(*each.tags.values(),) for each in camera.frames] == [("noon",), ("hourly",)]


def test_a_restart_within_the_minute_takes_no_second_picture() -> None:
    """The slot began before the process did; the next one is taken again."""
    camera = Camera("2026-06-01T07:59:50", schedule(zone="UTC"))
    camera.run(0.5)
    assert len(camera.frames) == 1
    camera.start()
    camera.run(7)
    assert list(camera.still_at()) == ["08:00:10", "08:05:10"]
    assert len({event.id for event in camera.events}) == 2


def test_a_new_plan_of_a_running_camera_takes_no_second_picture() -> None:
    """What was taken is remembered as long as the process lives."""
    camera = Camera("2026-06-01T07:59:50", schedule(zone="UTC"))
    camera.run(0.5)
    camera.orders.follow(camera.schedules)
    camera.run(0.4)
    assert len(camera.frames) == 1


@pytest.mark.parametrize(("away_s", "stills"), [(50, 1), (70, 0)])
def test_what_was_missed_for_a_minute_is_not_made_up_for(away_s: int, stills: int) -> None:
    """The camera was away when it was due."""
    camera = Camera("2026-06-01T07:59:50", schedule(zone="UTC"))
    camera.clock.advance(10 + away_s)
    camera.run(1)
    assert len(camera.frames) == stills


def test_a_clock_that_is_set_back_takes_no_slot_twice() -> None:
    """And one that jumps ahead, as after a start without a network, hides none."""
    camera = Camera("2026-06-01T07:59:50", schedule(zone="UTC"))
    camera.run(0.5)
    camera.clock.wall_ns -= 20 * 10**9
    camera.run(1)
    assert len(camera.frames) == 1
    camera.clock.wall_ns = ns("2026-07-01T12:00:05")
    camera.run(1)
    assert list(camera.still_at())[1:] == ["12:00:05"]
