"""Both modes as tables of examples: what is listed, what came into sight (with its parents), whether it is told."""

from typing import NamedTuple


class Example(NamedTuple):
    """`label` None: the event is about no label."""

    listed: tuple[str, ...]
    label: str | None
    parents: tuple[str, ...]
    told: bool


ALARM = (
    Example(("person",), "person", (), True),
    Example(("person",), "cat", (), False),
    Example(("Person",), "person", (), True),
    Example(("PERSON", "Car"), "car", (), True),
    Example(("person", "car"), "truck", (), False),
    Example(("person",), "persons", (), False),
    Example(("person",), "pers", (), False),
    Example(("hot dog",), "hot dog", (), True),
    Example(("hot dog",), "dog", (), False),
    Example(("vehicle",), "car", ("vehicle",), True),
    Example(("Vehicle",), "car", ("VEHICLE",), True),
    Example(("vehicle",), "car", (), False),
    Example(("car",), "vehicle", (), False),
    Example(("animal",), "poodle", ("dog", "mammal", "animal"), True),
    Example(("dog",), "poodle", ("dog", "mammal", "animal"), True),
    Example(("cat",), "poodle", ("dog", "mammal", "animal"), False),
    Example(("cat", "animal"), "poodle", ("dog", "animal"), True),
    Example(("ÄRA",), "ära", (), True),
    Example(("犬",), "犬", (), True),
    Example(("person",), None, (), False),
)
"""Told: the label is listed, or one of its parents is."""

NEW_LABEL = (
    Example((), "person", (), True),
    Example((), "poodle", ("dog",), True),
    Example(("cat",), "person", (), True),
    Example(("cat",), "cat", (), False),
    Example(("Cat",), "cat", (), False),
    Example(("cat", "dog"), "dog", (), False),
    Example(("cat",), "cats", (), True),
    Example(("vehicle",), "car", ("vehicle",), False),
    Example(("VEHICLE",), "car", ("Vehicle",), False),
    Example(("vehicle",), "car", (), True),
    Example(("car",), "vehicle", (), True),
    Example(("animal",), "poodle", ("dog", "mammal", "animal"), False),
    Example(("dog",), "poodle", ("dog", "mammal", "animal"), False),
    Example(("cat",), "poodle", ("dog", "mammal", "animal"), True),
    Example(("Ära",), "ära", (), False),
    Example((), None, (), False),
    Example(("cat",), None, (), False),
)
"""Told: the label is not listed, and none of its parents is."""
