"""Thirty-two cameras in one process on a real broker: each at its rate, and a change of one disturbs no other."""

import os
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import yaml

from libs.common import codec, images
from libs.common.kafka_reader import KafkaReader
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Frame
from libs.common.testing import picture
from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from tests.pipeline.chain import CLIP
from tests.producer.films import Film
from tests.producer.http_answers import head, page, part
from tests.producer.http_camera import HttpCamera, Link, Request

JPEG = images.encode(picture(640, 480))
SENT_FPS = 5
CAMERAS = 32
SECONDS = 5
NO_SIDES = {"status": "none", "events": "none", "control": "none"}
Fleet = dict[str, dict[str, object]]


def moving(request: Request, link: Link) -> None:
    """An MJPEG stream of its own rate, for as long as somebody looks."""
    link.send(head("200 OK", Content_Type="multipart/x-mixed-replace; boundary=frontier"))
    while link.send(part(JPEG)) and not link.gone.wait(1 / SENT_FPS):
        pass


@pytest.fixture
def fleet(tmp_path: Path) -> Iterator[Fleet]:
    """What stands in the file: MJPEG streams, snapshot cameras, video of which only the key frames are decoded."""
    film = Film(count=600, group=10, rate=10).write(tmp_path / "film.mp4")
    with ExitStack() as opened:
        stream, still = opened.enter_context(HttpCamera(moving)), opened.enter_context(HttpCamera(page(JPEG)))
        kinds: list[dict[str, object]] = [
            {"url": stream.url()},
            {"url": still.url("/snapshot.jpg")},
            {"url": str(film), "key-frames": "only"},
        ]
        yield {f"cam{number:02}": kinds[number % 3] for number in range(CAMERAS)}


class Topic:
    """The frames of each camera, as far as they were read."""

    def __init__(self, bootstrap: str, name: str) -> None:
        self._reader = KafkaReader(KafkaSettings(bootstrap), [name], None, None, "test")
        self.frames: dict[str, list[Frame]] = defaultdict(list)

    def until(self, fact: Callable[[], bool], within_s: float = 30.0) -> None:
        """Read on until it is so."""
        deadline_s = time.monotonic() + within_s
        while not fact():
            assert time.monotonic() < deadline_s, {camera: len(frames) for camera, frames in self.frames.items()}
            batch = self._reader.poll(0.2)
            for place in batch.assigned:
                self._reader.seek(place, 0)
            for record in batch.records:
                message = codec.decode(record.value or b"")
                if isinstance(message, Frame):
                    self.frames[message.camera].append(message)

    def all_have(self, more: int, after: dict[str, int]) -> Callable[[], bool]:
        """So many frames more than then."""
        return lambda: all(len(self.frames[camera]) >= count + more for camera, count in after.items())

    def counts(self, cameras: Fleet) -> dict[str, int]:
        return {camera: len(self.frames[camera]) for camera in cameras}

    def close(self) -> None:
        self._reader.close()


def write(file: Path, fleet: Fleet, **settings: object) -> None:
    """As a configuration tool does: at once."""
    new = file.with_suffix(".new")
    new.write_text(yaml.safe_dump({**settings, "defaults": {"fps": 1, "loop": True}, "cameras": fleet}))
    new.replace(file)


def rate(frames: list[Frame]) -> float:
    """Frames per second between the first and the last of the newest ones."""
    newest = frames[-SECONDS:]
    return (len(newest) - 1) / ((newest[-1].captured_at - newest[0].captured_at) / 1e9)


@pytest.mark.alone
def test_each_of_many_cameras_has_its_rate_and_a_change_of_one_leaves_the_others(
    broker: Broker, fresh: Callable[[str], str], fleet: Fleet, tmp_path: Path
) -> None:
    """One frame a second within 5 %; after the change 31 go on in the boot that they had, without a gap."""
    file, name = tmp_path / "cameras.yaml", fresh("source")
    write(file, fleet, topic=name, **NO_SIDES)
    child = Child.start("producer", ["--config", str(file), "--bootstrap", broker.bootstrap])
    topic = Topic(broker.bootstrap, name)
    try:
        child.wait_ready(20)
        topic.until(topic.all_have(SECONDS + 2, dict.fromkeys(fleet, 0)))
        rates = {camera: rate(frames) for camera, frames in topic.frames.items()}
        assert rates == pytest.approx(dict.fromkeys(fleet, 1.0), rel=0.05)
        before = topic.counts(fleet)
        write(file, {**fleet, "cam00": {**fleet["cam00"], "quality": 60}}, topic=name, **NO_SIDES)
        os.kill(child.process.pid, signal.SIGHUP)
        topic.until(topic.all_have(3, before))
        boots = {camera: {frame.boot for frame in frames} for camera, frames in topic.frames.items()}
        assert len(boots.pop("cam00")) == 2
        for camera in boots:
            frames = topic.frames[camera]
            assert [frame.seq for frame in frames] == list(range(len(frames))), camera
            assert len(boots[camera]) == 1
    finally:
        topic.close()
        child.stop()


def test_a_worker_that_dies_takes_no_camera_of_another_with_it(
    broker: Broker, fresh: Callable[[str], str], tmp_path: Path
) -> None:
    """Its own cameras come back in new boots; the others do not notice."""
    file, name = tmp_path / "cameras.yaml", fresh("source")
    fleet: Fleet = {f"cam{number}": {"url": str(CLIP), "fps": 5, "resize": "320x240"} for number in range(6)}
    write(file, fleet, topic=name, workers=2, **NO_SIDES)
    child = Child.start("producer", ["--config", str(file), "--bootstrap", broker.bootstrap])
    topic = Topic(broker.bootstrap, name)
    try:
        child.wait_ready(30)
        topic.until(topic.all_have(3, dict.fromkeys(fleet, 0)))
        status = child.status()
        assert status is not None
        dead = status["workers"]["2"]
        os.kill(dead["pid"], signal.SIGKILL)
        topic.until(lambda: all(boots(topic, camera) == 2 for camera in dead["cameras"]))
        for camera in status["workers"]["1"]["cameras"]:
            assert [frame.seq for frame in topic.frames[camera]] == list(range(len(topic.frames[camera])))
            assert boots(topic, camera) == 1
        assert len(status["workers"]["1"]["cameras"]) == len(dead["cameras"]) == 3
    finally:
        topic.close()
        child.stop()


def boots(topic: Topic, camera: str) -> int:
    """How often it was opened."""
    return len({frame.boot for frame in topic.frames[camera]})
