"""One writer for a topic, another one for all others: what goes wrong with those does not touch it."""

import time

from libs.common.bus import Delivery, Headers, Place, Writer


class TwoWriters:
    """`main` writes `topic`."""

    def __init__(self, topic: str, main: Writer, beside: Writer) -> None:
        self._topic, self._main, self._beside = topic, main, beside

    def partitions(self, topic: str) -> int:
        return self._of(topic).partitions(topic)

    def send(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> Delivery:
        return self._of(place.topic).send(place, key, value, headers)

    def _of(self, topic: str) -> Writer:
        return self._main if topic == self._topic else self._beside

    def full(self) -> bool:
        # Both are asked: a Kafka writer sends again what waits, meanwhile.
        return self._main.full() | self._beside.full()

    def flush(self, timeout_s: float) -> bool:
        until_s = time.monotonic() + timeout_s
        flushed = self._main.flush(timeout_s)
        return self._beside.flush(max(0.0, until_s - time.monotonic())) and flushed

    @property
    def window_used_bytes(self) -> int:
        return self._main.window_used_bytes + self._beside.window_used_bytes

    def connected(self) -> bool:
        return self._main.connected()

    def close(self) -> None:
        self._main.close()
        self._beside.close()
