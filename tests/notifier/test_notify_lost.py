"""What an event, or a frame, waits for is lost: it goes on with what there is."""

from libs.common.messages import Message
from tests.notifier.stage_rig import Rig, happened, naming


def told_alone(rig: Rig, message: Message) -> list[str]:
    return [out.message.event for out in rig.stage.alone(message)]  # type: ignore[attr-defined]


def test_an_event_whose_frame_is_lost_is_told_without_it() -> None:
    """At once, and held no more; what other cameras wait for goes on waiting."""
    rig, event, other = Rig(), happened(), happened(camera="yard")
    assert rig.take(event, other) == []
    assert told_alone(rig, event) == [event.id]
    assert list(rig.stage.held()) == [other]


def test_a_frame_whose_event_is_lost_is_told_without_it() -> None:
    """Likewise."""
    rig, event = Rig(), happened()
    frame = naming(event)
    assert rig.take(frame) == []
    assert told_alone(rig, frame) == [event.id]
    assert list(rig.stage.held()) == []


def test_what_waits_for_nothing_is_nothing() -> None:
    """It is asked of every held message."""
    assert told_alone(Rig(), happened()) == []
