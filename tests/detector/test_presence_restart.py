"""What was told before a restart, or by the process that had the camera before, goes on."""

from collections.abc import Sequence

from libs.common.messages import Detection, Event, Frame, FrameEvent, Message, Verdict, replace
from libs.common.testing import frame
from tests.detector.watched import Camera, found


def published(seq: int, *found: Detection, events: Sequence[Event] = ()) -> Frame:
    """As it went out."""
    verdict = Verdict(model="m", labels=("person", "car"), how="full", image_crc=0)
    told = tuple(FrameEvent(id=each.id, kind=each.kind, label=each.labels[0]) for each in events)
    return frame(image=b"-", seq=seq, verdicts=(verdict,), detections=found, events=told)


def again(past: Sequence[Message], confirm: int = 2) -> Camera:
    """After a restart."""
    camera = Camera(confirm)
    camera.step.recall("porch", past)
    return camera


def test_what_was_told_before_a_restart_is_not_told_again() -> None:
    """And its end names the start that another process told; the label is not new either."""
    before = Camera()
    told = before.look(0, found(zones=("door",)))
    after = again([*told, *(published(seq, found()) for seq in range(1, 10))])
    assert after.looks(range(10, 20), found()) == []
    assert after.looks(range(20, 60)) == ["detection.ended"]
    assert after.told[0].data["started"] == told[0].id
    assert after.told[0].data["since"] == told[0].at
    assert after.told[0].data["zones"] == ["door"]


def test_without_a_topic_for_events_the_frames_tell_them() -> None:
    """Those of the last seconds."""
    before = Camera()
    told = before.look(0, found())
    after = again([published(0, found(), events=told)])
    assert after.looks(range(1, 9), found()) == []
    assert after.looks(range(10, 60)) == ["detection.ended"]
    assert after.told[0].data["started"] == told[0].id


def test_what_had_ended_before_a_restart_begins_anew() -> None:
    """But the label is known."""
    before = Camera()
    told = [event for seq in range(60) for event in before.look(seq, *([found()] if seq < 3 else []))]
    after = again(told)
    assert after.looks([70, 71], found()) == ["detection.started"]


def test_what_was_seen_once_before_a_restart_is_confirmed_behind_it() -> None:
    """With the id that it would have had."""
    before = Camera(confirm=2)
    before.look(0, found())
    after = again([published(0, found())])
    assert after.look(1, found()) == before.look(1, found())[:2]


def test_what_is_missing_before_a_restart_ends_behind_it() -> None:
    """At the same frame as without one."""
    before = Camera()
    told = before.look(0, found())
    before.looks(range(1, 20))
    after = again([*told, *(published(seq) for seq in range(1, 20))])
    assert after.looks(range(20, 40)) == before.looks(range(20, 40)) == ["detection.ended"]
    assert after.told[-1] == before.told[-1]


def test_how_sure_it_was_is_known_after_a_restart() -> None:
    """From the event; one of an older detector does not say it."""
    (started, _) = Camera().look(0, found(confidence=0.7))
    older = replace(started, data={name: told for name, told in started.data.items() if name != "confidence"})
    for event, said in ((started, 0.7), (older, None)):
        after = again([event])
        assert after.looks(range(1, 40)) == ["detection.ended"]
        assert after.told[0].data["confidence"] == said


def test_what_another_detector_told_is_not_ended_here() -> None:
    """Two of them behind each other share the topic of events."""
    foreign = replace(Camera().look(0, found())[0], labels=("moving",), data={"model": "motion"})
    after = again([foreign])
    after.look(1, found())
    assert after.looks(range(2, 60)) == []
    assert after.wait(20) == []
    assert [event.labels for event in after.told] == []


def test_a_forgotten_camera_begins_anew() -> None:
    """Its partition went to another process, which tells from now on."""
    camera = Camera()
    camera.look(0, found())
    camera.step.forget("porch")
    assert camera.wait(20) == []
