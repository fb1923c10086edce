"""What a trigger means for the cameras of this process. Triggers are untrusted: all of them is checked, once."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from libs.common.clock import Clock
from libs.common.errors import FramebusError, PermanentError
from libs.common.events import event_id
from libs.common.messages import Event, Trigger
from libs.common.names import is_name
from libs.common.pauses import PARTS
from services.producer.orders.desk import Desk
from services.producer.orders.orders import Order, Orders

log = logging.getLogger(__name__)

FRESH_S = 60.0
"""What was asked for longer ago, or will be, by the sender's clock, is not done."""

MOST_FRAMES, MOST_S = 600, 600.0
FRAMES, SECONDS = 10, 10.0
MOST_REMEMBERED = 10_000
QUIET_S = 1.0
"""Refusals are told once in so long; all of them are counted."""

COUNTED = ("done", "lapsed", "refused", "old", "repeat", "too-many")


class NotDoneError(FramebusError):
    """A trigger that is not carried out; `reason` is what it is counted by."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason


class Commands:
    """Of one process. `take` and `tick` are called by one thread."""

    def __init__(self, clock: Clock, desk: Desk, count: Callable[[str], None]) -> None:
        """`count` is told what became of a trigger."""
        self._clock, self._desk, self._count = clock, desk, count
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._quiet_until_s = 0.0

    def take(self, trigger: Trigger) -> None:
        """Do what it says, unless it is for others, was done before, is old or makes no sense."""
        if (orders := self._desk.get(trigger.camera)) is None:
            return
        try:
            self._check(trigger)
            _ACTIONS[trigger.action](self, trigger, orders)
        except NotDoneError as error:
            self._count(error.reason)
            self._say(f"{trigger.camera}: {trigger.action} is not done: {error}")

    def refuse(self, error: PermanentError) -> None:
        """Something on the topic is no trigger."""
        self._count("refused")
        self._say(f"a command is not done: {error}")

    def tick(self) -> None:
        """Called a few times a second."""
        self._desk.lapse()

    def _check(self, trigger: Trigger) -> None:
        if not is_name(trigger.id):
            raise NotDoneError("id: expected letters, digits, _ . - and no other sign, 64 at most", "refused")
        age_s = (self._clock.now_ns() - trigger.at) / 1e9
        if abs(age_s) > FRESH_S:
            raise NotDoneError(f"it is {age_s:.0f} s old, expected less than {FRESH_S:.0f} s", "old")
        key = trigger.camera, trigger.id
        if key in self._known:
            raise NotDoneError(f"{trigger.id} came before", "repeat")
        self._known[key] = None
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)

    def _say(self, text: str) -> None:
        now_s = self._clock.monotonic_s()
        log.log(logging.DEBUG if now_s < self._quiet_until_s else logging.WARNING, "%s", text)
        self._quiet_until_s = max(self._quiet_until_s, now_s + QUIET_S)

    def _snapshot(self, trigger: Trigger, orders: Orders) -> None:
        self._place(orders, Order(trigger.id))

    def _burst(self, trigger: Trigger, orders: Orders) -> None:
        frames = _number(trigger.params, "frames", int, FRAMES, 1, MOST_FRAMES)
        seconds = _number(trigger.params, "seconds", int | float, SECONDS, 0, MOST_S)
        self._place(orders, Order(trigger.id, int(frames), seconds))

    def _place(self, orders: Orders, order: Order) -> None:
        if not orders.place(order):
            raise NotDoneError("too many are open", "too-many")

    def _mark(self, trigger: Trigger, orders: Orders) -> None:
        self._told("mark", trigger, orders, "", {})

    def _pause(self, trigger: Trigger, orders: Orders) -> None:
        self._set(trigger, orders, pause=True)

    def _resume(self, trigger: Trigger, orders: Orders) -> None:
        self._set(trigger, orders, pause=False)

    def _set(self, trigger: Trigger, orders: Orders, pause: bool) -> None:
        parts = _parts(trigger.params)
        if orders.pause(parts, pause):
            kind = "camera.paused" if pause else "camera.resumed"
            self._told(kind, trigger, orders, ", ".join(parts), {"what": list(parts)})
        else:
            self._count("done")

    def _told(self, kind: str, trigger: Trigger, orders: Orders, text: str, data: Mapping[str, Any]) -> None:
        """The trigger is the cause, so its id makes the event's."""
        self._count("done")
        self._desk.tell(
            Event(
                id=event_id(trigger.camera, "", kind, trigger.id, 0),
                camera=trigger.camera,
                kind=kind,
                at=self._clock.now_ns(),
                frame_id=orders.newest,
                text=text,
                data={"trigger": trigger.id, **data},
            )
        )


_ACTIONS: Mapping[str, Callable[[Commands, Trigger, Orders], None]] = {
    "snapshot": Commands._snapshot,
    "burst": Commands._burst,
    "mark": Commands._mark,
    "pause": Commands._pause,
    "resume": Commands._resume,
}


def _number(params: Mapping[str, Any], name: str, kind: Any, default: float, least: float, most: float) -> float:
    value = params.get(name, default)
    if isinstance(value, bool) or not isinstance(value, kind) or not least <= value <= most:
        whole = "a whole number" if kind is int else "a number"
        raise NotDoneError(f"{name}: expected {whole}, {least} to {most:g}", "refused")
    return float(value)


def _parts(params: Mapping[str, Any]) -> Iterable[str]:
    """`what`: one of them, or all."""
    what = params.get("what", "all")
    if what != "all" and what not in PARTS:
        raise NotDoneError(f"what: expected {', '.join(PARTS)} or all", "refused")
    return PARTS if what == "all" else (what,)
