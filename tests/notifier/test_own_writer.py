"""Writers that are made when they are first needed."""

from libs.common.bus import Writer
from libs.common.kafka_settings import KafkaSettings
from libs.common.memory_bus import MemoryBus, MemoryWriter
from services.notifier.own_writer import OwnWriter


class Made(OwnWriter):
    """Makes writers that ask for another one while they close, as a courier may that is stuck."""

    def __init__(self) -> None:
        super().__init__(KafkaSettings("127.0.0.1:1"), "test")
        self.made: list[str] = []
        self.closed = 0

    def _made(self, topic: str) -> Writer:
        self.made.append(topic)
        return Closing(self)


class Closing(MemoryWriter):
    def __init__(self, own: Made) -> None:
        super().__init__(MemoryBus())
        self._own = own

    def close(self) -> None:
        self._own.closed += 1
        self._own("late")


def test_each_topic_has_one_that_is_made_once() -> None:
    """What waits for one that is gone keeps nothing of the others."""
    own = Made()
    assert own("a") is own("a") is not own("b")
    assert own.made == ["a", "b"]


def test_who_is_stuck_does_not_keep_the_others_from_being_closed() -> None:
    """He may ask for one more meanwhile."""
    own = Made()
    for topic in ("a", "b"):
        own(topic)
    own.close()
    assert own.closed == 2
