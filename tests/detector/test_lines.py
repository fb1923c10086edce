"""Lines that are crossed."""

from collections.abc import Sequence

import pytest

from libs.common.messages import Detection, Event, Verdict, replace
from libs.common.testing import FakeClock, frame
from services.detector.lines import Lines, aside
from services.detector.picture import Picture
from services.detector.scenes import Line
from services.detector.step import Look, Sighting

ACROSS: Line = ((0.2, 0.5), (0.8, 0.5))
"""Drawn from left to right: `in` is down the picture."""


def at(x: float, y: float, track: str | None = "t", label: str = "person") -> Detection:
    """Somebody whose feet are there."""
    return Detection(label=label, confidence=0.9, box=(x - 0.05, max(0.0, y - 0.3), x + 0.05, y), track=track)


class Camera:
    def __init__(self, **lines: Line) -> None:
        self.lines = lines or {"door": ACROSS}
        self.step = Lines(lambda camera: self.lines if camera == "porch" else {}, FakeClock())

    def look(self, seq: int, *found: Detection, **fields: object) -> list[Event]:
        """What was crossed in this frame."""
        sighting = Sighting(
            Picture(replace(frame(image=b"-", seq=seq), **fields)), [Look("m", ("person",), "full", found)]
        )
        self.step.take(sighting)
        return sighting.events

    def walk(self, *feet: tuple[float, float]) -> list[str]:
        """The directions in which one track crossed."""
        return [str(event.data["direction"]) for seq, foot in enumerate(feet) for event in self.look(seq, at(*foot))]


def test_the_right_of_a_line_is_in() -> None:
    """Seen from its first point to its second; drawn the other way round it is the other direction."""
    assert aside(ACROSS, (0.5, 0.6)) == pytest.approx(0.1)
    assert Camera().walk((0.5, 0.4), (0.5, 0.6)) == ["in"]
    assert Camera().walk((0.5, 0.6), (0.5, 0.4)) == ["out"]
    assert Camera(door=(ACROSS[1], ACROSS[0])).walk((0.5, 0.4), (0.5, 0.6)) == ["out"]


def test_feet_count_not_heads() -> None:
    """The middle of the bottom of the box."""
    assert Camera().walk((0.5, 0.7), (0.5, 0.6), (0.5, 0.52)) == []


def test_a_line_ends_where_it_ends() -> None:
    """Who walks past it has not crossed it, nor who walks along beyond its end."""
    assert Camera().walk((0.1, 0.4), (0.1, 0.6)) == []
    assert Camera().walk((0.85, 0.4), (0.85, 0.6), (0.5, 0.6), (0.5, 0.7)) == []


def test_who_trembles_on_the_line_does_not_cross_it() -> None:
    """Half a hundredth of the picture to and fro; then they go on: once."""
    trembling = [(0.5, 0.505 if n % 2 else 0.495) for n in range(20)]
    assert Camera().walk((0.5, 0.45), *trembling, (0.5, 0.45)) == []
    assert Camera().walk((0.5, 0.45), *trembling, (0.5, 0.55)) == ["in"]


def test_one_step_over_the_line_is_enough() -> None:
    """One look a second."""
    assert Camera().walk((0.3, 0.1), (0.7, 0.9), (0.3, 0.1)) == ["in", "out"]


def test_an_event_says_who_crossed_what_and_how_many_did() -> None:
    """Counts run on per line and label."""
    camera = Camera()
    camera.look(0, at(0.3, 0.4, "a"), at(0.5, 0.6, "b"), at(0.7, 0.4, "c", "dog"))
    first, second, third = camera.look(1, at(0.3, 0.6, "a"), at(0.5, 0.4, "b"), at(0.7, 0.6, "c", "dog"))
    assert (first.kind, first.labels, first.counts) == ("line.crossed", ("person",), {"person": 1})
    said = {"line": "door", "direction": "in", "track": "a", "in": 1, "out": 0, "zones": [], "parents": []}
    assert first.data == {**said, "confidence": 0.9}
    assert (second.data["direction"], second.data["in"], second.data["out"]) == ("out", 1, 1)
    assert (third.labels, third.data["in"]) == (("dog",), 1)
    assert first.text == "person crossed door (in)"
    assert len({first.id, second.id, third.id}) == 3


def test_the_same_cause_has_the_same_id() -> None:
    """Two lines crossed by one step are two causes."""
    events = []
    for _ in range(2):
        camera = Camera(door=ACROSS, gate=((0.2, 0.55), (0.8, 0.55)))
        camera.look(0, at(0.5, 0.3))
        events.append(camera.look(1, at(0.5, 0.7)))
    assert events[0] == events[1]
    assert len({event.id for event in events[0]}) == 2


def test_without_a_track_a_line_or_a_stream_nothing_is_crossed() -> None:
    """Stills, and cameras without lines."""
    for fields in ({"still": True}, {"camera": "yard"}):
        camera = Camera()
        assert [camera.look(seq, at(0.5, y), **fields) for seq, y in enumerate((0.4, 0.6))] == [[], []]
    camera = Camera()
    assert [camera.look(seq, at(0.5, y, None)) for seq, y in enumerate((0.4, 0.6))] == [[], []]


def test_counts_and_sides_come_back_after_a_restart() -> None:
    """Somebody was before the line when the detector died."""
    before = Camera()
    told: Sequence[Event] = [
        *before.look(0, at(0.5, 0.4)),
        *before.look(1, at(0.5, 0.6)),
        *before.look(2, at(0.5, 0.4)),
    ]
    last = frame(
        image=b"-",
        seq=3,
        verdicts=(Verdict(model="m", labels=("person",), how="full", image_crc=0),),
        detections=(at(0.5, 0.4),),
    )
    after = Camera()
    after.step.recall("porch", [*told, last])
    (event,) = after.look(4, at(0.5, 0.6))
    assert (event.data["in"], event.data["out"]) == (2, 1)


def test_tracks_without_end_take_no_memory_without_end() -> None:
    """The oldest are forgotten."""
    camera = Camera()
    for seq in range(3000):
        camera.look(seq, at(0.5, 0.4, f"t{seq}"))
    assert camera.look(3000, at(0.5, 0.6, "t0")) == []
    assert len(camera.look(3001, at(0.5, 0.6, "t2999"))) == 1
