"""What ftp-ingest needs at a broker with rights: to write; to read what it wrote is better."""

import threading
from collections.abc import Iterator

import pytest
from kafka.admin import ACL, ACLOperation, ACLPermissionType, ResourcePattern, ResourceType

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.kafka_admin import Admin
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_tail import tail_of
from libs.common.kafka_writers import writer_of
from services.ftp_ingest.sent_before import SentBefore, span_of
from services.ftp_ingest.spool.entries import Entry
from tests.common.kafka_tools import make_topic
from tests.common.secure_broker import NOBODY, SecureBroker, secure_broker
from tests.ftp_ingest.spool_rig import still

TOPIC, PARTITIONS = "uploads.source", 2
WITHIN_S = 30.0


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecureBroker]:
    """A broker with the topic, where somebody may write it and nothing else."""
    with secure_broker(tmp_path_factory.mktemp("broker")) as running:
        make_topic(KafkaSettings(running.broker.bootstrap), TOPIC, PARTITIONS)
        grant(running, ACLOperation.WRITE)
        yield running


def grant(secure: SecureBroker, operation: ACLOperation) -> None:
    pattern = ResourcePattern(ResourceType.TOPIC, TOPIC)
    with Admin(KafkaSettings(secure.broker.bootstrap)) as admin:
        rule = ACL(f"User:{NOBODY}", "*", operation, ACLPermissionType.ALLOW, pattern)
        assert not admin._client.create_acls([rule])["failed"]


def write(settings: KafkaSettings, seq: int) -> None:
    """As ftp-ingest does."""
    writer = writer_of(settings, "test", TOPIC, once=True)
    frame = still(seq=seq)
    place = Place(TOPIC, partition_of(frame.camera, writer.partitions(TOPIC)))
    delivery = writer.send(place, frame.camera.encode(), codec.encode(frame))
    assert writer.flush(WITHIN_S)
    assert delivery.error is None
    writer.close()


def found(settings: KafkaSettings, seqs: range) -> set[str] | None:
    left = [Entry(1_700_000_000_000_000_000, "porch", "00000001", seq, 1) for seq in seqs]
    tail = tail_of(settings, TOPIC, "test-back")
    looking = SentBefore(lambda: tail()[0], TOPIC, left, span_of(left, None), threading.Event())
    looking.start()
    looking.join(WITHIN_S)
    return looking.found


def test_who_may_only_write_writes_once_and_is_told_what_is_missing(
    secure: SecureBroker, caplog: pytest.LogCaptureFixture
) -> None:
    """An idempotent producer needs no right of its own; without READ nothing is read back, and it goes on."""
    settings = secure.with_login(NOBODY)
    write(settings, 0)
    assert found(settings, range(2)) == set()
    assert [record for record in caplog.records if "may come twice" in record.message]


def test_who_may_read_finds_what_was_sent(secure: SecureBroker) -> None:
    """On a real broker, as in memory."""
    settings = secure.with_login(NOBODY)
    write(settings, 1)
    grant(secure, ACLOperation.READ)
    assert found(settings, range(1, 4)) == {"porch/00000001/1"}
