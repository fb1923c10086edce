"""How long a request may take: kafka-python 3.0.12 counts from its start, however large it is and well it comes along.

Through a narrow network a large record would begin again for ever, and so would the answer to a reader that is behind.
"""

import time
from typing import Any

from kafka.protocol.producer import ProduceRequest

# Half a megabit per second: slower than that is as good as broken.
SLOWEST_BYTES_PER_S = 64 << 10


def be_patient(manager: Any) -> None:
    """Large requests get more time, and none is given up while bytes come in."""
    send, get_connection = manager.send, manager.get_connection

    def patient_send(request: Any, node_id: Any = None, request_timeout_ms: float | None = None) -> Any:
        if request_timeout_ms is None and isinstance(request, ProduceRequest):
            request_timeout_ms = manager.config["request_timeout_ms"] + _bytes(request) * 1000 / SLOWEST_BYTES_PER_S
        return send(request, node_id=node_id, request_timeout_ms=request_timeout_ms)

    def patient_connection(*args: Any, **kwargs: Any) -> Any:
        connection = get_connection(*args, **kwargs)
        if "_request_timed_out" not in vars(connection):
            _wait_while_reading(connection)
        return connection

    manager.send, manager.get_connection = patient_send, patient_connection


def _bytes(request: Any) -> int:
    """Of all record batches in a request to write."""
    return sum(len(partition.records) for topic in request.topic_data for partition in topic.partition_data)


def _wait_while_reading(connection: Any) -> None:
    """The time of a request begins anew with every byte that the broker sends: it answers in order."""
    give_up = connection._request_timed_out

    def look_again(future: Any, sent_at: float, timeout_at: float) -> None:
        if future.is_done or connection.transport is None:
            return
        later = connection.transport.last_read + timeout_at - sent_at
        if later <= time.monotonic():
            give_up(future, sent_at, timeout_at)
        else:
            connection.net.call_at(later, lambda: look_again(future, sent_at, timeout_at))

    connection._request_timed_out = look_again
