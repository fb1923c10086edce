"""A broker that is away for a while."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from libs.ops.kafka_broker import Broker


@contextmanager
def broken(broker: Broker, how: str) -> Iterator[None]:
    """Killed or frozen: without a broker inside; at the end it serves again."""
    if how == "killed":
        broker.kill()
        yield
        broker.start()
    else:
        os.kill(broker.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(broker.pid, signal.SIGCONT)
