"""Who was where, in the format of the MOTChallenge: a file that any tool for tracking can read."""

from collections.abc import Iterable
from pathlib import Path

from tests.camera.people import Person

PERSON_CLASS = 1


def write_truth(path: Path, people: Iterable[list[Person]]) -> None:
    """`people` of seq 0, 1, ...; a line is `frame,id,left,top,width,height,conf,class,visibility`, frame 1 is seq 0."""
    lines = (_line(number, person) for number, found in enumerate(people, 1) for person in found)
    path.write_text("".join(lines))


def read_truth(path: Path) -> dict[int, list[Person]]:
    """By seq; one at which nobody was there is missing."""
    truth: dict[int, list[Person]] = {}
    for line in path.read_text().splitlines():
        frame, person, left, top, width, height, _, _, visible = line.split(",")
        box = int(left), int(top), int(left) + int(width), int(top) + int(height)
        truth.setdefault(int(frame) - 1, []).append(Person(int(person), box, float(visible)))
    return truth


def _line(number: int, person: Person) -> str:
    left, top, right, bottom = person.box
    return f"{number},{person.id},{left},{top},{right - left},{bottom - top},1,{PERSON_CLASS},{person.visible:.4f}\n"
