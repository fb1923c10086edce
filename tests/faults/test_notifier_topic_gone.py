"""The topic of a channel is deleted while the notifier runs: that channel waits, and nothing else does."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from libs.common import codec
from libs.common.kafka_admin import Admin, ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import Notice
from libs.ops.kafka_broker import Broker
from tests.common.kafka_tools import gather, reading, until
from tests.faults.notified import PLENTY, Notifiers, judged, notifiers, until_all
from tests.faults.receiver import Receiver, receiving
from tests.faults.ringer import Ringer

PER_S = 2.0
PATIENCE_S = 40.0


def add_topic(copies: Notifiers, topic: str) -> None:
    """A channel more, of all rules."""
    path = copies.folder / "rules.yaml"
    rules = json.loads(path.read_text())
    rules["channels"]["programs"] = {"type": "kafka", "topic": topic, **PLENTY}
    rules["rules"][0]["channels"].append("programs")
    path.write_text(json.dumps(rules))


def lose(settings: KafkaSettings, topic: str, ringer: Ringer) -> None:
    """And wait until some more has happened."""
    with Admin(settings) as admin:
        admin._client.delete_topics([topic])
        until(lambda: topic not in admin.names())
    happened = len(ringer.sent)
    until(lambda: len(ringer.sent) >= happened + 4)


def test_a_topic_that_is_gone_stands_in_no_other_channels_way(
    broker: Broker, tmp_path: Path, fresh: Callable[[str], str]
) -> None:
    """Made anew, it gets each message once, however often it was tried; and a stop meanwhile is in order."""
    settings, topic, hook = KafkaSettings(broker.bootstrap), fresh("alerts"), Receiver()
    with receiving(hook), notifiers(broker.bootstrap, tmp_path, fresh) as copies:
        copies.rule({"hook": hook})
        add_topic(copies, topic)
        copies.start("one")
        with Ringer(broker.bootstrap, copies.events, PER_S) as ringer:
            hook.until_more(2, PATIENCE_S)
            lose(settings, topic, ringer)
            until(lambda: copies.said("one").count(f"topic {topic} has not taken it") > 1, PATIENCE_S)
            until_all(hook, ringer.acknowledged(), PATIENCE_S)
            ensure_topic(settings, topic)
            with reading(settings, [topic]) as reader:
                found = gather(reader, lambda batch: len(batch.records) >= 8, within_s=PATIENCE_S)
            lose(settings, topic, ringer)
        events = ringer.acknowledged()
        until_all(hook, events, PATIENCE_S)
        copies.leave_all()
    told = [codec.decode(record.value or b"") for record in found.records]
    assert set(Counter(each.id for each in told if isinstance(each, Notice)).values()) == {1}
    assert not judged(hook, events)
