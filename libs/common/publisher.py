"""Messages out: encoded, stamped with their hop, sent to the partition of their key, and their fate followed."""

import logging
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from libs.common import codec
from libs.common.bus import Delivery, Place, Record, Writer, partition_of
from libs.common.clock import Clock
from libs.common.errors import FatalError, PermanentError, TemporaryError
from libs.common.keyed import Gone, home_of, key_of
from libs.common.messages import MAX_HOPS, Frame, Hop, Message, replace
from libs.common.metrics import Metrics

log = logging.getLogger(__name__)

Settled = Callable[[PermanentError | None], None]
"""Told once when the fate of a message is known: None, it was acknowledged; else why the bus will not take it."""

TRY_TOPIC_EVERY_S = 1.0
TRY_SIDE_TOPIC_EVERY_S = 30.0


@dataclass(frozen=True, slots=True)
class Refused:
    """An output that the bus will not take, and the input that it was made from (None at a source)."""

    error: PermanentError
    origin: Record | None


@dataclass
class Publisher:
    """Writes one topic for one service, and side topics, which it goes on without where they cannot be had."""

    writer: Writer
    topic: str
    service: str
    instance: str
    clock: Clock
    metrics: Metrics
    _under_way: defaultdict[str | None, deque[tuple[Delivery, Record | None, Settled]]] = field(
        default_factory=lambda: defaultdict(deque)
    )
    """By side topic, None: our own. One that is stuck keeps nothing of the others."""
    _refused: list[Refused] = field(default_factory=list)
    _counts: dict[str, int] = field(default_factory=dict)
    _next_try_s: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.metrics.in_flight_bytes.set_function(lambda: self.writer.window_used_bytes)

    def publish(
        self,
        message: Message,
        in_ns: int,
        origin: Record | None = None,
        side: str | None = None,
        settled: Settled | None = None,
    ) -> bool:
        """Send, to the side topic where one is named; what the bus refuses, now or later, comes out of `refused`.

        False where it is known now that this message does not arrive. `settled` is called by whoever calls us.
        """
        settled = settled or _nobody
        if side is not None and not self._has(side):
            self.metrics.skipped.labels("no-topic").inc()
            return False
        topic = side or self.topic
        if isinstance(message, Frame):
            message = self._with_hop(message, in_ns)
            if message.redaction is not None and message.redaction.withheld:
                self.metrics.withheld.labels(message.redaction.reason or "none").inc()
        key, home = key_of(message), home_of(message)
        partition = partition_of(home, self._partitions(topic)) if home is not None else 0
        try:
            value = None if isinstance(message, Gone) else _encoded(message)
            delivery = self.writer.send(Place(topic, partition), key.encode() if key is not None else None, value)
        except PermanentError as error:
            self._refused.append(Refused(error, origin))
            settled(error)
            return False
        self.metrics.frames_out.inc()
        self._under_way[side].append((delivery, origin, settled))
        self._collect()
        return True

    def _partitions(self, topic: str) -> int:
        """Asked once, they never change: so nothing stops the publication of what a stage gave out half-way."""
        if topic not in self._counts:
            self._counts[topic] = self.writer.partitions(topic)
        return self._counts[topic]

    def _has(self, side: str) -> bool:
        """Whether this side topic can be written; one that is not there is tried again now and then."""
        if side in self._counts:
            return True
        if self.clock.monotonic_s() < self._next_try_s.get(side, 0.0):
            return False
        try:
            self._partitions(side)
        except TemporaryError as error:
            self._go_on_without(side, error)
            return False
        return True

    def _go_on_without(self, side: str, error: Exception) -> None:
        """For a while; said once."""
        is_first = side not in self._next_try_s
        self._next_try_s[side] = self.clock.monotonic_s() + TRY_SIDE_TOPIC_EVERY_S
        self._counts.pop(side, None)
        log.log(logging.WARNING if is_first else logging.DEBUG, "going on without %s: %s", side, error)

    def _with_hop(self, frame: Frame, in_ns: int) -> Frame:
        hop = Hop(service=self.service, instance=self.instance, in_ns=in_ns, out_ns=self.clock.now_ns())
        return replace(frame, hops=(*frame.hops, hop)[-MAX_HOPS:])

    def _collect(self) -> None:
        """Let go of what is acknowledged; note what was refused."""
        for side, waiting in self._under_way.items():
            while waiting and waiting[0][0].done:
                self._settle(*waiting.popleft(), side)

    def _settle(self, delivery: Delivery, origin: Record | None, settled: Settled, side: str | None) -> None:
        if isinstance(delivery.error, FatalError):
            if side is None:
                raise delivery.error
            self.metrics.skipped.labels("no-topic").inc()
            self._go_on_without(side, delivery.error)
            return
        refusal = None
        if delivery.error is not None:
            refusal = PermanentError(str(delivery.error), getattr(delivery.error, "reason", "refused"))
            self._refused.append(Refused(refusal, origin))
        settled(refusal)

    def drain(self, timeout_s: float) -> bool:
        """Wait until everything sent is acknowledged or refused; False if it is not within timeout_s."""
        all_known = self.writer.flush(timeout_s)
        self._collect()
        return all_known and not any(self._under_way.values())

    def refused(self) -> list[Refused]:
        """What the bus refused since the last call."""
        self._collect()
        refused, self._refused = self._refused, []
        return refused

    def wait_for_topic(self, stop: threading.Event, waiting: Callable[[], None], sides: Sequence[str] = ()) -> bool:
        """Wait until the topic is there (made here, or by somebody); False if stopped meanwhile.

        `waiting` is called before each try. `sides`: tried once then, so that asking for them holds up no message.
        """
        said = False
        while not stop.is_set():
            waiting()
            try:
                self._partitions(self.topic)
            except TemporaryError as error:
                if not said:
                    log.warning("%s", error)
                    said = True
                stop.wait(TRY_TOPIC_EVERY_S)
            else:
                for side in sides:
                    self._has(side)
                return True
        return False


def _nobody(error: PermanentError | None) -> None:
    """Told nothing."""


def _encoded(message: Message) -> bytes:
    """Raises PermanentError ("bug") for a message that a stage has filled with what is no message's."""
    try:
        return codec.encode(message)
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        log.exception("a bug in the stage: its output cannot be encoded")
        raise PermanentError(f"the output cannot be encoded: {type(error).__name__}", "bug") from None
