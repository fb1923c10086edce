"""A camera with hours is open in its windows alone."""

from collections.abc import Iterator
from datetime import datetime

import pytest

from libs.common.hours import hours
from libs.common.messages import End, Frame, Message, Status
from libs.common.testing import FakeClock, frame
from services.producer.backoff import Wait
from services.producer.fleet import active
from services.producer.fleet.active import LOOK_S, in_hours
from tests.producer.scripted import FakeWait

BERLIN = "Europe/Berlin"
OFF = Status(camera="porch", state="off", since=0)
SECOND_NS = 1_000_000_000


def ns(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp()) * SECOND_NS


class Watched:
    """A camera that gives a picture every `step_s`, and when it was open."""

    def __init__(self, start: str, step_s: float = 10.0) -> None:
        self.clock = FakeClock()
        self.clock.wall_ns = ns(start)
        self.wait = FakeWait(self.clock)
        self.step_s = step_s
        self.sent: list[tuple[int, Message]] = []

    def opened(self, wait: Wait) -> Iterator[Message]:
        yield frame(seq=0)
        while not wait(self.step_s):
            yield frame(seq=1)
        yield End(camera="porch", boot="00000001", last_seq=1, reason="stopped")

    def run(self, until: str, *windows: str, zone: str = BERLIN) -> None:
        messages = in_hours(hours(list(windows), zone, ""), self.clock, self.wait, self.opened, lambda: iter([OFF]))
        for message in messages:
            self.sent.append((self.clock.now_ns(), message))
            self.wait.stop = self.wait.stop or self.clock.now_ns() > ns(until)

    def spans_h(self) -> list[float]:
        """How long it was open each time, in hours from its first picture to its end."""
        starts = [at for at, message in self.sent if isinstance(message, Frame) and message.seq == 0]
        ends = [at for at, message in self.sent if isinstance(message, End)]
        return [round((end - start) / 3600 / SECOND_NS, 3) for start, end in zip(starts, ends, strict=False)]


def test_it_opens_and_closes_within_a_second_of_the_clock() -> None:
    """And nothing is fetched outside: the source is closed, its boot ended, the state is off."""
    watched = Watched("2026-01-14T23:49:00+01:00")
    watched.run("2026-01-15T23:50:10+01:00", "Wed 23:50-00:10", "23:50-00:10")
    kinds = [type(message).__name__ for _, message in watched.sent]
    assert kinds[:2] == ["Status", "Frame"]
    first = next(at for at, message in watched.sent if isinstance(message, Frame))
    last = next(at for at, message in watched.sent if isinstance(message, End))
    assert 0 <= first - ns("2026-01-14T23:50:00+01:00") <= LOOK_S * SECOND_NS
    assert 0 <= last - ns("2026-01-15T00:10:00+01:00") <= LOOK_S * SECOND_NS
    after = [message for at, message in watched.sent if at >= last and at < ns("2026-01-15T23:50:00+01:00")]
    assert [type(message).__name__ for message in after] == ["End", "Status"]


@pytest.mark.parametrize(
    ("date", "hours_open"), [("2026-03-28", 11), ("2026-10-24", 13), ("2026-06-01", 12)], ids=["spring", "autumn", "-"]
)
def test_a_night_in_which_the_clocks_change_is_as_long_as_the_clock_on_the_wall_says(
    date: str, hours_open: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From 18:00 to 06:00 in Berlin, across midnight."""
    monkeypatch.setattr(active, "LOOK_S", 30.0)
    watched = Watched(f"{date}T12:00:00+00:00", step_s=600)
    next_noon = datetime.fromtimestamp(ns(f"{date}T12:00:00+00:00") / SECOND_NS + 86_400).astimezone().isoformat()
    watched.run(next_noon, "18:00-06:00")
    assert watched.spans_h()[0] == pytest.approx(hours_open, abs=0.02)


def test_the_hour_that_comes_twice_is_one_opening(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the night when three becomes two; its second half is open twice."""
    monkeypatch.setattr(active, "LOOK_S", 3.0)
    watched = Watched("2026-10-24T23:00:00+00:00", step_s=600)
    watched.run("2026-10-25T03:00:00+00:00", "02:00-03:00")
    assert watched.spans_h()[0] == pytest.approx(2, abs=0.01)
    watched = Watched("2026-10-24T23:00:00+00:00", step_s=60)
    watched.run("2026-10-26T03:00:00+00:00", "02:30-03:00")
    assert watched.spans_h()[:2] == pytest.approx([0.5, 0.5], abs=0.01)


def test_the_hour_that_is_left_out_opens_nothing() -> None:
    """On the night when two becomes three."""
    watched = Watched("2026-03-29T00:00:00+00:00")
    watched.wait.stop_after = 4 * 3600
    watched.run("2026-03-29T04:00:00+00:00", "02:00-03:00")
    assert [type(message).__name__ for _, message in watched.sent] == ["Status"]


def test_a_stop_outside_of_the_windows_ends_it() -> None:
    """At once."""
    watched = Watched("2026-01-14T12:00:00+01:00")
    watched.wait.stop_after = 3
    watched.run("2026-01-14T13:00:00+01:00", "18:00-06:00")
    assert [message for _, message in watched.sent] == [OFF]


def test_a_file_that_has_ended_does_not_begin_again() -> None:
    """In the middle of its window."""
    clock = FakeClock()
    clock.wall_ns = ns("2026-01-14T12:00:00+01:00")
    opened = [frame(seq=0)]
    found = in_hours(
        hours("09:00-17:00", BERLIN, ""), clock, FakeWait(clock), lambda wait: iter(opened), lambda: iter(())
    )
    assert list(found) == opened
