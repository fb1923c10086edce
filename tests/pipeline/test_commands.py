"""Commands on a real broker: a still through the chain, and a pause that outlives the producer and its death."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from libs.common import codec
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Event, Frame, Message, Status
from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from tests.pipeline.chain import CLIP, framebus, running

WITHIN_S = 30.0
EVERY = 10
NAMES = ("source", "detected", "events", "cameras", "control")


class Topics:
    """All messages of some topics from their beginning."""

    def __init__(self, bootstrap: str, topics: list[str]) -> None:
        self.reader = KafkaReader(KafkaSettings(bootstrap), topics, None, None, "test")
        self.found: dict[str, list[Message]] = {topic: [] for topic in topics}

    def until(self, true: Callable[[], object]) -> None:
        """Read until it is true; fails after too long."""
        deadline_s = time.monotonic() + WITHIN_S
        while not true():
            assert time.monotonic() < deadline_s, {topic: len(found) for topic, found in self.found.items()}
            batch = self.reader.poll(0.2)
            for place in batch.assigned:
                self.reader.seek(place, 0)
            for record in batch.records:
                if record.value is not None:
                    self.found[record.place.topic].append(codec.decode(record.value))

    def frames(self, topic: str) -> list[Frame]:
        return [message for message in self.found[topic] if isinstance(message, Frame)]


class Chain:
    """What came last of a camera."""

    def __init__(self, topics: Topics, names: dict[str, str]) -> None:
        self._topics, self._names = topics, names

    def last(self) -> Frame | None:
        found = self._topics.frames(self._names["detected"])
        return found[-1] if found else None

    def is_paused(self) -> bool:
        """Its last frame says so, and nobody has looked at it."""
        frame = self.last()
        assert frame is not None
        assert (frame.tags == {"paused": "detection"}) == (frame.verdicts is None)
        return frame.verdicts is None

    def remembered(self) -> tuple[str, ...]:
        told = [each for each in self._topics.found[self._names["cameras"]] if isinstance(each, Status)]
        return told[-1].paused if told else ()


@pytest.fixture
def names(fresh: Callable[[str], str]) -> dict[str, str]:
    """Topics that nobody used before."""
    return {name: fresh(name) for name in NAMES}


@contextmanager
def reading(broker: Broker, names: dict[str, str]) -> Iterator[Topics]:
    topics = Topics(broker.bootstrap, [name for name in names.values() if name != names["control"]])
    try:
        yield topics
    finally:
        topics.reader.close()


def producer(names: dict[str, str]) -> list[str]:
    beside = ["--events", names["events"], "--status", names["cameras"], "--control", names["control"]]
    return [str(CLIP), "-n", "porch", "--loop", "-f", str(EVERY), "--resize", "0.25", "-t", names["source"], *beside]


def trigger(broker: Broker, names: dict[str, str], *words: str) -> list[str]:
    """What the command printed, line by line."""
    topics = ["--topic", names["control"], "--status", names["cameras"], "--bootstrap", broker.bootstrap]
    return framebus("trigger", "porch", *words, *topics).decode().splitlines()


def test_stills_come_out_of_the_chain_and_the_stream_goes_on(broker: Broker, names: dict[str, str]) -> None:
    """A snapshot beside the sampling, and a burst; each looked at; every captured frame has its number."""
    detector = ["-i", names["source"], "-t", names["detected"], "--events", names["events"], "-b", "hog"]
    children = ("producer", producer(names)), ("detector", detector)
    with running(*children, bootstrap=broker.bootstrap), reading(broker, names) as topics:
        topics.until(lambda: len(topics.frames(names["detected"])) > 1)
        (one, answer) = trigger(broker, names, "--wait", "20", "--answers", names["source"])
        (many,) = trigger(broker, names, "--action", "burst", "--frames", "5", "--seconds", "1")

        def stills(topic: str) -> list[Frame]:
            return [frame for frame in topics.frames(names[topic]) if frame.still]

        topics.until(lambda: len(stills("detected")) == 6)
        assert [frame.tags["trigger"] for frame in stills("detected")] == [one, *[many] * 5]
        assert stills("source")[0].frame_id == answer
        assert all(frame.verdicts is not None and frame.verdicts[0].how == "full" for frame in stills("detected"))
        numbers = [frame.seq for frame in topics.frames(names["source"]) if frame.boot == stills("source")[0].boot]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))
        trigger(broker, names, "--action", "mark")
        topics.until(
            lambda: any(isinstance(each, Event) and each.kind == "mark" for each in topics.found[names["events"]])
        )


def test_a_pause_outlives_the_producer(broker: Broker, names: dict[str, str]) -> None:
    """Killed, started again: its first frame says it, the detector does not look; resumed, it looks again."""
    detector = ["-i", names["source"], "-t", names["detected"], "--events", names["events"], "-b", "hog"]
    first = Child.start("producer", [*producer(names), "--bootstrap", broker.bootstrap, "--log-level", "WARNING"])
    try:
        first.wait_ready(20)
        with running(("detector", detector), bootstrap=broker.bootstrap), reading(broker, names) as topics:
            chain = Chain(topics, names)
            topics.until(chain.last)
            words = ("--action", "pause", "--what", "detection", "--wait", "20", "--answers", names["events"])
            assert trigger(broker, names, *words)[1] == "porch camera.paused"
            topics.until(lambda: chain.is_paused() and chain.remembered() == ("detection",))
            os.kill(first.process.pid, signal.SIGKILL)
            first.process.wait()
            boots = {frame.boot for frame in topics.frames(names["source"])}
            with running(("producer", [*producer(names), "--takeover"]), bootstrap=broker.bootstrap):
                topics.until(lambda: topics.frames(names["source"])[-1].boot not in boots)
                again = next(frame for frame in topics.frames(names["source"]) if frame.boot not in boots)
                assert (again.seq, again.tags) == (0, {"paused": "detection"})
                topics.until(lambda: (last := chain.last()) is not None and last.boot == again.boot)
                assert chain.is_paused()
                trigger(broker, names, "--action", "resume")
                topics.until(lambda: not chain.is_paused() and chain.remembered() == ())
    finally:
        first.stop()
