"""Tracks and events on a real broker, over the death of the detector in the middle of what it tells."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from kafka.admin import KafkaAdminClient

from libs.common import codec
from libs.common.messages import End, Event, Frame, Message
from libs.common.testing import frame
from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from tests.camera.sink import everything_on
from tests.faults.watcher import watching
from tests.pipeline.chain import read_until_end, write

FRAMES = 125
PERSON = range(20, 80)
"""In sight; gone three seconds later, at the frame 110."""
LINE_AT = 50
WITHIN_S = 40.0


def replay(path: Path) -> Path:
    """A person who walks to the right. The cat is there for one look only: it says how far the file goes."""
    marks = [{"seq": seq, "label": "person", "confidence": 0.9, "box": box(seq)} for seq in PERSON]
    last = {"seq": FRAMES, "label": "cat", "confidence": 0.9, "box": [0, 0, 0.1, 0.1]}
    path.write_text("".join(json.dumps(mark) + "\n" for mark in (*marks, last)))
    return path


def box(seq: int) -> list[float]:
    left = 0.1 + 0.01 * (seq - PERSON.start)
    return [left, 0.4, left + 0.1, 0.8]


def stream(seqs: range, *more: Message) -> bytes:
    return b"".join(codec.encode(message) for message in (*(frame(seq=seq) for seq in seqs), *more))


def events_on(bootstrap: str, topic: str) -> list[Event]:
    """Each once, in the order in which they came."""
    found = [each.message for each in everything_on(bootstrap, topic) if isinstance(each.message, Event)]
    return list({event.id: event for event in found}.values())


@contextmanager
def asking(bootstrap: str) -> Iterator[KafkaAdminClient]:
    admin = KafkaAdminClient(bootstrap_servers=bootstrap)
    try:
        yield admin
    finally:
        admin.close()


def committed(admin: KafkaAdminClient, source: str, output: str) -> int:
    """How many messages the detector is done with."""
    (places,) = admin.list_group_offsets([f"framebus.detector.{source}-{output}"]).values()
    return sum(max(0, found.offset) for found in places.values())


def test_tracks_and_events_go_on_over_the_death_of_the_detector(
    broker: Broker, fresh: Callable[[str], str], tmp_path: Path
) -> None:
    """Killed with a person in sight, just before a line, and again while nobody is there, before it is sure of that.

    One track from the first frame to the last, one start, one end that names it, one crossing.
    """
    a, b, events = fresh("source"), fresh("detected"), fresh("events")
    scenes = tmp_path / "scenes.yaml"
    scenes.write_text("porch:\n  lines:\n    door: [[0.45, 0.1], [0.45, 0.9]]\n")
    flags = [
        *f"-i {a} -t {b} --events {events} --instance one --scenes {scenes} --bootstrap {broker.bootstrap}".split()
    ]
    flags += ["--backend", f"replay:{replay(tmp_path / 'found.jsonl')}", "--log-level", "WARNING"]
    parts = range(LINE_AT), range(LINE_AT, 95), range(95, FRAMES)
    with watching(broker.bootstrap, b) as watcher, asking(broker.bootstrap) as admin:
        for part in parts:
            detector = Child.start("detector", flags)
            try:
                end = [End(camera="porch", boot="00000001", last_seq=FRAMES - 1)] if part is parts[-1] else []
                write(broker.bootstrap, a, stream(part, *end))
                watcher.until(lambda: any(one.seq == part[-1] for one in watcher.on(b)), WITHIN_S)  # noqa: B023
                # What is not committed would be seen again, and nobody would have to remember it.
                watcher.until(lambda: committed(admin, a, b) == part[-1] + 1 + len(end), WITHIN_S)  # noqa: B023
            finally:
                os.kill(detector.process.pid, signal.SIGKILL)
                detector.process.wait()
    found = [message for message in read_until_end(broker.bootstrap, b, WITHIN_S) if isinstance(message, Frame)]
    tracks = {each.track for message in found for each in message.detections if each.label == "person"}
    assert tracks == {"00000001-20-0"}
    told = [event for event in events_on(broker.bootstrap, events) if event.labels == ("person",)]
    kinds = ["detection.started", "label.new", "line.crossed", "detection.ended"]
    assert [event.kind for event in told] == kinds
    assert [event.frame_id for event in told] == [f"porch/00000001/{seq}" for seq in (21, 21, 51, 110)]
    assert told[-1].data["started"] == told[0].id
    assert told[-1].data["duration_ns"] == (PERSON[-1] - PERSON[0]) * 100_000_000
    assert {each.id for message in found for each in message.events} == {event.id for event in told}
