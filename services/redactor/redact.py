"""Frames in, frames out in which people are covered: what cannot be shown to be safe leaves black, with the reason."""

import logging
from collections.abc import Collection, Iterable
from contextlib import suppress

from libs.common import images
from libs.common.clock import Clock
from libs.common.errors import PermanentError
from libs.common.log_context import handling
from libs.common.messages import End, Frame, Message
from libs.common.stage import Out, Stage
from services.redactor import allowed
from services.redactor.cover import Blocks, covered, merge, to_blocks, to_boxes
from services.redactor.lane import Fate, Held, Lane, Release, alone
from services.redactor.masks import mask_blocks
from services.redactor.policy import Policy
from services.redactor.seen import seen_in
from services.redactor.splice import spliced
from services.redactor.styles import STYLES
from services.redactor.verdicts import UNSEEN, Reason, sight_of

log = logging.getLogger(__name__)

MAX_CAMERAS = 1000
FORGET_S = 600.0


class Redact(Stage):
    """One lane per camera; the pixels are touched only when a frame leaves."""

    def __init__(self, policy: Policy, clock: Clock) -> None:
        self.history_s = max(10.0, 2 * (policy.hold_s + policy.max_gap_s))
        self._policy = policy
        self._clock = clock
        self._lanes: dict[str, Lane] = {}

    def handle(self, message: Message) -> list[Out]:
        """Raises PermanentError where not even the picture's size can be read; what is held is not touched by it."""
        if isinstance(message, End):
            return [*self._end(message), Out(allowed.end(message))]
        if not isinstance(message, Frame):
            raise PermanentError(f"not a frame but {message.TYPE}", reason="wrong-type")
        held = self._inspect(message)
        lane = self._lanes.get(message.camera)
        if message.still and (lane is None or lane.boot != message.boot):
            return [self._out(held, alone(held, self._policy))]
        return self._outs(self._lane(message.camera).take(held)) + self._within_cap()

    def remember(self, message: Message) -> None:
        """Know who was where before the first frame that is handled."""
        if isinstance(message, End):
            self._end(message)
        elif isinstance(message, Frame) and not message.still:
            with suppress(PermanentError):
                self._lane(message.camera).recall(self._inspect(message))

    def tick(self) -> list[Out]:
        """What has waited too long leaves black; cameras long gone are forgotten."""
        now_s, outs = self._clock.monotonic_s(), []
        for lane in self._lanes.values():
            while lane.queue and now_s - lane.queue[0].arrived_s >= self._policy.max_hold_s:
                outs += self._outs(lane.late())
        by_age = sorted((lane.seen_s, camera) for camera, lane in self._lanes.items() if not lane.queue)
        surplus = len(self._lanes) - MAX_CAMERAS
        for rank, (seen_s, camera) in enumerate(by_age):
            if rank < surplus or now_s - seen_s > FORGET_S:
                del self._lanes[camera]
        return outs

    def held(self) -> Collection[Message]:
        """The very objects that came in."""
        return [held.frame for lane in self._lanes.values() for held in lane.queue]

    def forget(self, camera: str) -> None:
        """Drop what is known and held; nothing is published for it."""
        self._lanes.pop(camera, None)

    def _lane(self, camera: str) -> Lane:
        lane = self._lanes.get(camera) or self._lanes.setdefault(camera, Lane(self._policy))
        lane.seen_s = self._clock.monotonic_s()
        return lane

    def _end(self, message: End) -> list[Out]:
        lane = self._lanes.get(message.camera)
        return self._outs(lane.end(message.boot)) if lane else []

    def _within_cap(self) -> list[Out]:
        outs: list[Out] = []
        while sum(lane.bytes for lane in self._lanes.values()) > self._policy.max_held_bytes:
            waiting = (lane for lane in self._lanes.values() if lane.queue)
            outs += self._outs(min(waiting, key=lambda lane: lane.queue[0].arrived_s).late())
        return outs

    def _inspect(self, frame: Frame) -> Held:
        wanted = self._policy.wanted
        try:
            info = images.read_header(frame.image)
        except PermanentError:
            if lane := self._lanes.get(frame.camera):
                lane.glimpse(frame, seen_in(frame, UNSEEN, None, wanted))
            raise
        crc = images.image_crc(frame.image)
        seen = seen_in(frame, sight_of(frame, info, crc), crc, wanted)
        return Held(frame, info, seen, self._clock.monotonic_s())

    def _outs(self, released: Iterable[Release]) -> list[Out]:
        return [self._out(held, fate) for held, fate in released]

    def _out(self, held: Held, fate: Fate) -> Out:
        with handling(held.frame):
            return self._covered_or_black(held, fate)

    def _covered_or_black(self, held: Held, fate: Fate) -> Out:
        if isinstance(fate, str):
            return self._withheld(held, fate)
        frame, size = held.frame, held.size
        try:
            blocks = merge(
                [to_blocks(fate, self._policy.margin, *size), mask_blocks(self._policy.masks, frame.camera, *size)],
                *size,
            )
            jpeg = self._picture(held, blocks)
        except PermanentError as error:
            log.debug("withheld: %s", error.reason)
            return self._withheld(held, "error")
        except Exception:
            log.exception("withheld: covering it failed")
            return self._withheld(held, "error")
        return Out(allowed.covered_frame(frame, jpeg, size, to_boxes(blocks, *size), self._policy), cause=frame)

    def _withheld(self, held: Held, reason: Reason) -> Out:
        black = images.black(*held.size)
        return Out(allowed.withheld_frame(held.frame, black, held.size, reason, self._policy), cause=held.frame)

    def _picture(self, held: Held, blocks: Blocks) -> bytes:
        """Old bytes only where framebus itself wrote them, whole and plain; the verdicts were about these bytes."""
        jpeg, policy = held.frame.image, self._policy
        if held.info.plain and held.frame.image_by == "framebus":
            if not len(blocks):
                return jpeg
            if policy.cover == "solid" and (safe := spliced(jpeg, blocks, *held.size, policy.quality)):
                return safe
        return covered(jpeg, held.info, blocks, policy.quality, STYLES[policy.cover])
