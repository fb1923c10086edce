"""Reader on kafka-python: explicit offsets only, rebalances told by poll(), poison stepped over and counted."""

import logging
import time
from collections.abc import Iterable, Mapping
from typing import Any

import kafka
import kafka.errors
from kafka import TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.structs import OffsetAndMetadata

from libs.common.bus import OVERTAKEN, Batch, Commit, Place, Record, Skipped
from libs.common.errors import FatalError, TemporaryError
from libs.common.kafka_client import SILENT_S, common_config, connect
from libs.common.kafka_joins import finish_joins
from libs.common.kafka_places import KafkaPlaces
from libs.common.kafka_pulse import keep_calm
from libs.common.kafka_records import RecordReader, Unreadable
from libs.common.kafka_settings import KafkaSettings
from libs.common.kafka_together import Together

log = logging.getLogger(__name__)

FETCH: dict[str, Any] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "request_timeout_ms": 15_000,
    "max_poll_records": 8,
    "max_partition_fetch_bytes": 4 << 20,
    "fetch_max_bytes": 16 << 20,
    "fetch_max_wait_ms": 500,
    "receive_buffer_bytes": 4 << 20,
    "metrics_enabled": False,
}
GROUP: dict[str, Any] = {
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 1_000,
    "max_poll_interval_ms": 300_000,
    "partition_assignment_strategy": (CooperativeStickyAssignor,),
}
IDLE: dict[str, Any] = {"fetch_max_wait_ms": 2_000}
"""Where often nothing comes for long. A fetch ends as soon as there is a record; questions to the same broker wait for
it: it must be shorter than ASK_MS.
"""
TOGETHER: dict[str, Any] = {"partition_assignment_strategy": (Together,)} | IDLE
PATIENT: dict[str, Any] = {"max_poll_records": 500} | IDLE
"""For small records that are read for as long as the process lives."""
ASK_MS = 3_000
BREATH_S = 0.1


class KafkaReader:
    """One KafkaConsumer: in a group, or (group None) with all partitions of its topics and no commits.

    `together`: in the group, the same partition of all topics is one member's. `patient`: see PATIENT.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        topics: list[str],
        group: str | None,
        instance: str | None,
        client_id: str,
        together: bool = False,
        patient: bool = False,
    ) -> None:
        self._topics = topics
        self._group = group
        config = common_config(settings, client_id) | FETCH | (PATIENT if patient else {})
        if group is not None:
            config |= GROUP | {"group_id": group, "group_instance_id": instance} | (TOGETHER if together else {})
        self._consumer, self._client = connect(kafka.KafkaConsumer, config)
        self._consumer._fetcher.PartitionRecords = RecordReader
        self._places = KafkaPlaces(self._consumer)
        if group is not None:
            finish_joins(self._consumer._coordinator)
            keep_calm(self._consumer._coordinator)
            self._consumer.subscribe(topics, listener=self._places)
        else:
            self._client.cluster.set_topics(topics)

    def poll(self, timeout_s: float) -> Batch:
        batch = Batch()
        try:
            if self._group is None:
                self._take_all()
            polled = self._consumer.poll(timeout_ms=round(timeout_s * 1000))
            batch.records, batch.skipped = _sorted(record for records in polled.values() for record in records)
        except kafka.errors.OffsetOutOfRangeError as error:
            self._out_of_range(error.args[0], batch)
        except kafka.errors.LogTruncationError as error:
            self._start_anew(error.divergent_offsets)
        except Exception as error:
            _raise_if_fatal(error, self._topics, self._group)
            log.debug("poll: %s", type(error).__name__)
            time.sleep(min(timeout_s, BREATH_S))
        self._places.tell(batch)
        self._say_missing({place.topic for place in batch.revoked})
        return batch

    def _say_missing(self, topics: Iterable[str]) -> None:
        for topic in topics:
            if not self._client.cluster.partitions_for_topic(topic):
                log.warning("topic %s is gone: waiting until it is made anew", topic)

    def _take_all(self) -> None:
        """Without a group: take every partition there is, also of topics that appear later."""
        there = {TopicPartition(t, n) for t in self._topics for n in self._client.cluster.partitions_for_topic(t) or ()}
        have = self._consumer.assignment()
        if there - have:
            self._consumer.assign(sorted(there | have))
            self._client.cluster.set_topics(self._topics)
            self._places.on_partitions_assigned(there - have)

    def _out_of_range(self, positions: Mapping[Any, int], batch: Batch) -> None:
        """Retention took what comes next; or the topic was made anew and is shorter than our position."""
        for tp, offset in positions.items():
            place = Place(*tp)
            try:
                first, end = self.bounds(place)
            except TemporaryError as error:
                log.debug("%s", error)
                return
            if offset < first:
                batch.skipped.append(Skipped(place, offset, first - 1, OVERTAKEN))
                self._places.move(place, first)
            elif offset > end:
                log.warning("%s/%s ends at %s, not at %s: it was made anew", *place, end, offset)
                self._start_anew([tp])

    def _start_anew(self, places: Iterable[Any]) -> None:
        """What was read is no more: whoever reads must decide again where to begin."""
        self._places.on_partitions_revoked(places)
        self._places.on_partitions_assigned(places)

    def seek(self, place: Place, offset: int) -> None:
        self._places.seek(place, offset)

    def pause(self, place: Place) -> None:
        self._places.pause(place)

    def resume(self, place: Place) -> None:
        self._places.resume(place)

    def commit(self, commits: Mapping[Place, Commit]) -> bool:
        offsets = {TopicPartition(*p): OffsetAndMetadata(c.offset, c.note, -1) for p, c in commits.items()}
        if self._group is None:
            return False
        try:
            self._consumer.commit(offsets, timeout_ms=ASK_MS)
        except kafka.errors.KafkaError as error:
            # kafka-python 3.0.12 tells a fenced member nowhere else: its heart just stops, and it reads on.
            _raise_if_fatal(error, self._topics, self._group)
            log.debug("commit: %s", type(error).__name__)
            return False
        return True

    def committed(self, place: Place) -> Commit | None:
        if self._group is None:
            return None
        try:
            found = self._consumer.committed(TopicPartition(*place), metadata=True, timeout_ms=ASK_MS)
        except kafka.errors.KafkaError as error:
            raise _not_answered("the committed offset", error) from None
        return None if found is None or found.offset < 0 else Commit(found.offset, found.metadata or "")

    def bounds(self, place: Place) -> tuple[int, int]:
        tp = TopicPartition(*place)
        try:
            first = self._consumer.beginning_offsets([tp], timeout_ms=ASK_MS)[tp]
            return first, self._consumer.end_offsets([tp], timeout_ms=ASK_MS)[tp]
        except (kafka.errors.KafkaError, KeyError) as error:
            raise _not_answered("offsets", error) from None

    def offset_at(self, place: Place, time_ms: int) -> int | None:
        tp = TopicPartition(*place)
        try:
            found = self._consumer.offsets_for_times({tp: max(0, time_ms)}, timeout_ms=ASK_MS)[tp]
        except (kafka.errors.KafkaError, KeyError) as error:
            raise _not_answered("the offset at a time", error) from None
        return None if found is None or found.offset < 0 else int(found.offset)

    def lag(self, place: Place) -> int | None:
        return self._places.lag(place)

    def connected(self) -> bool:
        return self._client.silent_s() < SILENT_S

    def ended(self) -> bool:
        return False

    def close(self) -> None:
        try:
            self._consumer.close(autocommit=False, timeout_ms=ASK_MS if self.connected() else 0)
        except Exception as error:
            log.debug("closing the consumer: %s", type(error).__name__)
        finally:
            self._client.close()


def _sorted(found: Iterable[Any]) -> tuple[list[Record], list[Skipped]]:
    records, skipped = [], []
    for record in found:
        place = Place(record.topic, record.partition)
        if isinstance(record.value, Unreadable):
            last, reason = record.value
            skipped.append(Skipped(place, record.offset, last, f"unreadable: {reason}"))
        else:
            headers = tuple(record.headers)
            records.append(Record(place, record.offset, record.key, record.value, headers, record.timestamp))
    return records, skipped


def _raise_if_fatal(error: Exception, topics: list[str], group: str | None) -> None:
    if isinstance(error, kafka.errors.FencedInstanceIdError):
        raise FatalError("another copy runs with the same --instance: give each its own") from None
    if isinstance(error, kafka.errors.TopicAuthorizationFailedError):
        raise FatalError(f"no right to read {', '.join(topics)}: ask for READ on them") from None
    if isinstance(error, kafka.errors.GroupAuthorizationFailedError):
        raise FatalError(f"no right to use the group {group}: ask for READ on it") from None


def _not_answered(what: str, error: Exception) -> TemporaryError:
    return TemporaryError(f"the broker was asked for {what}: {error or type(error).__name__}")
