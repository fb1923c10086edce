"""The step that says when a camera sees nothing any more: dark, covered or frozen, and when it has recovered.

- dark: a lens cap or tape, next to no light. An ordinary night shows something and is none.
- covered: a cloth, a hand or paint; the pattern that the camera is used to is gone from most of the picture. Fog and a
  change of light leave it recognisable. Before a wall without a pattern nobody can tell. A camera that was turned looks
  covered too, until it has looked the new way for ten minutes.
- frozen: the same picture for 30 s.

One event for each change. A view is checked about once a second of stream time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from libs.common.events import caused_by
from libs.common.messages import Event, Message
from services.detector.step import Sighting, Step
from services.detector.view import View, view_of

State = Literal["recovered", "dark", "covered", "frozen"]
"""As the events name it; a camera that is well has recovered."""

KINDS: dict[str, State] = {
    "camera.recovered": "recovered",
    "camera.dark": "dark",
    "camera.covered": "covered",
    "camera.frozen": "frozen",
}
TEXTS: dict[State, str] = {
    "recovered": "the camera sees again",
    "dark": "the camera sees no light",
    "covered": "something covers the camera",
    "frozen": "the camera gives the same picture over and over",
}

SECOND_NS = 1_000_000_000
CHECK_NS = SECOND_NS
WORKING_SIDE = 320
"""The size at which `motion` decodes too: together they decode once."""

LEARNING_VIEWS = 5
MEMORY_VIEWS = 60
"""The usual view is the mean of about so many: dusk and moving shadows are followed."""

LOST, FOUND, GONE = 0.6, 0.75, 0.3
"""Covered when less than LOST of the usual view is seen, recovered when more than FOUND; less than GONE is plain."""

CONFIRM_NS = 3 * SECOND_NS
"""A state must last so long before it is told: somebody walks by close to the lens, a light is switched."""

PART_CONFIRM_NS = 20 * SECOND_NS
"""So long where a good part is still seen: a lorry stops, and goes on."""

FROZEN_NS = 30 * SECOND_NS
TURNED_NS = 600 * SECOND_NS


@dataclass(slots=True)
class _Camera:
    """Times are captured_at of its frames (UTC ns)."""

    state: State = "recovered"
    checked_at: int = 0
    usual: View | None = None
    views: int = 0
    same: View | None = None
    same_since: int = 0
    seems: State = "recovered"
    seems_since: int = 0

    def judge(self, view: View, at: int) -> tuple[State, int]:
        """What this one view looks like, and how long it must before it is believed (ns)."""
        if self.same is None or not view.is_same_as(self.same):
            self.same, self.same_since = view, at
        if view.is_dark:
            return "dark", CONFIRM_NS
        in_view = self._in_view(view)
        if in_view < (FOUND if self.state == "covered" else LOST):
            return "covered", CONFIRM_NS if in_view < GONE else PART_CONFIRM_NS
        return ("frozen", 0) if at - self.same_since >= FROZEN_NS else ("recovered", CONFIRM_NS)

    def learn(self, view: View) -> None:
        """The usual view follows slowly; only a healthy camera teaches it."""
        self.views += 1
        weight = 1 / min(self.views, MEMORY_VIEWS)
        self.usual = view if self.usual is None else self.usual.blended(view, weight)

    def relearn(self) -> None:
        """The camera looks another way for good."""
        self.usual, self.views = None, 0

    def _in_view(self, view: View) -> float:
        """Share of the usual view that is seen; all of it while nobody can tell."""
        if self.usual is None or self.views < LEARNING_VIEWS:
            return 1.0
        known = view.in_view(self.usual)
        return 1.0 if known is None else known


class CameraHealth(Step):
    """Keeps two small views for each camera."""

    def __init__(self) -> None:
        self._cameras: dict[str, _Camera] = {}

    def take(self, sighting: Sighting) -> None:
        frame = sighting.frame
        camera = self._cameras.setdefault(frame.camera, _Camera())
        if frame.still or 0 <= frame.captured_at - camera.checked_at < CHECK_NS:
            return
        camera.checked_at = frame.captured_at
        state = _next_state(camera, view_of(sighting.picture.image(WORKING_SIDE)), frame.captured_at)
        if state != camera.state:
            camera.state = state
            sighting.events.append(_event(sighting, state))

    def recall(self, camera: str, past: Sequence[Message]) -> None:
        """The last state that was told; the usual view is learned anew."""
        told = [KINDS[each.kind] for each in past if isinstance(each, Event) and each.kind in KINDS]
        if told and told[-1] != "covered":
            self._cameras.setdefault(camera, _Camera()).state = told[-1]

    def forget(self, camera: str) -> None:
        self._cameras.pop(camera, None)


def _next_state(camera: _Camera, view: View, at: int) -> State:
    """What it seems to be, once it has seemed so for long enough."""
    seems, confirm_ns = camera.judge(view, at)
    if seems != camera.seems:
        camera.seems, camera.seems_since = seems, at
    if seems == "recovered":
        camera.learn(view)
    if seems == camera.state == "covered" and at - camera.seems_since >= TURNED_NS:
        camera.relearn()
    return seems if at - camera.seems_since >= confirm_ns else camera.state


def _event(sighting: Sighting, state: State) -> Event:
    kind = next(kind for kind, named in KINDS.items() if named == state)
    return caused_by(sighting.frame, kind, text=TEXTS[state])
