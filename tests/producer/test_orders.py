"""Pictures on command, and what is paused: what becomes of an order while its camera gives pictures, or none."""

import logging
from collections import Counter

import pytest

from libs.common.messages import Event, Frame, Status, replace
from libs.common.testing import FakeClock, frame
from services.producer.orders.desk import HOLD_S, MOST_WAITING, Desk
from services.producer.orders.orders import LAPSE_S, MOST_OPEN, Order, Orders
from services.producer.orders.schedule import schedules


class Camera:
    """Ten pictures a second, of which the sampling sends every twentieth; `sent` is what left."""

    def __init__(self) -> None:
        self.clock, self.counted = FakeClock(), Counter[str]()
        self.orders = Orders("porch", self.clock, lambda reason: self.counted.update([reason]))
        self.sent: list[Frame] = []
        self.pictures = 0

    def run(self, seconds: float, every: int = 20) -> list[Frame]:
        """What was sent meanwhile."""
        before = len(self.sent)
        for _ in range(round(10 * seconds)):
            if self.orders.wanted() or self.pictures % every == 0:
                taken = frame(image=b"-", seq=len(self.sent))
                self.sent += [each for each in self.orders.filled(taken) if isinstance(each, Frame)]
            self.pictures += 1
            self.clock.advance(0.1)
            self.orders.lapse()
        return self.sent[before:]

    def stills(self) -> list[Frame]:
        return [each for each in self.sent if each.still]


def test_without_orders_a_frame_passes_as_it_is() -> None:
    """The very same: nothing costs time where nothing was asked."""
    orders, given = Camera().orders, frame(image=b"-")
    assert not orders.wanted()
    (out,) = orders.filled(given)
    assert out is given


def test_a_snapshot_is_the_next_picture_whatever_the_sampling_says() -> None:
    """A still with the trigger's id; those around it are as ever, and no number is left out."""
    camera = Camera()
    camera.run(0.5)
    assert camera.orders.place(Order("t-1"))
    taken = camera.run(3)
    assert [(each.seq, each.still, each.tags) for each in taken] == [(1, True, {"trigger": "t-1"}), (2, False, {})]
    assert camera.counted == {"done": 1}


def test_a_picture_that_is_sent_anyway_is_the_snapshot() -> None:
    """One frame, not two."""
    camera = Camera()
    camera.orders.place(Order("t-1"))
    (taken,) = camera.run(1)
    assert (taken.seq, taken.still) == (0, True)


def test_a_burst_is_spread_over_its_seconds() -> None:
    """The first at once, then evenly."""
    camera = Camera()
    camera.run(0.3)
    camera.orders.place(Order("b", 5, 10))
    begun = camera.pictures
    taken: list[int] = []
    for _ in range(150):
        if any(each.still for each in camera.run(0.1, every=10_000)):
            taken.append(camera.pictures - 1 - begun)
    assert taken == [0, 20, 40, 60, 80]
    assert camera.counted == {"done": 1}


def test_a_burst_that_is_faster_than_the_camera_takes_every_picture() -> None:
    """As many as were asked for, if they come before it lapses."""
    camera = Camera()
    camera.orders.place(Order("b", 30, 1))
    camera.run(5)
    assert len(camera.stills()) == 30
    assert [each.seq for each in camera.stills()] == list(range(30))


def test_two_orders_share_no_picture() -> None:
    """A tag holds one id."""
    camera = Camera()
    camera.orders.place(Order("a"))
    camera.orders.place(Order("b"))
    assert [each.tags["trigger"] for each in camera.run(1)] == ["a", "b"]


def test_a_snapshot_and_a_scheduled_picture_are_one_picture() -> None:
    """Each has its tag."""
    camera = Camera()
    camera.orders.follow(schedules({"all-day": {"active": "00:00-24:00", "every": 1}}, "UTC", "here"))
    camera.clock.advance(1)
    camera.orders.place(Order("a"))
    (first, *_) = camera.run(0.5)
    assert first.tags == {"event": "all-day", "trigger": "a"}


def test_an_order_lapses_where_no_pictures_come(caplog: pytest.LogCaptureFixture) -> None:
    """Counted, and said once with how many there were; what comes later is no still."""
    camera = Camera()
    camera.orders.place(Order("b", 3, 5))
    camera.run(0.1)
    for _ in range(10):
        camera.clock.advance((5 + LAPSE_S) / 10 - 0.02)
        camera.orders.lapse()
    assert camera.counted == {}
    camera.clock.advance(0.2)
    camera.orders.lapse()
    assert camera.counted == {"lapsed": 1}
    assert [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING] == [
        "porch: trigger b has lapsed: 1 of 3 pictures within 15 s"
    ]
    assert not camera.orders.wanted()
    assert not any(each.still for each in camera.run(1))


def test_open_orders_are_bounded() -> None:
    """One that is done makes room."""
    camera = Camera()
    placed = [camera.orders.place(Order(f"t-{number}")) for number in range(1000)]
    assert placed == [True] * MOST_OPEN + [False] * (1000 - MOST_OPEN)
    camera.run(0.1)
    assert camera.orders.place(Order("one more"))


def test_frames_say_what_is_paused() -> None:
    """In one tag, beside the others, until it is resumed; a change that is none is told as such."""
    camera = Camera()
    assert camera.orders.pause(["detection"])
    assert not camera.orders.pause(["detection"])
    assert camera.orders.pause(["alerts"])
    camera.orders.place(Order("a"))
    (taken,) = camera.run(0.1)
    assert taken.tags == {"paused": "alerts,detection", "trigger": "a"}
    assert camera.orders.pause(["detection"], pause=False)
    assert {each.tags["paused"] for each in camera.run(3)} == {"alerts"}
    camera.orders.pause(["alerts", "detection"], pause=False)
    assert [each.tags for each in camera.run(2)] == [{}]


def status(camera: str = "porch", state: str = "connected") -> Status:
    return Status(camera=camera, state=state, since=1, fps=10.0)


def desk(**before: tuple[str, ...]) -> Desk:
    """With what was paused of each camera when its last producer ended."""
    made = Desk(FakeClock())
    made.remember(lambda camera: before.get(camera, ()))
    return made


def test_what_is_paused_is_remembered_in_the_status() -> None:
    """A start reads it back; the first frame and the first status say it."""
    made = desk(porch=("alerts",))
    (taken,) = made.of("porch").filled(frame(image=b"-"))
    assert isinstance(taken, Frame)
    assert taken.tags == {"paused": "alerts"}
    assert list(made.completed([status(), status("yard")])) == [
        replace(status(), paused=("alerts",)),
        status("yard"),
    ]


def test_a_status_is_told_anew_when_something_is_paused() -> None:
    """Once, as it was told last, without waiting for the camera."""
    made = desk()
    made.of("porch").pause(["detection"])
    assert list(made.news()) == []
    made.of("porch").pause(["detection"], pause=False)
    last = status(state="disconnected")
    assert list(made.completed([status(), last])) == [status(), last]
    made.of("porch").pause(["detection"])
    assert list(made.news()) == [replace(last, paused=("detection",))]
    assert list(made.news()) == []
    made.of("porch").pause(["detection"], pause=False)
    assert list(made.news()) == [last]


def test_a_new_plan_keeps_what_was_asked() -> None:
    """The camera is the same."""
    made = desk()
    orders = made.of("porch")
    orders.place(Order("a"))
    assert made.of("porch") is orders
    assert made.of("porch").wanted()
    assert made.get("yard") is None


def test_what_is_told_beside_is_bounded() -> None:
    """Of too many the newest are kept."""
    made = desk()
    for number in range(MOST_WAITING + 5):
        made.tell(Event(id=str(number), camera="porch", kind="mark", at=1))
    told = [each.id for each in made.news() if isinstance(each, Event)]
    assert told == [str(number) for number in range(5, MOST_WAITING + 5)]


def test_no_status_is_told_before_it_is_known_what_was_paused() -> None:
    """It would be forgotten; the frames go on meanwhile."""
    known: list[tuple[str, ...]] = []
    made = Desk(FakeClock())
    made.remember(lambda camera: known[0] if known else None)
    orders = made.of("porch")
    first, second = status(state="disconnected"), status()
    assert list(made.completed(iter([first, second]))) == [second]
    assert list(made.news()) == []
    known.append(("alerts",))
    assert list(made.news()) == [replace(second, paused=("alerts",))]
    assert orders.paused == ("alerts",)
    assert list(made.news()) == []


def test_a_status_that_waited_is_told_though_the_camera_began_anew_meanwhile() -> None:
    """Whoever asks first knows first."""
    known: list[tuple[str, ...]] = []
    made = Desk(FakeClock())
    made.remember(lambda camera: known[0] if known else None)
    made.of("porch")
    messages = made.completed(iter([status(), frame(image=b"-")]))
    assert isinstance(next(messages), Frame)
    known.append(())
    made.of("porch")
    assert list(made.news()) == [status()]
    assert list(made.news()) == []


def test_a_memory_that_cannot_be_had_is_not_waited_for() -> None:
    """After ten seconds the status is told without it."""
    clock = FakeClock()
    made = Desk(clock)
    made.remember(lambda camera: None)
    made.of("porch")
    messages = made.completed(iter([status(), frame(image=b"-")]))
    assert isinstance(next(messages), Frame)
    assert list(made.news()) == []
    clock.advance(HOLD_S)
    assert list(made.news()) == [status()]
