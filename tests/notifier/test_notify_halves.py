"""A frame that went on without its event, and an event that comes when it was decided."""

from libs.common.events import caused_by, in_frame
from libs.common.messages import Detection, Event, Frame
from libs.common.testing import FakeClock
from services.notifier.alone import MOST
from services.notifier.joined import Joined
from services.notifier.newest import Newest
from tests.notifier.stage_rig import JPEG, Edits, Plain, Rig, book, happened, naming, rule, shown

DRIVE = frozenset({"drive"})
NO_VEHICLE = frozenset({"vehicle"})


def car(seq: int = 0) -> Event:
    """As the detector tells it."""
    return caused_by(shown(seq), "detection.started", "car", {"car": 1}, "1 car", {"parents": ["vehicle"], "zones": []})


def showing(event: Event) -> Frame:
    """Its frame, as a redactor leaves it: without parents and zones."""
    found = Detection(label="car", confidence=0.9, box=(0.1, 0.1, 0.5, 0.9))
    return shown(detections=(found,), events=(in_frame(event),))


def test_an_event_that_is_late_says_what_its_frame_could_not() -> None:
    """The redactor leaves zones and parents out; it has its picture all the same."""
    rig, event = Rig(book(rule(zones=DRIVE))), happened()
    assert rig.take(naming(event)) == []
    assert rig.wait(2.1) == []
    (notice,) = rig.take(event)
    assert (notice.zones, notice.labels, rig.pictures.of(notice, rig.book.rules[0])) == (
        ("drive",),
        {"person": 0.9},
        JPEG,
    )
    assert rig.became("repeat") == 0


def test_a_label_is_known_by_its_parents_also_when_the_event_is_late() -> None:
    """A car is a vehicle."""
    rig, event = Rig(book(rule(alarm=NO_VEHICLE))), car()
    assert (rig.take(showing(event)), rig.wait(2.1)) == ([], [])
    assert [notice.label for notice in rig.take(event)] == ["car"]


def test_what_the_frame_alone_has_told_the_event_does_not_tell_again() -> None:
    """And the event comes again and again."""
    drive = rule("drive", zones=DRIVE, channels=("mail", "phone"))
    rig, event = Rig(book(rule(), drive, mail=Plain(), phone=Edits())), happened()
    rig.take(naming(event))
    assert [notice.channel for notice in rig.wait(2.1)] == ["mail"]
    assert [notice.channel for notice in rig.take(event)] == ["phone"]
    assert rig.take(event, naming(event), event) == []
    assert rig.became("repeat") == 2


def test_a_camera_that_is_paused_is_not_told_by_an_event_that_is_late() -> None:
    """Its frame says that it is."""
    rig, event = Rig(book(rule(zones=DRIVE))), happened()
    rig.take(naming(event, tags={"paused": "alerts"}))
    rig.wait(2.1)
    assert rig.take(event) == []


def test_without_parents_it_is_not_known_what_is_new() -> None:
    """A car may be a vehicle: its event will say it."""
    rig, event = Rig(book(rule(new_label=NO_VEHICLE))), car()
    assert (rig.take(showing(event)), rig.wait(2.1), rig.take(event)) == ([], [], [])
    rig, event = Rig(book(rule(new_label=NO_VEHICLE))), happened(parents=[])
    assert (rig.take(naming(event)), rig.wait(2.1)) == ([], [])
    assert len(rig.take(event)) == 1


def test_a_frame_that_is_late_after_a_restart_does_not_make_a_label_new() -> None:
    """Its event was decided in the life before."""
    rig, event = Rig(book(rule(new_label=NO_VEHICLE))), car()
    assert (rig.take(event), rig.wait(10.1)) == ([], [])
    for remembers in (True, False):
        after = Rig(before=rig)
        if remembers:
            after.stage.remember(event)
        assert (after.take(showing(event)), after.wait(2.1)) == ([], [])


def test_a_frame_that_is_late_after_a_restart_is_still_joined_with_its_event() -> None:
    """What asks how sure it is waits for it."""
    rig, event = Rig(book(rule(confidence=0.5, zones=DRIVE))), happened()
    assert (rig.take(event), rig.wait(10.1)) == ([], [])
    after = Rig(before=rig)
    after.stage.remember(event)
    assert [notice.zones for notice in after.take(naming(event))] == [("drive",)]


def test_where_frames_alone_are_read_they_wait_for_nothing() -> None:
    """And are all that will ever be known."""
    rig, event = Rig(book(rule(new_label=NO_VEHICLE))), car()
    rig.stage.joined.event_s = 0.0
    assert [notice.label for notice in rig.take(showing(event))] == ["car"]


def test_halves_are_kept_without_their_pictures_and_not_for_ever() -> None:
    """Thousands of events may never come."""
    clock = FakeClock()
    joined = Joined(clock, Newest(clock))
    for seq in range(MOST + 10):
        frame = naming(happened(seq), seq)
        joined.take_frame(frame, frame.events[0])
    clock.advance(12.1)
    assert len(joined.due()) == MOST + 10
    assert [joined.late_event(happened(seq)) is None for seq in (9, 10)] == [True, False]
