"""What an event and its frame say together."""

import pytest

from libs.common import codec
from libs.common.messages import Detection, Event, FrameEvent
from services.notifier.happening import Seen
from services.notifier.happenings import of_both, of_event, of_frame, place_of
from services.notifier.notices import first_notice
from tests.notifier.stage_rig import happened, naming, rule, shown

BOX = (0.1, 0.1, 0.2, 0.2)


def detected(label: str, confidence: float, **fields: object) -> Detection:
    return Detection(label=label, confidence=confidence, box=BOX, **fields)  # type: ignore[arg-type]


def test_the_event_adds_what_a_redactor_leaves_out() -> None:
    """Zones and parents of its own label; confidences are the frame's."""
    event = happened(parents=["mammal"])
    frame = naming(event, detections=(detected("person", 0.4), detected("person", 0.8), detected("dog", 0.9)))
    found = {each.label: each for each in of_both(event, frame, frame.events[0]).seen}
    assert found == {"dog": Seen("dog", 0.9), "person": Seen("person", 0.8, ("mammal",), ("drive",))}


def test_a_frame_whose_boxes_were_left_out_has_the_counts_of_its_event() -> None:
    """Nobody knows how sure they are."""
    event = happened()
    happening = of_both(event, frame := naming(event, detections=()), frame.events[0])
    assert (happening.seen, happening.counts) == ((Seen("person", None, (), ("drive",)),), {"person": 1})
    assert (happening.safe, happening.withheld, happening.boot) == (True, "", "00000001")


def test_what_two_models_found_counts_once() -> None:
    """The one that sees most counts; zones of all of it, each once."""
    found = [detected("person", 0.5, by=0, zones=("a",)), detected("person", 0.6, by=0, zones=("b", "a"))]
    frame = shown(detections=(*found, detected("person", 0.9, by=1)))
    happening = of_frame(frame, FrameEvent(id="x", kind="detection.started", label="Person"))
    assert (happening.label, happening.counts) == ("person", {"person": 2})
    assert (happening.seen, happening.zones) == ((Seen("person", 0.9, (), ("b", "a")),), ("b", "a"))


def test_a_label_that_is_a_schedules_name_is_not_seen() -> None:
    """Nor that of a model that fails."""
    event = Event(id="x", camera="porch", kind="scheduled", at=1, labels=("noon",))
    assert (of_event(event).label, of_event(event).seen) == ("noon", ())


def test_an_event_says_itself_how_sure_it_was() -> None:
    """Of its own label, also where the frame was withheld and says nothing; of two numbers the higher one counts."""
    event = happened(confidence=0.7)
    assert of_event(event).seen == (Seen("person", 0.7, (), ("drive",)),)
    for detections, sure in ((), 0.7), ((detected("person", 0.6),), 0.7), ((detected("person", 0.8),), 0.8):
        frame = naming(event, detections=detections)
        assert [each.confidence for each in of_both(event, frame, frame.events[0]).seen] == [sure]


@pytest.mark.parametrize("told", [None, True, "0.9", -0.1, 1.1, float("nan"), 10**400, [0.9]])
def test_what_is_no_confidence_says_nothing(told: object) -> None:
    """Other programs write events too."""
    assert [each.confidence for each in of_event(happened(confidence=told)).seen] == [None]


def test_what_another_program_writes_is_taken_as_it_is() -> None:
    """Nothing of it is believed to be a list of texts."""
    for data in ({"zones": "drive"}, {"zones": [1, None, "drive"], "parents": {"a": 1}}, {"zones": ["z"] * 1000}):
        happening = of_event(Event(id="x", camera="porch", kind="detection.started", at=1, labels=("cat",), data=data))
        assert set(happening.zones) <= {"drive", "z"}
        assert len(happening.zones) <= 64


def test_the_name_of_a_frame_has_three_parts() -> None:
    """What is none is no reason to wait."""
    assert place_of("porch/00000001/7") == ("porch", "00000001", 7)
    for text in (None, "", "porch", "porch/1/7", "porch/00000001/x", "a/b/00000001/7", "porch/00000001/" + "9" * 30):
        assert place_of(text) is None


def test_a_label_that_grows_in_lower_case_still_fits_into_a_notice() -> None:
    """A notice that nobody can read would tell nobody."""
    happening = of_frame(shown(), FrameEvent(id="x", kind="detection.started", label="\u0130" * 1024))
    notice = first_notice(happening, rule(), "mail", 1, False, 0)
    assert codec.decode(codec.encode(notice)) == notice
