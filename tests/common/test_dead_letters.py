"""Dead letters while the broker is away: nothing is skipped, and nobody gives up for that."""

import threading
from collections.abc import Callable

import pytest

from libs.common.bus import Record
from libs.common.dead_letters import WAIT_S, DeadLetters
from libs.common.errors import FatalError, PermanentError
from libs.common.memory_bus import MemoryBus, MemoryWriter
from libs.common.metrics import Metrics
from tests.common.runner_rig import GROUP, PORCH

REFUSED = Record(PORCH, 7, b"porch", b"poison")
LONG = round(10 * WAIT_S)


class Waits:
    """Counts how often somebody says that they wait, and then does something."""

    def __init__(self, then: Callable[[], object]) -> None:
        self.count, self._then = 0, then

    def __call__(self) -> None:
        self.count += 1
        if self.count == LONG:
            self._then()


class Sulking(MemoryWriter):
    """Answers, and acknowledges nothing."""

    def flush(self, timeout_s: float) -> bool:
        return False


def bury(writer: MemoryWriter, waiting: Waits, stop: threading.Event | None = None) -> None:
    """Write one."""
    letters = DeadLetters(writer, GROUP, "detector", Metrics(), stop or threading.Event(), waiting)
    letters.write(REFUSED, PermanentError("no"))


@pytest.mark.parametrize("known", [True, False])
def test_a_broker_that_is_away_is_waited_for(known: bool) -> None:
    """Ten times as long as one that answers; also where the topic was never asked for."""
    bus = MemoryBus()
    writer = bus.writer()
    if known:
        writer.partitions(f"{PORCH.topic}.dead")
    bus.down = True
    waiting = Waits(lambda: setattr(bus, "down", False))
    if known:
        bury(writer, waiting)
    else:
        stop = threading.Event()
        stop.wait = lambda timeout=None: False  # type: ignore[method-assign]
        bury(writer, waiting, stop)
    assert waiting.count == LONG
    assert bus.values(f"{PORCH.topic}.dead") == [b"poison"]


def test_a_stop_ends_the_wait_with_one_line() -> None:
    """Nothing was committed: the next start refuses the message again."""
    bus, stop = MemoryBus(), threading.Event()
    writer = bus.writer()
    writer.partitions(f"{PORCH.topic}.dead")
    bus.down = True
    with pytest.raises(FatalError, match="cannot write the dead letter"):
        bury(writer, Waits(stop.set), stop)


def test_a_broker_that_answers_and_takes_nothing_is_not_waited_for_for_ever() -> None:
    """Stop, never skip."""
    waiting = Waits(lambda: None)
    with pytest.raises(FatalError, match="cannot write the dead letter"):
        bury(Sulking(MemoryBus()), waiting)
    assert waiting.count <= WAIT_S + 1
