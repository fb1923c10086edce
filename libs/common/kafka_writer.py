"""Writer on kafka-python: every future is checked, a refused record never stops the next, the window is our own."""

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from itertools import count
from typing import Any

import kafka
import kafka.errors

from libs.common.bus import Headers, Place
from libs.common.errors import PermanentError
from libs.common.kafka_admin import Shape, ensure_topic
from libs.common.kafka_client import SILENT_S, common_config, connect
from libs.common.kafka_delivery import FATAL, CalledBackError, KafkaDelivery, as_ours, given_up
from libs.common.kafka_settings import KafkaSettings

log = logging.getLogger(__name__)

# What Kafka adds to a record: batch header (61 bytes), lengths and times.
RECORD_OVERHEAD_BYTES = 1024
MAX_REQUEST_BYTES = 4 << 20
RETRY_S = 0.5
CLOSE_S = 2.0
DURABLE: dict[str, Any] = {
    "enable_idempotence": False,
    "acks": "all",
    "max_in_flight_requests_per_connection": 1,
    "delivery_timeout_ms": 2**31 - 1,
    "request_timeout_ms": 10_000,
    "batch_size": 1 << 20,
    "linger_ms": 0,
    "max_request_size": MAX_REQUEST_BYTES + RECORD_OVERHEAD_BYTES,
    "max_block_ms": 500,
    "metrics_enabled": False,
}
ONCE: dict[str, Any] = {"enable_idempotence": True}
"""A batch whose acknowledgement was lost is told from a new one. kafka-python 3.0.12 gives up for good at the first
record that a broker refuses, so whoever writes like that keeps its records, ends, and begins anew.
"""


@dataclass
class KafkaWriter:
    """One KafkaProducer. Retries last until the broker takes or refuses a record; `window_bytes` bounds the waiting.

    Any thread may use it; what one thread sends keeps its order. `once`: also a broker that was frozen or cut off gets
    each record once; one that it refuses is then a FatalError.
    """

    settings: KafkaSettings
    client_id: str
    window_bytes: int = 16 << 20
    once: bool = False
    _producer: Any = None
    _client: Any = None
    _shapes: dict[str, Shape] = field(default_factory=dict)
    _under_way: int = 0
    _used_bytes: int = 0
    _numbers: Iterator[int] = field(default_factory=count)
    _again: list[tuple[int, KafkaDelivery]] = field(default_factory=list)
    _alone: KafkaDelivery | None = None
    _again_at_s: float = 0.0
    _away: set[str] = field(default_factory=set)
    """Topics that were not there when they were last tried: what waits for another one goes first."""
    _takes: dict[str, bool] = field(default_factory=dict)
    """Topics that have taken a record: whether they are still there."""
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _sending_again: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        config = common_config(self.settings, self.client_id) | DURABLE | (ONCE if self.once else {})
        self._producer, self._client = connect(kafka.KafkaProducer, config)

    def partitions(self, topic: str) -> int:
        if topic not in self._shapes:
            self._shapes[topic] = ensure_topic(self.settings, topic)
        return self._shapes[topic].partitions

    def send(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> KafkaDelivery:
        shape = self._shapes.get(place.topic)
        limit = min(shape.limit_bytes if shape else MAX_REQUEST_BYTES, MAX_REQUEST_BYTES) - RECORD_OVERHEAD_BYTES
        size = len(value or b"") + len(key or b"") + sum(len(name.encode()) + len(data) for name, data in headers)
        if size > limit:
            raise PermanentError(f"{place.topic} takes at most {limit} bytes, this record has {size}", "too-large")
        delivery = KafkaDelivery(next(self._numbers), place, key, value, headers, size + RECORD_OVERHEAD_BYTES)
        with self._changed:
            self._under_way += 1
            self._used_bytes += delivery.size
        if any(waiting.place == place for _, waiting in list(self._again)):
            self._put_again(delivery)
            self._send_again()
        else:
            self._hand_over(delivery)
        return delivery

    def _hand_over(self, delivery: KafkaDelivery) -> None:
        try:
            future = self._producer.send(
                delivery.place.topic,
                delivery.value,
                key=delivery.key,
                headers=list(delivery.headers),
                partition=delivery.place.partition,
            )
        except (kafka.errors.KafkaError, AssertionError, ValueError, TypeError) as error:
            self._refuse(delivery, error)
            return
        future.add_callback(lambda _: self._finish(delivery, None))
        future.add_errback(lambda error: self._refuse(delivery, error))

    def _refuse(self, delivery: KafkaDelivery, error: Exception) -> None:
        """One bad record fails its whole batch: each of them gets one more try, alone, unless the reason is its own.

        What waits behind it is called back, to keep the order. A topic that is not there (deleted, not yet made anew)
        is waited for. Also runs on the producer's thread.
        """
        if self._gave_up():
            self._finish(delivery, given_up(delivery.place.topic, error))
            return
        away = isinstance(error, (kafka.errors.KafkaTimeoutError, kafka.errors.UnknownTopicOrPartitionError))
        own = isinstance(error, (kafka.errors.MessageSizeTooLargeError, *FATAL))
        called_back = isinstance(error, CalledBackError)
        if not away and not called_back and (delivery.refused_once or own):
            self._finish(delivery, as_ours(delivery.place.topic, error))
            return
        with self._changed:
            if away:
                self._again_at_s = time.monotonic() + RETRY_S
                self._away.add(delivery.place.topic)
                self._say_missing(delivery.place.topic)
            elif not called_back:
                delivery.refused_once = True
            self._put_again(delivery)
            self._free(delivery)
        if delivery.refused_once and not called_back:
            self._producer._accumulator.abort_undrained_batches(CalledBackError())

    def _gave_up(self) -> bool:
        manager = self._producer._transaction_manager
        return bool(manager is not None and manager.has_fatal_error())

    def _say_missing(self, topic: str) -> None:
        """Once, and only where it is not the broker that is away."""
        if self._takes.get(topic) and self.connected() and not self._client.cluster.partitions_for_topic(topic):
            self._takes[topic] = False
            log.warning("topic %s is gone: waiting until it is made anew (framebus topics create %s)", topic, topic)

    def _say_there(self, topic: str) -> None:
        if self._takes.get(topic) is False:
            log.info("topic %s is there again", topic)
        self._takes[topic] = True

    def _put_again(self, delivery: KafkaDelivery) -> None:
        """In the order in which they were sent, whatever the order of the refusals: a later frame makes an earlier
        one of its camera look like a repeat.
        """
        with self._changed:
            heappush(self._again, (delivery.number, delivery))

    def _finish(self, delivery: KafkaDelivery, error: Exception | None) -> None:
        with self._changed:
            if error is None:
                self._say_there(delivery.place.topic)
            self._under_way -= 1
            self._used_bytes -= delivery.size
            delivery.error, delivery.done, delivery.value = error, True, b""
            self._free(delivery)

    def _free(self, delivery: KafkaDelivery) -> None:
        if self._alone is delivery:
            self._alone = None
        self._changed.notify_all()

    def _send_again(self) -> None:
        """All that only waited for the broker. Of the refused at most one is under way: the next one only when its
        fate is known. One thread at a time does it: two would hand over in another order.
        """
        if not self._sending_again.acquire(blocking=False):
            return
        try:
            while (delivery := self._next_again()) is not None:
                self._hand_over(delivery)
        finally:
            self._sending_again.release()

    def _next_again(self) -> KafkaDelivery | None:
        with self._changed:
            if not self._again or self._alone is not None or time.monotonic() < self._again_at_s:
                return None
            delivery = self._oldest_again()
            if delivery.refused_once:
                self._alone = delivery
            return delivery

    def _oldest_again(self) -> KafkaDelivery:
        there = [waiting for waiting in self._again if waiting[1].place.topic not in self._away] if self._away else []
        if not there:
            self._away.clear()
            return heappop(self._again)[1]
        self._again.remove(oldest := min(there))
        heapify(self._again)
        return oldest[1]

    def full(self) -> bool:
        self._send_again()
        return self._used_bytes > self.window_bytes

    def flush(self, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while self._under_way:
            self._send_again()
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._changed:
                waiting = bool(self._again)
                self._changed.wait_for(self._is_news, min(left, RETRY_S / 5) if waiting else left)
        return True

    def _is_news(self) -> bool:
        may_send_again = self._again and self._alone is None and time.monotonic() > self._again_at_s
        return not self._under_way or bool(may_send_again)

    @property
    def window_used_bytes(self) -> int:
        return self._used_bytes

    def connected(self) -> bool:
        return bool(self._client.silent_s() < SILENT_S)

    def close(self) -> None:
        try:
            self._producer.close(timeout=CLOSE_S if self._under_way and self.connected() else 0)
        except Exception as error:
            log.debug("closing the producer: %s", type(error).__name__)
        sender = self._producer._sender
        sender.force_close()
        sender.join(CLOSE_S)
