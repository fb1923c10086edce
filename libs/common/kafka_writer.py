"""Writer on kafka-python: every future is checked, a refused record never stops the next, the window is our own."""

import logging
import threading
import time
from dataclasses import dataclass, field
from typing import Any

import kafka
import kafka.errors

from libs.common.bus import Headers, Place
from libs.common.errors import FatalError, PermanentError, TemporaryError
from libs.common.kafka_admin import ensure_topic, topic_limit_bytes
from libs.common.kafka_client import Client, common_config
from libs.common.kafka_settings import KafkaSettings

log = logging.getLogger(__name__)

RECORD_OVERHEAD_BYTES = 1024
MAX_REQUEST_BYTES = 4 << 20
FATAL = (kafka.errors.TopicAuthorizationFailedError, kafka.errors.ClusterAuthorizationFailedError)
DURABLE: dict[str, Any] = {
    "kafka_client": Client,
    "enable_idempotence": False,
    "acks": "all",
    "max_in_flight_requests_per_connection": 1,
    "delivery_timeout_ms": 2**31 - 1,
    "request_timeout_ms": 10_000,
    "batch_size": 1 << 20,
    "linger_ms": 0,
    "max_request_size": MAX_REQUEST_BYTES + RECORD_OVERHEAD_BYTES,
    "max_block_ms": 2000,
}


@dataclass(slots=True)
class KafkaDelivery:
    """The fate of one record; it keeps what it needs to be sent once more, alone, until that is known."""

    place: Place
    key: bytes | None
    value: bytes
    headers: Headers
    done: bool = False
    error: Exception | None = None


@dataclass
class KafkaWriter:
    """One KafkaProducer. Retries last until the broker takes or refuses a record; `window_bytes` bounds the waiting."""

    settings: KafkaSettings
    client_id: str
    window_bytes: int = 32 << 20
    _producer: Any = None
    _limits: dict[str, int] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)
    _used_bytes: int = 0
    _refused: list[KafkaDelivery] = field(default_factory=list)
    _changed: threading.Condition = field(default_factory=threading.Condition)
    _acked_at_s: float = 0.0

    def __post_init__(self) -> None:
        self._producer = kafka.KafkaProducer(**common_config(self.settings, self.client_id), **DURABLE)
        self._acked_at_s = time.monotonic()

    def partitions(self, topic: str) -> int:
        if topic not in self._counts:
            ensure_topic(self.settings, topic)
            self._limits[topic] = topic_limit_bytes(self.settings, topic)
            try:
                self._counts[topic] = len(self._producer.partitions_for(topic))
            except kafka.errors.KafkaError as error:
                raise TemporaryError(f"topic {topic}: {error}") from None
        return self._counts[topic]

    def send(self, place: Place, key: bytes | None, value: bytes, headers: Headers = ()) -> KafkaDelivery:
        limit = min(self._limits.get(place.topic, MAX_REQUEST_BYTES), MAX_REQUEST_BYTES) - RECORD_OVERHEAD_BYTES
        size = len(value) + sum(len(name) + len(data) for name, data in headers)
        if size > limit:
            raise PermanentError(f"{place.topic} takes at most {limit} bytes, this record has {size}", "too-large")
        delivery = KafkaDelivery(place, key, value, headers)
        with self._changed:
            self._used_bytes += len(value)
        self._hand_over(delivery, last_try=False)
        return delivery

    def _hand_over(self, delivery: KafkaDelivery, last_try: bool) -> None:
        try:
            future = self._producer.send(
                delivery.place.topic,
                delivery.value,
                key=delivery.key,
                headers=list(delivery.headers),
                partition=delivery.place.partition,
            )
        except (kafka.errors.KafkaError, AssertionError, ValueError) as error:
            self._refuse(delivery, error, last_try)
            return
        future.add_callback(lambda _: self._finish(delivery, None))
        future.add_errback(lambda error: self._refuse(delivery, error, last_try))

    def _refuse(self, delivery: KafkaDelivery, error: Exception, last_try: bool) -> None:
        """One bad record fails its whole batch: each of them gets one more try, alone, unless the reason is its own."""
        own = isinstance(error, (kafka.errors.MessageSizeTooLargeError, kafka.errors.RecordTooLargeError, *FATAL))
        if last_try or own:
            self._finish(delivery, _as_ours(delivery.place.topic, error))
            return
        with self._changed:
            self._refused.append(delivery)
            self._changed.notify_all()

    def _finish(self, delivery: KafkaDelivery, error: Exception | None) -> None:
        with self._changed:
            self._used_bytes -= len(delivery.value)
            delivery.error, delivery.done, delivery.value = error, True, b""
            self._acked_at_s = time.monotonic()
            self._changed.notify_all()

    def full(self) -> bool:
        self._send_refused_again()
        return self._used_bytes > self.window_bytes

    def flush(self, timeout_s: float) -> bool:
        deadline = time.monotonic() + timeout_s
        while self._used_bytes:
            self._send_refused_again()
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            with self._changed:
                self._changed.wait_for(lambda: not self._used_bytes or self._refused, left)
        return True

    def _send_refused_again(self) -> None:
        while self._refused:
            delivery = self._refused.pop(0)
            self._hand_over(delivery, last_try=True)
            with self._changed:
                self._changed.wait_for(lambda d=delivery: d.done, 10)  # type: ignore[misc]

    @property
    def window_used_bytes(self) -> int:
        return self._used_bytes

    def connected(self) -> bool:
        """Nothing is under way, or something was acknowledged in the last 5 s."""
        return not self._used_bytes or time.monotonic() - self._acked_at_s < 5

    def close(self) -> None:
        try:
            self._producer.close(timeout=2)
        except Exception as error:
            log.debug("closing the producer: %s", error)


def _as_ours(topic: str, error: Exception) -> Exception:
    if isinstance(error, FATAL):
        return FatalError(f"no right to write to {topic}: ask the broker's administrator for WRITE on it")
    if isinstance(error, (kafka.errors.MessageSizeTooLargeError, kafka.errors.RecordTooLargeError)):
        return PermanentError(f"{topic} refused the size: {error}", "too-large")
    return PermanentError(f"{topic} refused the record: {error}", "refused")
