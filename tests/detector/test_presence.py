"""Events of what comes, stays and goes."""

from libs.common.messages import replace
from libs.common.testing import frame
from services.detector.picture import Picture
from services.detector.present import MOST_LABELS
from services.detector.step import Look, Sighting
from tests.detector.watched import Camera, found

HOUR_NS = 3600 * 10**9


def test_what_comes_is_told_once_and_so_is_its_end() -> None:
    """The end names the start, when it was seen first, how long, and the most at once."""
    camera = Camera()
    camera.look(5, found(zones=("door",)))
    camera.looks(range(6, 20), found(zones=("lawn",)), found())
    camera.looks(range(20, 60))
    started, new, ended = camera.told
    assert [event.kind for event in camera.told] == ["detection.started", "label.new", "detection.ended"]
    since = frame(image=b"-", seq=5).captured_at
    assert (started.frame_id, started.at, started.labels) == ("porch/00000001/5", since, ("person",))
    assert (started.counts, started.text) == ({"person": 1}, "1 person")
    assert started.data == {"since": since, "model": "m", "zones": ["door"], "parents": [], "confidence": 0.9}
    assert (new.frame_id, new.data) == (started.frame_id, {"model": "m", "parents": [], "confidence": 0.9})
    assert ended.frame_id == "porch/00000001/50"
    assert (ended.counts, ended.text) == ({"person": 2}, "2 persons")
    assert ended.data == {
        "started": started.id,
        "since": since,
        "duration_ns": 14 * 10**8,
        "model": "m",
        "zones": ["door", "lawn"],
        "confidence": 0.9,
    }


def test_the_parents_of_a_label_are_told() -> None:
    """A redactor leaves them out of the frame; who is told of everything new but vehicles needs them."""
    camera = Camera()
    camera.look(0, replace(found("car"), parents=("vehicle", "machine")), replace(found("car"), parents=("vehicle",)))
    assert [event.data["parents"] for event in camera.told] == [["vehicle", "machine"]] * 2
    many = tuple(f"kind {number}" for number in range(20))
    camera.look(1, replace(found("bus"), parents=many))
    assert camera.told[-1].data["parents"] == list(many[:16])


def test_it_is_told_how_sure_the_surest_is() -> None:
    """At the start in the frame that caused it, at the end all the time; of this label, whichever model found it."""
    camera = Camera(confirm=2)
    camera.look(0, found(confidence=0.8))
    camera.look(1, found("car", confidence=0.99), found(confidence=0.4), found(confidence=0.6))
    camera.look(2, found(confidence=0.95))
    camera.looks(range(3, 40))
    assert [(event.kind, event.labels[0], event.data["confidence"]) for event in camera.told] == [
        ("detection.started", "person", 0.6),
        ("label.new", "person", 0.6),
        ("detection.ended", "person", 0.95),
    ]
    two = [Look("m", ("person",), "full", [found(confidence=0.3)]), Look("n", ("person",), "full", [found()])]
    sighting = Sighting(Picture(frame(image=b"-", seq=50, still=True)), two)
    camera.step.take(sighting)
    assert sighting.events[0].data["confidence"] == 0.9


def test_one_false_look_is_no_start() -> None:
    """Two looks, unless more are asked for; they need not follow each other."""
    camera = Camera(confirm=2)
    assert camera.looks([0], found()) == []
    assert camera.looks(range(1, 40)) == []
    assert camera.looks([40], found()) == []
    assert camera.looks(range(41, 60)) == []
    assert camera.looks([60], found()) == ["detection.started", "label.new"]
    assert camera.told[0].data["since"] == frame(image=b"-", seq=40).captured_at


def test_a_look_in_five_seconds_confirms_too() -> None:
    """Nobody looked in between, so nobody missed it."""
    camera = Camera(confirm=2)
    assert camera.looks([0], found()) == []
    assert camera.looks(range(1, 50), how="carried") == []
    assert camera.looks([50], found()) == ["detection.started", "label.new"]


def test_a_still_is_enough() -> None:
    """It stands alone."""
    assert len(Camera(confirm=2).look(0, found(), still=True)) == 2


def test_gaps_shorter_than_the_debounce_are_none() -> None:
    """Found every other second for a minute: one start, and no end."""
    camera = Camera()
    for seq in range(600):
        camera.look(seq, *([found()] if seq % 20 == 0 else []))
    assert [event.kind for event in camera.told] == ["detection.started", "label.new"]


def test_only_looks_at_the_whole_picture_for_that_label_miss_it() -> None:
    """A frame without a look, a part of it, or a model that cannot find it says nothing."""
    camera = Camera()
    camera.look(0, found())
    assert camera.looks(range(1, 300), how="carried") == []
    sighting = Sighting(Picture(frame(image=b"-", seq=300)), [Look("other", ("cat",), "full")])
    camera.step.take(sighting)
    assert sighting.events == []
    assert camera.looks(range(301, 340)) == ["detection.ended"]


def test_the_frame_says_all_that_is_in_it() -> None:
    """Whoever shows the alert shows the text."""
    camera = Camera()
    camera.look(0, found("car"))
    (started, _) = camera.look(1, found("car"), found(), found())
    assert started.labels == ("person",)
    assert started.counts == {"person": 2, "car": 1}
    assert started.text == "2 persons, 1 car"


def test_a_new_boot_ends_nothing() -> None:
    """A camera that is back after a second sees the same."""
    camera = Camera()
    camera.look(9, found())
    assert camera.look(10, found(), boot="00000002") == []


def test_a_label_is_new_once_a_day() -> None:
    """Seen again after an hour, and after more than a day without it."""
    camera, start = Camera(), frame(image=b"-").captured_at
    for hour, kinds in ((0, 2), (1, 1), (24, 1), (49, 2)):
        assert len(camera.look(0, found(), captured_at=start + hour * HOUR_NS)) == kinds
        camera.looks([1, 2], captured_at=start + hour * HOUR_NS + HOUR_NS // 4)
        camera.look(3, captured_at=start + hour * HOUR_NS + HOUR_NS // 2)


def test_a_stream_that_stops_ends_what_was_in_sight() -> None:
    """Debounce and five seconds after its last frame, which the event names; once."""
    camera = Camera()
    (started, _) = camera.look(7, found())
    assert camera.wait(7.8) == []
    (ended,) = camera.wait(1)
    assert (ended.kind, ended.frame_id, ended.data["started"]) == ("detection.ended", "porch/00000001/7", started.id)
    assert camera.wait(60) == []


def test_time_spent_on_looking_is_no_silence() -> None:
    """A backend that takes ten seconds per frame holds up all cameras; their frames come as fast as they can."""
    camera = Camera()
    camera.look(0, found())
    for seq in range(1, 20):
        camera.clock.advance(10)
        assert list(camera.step.tick()) == []
        camera.look(seq, found())


def test_a_clock_that_goes_back_neither_ends_nor_keeps_for_ever() -> None:
    """By an hour: three seconds after that it has ended all the same."""
    camera, back_ns = Camera(), HOUR_NS
    camera.look(0, found())
    camera.look(1)
    kinds = [
        event.kind
        for seq in range(2, 40)
        for event in camera.look(seq, captured_at=frame(image=b"-", seq=seq).captured_at - back_ns)
    ]
    assert kinds == ["detection.ended"]
    assert camera.told[-1].data["duration_ns"] == 0


def test_labels_without_end_are_capped_and_counted() -> None:
    """A thousand others in each frame; what was told is not pushed out."""
    camera = Camera(confirm=2)
    camera.looks([0, 1], found())
    for seq in range(2, 12):
        assert camera.look(seq, found(), *(found(f"{seq}-{n}") for n in range(999))) == []
    assert camera.metrics.values()["framebus_capped_total{labels}"] >= 10 * 999 - MOST_LABELS
    assert "detection.ended" in camera.looks(range(12, 60))


def test_labels_of_any_language_are_labels() -> None:
    """And stand in the text as they are."""
    assert Camera().look(0, found("人"), found("人"))[0].text == "2 人"
