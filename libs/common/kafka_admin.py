"""Topics on a real broker: make, look at, check."""

import logging
from typing import Any

import kafka.admin
import kafka.errors

from libs.common.errors import TemporaryError
from libs.common.kafka_client import common_config
from libs.common.kafka_settings import KafkaSettings
from libs.common.topics import MAX_MESSAGE_BYTES, PARTITIONS, Topic, topic_named

log = logging.getLogger(__name__)
TIMEOUT_MS = 10_000


class Admin:
    """A connection for administration; use it as a context manager."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def __enter__(self) -> "Admin":
        config = common_config(self._settings, "framebus-admin")
        self._client: Any = kafka.admin.KafkaAdminClient(**config, request_timeout_ms=TIMEOUT_MS)
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def names(self) -> set[str]:
        """All topics that this login may see."""
        return set(self._client.list_topics())

    def create(self, topic: Topic) -> bool:
        """Make the topic with its settings; False if it is there already."""
        wanted = {"num_partitions": PARTITIONS, "replication_factor": -1, "configs": topic.config()}
        try:
            self._client.create_topics({topic.name: wanted}, timeout_ms=TIMEOUT_MS, wait_for_metadata=True)
        except kafka.errors.TopicAlreadyExistsError:
            return False
        return True

    def config(self, name: str) -> dict[str, str]:
        """All settings of a topic, defaults too."""
        resource = kafka.admin.ConfigResource(kafka.admin.ConfigResourceType.TOPIC, name)
        answer = self._client.describe_configs([resource], config_filter="all")
        return {key: str(item["value"]) for key, item in answer["topic"][name].items()}

    def partitions(self, name: str) -> int:
        """How many partitions the topic has."""
        return len(self._client.describe_topics([name])[0]["partitions"])

    def differences(self, topic: Topic) -> dict[str, tuple[str, str]]:
        """Settings that are not as the table says: name -> (expected, found)."""
        found = self.config(topic.name) | {"partitions": str(self.partitions(topic.name))}
        wanted = topic.config() | {"partitions": str(PARTITIONS)}
        return {key: (value, found.get(key, "")) for key, value in wanted.items() if found.get(key, "") != value}


def ensure_topic(settings: KafkaSettings, name: str) -> None:
    """Make a missing topic where we may; else raise TemporaryError with the one command that does."""
    try:
        with Admin(settings) as admin:
            if name not in admin.names() and admin.create(topic_named(name)):
                log.info("made topic %s (%s)", name, topic_named(name).kind)
    except kafka.errors.KafkaError as error:
        raise TemporaryError(
            f"topic {name} is not there and cannot be made ({error}): framebus topics create {name}"
        ) from None


def topic_limit_bytes(settings: KafkaSettings, name: str) -> int:
    """The largest record the topic takes; ours where the login may not ask."""
    try:
        with Admin(settings) as admin:
            return int(admin.config(name)["max.message.bytes"])
    except (kafka.errors.KafkaError, KeyError):
        return MAX_MESSAGE_BYTES
