"""Producers on one broker: what the topic `cameras` says of them as they come, fight, end and die."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from libs.common.kafka_check import missing_topics
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_table import reader_of
from libs.common.messages import Event, Message, Producer, Status
from libs.common.table import Table
from libs.ops.children import Child
from tests.camera.sink import everything_on
from tests.common.kafka_tools import until
from tests.pipeline.chain import CLIP

WITHIN_S = 30.0


@dataclass
class Site:
    """Topics of its own, and the flags of a producer that writes them."""

    kafka: KafkaSettings
    topics: Mapping[str, str]

    def words(self, *more: str) -> list[str]:
        to = ["-t", self.topics["frames"], "--events", self.topics["events"], "--status", self.topics["cameras"]]
        flags = ["-n", "porch", "--loop", "--every", "10", "--bootstrap", self.kafka.bootstrap]
        return [str(CLIP), *flags, *to, *more]

    def refused(self, *more: str) -> str:
        """What a producer says that ends with status 1."""
        command = [sys.executable, "-m", "services", "producer", *self.words(*more), "--log-level", "ERROR"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN_S, check=False)
        assert done.returncode == 1
        return done.stderr

    @contextmanager
    def producer(self, *more: str) -> Iterator[Child]:
        """One that has told its state."""
        child = Child.start("producer", [*self.words(*more), "--log-level", "ERROR"])
        name = f"-{child.process.pid}"
        try:
            until(lambda: any(each.instance.endswith(name) for each in self.producers().values()), WITHIN_S)
            until(lambda: self.state() == "connected", WITHIN_S)
            yield child
        finally:
            child.stop()

    def rows(self) -> dict[str, Message]:
        """The newest of each key; nothing where there is no topic yet."""
        if missing_topics(self.kafka, [self.topics["cameras"]]):
            return {}
        reader = reader_of(self.kafka, self.topics["cameras"], "test")()
        try:
            table = Table(reader, (Status, Producer))
            while not table.complete:
                table.poll(0.1)
            return {key: row.message for key, row in table.rows.items()}
        finally:
            reader.close()

    def producers(self) -> dict[str, Producer]:
        return {key: each for key, each in self.rows().items() if isinstance(each, Producer)}

    def state(self) -> str:
        status = self.rows().get("porch")
        return status.state if isinstance(status, Status) else ""

    def events(self) -> list[str]:
        found = everything_on(self.kafka.bootstrap, self.topics["events"])
        return [each.message.kind for each in found if isinstance(each.message, Event)]


@pytest.fixture
def site(kafka: KafkaSettings, fresh: Callable[[str], str]) -> Site:
    """Nobody has written there."""
    return Site(kafka, {name: fresh(name) for name in ("frames", "events", "cameras")})


def test_a_camera_has_one_producer(site: Site) -> None:
    """A second one does not start, or takes over on request: then it is told; an end in order leaves nothing behind."""
    with site.producer() as first:
        said = site.refused()
        assert len(said.splitlines()) == 1
        assert "porch: another producer has it, " in said
        assert f"-{first.process.pid} " in said
        with site.producer("--takeover") as second:
            assert len(site.producers()) == 2
            until(lambda: "camera.conflict" in site.events(), WITHIN_S)
        assert second.process.returncode == 0
        assert len(site.producers()) == 1
        assert site.state() == "connected"
    assert first.process.returncode == 0
    assert site.producers() == {}
    assert site.state() == "stopped"
    assert sorted(set(site.events())) == ["camera.conflict", "camera.connected"]


def test_after_a_crash_it_starts_at_once(site: Site) -> None:
    """What was killed is on this machine, so it is known that it does not run any more."""
    with site.producer() as killed:
        os.kill(killed.process.pid, signal.SIGKILL)
        killed.process.wait(WITHIN_S)
        assert len(site.producers()) == 1
        with site.producer() as second:
            assert second.process.poll() is None
    assert site.events() == ["camera.connected"] * 2
