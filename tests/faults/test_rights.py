"""A right that is taken from a running service: it ends with one line, and goes on where it was once it has it back."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from kafka.admin import ACL, ACLFilter, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

from libs.common import codec
from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.ops.children import Child
from tests.common.kafka_tools import until
from tests.common.secure_broker import NOBODY, SecureBroker, secure_broker
from tests.common.secure_ways import flags_of
from tests.faults.hostile import Feed, bus, ended, seqs
from tests.faults.mutants import good
from tests.faults.surroundings import Chain
from tests.pipeline.chain import CLIP, framebus

SOURCE, DETECTED = "rights.source", "rights.detected"
GROUP = f"framebus.detector.{SOURCE}-{DETECTED}"
WITHIN_S = 30.0


@dataclass
class Rights:
    """What the user of the services may do; ours are without bounds."""

    admin: Any

    def grant(self, kind: ResourceType, name: str, operation: ACLOperation) -> None:
        rule = ACL(f"User:{NOBODY}", "*", operation, ACLPermissionType.ALLOW, ResourcePattern(kind, name))
        assert not self.admin.create_acls([rule])["failed"]

    def take(self, name: str, operation: ACLOperation) -> None:
        pattern = ResourcePattern(ResourceType.TOPIC, name)
        self.admin.delete_acls([ACLFilter(f"User:{NOBODY}", "*", operation, ACLPermissionType.ALLOW, pattern)])


@contextmanager
def rights(settings: KafkaSettings) -> Iterator[Rights]:
    """A connection that changes them."""
    with Admin(settings) as admin:
        yield Rights(admin._client)


def grant_all(rights: Rights) -> None:
    """What a detector needs: read, write, and write the dead letters."""
    rights.grant(ResourceType.GROUP, GROUP, ACLOperation.READ)
    rights.grant(ResourceType.TOPIC, SOURCE, ACLOperation.READ)
    for topic in (DETECTED, f"{SOURCE}.dead"):
        rights.grant(ResourceType.TOPIC, topic, ACLOperation.WRITE)


def plain(secure: SecureBroker) -> KafkaSettings:
    """The way for those who may do everything."""
    return KafkaSettings(secure.broker.bootstrap)


def send(into: Feed, first: int, last: int) -> None:
    for seq in range(first, last):
        into.put(codec.encode(good(seq)), b"porch")


def start(chain: Chain, secure: SecureBroker, folder: Path) -> Child:
    """With the login of somebody who may only what was granted."""
    return chain.start("detector", *flags_of(secure.with_login(NOBODY), folder))


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    """A broker with the topics, where somebody may do just what a detector needs."""
    with secure_broker(tmp_path_factory.mktemp("broker")) as running, bus(plain(running)) as made:
        for topic in (SOURCE, DETECTED, f"{SOURCE}.dead"):
            made.topic(topic)
        with rights(plain(running)) as granted:
            grant_all(granted)
        yield running


def test_who_may_not_see_a_topics_settings_is_told_so_by_check(secure: SecureBroker, tmp_path: Path) -> None:
    """It may still read and write it: nothing is wrong."""
    words = ["detector", "--check", "-i", SOURCE, "-t", DETECTED, *flags_of(secure.with_login(NOBODY), tmp_path)]
    said = framebus(*words, timeout_s=WITHIN_S).decode()
    for topic in (SOURCE, DETECTED):
        assert f"topic {topic}: raw; this user may not see its settings" in said


def test_without_the_right_to_write_the_detector_ends_and_loses_nothing(secure: SecureBroker, tmp_path: Path) -> None:
    """Status 1, the topic and the right by name, no traceback; the next one begins with what was not written."""
    with (
        bus(plain(secure)) as made,
        rights(plain(secure)) as granted,
        ended(Chain(secure.login, tmp_path, (SOURCE, DETECTED, ""))) as chain,
    ):
        into, out = made.feed(SOURCE), made.log(DETECTED)
        child = start(chain, secure, tmp_path)
        send(into, 0, 10)
        out.until(lambda: len(out.records) == 10, WITHIN_S)
        granted.take(DETECTED, ACLOperation.WRITE)
        send(into, 10, 20)
        until(lambda: child.process.poll() is not None, WITHIN_S)
        said = chain.said("detector")
        assert child.process.returncode == 1
        assert f"no right to write to {DETECTED}" in said.splitlines()[-1]
        assert "Traceback" not in said
        granted.grant(ResourceType.TOPIC, DETECTED, ACLOperation.WRITE)
        start(chain, secure, tmp_path)
        out.until(lambda: len(set(seqs(out.records))) == 20, WITHIN_S)
        assert made.log(f"{SOURCE}.dead").read_all() == []


def test_a_producer_goes_on_without_the_rights_to_what_stands_beside_its_frames(
    secure: SecureBroker, tmp_path: Path
) -> None:
    """It says so once; with them it tells its state, and whoever looks needs no more than READ."""
    frames, cameras, events = "rights.frames", "rights.cameras", "rights.events"
    login = flags_of(secure.with_login(NOBODY), tmp_path)
    flags = [str(CLIP), "-n", "porch", "--loop", "--status", cameras, "--events", events, *login]
    with bus(plain(secure)) as made, rights(plain(secure)) as granted:
        for topic in (frames, cameras, events):
            made.topic(topic)
        granted.grant(ResourceType.TOPIC, frames, ACLOperation.WRITE)
        granted.grant(ResourceType.TOPIC, cameras, ACLOperation.READ)
        sent, told = made.log(frames), made.log(cameras)
        with ended(Chain(secure.login, tmp_path, (frames, "", ""))) as chain:
            chain.start("producer", *flags)
            sent.until(lambda: len(sent.records) > 20, WITHIN_S)
            assert chain.said("producer").count(f"going on without {cameras}: no right to write") == 1
            assert told.read_all() == []
        for topic in (cameras, events):
            granted.grant(ResourceType.TOPIC, topic, ACLOperation.WRITE)
        with ended(Chain(secure.login, tmp_path, (frames, "", ""))) as chain:
            chain.start("producer", *flags)
            told.until(lambda: {b"porch"} <= {record.key for record in told.records}, WITHIN_S)
            granted.take(cameras, ACLOperation.WRITE)
            shown = framebus("status", "-i", cameras, *login, timeout_s=WITHIN_S).decode()
            assert "porch   connected" in shown
