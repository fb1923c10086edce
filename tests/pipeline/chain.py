"""Services as their users run them, in processes of their own, and what lies on a topic."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import CameraMessage, End, Frame, Message
from libs.ops.children import Child

CLIP = Path(__file__).resolve().parents[2] / "deploy" / "demo" / "street.mp4"
CLIP_FRAMES = 795


def framebus(*words: str, stdin: bytes | None = None, timeout_s: float = 120) -> bytes:
    """Run one command to its end; its stdout. Fails with what it said if it fails."""
    command = [sys.executable, "-m", "services", *words]
    done = subprocess.run(command, input=stdin, capture_output=True, timeout=timeout_s, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def pipe(source: bytes) -> bytes:
    """The chain without a broker."""
    detected = framebus("detector", "-i", "-", "-t", "-", stdin=source)
    return framebus("redactor", "moving", "-i", "-", "-t", "-", stdin=detected)


def messages(stream: bytes) -> list[Message]:
    splitter = codec.Splitter()
    return [codec.decode(value) for value in (*splitter.feed(stream), *splitter.finish())]


def frames_of(found: list[Message]) -> list[Frame]:
    return [message for message in found if isinstance(message, Frame)]


@contextmanager
def running(*children: tuple[str, list[str]], bootstrap: str) -> Iterator[list[Child]]:
    """Services with these flags, ready; stopped at the end, last first."""
    started: list[Child] = []
    try:
        for name, flags in children:
            started.append(Child.start(name, [*flags, "--bootstrap", bootstrap, "--log-level", "WARNING"]))
        for child in started:
            child.wait_ready(20)
        yield started
    finally:
        for child in reversed(started):
            child.stop()


def write(bootstrap: str, topic: str, stream: bytes) -> None:
    """Put the messages of a stream on a topic, as they are."""
    writer = KafkaWriter(KafkaSettings(bootstrap), "test")
    try:
        for message in messages(stream):
            assert isinstance(message, CameraMessage)
            place = Place(topic, partition_of(message.camera, writer.partitions(topic)))
            writer.send(place, message.camera.encode(), codec.encode(message))
        assert writer.flush(30)
    finally:
        writer.close()


def read_until_end(bootstrap: str, topic: str, timeout_s: float, ends: int = 1) -> list[Message]:
    """Everything on a topic from its start, up to the given number of End messages."""
    reader = KafkaReader(KafkaSettings(bootstrap), [topic], None, None, "test")
    found: list[Message] = []
    deadline_s = time.monotonic() + timeout_s
    try:
        while sum(isinstance(message, End) for message in found) < ends:
            assert time.monotonic() < deadline_s, f"{len(found)} messages on {topic}, and no end"
            batch = reader.poll(0.2)
            for place in batch.assigned:
                reader.seek(place, 0)
            found += [codec.decode(record.value) for record in batch.records if record.value is not None]
    finally:
        reader.close()
    return found
