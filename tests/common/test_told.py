"""Which events are news, whichever thread or process tells them."""

from libs.common.keyed import Gone
from libs.common.messages import Event, Message, Status
from libs.common.registry.state import State
from libs.common.registry.told import Told
from libs.common.testing import FakeClock, frame


def connected(clock: FakeClock) -> list[Event | Status]:
    """What a new thread of the camera says when it finds pictures."""
    return list(State("porch", "rtsp", clock).connected("0000000a", 32, 16))


def disconnected(clock: FakeClock) -> list[Event | Status]:
    """What a new thread of the camera says when it finds none."""
    return list(State("porch", "rtsp", clock).disconnected("", "stalled"))


def off(clock: FakeClock) -> list[Event | Status]:
    return list(State("porch", "rtsp", clock).off())


def news(told: Told, *messages: Message) -> list[str]:
    """The kinds of events and the states that are sent."""
    sent = [told.news(message) for message in messages]
    return [each.kind if isinstance(each, Event) else each.state for each in sent if isinstance(each, Event | Status)]


def test_a_change_of_the_settings_is_no_event() -> None:
    """The camera begins anew and was connected all the time: since then it is."""
    clock = FakeClock()
    told = Told(clock)
    news(told, *connected(clock))
    clock.advance(60)
    assert news(told, *connected(clock)) == ["connected"]
    assert told.latest["porch"].since == FakeClock().wall_ns


def test_hours_in_which_it_is_off_are_no_events() -> None:
    """Off on purpose, on again on purpose; if nothing comes then, that is one."""
    clock = FakeClock()
    told = Told(clock)
    assert news(told, *connected(clock), *off(clock)) == ["camera.connected", "connected", "off"]
    assert news(told, *connected(clock), *off(clock)) == ["connected", "off"]
    assert news(told, *disconnected(clock)) == ["camera.disconnected", "disconnected"]
    assert news(told, *off(clock), *connected(clock)) == ["off", "camera.connected", "connected"]


def test_an_outage_goes_on_through_a_restart() -> None:
    """A process that is started again and again does not tell it again and again."""
    clock = FakeClock()
    before = [each for each in disconnected(clock) if isinstance(each, Status)]
    clock.advance(600)
    told = Told(clock)
    told.remember(before)
    assert news(told, *disconnected(clock)) == ["disconnected"]
    assert told.latest["porch"].since == FakeClock().wall_ns
    assert news(told, *connected(clock)) == ["camera.connected", "connected"]


def test_a_process_that_starts_tells_that_it_is_connected() -> None:
    """Nobody watched it before."""
    clock = FakeClock()
    told = Told(clock)
    told.remember(each for each in connected(clock) if isinstance(each, Status))
    assert news(told, *connected(clock)) == ["camera.connected", "connected"]


def test_what_is_no_state_is_not_touched() -> None:
    """Frames, other events."""
    told, other = Told(FakeClock()), Event(id="1", camera="porch", kind="scheduled", at=1)
    assert told.news(frame()) == frame()
    assert [told.news(other), told.news(other)] == [other, other]


def test_a_camera_that_was_taken_out_begins_as_a_new_one() -> None:
    """It may come back."""
    clock = FakeClock()
    told = Told(clock)
    news(told, *connected(clock))
    assert told.news(Gone(key="porch")) == Gone(key="porch")
    assert told.latest == {}
    assert news(told, *connected(clock)) == ["camera.connected", "connected"]


def test_a_process_that_ends_says_so_of_its_cameras() -> None:
    """But not of files that have ended, nor of cameras that another one has."""
    clock = FakeClock()
    told = Told(clock)
    news(told, *connected(clock))
    news(told, *State("clip", "file", clock).ended())
    clock.advance(5)
    (status,) = told.stopped(())
    assert (status.camera, status.state, status.since) == ("porch", "stopped", clock.now_ns())
    assert list(told.stopped({"porch"})) == []
