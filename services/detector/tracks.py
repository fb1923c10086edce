"""Tracks: the same thing has the same name in successive frames of a camera, for each backend by itself."""

from collections.abc import Sequence

from libs.common.clock import Clock
from libs.common.messages import Frame, Message, replace
from services.detector.cameras import PerCamera
from services.detector.counts import Counts
from services.detector.step import Look, Sighting, Step
from services.detector.tracker import FORGOTTEN_S, Tracker


class Tracks(Step):
    """Gives every finding its track. Stills stand alone and have none; nor has what is found beyond the cap."""

    def __init__(self, clock: Clock, counts: Counts) -> None:
        self._counts = counts
        self._cameras: PerCamera[dict[str, Tracker]] = PerCamera(dict, clock, FORGOTTEN_S)

    def take(self, sighting: Sighting) -> None:
        frame = sighting.frame
        if frame.still:
            return
        trackers = self._cameras.of(frame.camera)
        for look in sighting.looks:
            # A carried look without findings says nothing; a backend that tracks by itself knows better.
            if (look.how == "full" or look.found) and all(each.track is None for each in look.found):
                self._name(look, trackers.setdefault(look.model, Tracker()), frame)

    def recall(self, camera: str, past: Sequence[Message]) -> None:
        trackers = self._cameras.of(camera)
        for frame in past:
            if isinstance(frame, Frame) and not frame.still:
                for by, verdict in enumerate(frame.verdicts or ()):
                    found = [each for each in frame.detections if each.by == by]
                    tracker = trackers.setdefault(verdict.model, Tracker())
                    tracker.restore(found, frame.boot, frame.captured_at, verdict.how == "full")

    def forget(self, camera: str) -> None:
        self._cameras.forget(camera)

    def _name(self, look: Look, tracker: Tracker, frame: Frame) -> None:
        names = tracker.follow(look.found, frame.boot, frame.seq, frame.captured_at, look.how == "full")
        look.found = [replace(each, track=name) for each, name in zip(look.found, names, strict=True)]
        if beyond := names.count(None):
            self._counts.capped.labels("tracks").inc(beyond)
