"""Who reads for as long as a process lives: nothing but its end stops it."""

import logging
import threading

import pytest

from libs.common import steady
from libs.common.bus import Reader
from libs.common.errors import FatalError, FramebusError, TemporaryError
from libs.common.memory_bus import MemoryBus, MemoryReader
from libs.common.steady import Steady
from tests.common.kafka_tools import until


class CountedReader(MemoryReader):
    closed = 0

    def close(self) -> None:
        CountedReader.closed += 1


class Reading:
    """Each time meets the next one of the script; reads on when nothing is left of it."""

    def __init__(self, *script: Exception | None) -> None:
        self.script, self.opened = list(script), 0
        self.said: list[FramebusError] = []
        self.reads = threading.Event()
        self.steady = Steady("reading", self.connect, self.read, self.said.append)

    def connect(self) -> Reader:
        self.opened += 1
        return CountedReader(MemoryBus(), ["topic"], None)

    def read(self, reader: Reader, stop: threading.Event) -> None:
        if self.script:
            if (error := self.script.pop(0)) is not None:
                raise error
            return
        self.reads.set()
        stop.wait(10)


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What begins anew does not wait for it."""
    monkeypatch.setattr(steady, "RETRY_S", 0.0)
    monkeypatch.setattr(steady, "NO_RIGHT_RETRY_S", 0.0)
    CountedReader.closed = 0


def test_whatever_ends_it_it_begins_anew(caplog: pytest.LogCaptureFixture) -> None:
    """With another reader; reasons are told, bugs are logged, what was opened is closed."""
    away, no_right = TemporaryError("away"), FatalError("no right")
    reading = Reading(away, None, ZeroDivisionError(), no_right)
    with caplog.at_level(logging.ERROR):
        reading.steady.start()
        until(reading.reads.is_set)
    assert reading.said == [away, no_right]
    assert [record.getMessage() for record in caplog.records] == ["a bug: it begins anew"]
    assert (reading.opened, CountedReader.closed) == (5, 4)
    reading.steady.close()
    assert (reading.opened, CountedReader.closed) == (5, 5)


def test_one_that_was_never_begun_can_be_closed() -> None:
    """Twice, too."""
    reading = Reading()
    reading.steady.close()
    reading.steady.close()
    assert reading.opened == 0
