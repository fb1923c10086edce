"""A topic is deleted and made anew under the running chain: nobody restarts, new frames flow, none is skipped."""

import time
from collections.abc import Iterator
from typing import Any

import pytest

from libs.common.kafka_admin import Admin, ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.ops.kafka_broker import Broker
from tests.common.kafka_tools import until
from tests.faults.feeder import Feeder
from tests.faults.surroundings import Chain, chain, setting, tell
from tests.faults.watcher import out_of_order, watching

SOURCE, DETECTED, REDACTED = TOPICS = "source.anew", "detected.anew", "redacted.anew"
TOLD_BY = {SOURCE: ["detector"], DETECTED: ["detector", "redactor"], REDACTED: ["redactor"]}
CAMERAS = ("gate", "lane")
ENOUGH = 30
GONE_S = setting("GONE_S", 3)
NOTICED_S = 30.0
RECOVERED_S = 30.0


@pytest.fixture(scope="module")
def services(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    with chain(broker.bootstrap, tmp_path_factory.mktemp("logs"), TOPICS) as made:
        yield made


def delete(kafka: KafkaSettings, topic: str) -> None:
    with Admin(kafka) as admin:
        client: Any = admin._client
        client.delete_topics([topic])
        until(lambda: topic not in admin.names())


def told(services: Chain, topic: str) -> list[str]:
    """The services that said that it is gone."""
    return [name for name in ("detector", "redactor") if f"topic {topic} is gone" in services.said(name)]


@pytest.mark.parametrize("topic", TOPICS)
def test_what_is_sent_after_a_topic_was_made_anew_arrives(topic: str, services: Chain) -> None:
    """Its offsets begin at 0 again, below what was committed."""
    with watching(services.bootstrap, REDACTED) as watcher:
        with Feeder(services.bootstrap, SOURCE, CAMERAS) as feeder:
            watcher.until(lambda: len(watcher.ids(REDACTED) & feeder.acknowledged()) > ENOUGH, 30)
            delete(services.kafka, topic)
            time.sleep(GONE_S)
            until(lambda: told(services, topic) == TOLD_BY[topic], NOTICED_S)
            ensure_topic(services.kafka, topic)
            back_ns = time.time_ns()
            took_s = watcher.until(lambda: any(each.captured_at > back_ns for each in watcher.on(REDACTED)), 60)
        with Feeder(services.bootstrap, SOURCE, CAMERAS) as later:
            until(lambda: len(later.sent) > ENOUGH)
        watcher.until_all(REDACTED, later.acknowledged(), 20)
        services.check()
    lost = feeder.acknowledged() - watcher.ids(REDACTED)
    tell(f"{topic}: a new frame {took_s:.1f} s after it was made anew; {len(lost)} of {len(feeder.sent)} went with it")
    assert out_of_order(watcher.on(REDACTED)) == []
    assert took_s < RECOVERED_S
    assert told(services, topic) == TOLD_BY[topic]
