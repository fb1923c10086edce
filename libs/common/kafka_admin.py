"""Topics on a real broker: make, look at, check."""

import logging
from collections.abc import Mapping
from typing import Any, NamedTuple

import kafka.admin
import kafka.errors
from kafka import TopicPartition

from libs.common.bus import Place
from libs.common.errors import TemporaryError
from libs.common.kafka_client import common_config, connect
from libs.common.kafka_login import enter
from libs.common.kafka_settings import KafkaSettings
from libs.common.topics import MAX_MESSAGE_BYTES, PARTITIONS, Topic, how_to_make, topic_kept_as

log = logging.getLogger(__name__)
TIMEOUT_MS = 10_000
KafkaError: type[Exception] = kafka.errors.KafkaError
"""For callers that know no Kafka client: what everything here raises."""
REFUSED = (kafka.errors.TopicAuthorizationFailedError, kafka.errors.ClusterAuthorizationFailedError)


class Shape(NamedTuple):
    """What a writer must know of a topic."""

    partitions: int
    limit_bytes: int


class Admin:
    """A connection for administration; use it as a context manager. Everything here raises KafkaError."""

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings

    def __enter__(self) -> "Admin":
        config = common_config(self._settings, "framebus-admin") | {"request_timeout_ms": TIMEOUT_MS}
        self._client: Any = connect(kafka.admin.KafkaAdminClient, config)[0]
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def names(self) -> set[str]:
        """All topics that this login may see."""
        return set(self._client.list_topics())

    def create(self, topic: Topic) -> bool:
        """Make the topic with its settings; False if it is there already. It can be written when this returns."""
        wanted = {"num_partitions": PARTITIONS, "replication_factor": -1, "configs": topic.config()}
        try:
            self._client.create_topics({topic.name: wanted}, timeout_ms=TIMEOUT_MS)
            made = True
        except kafka.errors.TopicAlreadyExistsError:
            made = False
        self._client.wait_for_topics([topic.name], timeout_ms=TIMEOUT_MS)
        return made

    def config(self, name: str) -> dict[str, str]:
        """All settings of a topic, defaults too."""
        resource = kafka.admin.ConfigResource(kafka.admin.ConfigResourceType.TOPIC, name)
        answer = self._client.describe_configs([resource], config_filter="all")
        # Where the login may not ask, kafka-python 3.0.12 raises nothing and gives none.
        if not (found := answer["topic"][name]):
            raise kafka.errors.TopicAuthorizationFailedError(name)
        return {key: str(item["value"]) for key, item in found.items()}

    def partitions(self, name: str) -> int:
        """How many partitions the topic has."""
        found = self._client.describe_topics([name])[0]
        if found["error_code"]:
            raise kafka.errors.for_code(found["error_code"])(name)
        return len(found["partitions"])

    def limit_bytes(self, name: str) -> int:
        """The largest record the topic takes; ours where the login may not ask."""
        try:
            return int(self.config(name)["max.message.bytes"])
        except REFUSED:
            return MAX_MESSAGE_BYTES

    def delete_before(self, offsets: Mapping[Place, int]) -> None:
        """Delete every record of these places below the offset: nobody can read them from now on."""
        wanted = {TopicPartition(*place): offset for place, offset in offsets.items()}
        self._client.delete_records(wanted, timeout_ms=TIMEOUT_MS)

    def differences(self, topic: Topic) -> dict[str, tuple[str, str]]:
        """Settings that are not as the table says: name -> (expected, found)."""
        found = self.config(topic.name) | {"partitions": str(self.partitions(topic.name))}
        wanted = topic.config() | {"partitions": str(PARTITIONS)}
        return {key: (value, found.get(key, "")) for key, value in wanted.items() if found.get(key, "") != value}


def ensure_topic(settings: KafkaSettings, name: str) -> Shape:
    """The topic's shape; made first if it is missing and we may. Raises TemporaryError, with the command that does."""
    try:
        enter(settings)
        with Admin(settings) as admin:
            if name not in admin.names():
                _make(admin, topic_kept_as(name, settings.kept_as), how_to_make(name, settings.kept_as))
            return Shape(admin.partitions(name), admin.limit_bytes(name))
    except kafka.errors.KafkaError as error:
        raise TemporaryError(f"topic {name}: {error or type(error).__name__}") from None


def _make(admin: Admin, topic: Topic, how: str) -> None:
    try:
        if admin.create(topic):
            log.info("made topic %s (%s)", topic.name, topic.kind)
    except (*REFUSED, kafka.errors.PolicyViolationError) as error:
        text = f"topic {topic.name} is not there and we may not make it: {how}"
        log.debug("%s", error)
        raise TemporaryError(text) from None
