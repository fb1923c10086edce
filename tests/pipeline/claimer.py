"""A courier without a channel: claims what is due, says so, and writes that it was sent, until it is killed.

`python -m tests.pipeline.claimer BOOTSTRAP TOPIC INSTANCE LEASE_S [hang|eager]`; `hang`: it claims one and sends for
ever; `eager`: who lost a claim tries the next one at once.
"""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from libs.common.clock import SystemClock
from libs.common.errors import TemporaryError
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_table import reader_of
from libs.common.kafka_writer import KafkaWriter
from libs.common.messages import Notice, replace
from services.notifier.ledger import kafka_ledger
from services.notifier.ledger.kafka_ledger import KafkaLedger

CHANNEL = "office"


def say(word: str) -> None:
    sys.stdout.write(word + "\n")
    sys.stdout.flush()


@contextmanager
def reading_ledger(
    bootstrap: str, topic: str, instance: str, life: str = "00000001", **options: float
) -> Iterator[KafkaLedger]:
    """As the notifier wires it; it has read all there is."""
    kafka = KafkaSettings(bootstrap)
    connect, writer = reader_of(kafka, topic, "test-ledger", patient=True), KafkaWriter(kafka, "test-ledger")
    ledger = KafkaLedger(connect, writer, topic, instance, False, life, SystemClock(), **options)
    ledger.start()
    try:
        while not ledger.ready:
            time.sleep(0.01)
        yield ledger
    finally:
        ledger.close()
        writer.close()


def next_claim(ledger: KafkaLedger) -> Notice | None:
    """None: nothing to be had now."""
    try:
        found = ledger.due(CHANNEL, time.time_ns())
        return ledger.claim(found) if found is not None else None
    except TemporaryError as error:
        say(f"error {error}")
        return None


def claim_all(ledger: KafkaLedger, hangs: bool) -> None:
    while True:
        if (claimed := next_claim(ledger)) is None:
            time.sleep(0.005)
            continue
        say(f"claimed {claimed.id}")
        if hangs:
            threading.Event().wait()
        ledger.write(replace(claimed, state="sent", sent_at=time.time_ns()))
        say(f"sent {claimed.id}")


def main() -> None:
    bootstrap, topic, instance, lease_s, *how = sys.argv[1:]
    if "eager" in how:
        kafka_ledger.LOST_S = 0.0
    with reading_ledger(bootstrap, topic, instance, lease_s=float(lease_s)) as ledger:
        say("ready")
        claim_all(ledger, "hang" in how)


if __name__ == "__main__":
    main()
