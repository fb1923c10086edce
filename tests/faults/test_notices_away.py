"""The broker of the notices is killed and comes back: what was known is known, what was written is written once."""

import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from libs.common import codec
from libs.common.errors import TemporaryError
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Notice, replace
from libs.ops.kafka_broker import Broker
from libs.ops.ports import free_port
from services.notifier.ledger.kafka_ledger import KafkaLedger
from tests.common.kafka_tools import gather, reading, until
from tests.pipeline.claimer import CHANNEL, reading_ledger
from tests.pipeline.test_notices import notice

TOPIC = "notices"

# kafka-python 3.0.12 leaves the socket of an attempt that failed to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore:.*socket.socket:pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.usefixtures("sockets_collected"),
]


def due(ledger: KafkaLedger) -> Notice | None:
    return ledger.due(CHANNEL, time.time_ns())


def knows(ledger: KafkaLedger, *states: str) -> None:
    """Wait until this is what waits: a write ends when the log has it, also where it is read back later."""
    until(lambda: [each.state for each in ledger.waiting(CHANNEL)] == [*states])


def finish(ledger: KafkaLedger, claimed: Notice) -> None:
    """Write that it was sent, for as long as it takes."""
    sent = replace(claimed, state="sent", sent_at=time.time_ns())
    while True:
        try:
            ledger.write(sent)
        except TemporaryError:
            continue
        return


def test_a_broker_that_is_killed_takes_nothing_with_it(tmp_path: Path) -> None:
    """Meanwhile every call ends in time; afterwards it works again by itself, and nothing lies there twice."""
    with Broker(tmp_path / "data", port=free_port()) as broker:
        with reading_ledger(broker.bootstrap, TOPIC, "a", within_s=2.0) as ledger:
            for number in range(3):
                ledger.write(notice(number))
            knows(ledger, "waiting", "waiting", "waiting")
            first = due(ledger)
            assert first is not None
            claimed = ledger.claim(first)
            assert claimed is not None
            broker.kill()
            assert ledger.ready
            assert due(ledger) is None
            assert [each.state for each in ledger.waiting(CHANNEL)] == ["claimed", "waiting", "waiting"]
            start_s = time.monotonic()
            with pytest.raises(TemporaryError, match="within 2 s"):
                ledger.write(notice(3))
            assert time.monotonic() - start_s < 4
            finishing = threading.Thread(target=finish, args=(ledger, claimed))
            finishing.start()
            broker.start()
            finishing.join(20)
            knows(ledger, "waiting", "waiting", "waiting")
            second = due(ledger)
            assert second is not None
            assert ledger.claim(second) is not None
        with reading(KafkaSettings(broker.bootstrap), [TOPIC]) as reader:
            found = gather(reader, lambda batch: len(batch.records) >= 7)
        states = Counter(codec.decode(record.value or b"").state for record in found.records)  # type: ignore[attr-defined]
        assert states == {"waiting": 4, "claimed": 2, "sent": 1}
