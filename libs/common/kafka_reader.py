"""Reader on kafka-python: explicit offsets only, rebalances told by poll(), poison stepped over and counted."""

import logging
import time
from collections.abc import Mapping
from typing import Any

import kafka
import kafka.errors
from kafka import ConsumerRebalanceListener, TopicPartition
from kafka.coordinator.assignors.cooperative_sticky import CooperativeStickyAssignor
from kafka.structs import OffsetAndMetadata

from libs.common.bus import Batch, Commit, Place, Record, Skipped
from libs.common.errors import FatalError, TemporaryError
from libs.common.kafka_client import common_config
from libs.common.kafka_settings import KafkaSettings

log = logging.getLogger(__name__)

FETCH: dict[str, Any] = {
    "enable_auto_commit": False,
    "auto_offset_reset": "none",
    "request_timeout_ms": 15_000,
    "metadata_max_age_ms": 2_000,
    "max_poll_records": 8,
    "max_partition_fetch_bytes": 4 << 20,
    "fetch_max_bytes": 16 << 20,
    "fetch_max_wait_ms": 500,
    "receive_buffer_bytes": 4 << 20,
}
GROUP: dict[str, Any] = {
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 1_000,
    "max_poll_interval_ms": 300_000,
    "partition_assignment_strategy": (CooperativeStickyAssignor,),
}
ASK_MS = 3_000
PROBE_EVERY_S = 5.0
LOOK_FOR_TOPICS_S = 1.0
MAX_POISON_STEPS = 1_000


class _Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    """Notes what the group gives and takes; a new place starts paused, so that nothing comes before seek()."""

    def __init__(self) -> None:
        self.consumer: Any = None
        self.batch = Batch()

    def on_partitions_assigned(self, assigned: Any) -> None:
        for tp in assigned:
            self.consumer.seek(tp, 0)
            self.consumer.pause(tp)
        self.batch.assigned += [Place(tp.topic, tp.partition) for tp in assigned]

    def on_partitions_revoked(self, revoked: Any) -> None:
        self.batch.revoked += [Place(tp.topic, tp.partition) for tp in revoked]


class KafkaReader:
    """One KafkaConsumer: in a group, or (group None) with all partitions of its topics and no commits."""

    def __init__(
        self, settings: KafkaSettings, topics: list[str], group: str | None, instance: str | None, client_id: str
    ) -> None:
        self._topics = topics
        self._group = group
        self._listener = _Listener()
        config = common_config(settings, client_id) | FETCH
        if group is not None:
            config |= GROUP | {"group_id": group, "group_instance_id": instance}
        self._consumer: Any = kafka.KafkaConsumer(**config)
        self._listener.consumer = self._consumer
        if group is not None:
            self._consumer.subscribe(topics, listener=self._listener)
        self._answered_at_s = time.monotonic()
        self._looked_at_s = 0.0

    def poll(self, timeout_s: float) -> Batch:
        if self._group is None:
            self._assign_all()
        polled: dict[Any, Any] = {}
        skipped: list[Skipped] = []
        try:
            polled = self._consumer.poll(timeout_ms=round(timeout_s * 1000))
        except kafka.errors.FencedInstanceIdError:
            raise FatalError("another copy runs with the same --instance: give each its own") from None
        except kafka.errors.TopicAuthorizationFailedError:
            raise FatalError(f"no right to read {', '.join(self._topics)}: ask for READ on them") from None
        except kafka.errors.GroupAuthorizationFailedError:
            raise FatalError(f"no right to use the group {self._group}: ask for READ on it") from None
        except Exception as error:
            skipped = self._step_over(error)
        batch, self._listener.batch = self._listener.batch, Batch()
        batch.records = [_record(record) for records in polled.values() for record in records]
        batch.skipped = skipped
        self._note_answer(bool(polled))
        return batch

    def _assign_all(self) -> None:
        """Without a group: take every partition there is, also of topics that appear later."""
        if time.monotonic() - self._looked_at_s < LOOK_FOR_TOPICS_S:
            return
        self._looked_at_s = time.monotonic()
        there = {TopicPartition(t, n) for t in self._topics for n in self._consumer.partitions_for_topic(t) or ()}
        have = self._consumer.assignment()
        if there - have:
            self._consumer.assign(list(there | have))
            self._listener.on_partitions_assigned(there - have)

    def _step_over(self, error: Exception) -> list[Skipped]:
        """poll() raised: find the records that cannot be read, step over them one by one, tell which.

        kafka-python decodes a batch as a whole, so good records behind a poisoned one in its batch are among them.
        """
        if isinstance(error, (kafka.errors.KafkaTimeoutError, kafka.errors.RetriableError)):
            log.debug("poll: %s", error)
            return []
        skipped = []
        active = self._consumer.assignment() - self._consumer.paused()
        for tp in active:
            self._consumer.seek(tp, self._consumer.position(tp))
        for tp in active:
            self._consumer.pause(*(active - {tp}))
            skipped += self._step_over_in(tp)
            self._consumer.resume(*active)
        return skipped

    def _step_over_in(self, tp: Any) -> list[Skipped]:
        first = offset = self._consumer.position(tp)
        reason = ""
        for _ in range(MAX_POISON_STEPS):
            try:
                self._consumer.poll(timeout_ms=ASK_MS if offset < self.bounds(Place(*tp))[1] else 0, max_records=1)
                break
            except kafka.errors.OffsetOutOfRangeError:
                offset, reason = max(offset, self.bounds(Place(*tp))[0]), "overtaken"
                self._consumer.seek(tp, offset)
                break
            except (kafka.errors.RetriableError, TemporaryError):
                break
            except Exception as error:
                offset, reason = offset + 1, f"unreadable: {type(error).__name__}"
                self._consumer.seek(tp, offset)
        self._consumer.seek(tp, offset)
        return [Skipped(Place(*tp), first, offset - 1, reason)] if offset > first else []

    def _note_answer(self, got: bool) -> None:
        """An empty poll means idle or dead alike: ask the broker something now and then."""
        now_s = time.monotonic()
        if got:
            self._answered_at_s = now_s
        elif now_s - self._answered_at_s > PROBE_EVERY_S and (places := self._consumer.assignment()):
            try:
                self._consumer.end_offsets([next(iter(places))], timeout_ms=ASK_MS)
                self._answered_at_s = time.monotonic()
            except kafka.errors.KafkaError as error:
                log.debug("the broker does not answer: %s", error)

    def seek(self, place: Place, offset: int) -> None:
        tp = TopicPartition(*place)
        self._consumer.seek(tp, offset)
        self._consumer.resume(tp)

    def pause(self, place: Place) -> None:
        self._consumer.pause(TopicPartition(*place))

    def resume(self, place: Place) -> None:
        self._consumer.resume(TopicPartition(*place))

    def commit(self, commits: Mapping[Place, Commit]) -> bool:
        offsets = {TopicPartition(*p): OffsetAndMetadata(c.offset, c.note, -1) for p, c in commits.items()}
        try:
            self._consumer.commit(offsets, timeout_ms=ASK_MS)
        except (kafka.errors.KafkaError, AssertionError) as error:
            log.debug("commit: %s", error)
            return False
        return True

    def committed(self, place: Place) -> Commit | None:
        if self._group is None:
            return None
        try:
            found = self._consumer.committed(TopicPartition(*place), metadata=True, timeout_ms=ASK_MS)
        except kafka.errors.KafkaError as error:
            raise TemporaryError(f"asking for the committed offset: {error}") from None
        return None if found is None or found.offset < 0 else Commit(found.offset, found.metadata or "")

    def bounds(self, place: Place) -> tuple[int, int]:
        tp = TopicPartition(*place)
        try:
            first = self._consumer.beginning_offsets([tp], timeout_ms=ASK_MS)[tp]
            return first, self._consumer.end_offsets([tp], timeout_ms=ASK_MS)[tp]
        except (kafka.errors.KafkaError, KeyError) as error:
            raise TemporaryError(f"asking for offsets: {error}") from None

    def offset_at(self, place: Place, time_ms: int) -> int | None:
        tp = TopicPartition(*place)
        try:
            found = self._consumer.offsets_for_times({tp: time_ms}, timeout_ms=ASK_MS)[tp]
        except (kafka.errors.KafkaError, KeyError) as error:
            raise TemporaryError(f"asking for the offset at a time: {error}") from None
        return None if found is None or found.offset < 0 else int(found.offset)

    def lag(self, place: Place) -> int | None:
        tp = TopicPartition(*place)
        newest = self._consumer.highwater(tp)
        return None if newest is None else max(0, newest - self._consumer.position(tp, timeout_ms=ASK_MS))

    def connected(self) -> bool:
        return time.monotonic() - self._answered_at_s < 2 * PROBE_EVERY_S

    def ended(self) -> bool:
        return False

    def close(self) -> None:
        try:
            self._consumer.close(autocommit=False, timeout_ms=ASK_MS)
        except Exception as error:
            log.debug("closing the consumer: %s", error)


def _record(record: Any) -> Record:
    place = Place(record.topic, record.partition)
    return Record(place, record.offset, record.key, record.value, tuple(record.headers or ()), record.timestamp)
