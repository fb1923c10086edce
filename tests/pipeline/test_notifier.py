"""The notifier as a process on a real broker: somebody is told, once, with the picture that may be shown."""

import base64
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.events import caused_by, in_frame
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import CameraMessage, Detection, Event, Frame, Redaction, replace
from libs.common.testing import frame
from tests.common.kafka_tools import until, writing
from tests.notifier.web_stub import Server, serving

Fresh = Callable[[str], str]
START_S = 40.0
RULES = """
channels:
  hook: {{type: webhook, url: "{url}", secret: "{key}", http: true, private: true, picture: true, limit: 100}}
rules:
  - {{name: people, alarm: [person], zones: [drive], cooldown: 0, channels: [hook]}}
"""


KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def rules(server: Server) -> str:
    return RULES.format(url=server.url("/hook"), key=KEY)


class Site:
    """Topics of its own, rules, and a receiver that takes everything."""

    def __init__(self, kafka: KafkaSettings, fresh: Fresh, folder: Path, server: Server) -> None:
        self.kafka, self.server, self.folder = kafka, server, folder
        self.frames, self.events, self.notices, self.told = map(fresh, ("frames", "events", "notices", "told"))
        self.rules = folder / "rules.yaml"
        self.rules.write_text(rules(server))

    def put(self, topic: str, message: CameraMessage) -> None:
        with writing(self.kafka) as writer:
            partition = partition_of(message.camera, writer.partitions(topic))
            writer.send(Place(topic, partition), message.camera.encode(), codec.encode(message))
            assert writer.flush(10.0)

    def happens(self, seq: int) -> tuple[Event, Frame]:
        """A person comes: an event that knows the zone, and a covered frame that knows how sure the model was."""
        person = Detection(label="person", confidence=0.87, box=(0.1, 0.1, 0.5, 0.9), redacted=True)
        covered = Redaction(policy="solid", labels=("person",), boxes=(person.box,), withheld=False)
        now = replace(frame(seq=seq), captured_at=time.time_ns(), detections=(person,), redaction=covered)
        event = caused_by(now, "detection.started", "person", {"person": 1}, "1 person", {"zones": ["drive"]})
        now = replace(now, events=(in_frame(event),))
        self.put(self.events, event)
        self.put(self.frames, now)
        return event, now

    @contextmanager
    def notifying(self, *flags: str) -> Iterator["subprocess.Popen[bytes]"]:
        """Ended with SIGTERM, and with status 0."""
        topics = ["-i", self.frames, "-i", self.events, "-t", self.notices, "--events", self.told]
        words = [*topics, "--status", "none", "--control", "none", "--bootstrap", self.kafka.bootstrap, *flags]
        command = [sys.executable, "-m", "services.notifier", "--rules", str(self.rules), *words]
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(20) == 0, (self.folder / "log").read_text()
        finally:
            process.kill()
            process.wait()

    def posted(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.server.requests]


@pytest.fixture
def site(kafka: KafkaSettings, fresh: Fresh, tmp_path: Path) -> Iterator[Site]:
    with serving(lambda visit: visit.answer(200)) as server:
        found = Site(kafka, fresh, tmp_path, server)
        with writing(kafka) as writer:
            for topic in (found.frames, found.events):
                writer.partitions(topic)
        yield found


def test_somebody_is_told_once_with_the_picture_and_not_again_after_a_restart(site: Site) -> None:
    """Both topics are read anew from their beginning: what was sent stands on the topic of notices."""
    with site.notifying():
        first, shown = site.happens(0)
        until(site.posted, START_S)
    (post,) = site.posted()
    assert (post["type"], post["data"]["event"], post["data"]["camera"]) == ("detection.started", first.id, "porch")
    assert (post["data"]["labels"], post["data"]["zones"]) == ({"person": 0.87}, ["drive"])
    assert base64.b64decode(post["data"]["picture"]["base64"]) == shown.image
    with site.notifying("--from", "earliest"):
        second, _ = site.happens(1)
        until(lambda: len(site.posted()) > 1, START_S)
    assert [post["data"]["event"] for post in site.posted()] == [first.id, second.id]
    ids = [request.headers["webhook-id"] for request in site.server.requests]
    assert len(set(ids)) == 2


def test_a_picture_is_found_again_after_a_restart(site: Site) -> None:
    """The receiver was away when it happened; who tells it then has not seen the frame."""
    site.rules.write_text(site.rules.read_text().replace(f":{site.server.port}/", ":1/"))
    with site.notifying():
        event, shown = site.happens(0)
        until(lambda: b"hook" in (site.folder / "log").read_bytes(), START_S)
    site.rules.write_text(rules(site.server))
    with site.notifying("--from", "latest"):
        until(site.posted, START_S)
    (post,) = site.posted()
    assert post["data"]["event"] == event.id
    assert base64.b64decode(post["data"]["picture"]["base64"]) == shown.image
