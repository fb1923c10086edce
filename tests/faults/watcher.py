"""What lies on topics: which frames, in which order, when they came."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from libs.common import codec
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Frame


class Landed(NamedTuple):
    """One frame on a topic. `at_ms`: when the broker took it; `withheld`: the reason, if it is black for one."""

    frame_id: str
    camera: str
    boot: str
    seq: int
    captured_at: int
    at_ms: int
    redacted: bool
    withheld: str | None


@dataclass
class Watcher:
    """Reads topics from their beginning, without a group, as often as it is asked."""

    reader: KafkaReader
    found: dict[str, list[Landed]] = field(default_factory=dict)

    def on(self, topic: str) -> list[Landed]:
        """All frames that came so far, repeats too."""
        return self.found.setdefault(topic, [])

    def ids(self, topic: str) -> set[str]:
        return {landed.frame_id for landed in self.on(topic)}

    def until(self, true: Callable[[], object], within_s: float) -> float:
        """Read until it is true; the seconds it took. Fails after within_s."""
        began_s = time.monotonic()
        while not true():
            counts = {topic: len(landed) for topic, landed in self.found.items()}
            assert time.monotonic() - began_s < within_s, f"not within {within_s:g} s; on the topics: {counts}"
            self.read()
        return time.monotonic() - began_s

    def until_all(self, topic: str, frame_ids: set[str], within_s: float) -> float:
        """Read until all these frames have come; fails with how many are lost."""
        try:
            return self.until(lambda: frame_ids <= self.ids(topic), within_s)
        except AssertionError as error:
            lost = sorted(frame_ids - self.ids(topic))
            raise AssertionError(f"{len(lost)} of {len(frame_ids)} are lost, such as {lost[:5]}: {error}") from None

    def until_quiet(self, quiet_s: float) -> None:
        """Read until nothing came for so long."""
        known, news_s = -1, time.monotonic()
        while time.monotonic() - news_s < quiet_s:
            self.read()
            count = sum(len(landed) for landed in self.found.values())
            if count != known:
                known, news_s = count, time.monotonic()

    def read(self) -> None:
        """What comes within a moment."""
        batch = self.reader.poll(0.2)
        for place in batch.assigned:
            self.reader.seek(place, 0)
        for record in batch.records:
            frame = codec.decode(record.value or b"")
            if isinstance(frame, Frame):
                self.on(record.place.topic).append(_landed(frame, record.timestamp_ms))


def _landed(frame: Frame, at_ms: int) -> Landed:
    redaction = frame.redaction
    withheld = redaction.reason if redaction is not None and redaction.withheld else None
    safe = redaction is not None
    return Landed(frame.frame_id, frame.camera, frame.boot, frame.seq, frame.captured_at, at_ms, safe, withheld)


@contextmanager
def watching(bootstrap: str, *topics: str) -> Iterator[Watcher]:
    """A watcher, closed at the end."""
    reader = KafkaReader(KafkaSettings(bootstrap), list(topics), None, None, "watcher")
    try:
        yield Watcher(reader)
    finally:
        reader.close()


def firsts(landed: Iterable[Landed]) -> list[Landed]:
    """Without repeats: the first one wins."""
    return list({each.frame_id: each for each in reversed(list(landed))}.values())[::-1]


def out_of_order(landed: Iterable[Landed]) -> list[str]:
    """Frames whose first copy came behind a later one of the same boot."""
    highest: dict[tuple[str, str], int] = {}
    found = []
    for each in firsts(landed):
        if each.seq < highest.setdefault((each.camera, each.boot), each.seq):
            found.append(each.frame_id)
        highest[each.camera, each.boot] = max(each.seq, highest[each.camera, each.boot])
    return found


def longest_stall_s(landed: Iterable[Landed]) -> float:
    """The longest time in which no frame of one camera came."""
    times: dict[str, list[int]] = {}
    for each in firsts(landed):
        times.setdefault(each.camera, []).append(each.at_ms)
    return max(b - a for each in times.values() for a, b in pairwise(each)) / 1000


def ages_s(landed: Iterable[Landed]) -> list[float]:
    """Seconds from the capture to the topic, of each frame's first copy, rising."""
    return sorted(each.at_ms / 1e3 - each.captured_at / 1e9 for each in firsts(landed))
