"""What is told of a camera's state: each change once."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from libs.common import codec
from libs.common.errors import FatalError
from libs.common.messages import Event, Frame, Message, Status
from libs.common.registry.state import State, Told
from libs.common.registry.told import Told as Edges
from libs.common.testing import FakeClock
from services.producer.pictures.pictures import Picture
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.shots import Shots, SourceError, Wants
from services.producer.sources.urls import Source
from tests.producer.scripted import FakeWait, Openings, opened

SMALL, LARGE = Picture(b"jpeg", 32, 16), Picture(b"jpeg", 64, 32)


def told(messages: Iterator[Message]) -> list[Event | Status]:
    """What is no picture, as the process sends it."""
    edges = Edges(FakeClock())
    news = (edges.news(message) for message in messages)
    return [message for message in news if isinstance(message, Event | Status)]


def events(messages: list[Event | Status]) -> list[str]:
    return [message.kind for message in messages if isinstance(message, Event)]


def states(messages: list[Event | Status]) -> list[tuple[str, str | None]]:
    return [(message.state, message.error) for message in messages if isinstance(message, Status)]


def collect(messages: Iterator[Message], said: list[Message]) -> None:
    """Keep what came before an error."""
    for message in messages:
        said.append(message)


def plan(url: str = "rtsp://user:canary-secret@camera/1", **fields: object) -> Plan:
    return Plan(**{"url": url, "camera": "porch", **fields})  # type: ignore[arg-type]


class Away:
    """A camera that gives a few pictures, is away for so long, gives a few more, and then the test is over."""

    def __init__(self, wait: FakeWait, seconds: float) -> None:
        self.wait, self.back_s, self.seconds = wait, 0.0, seconds
        self.openings = 0

    @contextmanager
    def __call__(self, source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
        self.openings += 1
        now_s = self.wait.clock.monotonic_s()
        if self.openings > 1 and now_s < self.back_s:
            raise SourceError("camera: no answer", "stalled")
        self.back_s = now_s + self.seconds
        with opened([0.0, 0.1, "stalled"] if self.openings == 1 else [0.0, 0.1, self.stop, 0.2], wants) as shots:
            yield shots

    def stop(self) -> None:
        self.wait.stop = True


@pytest.mark.parametrize("seconds", [5.0, 3600.0, 86_400.0])
def test_an_outage_is_two_events_however_long_it_is(seconds: float) -> None:
    """One when it begins, one when pictures come again; the state says since when and why."""
    wait = FakeWait(FakeClock())
    camera = Away(wait, seconds)
    found = told(produce(plan(), wait.clock, wait, opener=camera))
    outage = found[found.index(next(each for each in found if isinstance(each, Event))) + 2 :]
    assert events(found) == ["camera.connected", "camera.disconnected", "camera.connected"]
    assert states(outage) == [("disconnected", "stalled"), ("connected", None)]
    assert camera.openings > seconds / 11
    lost, back = (each for each in outage if isinstance(each, Status))
    assert seconds <= (back.since - lost.since) / 1e9 <= seconds + 11


def test_a_camera_that_flaps_is_told_only_when_pictures_really_come() -> None:
    """Openings that give no picture are no connection."""
    wait = FakeWait(FakeClock())
    found = told(produce(plan(), wait.clock, wait, opener=Openings(wait, *[[], "refused", [], "stalled"] * 5)))
    assert events(found) == ["camera.disconnected"]
    assert len(states(found)) == 1


def test_nothing_that_is_told_holds_the_address_or_the_password() -> None:
    """Its scheme alone; what a plug-in gives as a reason is not taken if it may be more than words."""
    wait = FakeWait(FakeClock())
    hostile = "cannot open rtsp://user:canary-secret@camera/1"
    found = told(produce(plan(), wait.clock, wait, opener=Openings(wait, [0.0, hostile], hostile)))
    assert ("disconnected", "failed") in states(found)
    assert {message.source for message in found if isinstance(message, Status)} == {"rtsp"}
    wire = b"".join(codec.encode(message) for message in found)
    assert b"canary" not in wire
    assert b"camera/1" not in wire


def test_a_file_is_connected_and_ended_once() -> None:
    """Its end is no event: nothing is wrong."""
    wait = FakeWait(FakeClock())
    found = told(produce(plan("clip.mp4"), wait.clock, wait, opener=Openings(wait, [0.0, 0.1, 0.2])))
    assert events(found) == ["camera.connected"]
    assert states(found) == [("connected", None), ("ended", None)]


def test_a_loop_is_no_outage() -> None:
    """A new boot each time, and the same state."""
    wait = FakeWait(FakeClock(), stop_after=20)
    scripts = [[0.0, 0.1, 0.2] for _ in range(8)]
    found = told(produce(plan("clip.mp4", loop=True), wait.clock, wait, opener=Openings(wait, *scripts)))
    assert events(found) == ["camera.connected"]
    assert states(found) == [("connected", None)]


def test_a_file_that_breaks_off_is_disconnected() -> None:
    """Before the service ends with the reason."""
    wait = FakeWait(FakeClock())
    messages = produce(plan("clip.mp4"), wait.clock, wait, opener=Openings(wait, [0.0, "read error"]))
    said: list[Message] = []

    with pytest.raises(FatalError, match="read error"):
        collect(messages, said)
    assert states([each for each in said if isinstance(each, Event | Status)])[-1] == ("disconnected", "read error")


def play(state: State, clock: FakeClock, picture: Picture, fps: float, seconds: float) -> list[Event | Status]:
    """Pictures of one boot for so long."""
    found = list[Event | Status]()
    for _ in range(round(fps * seconds)):
        found += state.connected("0000000a", picture.width, picture.height)
        clock.advance(1 / fps)
    return found


def last(found: Told | list[Event | Status]) -> Status:
    *_, status = found
    assert isinstance(status, Status)
    return status


def test_the_rate_is_told_once_it_is_known_and_again_when_it_has_moved_by_a_fifth() -> None:
    """Without an event, and with the time at which the camera was connected."""
    clock = FakeClock()
    state = State("porch", "rtsp", clock)
    first = play(state, clock, SMALL, 10, 30)
    assert [each.fps for each in first if isinstance(each, Status)] == [None, 10]
    assert play(state, clock, SMALL, 8.5, 30) == []
    slower = play(state, clock, SMALL, 4, 40)
    assert [type(each) for each in slower] == [Status] * len(slower)
    assert last(slower).fps == 4
    assert {each.since for each in [*first, *slower] if isinstance(each, Status)} == {FakeClock().wall_ns}


def test_another_size_is_told_without_an_event() -> None:
    """At the first picture that has it."""
    clock = FakeClock()
    state = State("porch", "rtsp", clock)
    play(state, clock, SMALL, 10, 1)
    (status,) = play(state, clock, LARGE, 10, 1)
    assert (last([status]).width, last([status]).height) == (64, 32)


def test_the_state_names_this_machine() -> None:
    """So that it is found."""
    found = list(State("porch", "rtsp", FakeClock()).disconnected("", "stalled"))
    assert last(found).host


def test_the_same_cause_has_the_same_id_and_another_outage_another() -> None:
    """By camera, boot and kind; by the time where no picture came yet."""
    clock = FakeClock()

    def ids(boot: str) -> list[str]:
        found = State("porch", "rtsp", clock).disconnected(boot, "stalled")
        return [each.id for each in found if isinstance(each, Event)]

    assert ids("0000000a") == ids("0000000a") != ids("0000000b")
    first = ids("")
    assert first == ids("")
    clock.advance(1)
    assert first != ids("")


def test_switched_off_on_purpose_is_a_state_and_no_event() -> None:
    """Once; and what comes after it is told again."""
    state, clock = State("porch", "rtsp", FakeClock()), FakeClock()
    found = list(state.off()) + list(state.off())
    assert [type(each) for each in found] == [Status]
    assert last(found).state == "off"
    assert isinstance(play(state, clock, SMALL, 10, 0.1)[0], Event)


def test_frames_go_through_as_they_are() -> None:
    """Whatever is told beside them."""
    wait = FakeWait(FakeClock())
    messages = produce(plan("clip.mp4"), wait.clock, wait, opener=Openings(wait, [0.0, 0.1]))
    edges = Edges(FakeClock())
    assert sum(isinstance(edges.news(message), Frame) for message in messages) == 2
