"""The partitions of a KafkaConsumer: given and taken on its own thread, sought, paused and told on ours."""

from collections import deque
from collections.abc import Iterable
from typing import Any

from kafka import ConsumerRebalanceListener, TopicPartition

from libs.common.bus import Batch, Place


class KafkaPlaces(ConsumerRebalanceListener):  # type: ignore[misc]
    """The group's listener. A new place stands paused at 0 until `seek`: nothing comes before it.

    kafka-python calls the `on_…` methods on its IO thread, also between two polls: they only leave a message.
    """

    def __init__(self, consumer: Any) -> None:
        self._consumer = consumer
        self._news: deque[tuple[bool, Place]] = deque()
        self._sought: set[Place] = set()
        self._paused: set[Place] = set()

    def on_partitions_assigned(self, assigned: Iterable[Any]) -> None:
        for tp in sorted(assigned):
            self._consumer.pause(tp)
            self._consumer.seek(tp, 0)
            self._news.append((True, Place(*tp)))

    def on_partitions_revoked(self, revoked: Iterable[Any]) -> None:
        self._news.extend((False, Place(*tp)) for tp in sorted(revoked))

    def tell(self, batch: Batch) -> None:
        """Put what was given and taken since the last call into the batch."""
        while self._news:
            is_given, place = self._news.popleft()
            self._sought.discard(place)
            self._paused.discard(place)
            if is_given:
                batch.assigned.append(place)
            elif place in batch.assigned:
                batch.assigned.remove(place)
            else:
                batch.revoked.append(place)

    def seek(self, place: Place, offset: int) -> None:
        if self.move(place, offset):
            self._sought.add(place)
            if place not in self._paused:
                self._deliver(TopicPartition(*place))

    def move(self, place: Place, offset: int) -> bool:
        """Change the position and nothing else; False if the place was taken meanwhile."""
        try:
            self._consumer.seek(TopicPartition(*place), offset)
        except (ValueError, KeyError):
            return False
        return True

    def pause(self, place: Place) -> None:
        self._paused.add(place)
        if self._is_ours(place):
            self._consumer.pause(TopicPartition(*place))

    def resume(self, place: Place) -> None:
        self._paused.discard(place)
        if place in self._sought and self._is_ours(place):
            self._deliver(TopicPartition(*place))

    def _deliver(self, tp: Any) -> None:
        """kafka-python 3.0.12 puts a half-read chunk aside while paused and may never look at it again: drop it."""
        if (aside := self._consumer._fetcher._paused_partition_records.pop(tp, None)) is not None:
            aside.drain()
        self._consumer.resume(tp)

    def lag(self, place: Place) -> int | None:
        """From what the last fetch said: no question to the broker."""
        state = self._consumer._subscription.assignment.get(TopicPartition(*place))
        if state is None or state.highwater is None or state.position is None:
            return None
        return max(0, int(state.highwater) - int(state.position.offset))

    def _is_ours(self, place: Place) -> bool:
        return TopicPartition(*place) in self._consumer.assignment()
