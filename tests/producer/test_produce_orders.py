"""Orders carried out by the producer itself: what is asked between the pictures of a source."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from av.video.frame import VideoFrame

from libs.common.messages import Event, Frame
from libs.common.testing import FakeClock
from services.producer.orders.orders import Order, Orders
from services.producer.orders.schedule import schedules
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.shots import Shot, Shots, Wants
from services.producer.sources.snapshot import polled
from services.producer.sources.urls import Source
from tests.producer.scripted import FakeWait, Openings, image
from tests.producer.test_produce import plan, tenths


@pytest.fixture
def wait() -> FakeWait:
    """Waits without sleeping."""
    return FakeWait(FakeClock())


class Asked:
    """A camera of which something is asked while it runs."""

    def __init__(self, wait: FakeWait) -> None:
        self.wait = wait
        self.orders = Orders("porch", wait.clock)

    def sent(self, plan: Plan, opener: object) -> list[Frame]:
        """The frames of all openings."""
        found = produce(plan, self.wait.clock, self.wait, opener=opener, orders=self.orders)  # type: ignore[arg-type]
        return [message for message in found if isinstance(message, Frame)]


def place(asked: Asked, name: str = "t-1", frames: int = 1, seconds: float = 0.0) -> object:
    return lambda: asked.orders.place(Order(name, frames, seconds))


def test_a_snapshot_between_two_sampled_pictures_keeps_its_place(wait: FakeWait) -> None:
    """One of ten is sent, and the picture that was asked for; numbers follow each other, times rise."""
    asked = Asked(wait)
    steps = [*tenths(23)[:13], place(asked), *tenths(23)[13:]]
    frames = asked.sent(plan(every=10), Openings(wait, steps))
    assert [(frame.seq, frame.still) for frame in frames] == [(0, False), (1, False), (2, True), (3, False)]
    assert frames[2].tags == {"trigger": "t-1"}
    tenths_ns = [round((frame.captured_at - frames[0].captured_at) / 1e8) for frame in frames]
    assert tenths_ns == [0, 10, 13, 20]


def test_an_order_waits_for_a_camera_that_is_away(wait: FakeWait) -> None:
    """The first picture of the next opening is it."""
    asked = Asked(wait)
    steps = [0.0, 0.1, place(asked), "connection lost"]
    frames = asked.sent(plan(url="rtsp://camera/x"), Openings(wait, steps, "refused", [0.0, 0.1]))
    assert [frame.still for frame in frames] == [False, False, True, False]
    assert frames[2].seq == 0


@contextmanager
def ahead(source: Source, plan: Plan, wants: Wants, order: object) -> Iterator[Shots]:
    """Asks about three pictures before it gives the first of them, as decoders do whose pictures come out of order."""

    def shots() -> Shots:
        times = tenths(12)
        answers: list[bool] = []
        for at in range(len(times)):
            if at == 5:
                order()  # type: ignore[operator]
            while len(answers) < min(at + 3, len(times)):
                answers.append(wants(times[len(answers)]))
            yield Shot(times[at], image() if answers[at] else None)

    yield shots()


@pytest.mark.parametrize(("frames", "seconds", "stills"), [(1, 0.0, 1), (2, 0.0, 2), (3, 0.0, 3)])
def test_a_decoder_that_asks_ahead_sends_no_picture_too_many(
    wait: FakeWait, frames: int, seconds: float, stills: int
) -> None:
    """Several were wanted before the first of them came: those beyond the order are not sent and have no number."""
    asked = Asked(wait)
    order = place(asked, frames=frames, seconds=seconds)
    sent = asked.sent(plan(every=100), lambda *given: ahead(*given, order))
    assert [frame.still for frame in sent] == [False, *[True] * stills]
    assert [frame.seq for frame in sent] == list(range(stills + 1))


def test_a_plan_with_a_schedule_gives_stills_and_events(wait: FakeWait) -> None:
    """Every second of a camera that is sampled once."""
    made = schedules({"each": {"active": "00:00-24:00", "every": 1}}, "UTC", "here")
    found = list(produce(plan(every=1000, schedules=made), wait.clock, wait, opener=Openings(wait, tenths(35))))
    frames = [message for message in found if isinstance(message, Frame)]
    events = [message for message in found if isinstance(message, Event) and message.kind == "scheduled"]
    assert [frame.tags for frame in frames] == [{"event": "each"}] * 4
    assert [event.frame_id for event in events] == [frame.frame_id for frame in frames]
    assert [frame.events[0].id for frame in frames] == [event.id for event in events]


def test_a_camera_that_is_polled_is_asked_once_more(wait: FakeWait) -> None:
    """Once a minute, and once for the order, within a second of it; stills all of them."""
    asked, fetched_s = Asked(wait), []

    def fetch() -> VideoFrame:
        fetched_s.append(round(wait.clock.monotonic_s() - 1000))
        return image()

    @contextmanager
    def opener(source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
        def sleep(seconds: float) -> None:
            wait.clock.advance(seconds)
            if wait.clock.monotonic_s() == 1010:
                asked.orders.place(Order("t-1"))
            wait.stop = wait.clock.monotonic_s() > 1130

        yield polled(fetch, wants, 60, wait.clock, sleep)

    sent = asked.sent(plan(url="rtsp://camera/x", fps=1 / 60), opener)
    assert fetched_s == [0, 10, 60, 120]
    assert [frame.tags for frame in sent] == [{}, {"trigger": "t-1"}, {}, {}]
