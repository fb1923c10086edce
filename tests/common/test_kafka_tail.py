"""A reader of what comes from now on, on a real broker."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

from libs.common.bus import Place
from libs.common.errors import FatalError, TemporaryError
from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_tail import tail_of
from libs.ops.ports import free_port
from tests.common.kafka_tools import gather, make_topic, reading, until, writing
from tests.common.secure_broker import NOBODY, SecureBroker
from tests.common.secure_ways import flags_of

Fresh = Callable[[str], str]


def test_it_says_whether_the_topic_was_there(kafka: KafkaSettings, fresh: Fresh) -> None:
    """And reads one that is made later, from its first record on, as soon as it is there."""
    there, later = fresh("there"), fresh("later")
    make_topic(kafka, there)
    for topic, is_there in ((there, True), (later, False)):
        reader, found = tail_of(kafka, topic, "test")()
        with closing(reader):
            assert found == is_there
            with writing(kafka) as writer:
                writer.partitions(topic)
                writer.send(Place(topic, 0), b"porch", b"first")
                assert writer.flush(10)
                assert gather(reader, lambda batch: bool(batch.records)).records[0].value == b"first"


def test_without_a_broker_it_raises() -> None:
    """At once: whoever reads tries again."""
    with pytest.raises(TemporaryError):
        tail_of(KafkaSettings(f"127.0.0.1:{free_port()}"), "control", "test")()


def grant(secure: SecureBroker, topic: str, operation: ACLOperation) -> None:
    with Admin(KafkaSettings(secure.broker.bootstrap)) as admin:
        pattern = ResourcePattern(ResourceType.TOPIC, topic)
        admin._client.create_acls([ACL(f"User:{NOBODY}", "*", operation, ACLPermissionType.ALLOW, pattern)])


def test_what_a_user_may_not_see_is_not_there_for_them(secure: SecureBroker, fresh: Fresh) -> None:
    """A broker says no more than that."""
    topic = fresh("control")
    make_topic(KafkaSettings(secure.broker.bootstrap), topic)
    reader, is_there = tail_of(secure.with_login(NOBODY), topic, "test")()
    with closing(reader):
        assert not is_there
        assert reader.poll(1).assigned == []


def test_who_may_see_it_and_not_read_it_is_told_so(secure: SecureBroker, fresh: Fresh) -> None:
    """By the name of the topic and of the right."""
    topic = fresh("control")
    make_topic(KafkaSettings(secure.broker.bootstrap), topic)
    grant(secure, topic, ACLOperation.DESCRIBE)
    reader, is_there = tail_of(secure.with_login(NOBODY), topic, "test")()
    assert is_there

    def placed() -> None:
        for place in reader.poll(0.2).assigned:
            reader.seek(place, 0)

    with closing(reader), pytest.raises(FatalError, match=f"no right to read {topic}: ask for READ"):
        until(placed)


def test_a_producer_without_that_right_goes_on_and_says_so_once(
    secure: SecureBroker, fresh: Fresh, tmp_path: Path
) -> None:
    """Its pictures come; nobody can command it."""
    everybody = KafkaSettings(secure.broker.bootstrap)
    frames, control = fresh("frames"), fresh("control")
    for topic, operation in ((frames, ACLOperation.WRITE), (control, ACLOperation.DESCRIBE)):
        make_topic(everybody, topic)
        grant(secure, topic, operation)
    words = ["deploy/demo/street.mp4", "-f", "10", "--resize", "0.25", "-t", frames, "--control", control]
    words += ["--events", "none", "--status", "none", *flags_of(secure.with_login(NOBODY), tmp_path)]
    log, line = tmp_path / "log", f"commands are not heard: no right to read {control}"
    command = [sys.executable, "-m", "services", "producer", *words]
    with (
        log.open("wb") as stderr,
        reading(everybody, [frames]) as reader,
        subprocess.Popen(command, stderr=stderr) as child,
    ):
        until(lambda: line in log.read_text(), 30)
        gather(reader, lambda batch: len(batch.records) > 3)
        child.terminate()
        assert child.wait(20) == 0
    assert log.read_text().count(line) == 1
