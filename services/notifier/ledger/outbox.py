"""Notices and their dead letters on their way to the log, each followed until its fate is known."""

import threading
import time
from collections.abc import Callable

from libs.common import codec
from libs.common.bus import Delivery, Headers, Place, Record, Writer, partition_of
from libs.common.dead_letters import letter_headers
from libs.common.errors import TemporaryError
from libs.common.messages import Notice
from libs.common.topics import dead_letter_topic
from services.notifier.ledger.queues import Entry

LOOK_S = 0.05
PAUSE_S = 0.01
SERVICE = "notifier"


class Outbox:
    """Any thread may use it. What was not taken in time stays on its way: tried again, it is not sent twice."""

    def __init__(self, writer: Writer, topic: str, group: str) -> None:
        self._writer, self._topic, self._group = writer, topic, group
        self._under_way: dict[bytes, tuple[str, Delivery]] = {}

    def place(self, camera: str | None) -> Place:
        """Where the notices of a camera lie. Raises TemporaryError where there is no topic and we cannot make it."""
        count = self._writer.partitions(self._topic)
        return Place(self._topic, partition_of(camera, count) if camera else 0)

    def send(self, notice: Notice, value: bytes, within_s: float) -> None:
        """Returns when the log has it. Raises TemporaryError if that is not so in time, else why it is refused."""
        delivery = self._once(notice.id, value, lambda: self._sent(notice, value))
        self._follow(delivery, within_s, "a notice")

    def wait_for(self, notice_id: str, within_s: float) -> None:
        """Returns when nothing of this notice is under way. Raises TemporaryError if that is not so in time."""
        until_s = time.monotonic() + within_s
        while any(each == notice_id and not delivery.done for each, delivery in list(self._under_way.values())):
            if time.monotonic() >= until_s:
                raise TemporaryError(f"the broker has not taken an earlier claim within {within_s:g} s")
            self._writer.flush(LOOK_S)
            _PAUSE.wait(PAUSE_S)

    def post(self, notice: Notice, value: bytes) -> None:
        """Send it, and do not wait."""
        self._sent(notice, value)

    def bury(self, notice: Notice, entry: Entry | None, error: Exception, within_s: float) -> None:
        """`entry`: where its newest record lies. Raises as `send`."""
        place = entry.place if entry is not None else self.place(notice.camera)
        offset = entry.offset if entry is not None else -1
        value = codec.encode(notice)
        record = Record(place, offset, notice.id.encode(), value)
        topic = dead_letter_topic(self._topic)
        if topic is not None:
            headers = letter_headers(record, error, self._group, SERVICE, notice.attempts)
            delivery = self._once(notice.id, topic.encode() + value, lambda: self._sent_to(topic, record, headers))
            self._follow(delivery, within_s, "a dead letter")

    def _once(self, notice_id: str, name: bytes, send: Callable[[], Delivery]) -> Delivery:
        """What is under way by this name, else sent now."""
        for done in [each for each, (_, delivery) in list(self._under_way.items()) if delivery.done]:
            self._under_way.pop(done, None)
        _, delivery = self._under_way.get(name, ("", None))
        if delivery is None:
            delivery = send()
            self._under_way[name] = notice_id, delivery
        return delivery

    def _sent(self, notice: Notice, value: bytes) -> Delivery:
        return self._writer.send(self.place(notice.camera), notice.id.encode(), value)

    def _sent_to(self, topic: str, record: Record, headers: Headers) -> Delivery:
        place = Place(topic, record.place.partition % self._writer.partitions(topic))
        return self._writer.send(place, record.key, record.value, headers)

    def _follow(self, delivery: Delivery, within_s: float, what: str) -> None:
        until_s = time.monotonic() + within_s
        while delivery.error is None and not (delivery.done and self._writer.connected()):
            if (left_s := until_s - time.monotonic()) <= 0:
                raise TemporaryError(f"the broker has not taken {what} within {within_s:g} s")
            if not self._writer.flush(min(left_s, LOOK_S)):
                _PAUSE.wait(min(left_s, PAUSE_S))
        if delivery.error is not None:
            raise delivery.error


_PAUSE = threading.Event()
