"""What is not reported, and what verdicts then promise."""

import pytest

from libs.common.errors import SettingsError
from libs.common.messages import Detection, Frame
from libs.common.metrics import Metrics
from libs.common.testing import frame
from services.detector.counts import Counts
from services.detector.filters import Filters, Rules, check_labels
from services.detector.limits import at_least, limits, ratio, share
from services.detector.picture import Picture
from services.detector.step import Look, Sighting
from tests.detector.fixed import Fixed
from tests.detector.stage import stage_of

BOX = (0.1, 0.1, 0.2, 0.3)
PERSON = Detection(label="person", confidence=0.3, box=BOX)
CAR = Detection(label="car", confidence=0.3, box=BOX)
MAN = Detection(label="man", confidence=0.3, box=BOX, parents=("person",))


def reported(rules: Rules, *found: Detection) -> Frame:
    """A frame as the detector with these rules puts it out."""
    (out,) = stage_of(Fixed(*found), steps=(Filters(rules, Counts(Metrics())),)).handle(frame())
    assert isinstance(out.message, Frame)
    return out.message


def labels_of(message: Frame) -> list[str]:
    return [each.label for each in message.detections]


def test_by_default_everything_is_reported() -> None:
    """What a filter drops is not covered either."""
    message = reported(Rules(), PERSON, CAR, MAN)
    assert labels_of(message) == ["person", "car", "man"]
    assert not Rules()


def test_only_wanted_labels_are_reported_and_promised() -> None:
    """A verdict that still named cars would say that there are none."""
    message = reported(Rules(labels=frozenset({"car"})), PERSON, CAR)
    assert labels_of(message) == ["car"]
    assert message.verdicts is not None
    assert message.verdicts[0].labels == ("car",)


def test_what_has_a_wanted_parent_is_reported() -> None:
    """Who covers persons relies on the verdict that persons were looked for, men among them."""
    assert labels_of(reported(Rules(labels=frozenset({"person"})), MAN, CAR)) == ["man"]


def test_a_look_that_promises_nothing_is_no_verdict() -> None:
    """Nobody has looked for anything that counts: the redactor withholds."""
    message = reported(Rules(labels=frozenset({"moving"})), PERSON)
    assert (message.verdicts, message.detections) == (None, ())


def test_verdicts_and_boxes_still_fit_when_one_look_goes() -> None:
    """`by` is the index of the verdict that is left."""
    motion, fixed = Fixed(Detection(label="moving", confidence=1, box=BOX)), Fixed(PERSON)
    motion.labels = ("moving",)
    rules = Rules(labels=frozenset({"person"}))
    (out,) = stage_of(motion, fixed, steps=(Filters(rules, Counts(Metrics())),)).handle(frame())
    assert isinstance(out.message, Frame)
    assert out.message.verdicts is not None
    assert [verdict.labels for verdict in out.message.verdicts] == [("person",)]
    assert [(each.label, each.by) for each in out.message.detections] == [("person", 0)]


def test_confidence_counts_per_label_with_its_end() -> None:
    """0.3 is at least 0.3; a car needs 0.4 as all others."""
    rules = Rules(confidence=limits(("0.4", "person=0.3"), at_least))
    assert labels_of(reported(rules, PERSON, CAR)) == ["person"]


def test_a_limit_of_a_parent_counts_for_what_has_no_own() -> None:
    """`person=0.25` is said to miss fewer people: men too."""
    rules = Rules(confidence=limits(("0.4", "person=0.25"), at_least))
    assert labels_of(reported(rules, MAN, CAR)) == ["man"]
    stricter = Rules(confidence=limits(("person=0.25", "man=0.5"), at_least))
    assert labels_of(reported(stricter, MAN, PERSON)) == ["person"]


@pytest.mark.parametrize(("text", "is_reported"), [("0.019-0.021", True), ("0.021-1", False), ("0-0.019", False)])
def test_area_is_the_share_of_the_picture(text: str, is_reported: bool) -> None:
    """A tenth by a fifth is a fiftieth."""
    assert bool(labels_of(reported(Rules(area=limits((text,), share)), PERSON))) == is_reported


@pytest.mark.parametrize(("text", "is_reported"), [("0.6-0.7", True), ("0.4-0.6", False), ("0.7-1000", False)])
def test_ratio_is_width_by_height_in_pixels(text: str, is_reported: bool) -> None:
    """32 by 48 pixels of a picture of 320x240: two thirds, though the box is half as wide as high in 0..1."""
    assert bool(labels_of(reported(Rules(ratio=limits((text,), ratio)), PERSON))) == is_reported


def test_what_is_said_of_the_whole_picture_has_no_size() -> None:
    """`motion` says so when the light changes, and sensors without places: dropped, they would uncover everybody."""
    everything = Detection(label="person", confidence=0.5, box=(0, 0, 1, 1))
    rules = Rules(area=limits(("0-0.5",), share), ratio=limits(("0-0.5",), ratio))
    assert labels_of(reported(rules, everything)) == ["person"]
    assert labels_of(reported(Rules(confidence=limits(("0.6",), at_least)), everything)) == []


def test_a_box_without_height_is_infinitely_wide() -> None:
    """No division by zero; nor is it reported where there is an upper end."""
    flat = Detection(label="person", confidence=1, box=(0.1, 0.2, 0.3, 0.2))
    assert labels_of(reported(Rules(ratio=limits(("0-1000",), ratio)), flat)) == []


def test_what_is_dropped_is_counted_by_reason() -> None:
    """The operator sees which filter takes how much."""
    metrics = Metrics()
    rules = Rules(
        labels=frozenset({"person"}), confidence=limits(("0.2",), at_least), area=limits(("0.001-0.5",), share)
    )
    unsure = Detection(label="person", confidence=0.1, box=BOX)
    large = Detection(label="person", confidence=1, box=(0, 0, 1, 0.9))
    sighting = Sighting(Picture(frame()), [Look("fixed", ("person", "car"), "full", (PERSON, CAR, CAR, unsure, large))])
    Filters(rules, Counts(metrics)).take(sighting)
    counted = {
        reason: metrics.registry.get_sample_value("framebus_filtered_total", {"reason": reason})
        for reason in ("label", "confidence", "area", "ratio", "mask")
    }
    assert counted == {"label": 2, "confidence": 1, "area": 1, "ratio": 0, "mask": 0}


WRONG = {
    "no number": (at_least, ("x",), "number from 0 to 1"),
    "above one": (at_least, ("1.1",), "number from 0 to 1"),
    "negative": (at_least, ("-0.1",), "number from 0 to 1"),
    "not finite": (at_least, ("nan",), "number from 0 to 1"),
    "exponent": (at_least, ("1e-1",), "number from 0 to 1"),
    "other digits": (at_least, ("0.\u0663",), "number from 0 to 1"),
    "no value": (at_least, ("person=",), "number from 0 to 1"),
    "two for all": (at_least, ("0.4", "0.5"), "for all labels is there twice"),
    "two for one": (at_least, ("car=0.4", "car=0.5"), "car is there twice"),
    "no label": (at_least, ("=0.4",), "labels in lower case"),
    "upper case": (at_least, ("Car=0.4",), "labels in lower case"),
    "one end": (share, ("0.5",), "LOW-HIGH"),
    "inverted": (share, ("0.5-0.1",), "LOW-HIGH"),
    "the same": (share, ("0.5-0.5",), "LOW-HIGH"),
    "more than all": (share, ("0.1-2",), "at most 1"),
    "three": (share, ("0.1-0.2-0.3",), "LOW-HIGH"),
    "too wide": (ratio, ("1-2000",), "at most 1000"),
}


@pytest.mark.parametrize(("read", "words", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_limit_that_is_none_is_refused(read: object, words: tuple[str, ...], said: str) -> None:
    """It says what was expected and what came."""
    assert callable(read)
    with pytest.raises(ValueError, match=said):
        limits(words, read)


def test_a_label_that_nobody_finds_is_refused_by_flag_and_name() -> None:
    """Every flag that names one; the line says which there are."""
    for flag, rules in (
        ("labels", Rules(labels=frozenset({"person", "dog"}))),
        ("confidence", Rules(confidence=limits(("dog=0.4",), at_least))),
        ("area", Rules(area=limits(("dog=0-0.4",), share))),
        ("ratio", Rules(ratio=limits(("dog=0-0.4",), ratio))),
    ):
        with pytest.raises(SettingsError, match=rf"--{flag} dog: no backend finds that, expected some of car, man"):
            check_labels(rules, [Fixed()])
    check_labels(Rules(labels=frozenset({"person"}), confidence=limits(("man=0.4",), at_least)), [Fixed()])


def test_without_backends_no_label_can_be_wanted() -> None:
    """`--backend none --labels person` would promise something."""
    with pytest.raises(SettingsError, match="they find nothing at all"):
        check_labels(Rules(labels=frozenset({"person"})), [])
