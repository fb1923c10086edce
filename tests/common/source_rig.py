"""What a source is run with: a bus that is full when told so, a script that stops."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from libs.common.memory_bus import MemoryBus, MemoryWriter
from libs.common.messages import Message


@dataclass
class NarrowWriter(MemoryWriter):
    """A writer whose window is full when a script says so."""

    bus: MemoryBus
    is_full: Callable[[], bool]

    def __post_init__(self) -> None:
        super().__init__(self.bus)

    def full(self) -> bool:
        return self.is_full()


def stop_aware(messages: Iterator[Message | str], stop: threading.Event) -> Iterator[Message]:  # type: ignore[misc]
    """The word `stop` in the script is a SIGTERM."""
    for message in messages:
        if isinstance(message, str):
            stop.set()
        else:
            yield message
