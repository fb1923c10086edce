"""Events of what is in sight of a camera: a label came, went, or is there for the first time."""

from collections.abc import Iterable, Sequence

from libs.common.clock import Clock
from libs.common.events import caused_by
from libs.common.messages import Event, Frame, Message, replace
from services.detector.cameras import PerCamera
from services.detector.counting import counted, parents_of, surest_of, text_of
from services.detector.counts import Counts
from services.detector.present import MOST_ZONES, REMEMBERED_S, InSight, Present
from services.detector.step import Look, Sighting, Step

SILENT_S = 5.0
"""A camera without frames for so long, and the debounce, has nothing in sight."""

LONGEST_TICK_S = 1.0
"""Time between two ticks beyond this was spent on looking: meanwhile no camera was silent."""


class Presence(Step):
    """`detection.started`, `label.new` and `detection.ended`, per camera and label."""

    def __init__(self, clock: Clock, counts: Counts, debounce_s: float = 3.0, confirm: int = 2) -> None:
        """`confirm`: looks in which a label must be found before it counts; a still, which stands alone, is enough."""
        self._clock = clock
        self._counts = counts
        self._debounce_ns = round(debounce_s * 1e9)
        self._silent_s = debounce_s + SILENT_S
        self._confirm = confirm
        self._cameras: PerCamera[InSight] = PerCamera(InSight, clock, REMEMBERED_S)
        self._waited_s = 0.0
        self._ticked_s = clock.monotonic_s()

    def take(self, sighting: Sighting) -> None:
        frame, camera = sighting.frame, self._cameras.of(sighting.frame.camera)
        for label, present in camera.begin_anew(frame.captured_at, sighting.looks, self._debounce_ns).items():
            sighting.events += _ended(frame, label, present)
        camera.look(frame, sighting.looks)
        camera.last, camera.waited_s = _without_picture(frame), self._waited_s
        counts = counted(sighting.looks)
        for label, present in list(camera.present.items()):
            if present.is_gone(frame.captured_at, self._debounce_ns):
                del camera.present[label]
                sighting.events += _ended(frame, label, present)
            elif label in counts:
                sighting.events += self._came(camera, sighting, label, counts)
        if camera.beyond:
            self._counts.capped.labels("labels").inc(camera.beyond)
            camera.beyond = 0

    def tick(self) -> Iterable[Event]:
        """What was in sight of cameras that are silent now has ended."""
        now_s = self._clock.monotonic_s()
        self._waited_s += min(now_s - self._ticked_s, LONGEST_TICK_S)
        self._ticked_s = now_s
        silent = [camera for camera in self._cameras if self._waited_s - camera.waited_s > self._silent_s]
        return [event for camera in silent if camera.present for event in _all_ended(camera)]

    def pass_over(self, frame: Frame) -> None:
        camera = self._cameras.of(frame.camera)
        camera.pass_over()
        camera.waited_s = self._waited_s

    def recall(self, camera: str, past: Sequence[Message]) -> None:
        kept = self._cameras.of(camera)
        kept.waited_s = self._waited_s
        for message in past:
            if isinstance(message, Event):
                _told(kept, message)
            elif isinstance(message, Frame):
                kept.look(message, _looks(message))
                kept.last = _without_picture(message)
                _told_in_frame(kept, message)
        for present in kept.present.values():
            present.ours = False

    def forget(self, camera: str) -> None:
        self._cameras.forget(camera)

    def _came(self, camera: InSight, sighting: Sighting, label: str, counts: dict[str, int]) -> list[Event]:
        frame, present = sighting.frame, camera.present[label]
        if present.started:
            camera.known[label] = frame.captured_at
            return []
        if present.looks < self._confirm and not frame.still:
            return []
        text = text_of(counts, label)
        parents, confidence = parents_of(sighting.looks, label), surest_of(sighting.looks, label)
        of_label = {"model": present.model, "parents": parents, "confidence": confidence}
        data = {"since": present.first_at, "zones": _zones(present), **of_label}
        started = caused_by(frame, "detection.started", label, counts, text, data)
        present.started = started.id
        if not camera.is_new(label, frame.captured_at):
            return [started]
        return [started, caused_by(frame, "label.new", label, counts, text, of_label)]


def _all_ended(camera: InSight) -> list[Event]:
    """Caused by time alone, and named after the last frame."""
    gone, camera.present = camera.present, {}
    if camera.last is None:
        return []
    return [event for label, present in gone.items() for event in _ended(camera.last, label, present)]


def _ended(frame: Frame, label: str, present: Present) -> list[Event]:
    if not present.started or not present.ours:
        return []
    counts = {label: present.most}
    data = {
        "started": present.started,
        "since": present.first_at,
        "duration_ns": max(0, present.seen_at - present.first_at),
        "model": present.model,
        "zones": _zones(present),
        "confidence": present.surest,
    }
    return [caused_by(frame, "detection.ended", label, counts, text_of(counts, label), data)]


def _zones(present: Present) -> list[str]:
    return sorted(present.zones)[:MOST_ZONES]


def _told(camera: InSight, event: Event) -> None:
    """What an earlier event says of its label."""
    if not event.labels or event.kind not in ("detection.started", "detection.ended", "label.new"):
        return
    label = event.labels[0]
    camera.is_new(label, event.at)
    if event.kind == "detection.ended":
        camera.present.pop(label, None)
    if event.kind == "detection.started":
        since, model, zones, surest = (event.data.get(name) for name in ("since", "model", "zones", "confidence"))
        camera.present[label] = Present(
            first_at=since if isinstance(since, int) else event.at,
            seen_at=event.at,
            model=model if isinstance(model, str) else "",
            started=event.id,
            most=event.counts.get(label, 1),
            surest=surest if isinstance(surest, float) else None,
            zones={zone for zone in zones if isinstance(zone, str)} if isinstance(zones, list) else set(),
            ours=False,
        )


def _told_in_frame(camera: InSight, frame: Frame) -> None:
    """The same where events are published nowhere else."""
    for event in frame.events:
        if event.label in camera.present and event.kind == "detection.started":
            camera.present[event.label].started = event.id
            camera.is_new(event.label, frame.captured_at)
        elif event.label in camera.present and event.kind == "detection.ended":
            del camera.present[event.label]


def _looks(frame: Frame) -> list[Look]:
    """What its verdicts and detections say, as it was when it was looked at."""
    return [
        Look(verdict.model, verdict.labels, verdict.how, [each for each in frame.detections if each.by == by])
        for by, verdict in enumerate(frame.verdicts or ())
    ]


def _without_picture(frame: Frame) -> Frame:
    return replace(frame, image=b"", detections=(), verdicts=None)
