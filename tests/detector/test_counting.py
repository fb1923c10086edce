"""What was counted, in words."""

import pytest

from libs.common.messages import Detection
from services.detector.counting import counted, plural, text_of
from services.detector.step import Look


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("person", "persons"),
        ("car", "cars"),
        ("bus", "buses"),
        ("bench", "benches"),
        ("toothbrush", "toothbrushes"),
        ("box", "boxes"),
        ("puppy", "puppies"),
        ("toy", "toys"),
        ("knife", "knives"),
        ("mouse", "mice"),
        ("sheep", "sheep"),
        ("moving", "moving"),
        ("traffic light", "traffic lights"),
        ("tv", "tvs"),
        ("y", "ys"),
        ("人", "人"),
        ("größe ü", "größe ü"),
        ("klasse 3", "klasse 3"),
    ],
)
def test_a_plural_is_simple_and_right(one: str, many: str) -> None:
    """For the labels of the usual models; what is no English stays as it is."""
    assert plural(one) == many


def test_the_label_that_it_is_about_comes_first() -> None:
    """Then the most frequent."""
    counts = {"car": 1, "dog": 3, "person": 2}
    assert text_of(counts, "person") == "2 persons, 3 dogs, 1 car"
    assert text_of(counts, "car") == "1 car, 3 dogs, 2 persons"


def test_a_text_stays_short() -> None:
    """However many labels of 64 characters there are."""
    text = text_of({f"{n:064}": 1 for n in range(1000)}, "0" * 64)
    assert text.endswith(", 992 other labels")
    assert len(text) < 1024


def test_what_two_backends_see_of_one_label_is_the_same() -> None:
    """The one that sees most counts."""
    one = Detection(label="person", confidence=1, box=(0, 0, 1, 1))
    looks = [Look("a", (), "full", [one]), Look("b", (), "full", [one, one])]
    assert counted(looks) == {"person": 2}
