"""Lines that are crossed, and how often: `line.crossed` for each track that passes from one side to the other."""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from libs.common.clock import Clock
from libs.common.events import caused_by, event_id
from libs.common.messages import Box, Detection, Event, Frame, Message, replace
from libs.common.polygons import Point
from services.detector.cameras import PerCamera
from services.detector.counting import MOST_PARENTS
from services.detector.scenes import Line
from services.detector.step import Sighting, Step

SURE = 0.01
"""Nearer to the line than this share of the picture nobody is on either side: boxes tremble."""

MOST_TRACKS = 2000
KEEP_S = 24 * 3600.0


@dataclass
class _Camera:
    """`sides`: per track and line, the last point that was surely on one side. `counts`: in and out of line, label."""

    sides: OrderedDict[tuple[str, str], dict[str, Point]] = field(default_factory=OrderedDict)
    counts: dict[tuple[str, str], dict[str, int]] = field(default_factory=dict)


class Lines(Step):
    """Needs tracks. What crosses is the foot: the middle of a box's bottom, where somebody stands on the ground.

    `in` is from the left of the line to its right, as seen by who stands at its first point and looks to its second;
    on a line drawn from left to right, `in` is down the picture. Running counts are of one line and label.
    """

    def __init__(self, lines_of: Callable[[str], Mapping[str, Line]], clock: Clock) -> None:
        """`lines_of`: a camera's lines by name."""
        self._lines_of = lines_of
        self._cameras: PerCamera[_Camera] = PerCamera(_Camera, clock, KEEP_S)

    def take(self, sighting: Sighting) -> None:
        frame = sighting.frame
        if frame.still or not (lines := self._lines_of(frame.camera)):
            return
        camera = self._cameras.of(frame.camera)
        for look in sighting.looks:
            for each in look.found:
                for name, direction in _crossed(camera, lines, look.model, each):
                    sighting.events.append(_event(camera, frame, name, direction, each))

    def recall(self, camera: str, past: Sequence[Message]) -> None:
        if not (lines := self._lines_of(camera)):
            return
        kept = self._cameras.of(camera)
        for message in past:
            if isinstance(message, Event) and message.kind == "line.crossed" and message.labels:
                _recount(kept, message)
            elif isinstance(message, Frame) and not message.still:
                models = [verdict.model for verdict in message.verdicts or ()]
                for each in message.detections:
                    if each.by < len(models):
                        _crossed(kept, lines, models[each.by], each)

    def forget(self, camera: str) -> None:
        self._cameras.forget(camera)


def _crossed(camera: _Camera, lines: Mapping[str, Line], model: str, each: Detection) -> list[tuple[str, str]]:
    """The lines that this track has crossed since it was last seen, and in which direction."""
    if not isinstance(each.track, str):
        return []
    sides = camera.sides.setdefault((model, each.track), {})
    camera.sides.move_to_end((model, each.track))
    if len(camera.sides) > MOST_TRACKS:
        camera.sides.popitem(last=False)
    crossed: list[tuple[str, str]] = []
    foot = _foot(each.box)
    for name, line in lines.items():
        if abs(aside(line, foot)) < SURE:
            continue
        before = sides.get(name)
        sides[name] = foot
        if before is not None and _meets(line, before, foot):
            crossed.append((name, "in" if aside(line, foot) > 0 else "out"))
    return crossed


def aside(line: Line, point: Point) -> float:
    """How far the point is off the line without ends, in shares of the picture; above 0 on its right."""
    (x0, y0), (x1, y1) = line
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    return ((x1 - x0) * (point[1] - y0) - (y1 - y0) * (point[0] - x0)) / length if length else 0.0


def _meets(line: Line, before: Point, now: Point) -> bool:
    """Whether the way from before to now passes between the ends of the line."""
    way = before, now
    return aside(line, before) * aside(line, now) < 0 and aside(way, line[0]) * aside(way, line[1]) <= 0


def _foot(box: Box) -> Point:
    return (box[0] + box[2]) / 2, box[3]


def _event(camera: _Camera, frame: Frame, line: str, direction: str, each: Detection) -> Event:
    counts = camera.counts.setdefault((line, each.label), {"in": 0, "out": 0})
    counts[direction] += 1
    data = {
        "line": line,
        "direction": direction,
        "track": each.track,
        **counts,
        "zones": list(each.zones),
        "parents": list(each.parents[:MOST_PARENTS]),
        "confidence": each.confidence,
    }
    text = f"{each.label} crossed {line} ({direction})"
    event = caused_by(frame, "line.crossed", each.label, {each.label: 1}, text, data)
    # Several may cross in one frame: who and what belongs to the cause.
    cause = f"{each.label}/{line}/{each.track}"
    return replace(event, id=event_id(frame.camera, frame.boot, event.kind, cause, frame.seq))


def _recount(camera: _Camera, event: Event) -> None:
    line, to_in, to_out = (event.data.get(name) for name in ("line", "in", "out"))
    if isinstance(line, str) and isinstance(to_in, int) and isinstance(to_out, int):
        camera.counts[line, event.labels[0]] = {"in": to_in, "out": to_out}
