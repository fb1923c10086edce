"""framebus dead redrive: copies letters as they were into a new topic, from where a service reads them again."""

from collections import Counter, deque

from libs.common.bus import Delivery, Headers, Place, Writer, murmur2
from libs.common.errors import FatalError, PermanentError
from libs.common.topics import topic_named
from libs.ops.dead_letter import Choice, Letter
from libs.ops.dead_list import say_unreadable
from libs.ops.dead_reader import DeadReader
from libs.ops.dead_target import next_command
from libs.ops.dead_text import cut, letters, say

FLUSH_S = 10.0
MAX_SERVICES = 20


class Redrive:
    """One run of it; `writer` None: only counts."""

    def __init__(self, topic: str, target: str, writer: Writer | None) -> None:
        self._topic = topic
        self._target = target
        self._writer = writer
        self._under_way: deque[Delivery] = deque()
        self._services: Counter[str] = Counter()
        self._refused: Counter[str] = Counter()
        self._without_value = 0
        self._copied = 0

    def run(self, reader: DeadReader, choice: Choice) -> int:
        """0 if all that can be copied is; the letters of a camera stay in order. Raises FatalError."""
        try:
            for letter in reader.letters(choice.since_ms):
                if choice.takes(letter):
                    self._take(letter)
            self._wait()
        except BaseException:
            if self._writer is not None and (self._copied or self._under_way):
                say(f"{self._target} is incomplete: begin again with another topic")
            raise
        self._say(choice, reader.unreadable[self._topic])
        return 1 if self._refused else 0

    def _take(self, letter: Letter) -> None:
        if letter.has_no_value:
            self._without_value += 1
            return
        if letter.service in self._services or len(self._services) < MAX_SERVICES:
            self._services[letter.service] += 1
        if self._writer is None:
            self._copied += 1
            return
        place = Place(self._target, partition_for(letter, self._writer.partitions(self._target)))
        try:
            self._under_way.append(self._writer.send(place, letter.key, letter.value or b"", headers_of(letter)))
        except PermanentError as error:
            self._refused[str(error)] += 1
        if self._writer.full():
            self._wait()

    def _wait(self) -> None:
        """Until all that was sent is acknowledged or refused."""
        if self._writer is None:
            return
        if not self._writer.flush(FLUSH_S):
            raise FatalError(f"{self._target}: no acknowledgement within {FLUSH_S:g} s")
        while self._under_way:
            error = self._under_way.popleft().error
            if isinstance(error, FatalError):
                raise error
            if error is None:
                self._copied += 1
            else:
                self._refused[str(error)] += 1

    def _say(self, choice: Choice, unreadable: int) -> None:
        kind = topic_named(self._target).kind
        done = "copied" if self._writer is not None else "would be copied"
        say(f"{self._topic} -> {self._target} ({kind}): {letters(self._copied)} {done}{choice}")
        if self._without_value:
            say(f"          not copied: {self._without_value} of which no value was kept")
        for text, count in self._refused.items():
            say(f"          not copied: {count}: {cut(text)}")
        say_unreadable(unreadable)
        if self._copied:
            for command in self._commands():
                say(f"next: {command}, with the other flags that it has")

    def _commands(self) -> list[str]:
        known = [next_command(service, self._target) for service, _ in self._services.most_common()]
        return [command for command in known if command] or [f"any reader with -i {self._target}, into a new topic"]


def partition_for(letter: Letter, partitions: int) -> int:
    """The camera's partition; without a key the one that it came from, as far as there is one."""
    if letter.key is None:
        return letter.place.partition % partitions
    return (murmur2(letter.key) & 0x7FFFFFFF) % partitions


def headers_of(letter: Letter) -> Headers:
    """Where it lay, and where it was refused first."""
    said = [(name, letter.said[name].encode()) for name in ("topic", "partition", "offset") if name in letter.said]
    return [("redriven_from", f"{letter.place.topic}/{letter.place.partition}@{letter.offset}".encode()), *said]
