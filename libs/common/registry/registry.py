"""This process on the topic `cameras`: what it says there of itself and its cameras, and what it learns of others."""

import logging
import socket
from collections.abc import Callable, Iterable, Iterator

from libs.common.clock import Clock
from libs.common.errors import FatalError
from libs.common.follower import Follower, NoTopicError
from libs.common.kafka_settings import KafkaSettings
from libs.common.keyed import Gone
from libs.common.messages import Message, Producer, Status
from libs.common.registry.conflict import Rivals, Rows
from libs.common.registry.inventory import Inventory
from libs.common.registry.told import Told

log = logging.getLogger(__name__)

KINDS = (Status, Producer)
LOOK_S = 2.0
"""A start waits no longer to know who else is there."""
EVERY_S = 1.0
LOST_S = 30.0
"""A state that is on its way is not lost."""


class Registry:
    """`follower` reads the topic, None: there is none, and nobody is told anything."""

    def __init__(
        self, inventory: Inventory, told: Told, rivals: Rivals, clock: Clock, follower: Follower | None
    ) -> None:
        self._inventory, self._told, self._rivals = inventory, told, rivals
        self._clock, self._follower = clock, follower
        self._next_s = 0.0
        self._differs: dict[str, tuple[float, Status]] = {}
        """Camera -> since when the topic has another state than this one."""

    def begin(self, cameras: Iterable[str], takeover: bool) -> None:
        """Look who is there. Raises FatalError where another producer has one of these cameras."""
        if self._follower is None:
            return
        self._follower.first_look(LOOK_S)
        if trouble := self._follower.trouble:
            level = logging.WARNING if isinstance(trouble, FatalError) else logging.INFO
            # What is wrong with the broker itself says whoever waits for it to write.
            why = f": {trouble}" if isinstance(trouble, NoTopicError | FatalError) else ""
            log.log(level, "whether another producer has these cameras is not known yet%s", why)
            return
        rows, wanted = self._follower.rows, set(cameras)
        if not takeover:
            self._rivals.refuse(rows, wanted)
        before = (row.message for key, row in rows.items() if key in wanted)
        self._told.remember(message for message in before if isinstance(message, Status))

    def news(self) -> Iterator[Message]:
        """What is to be said now; may be asked at any time, and often."""
        yield from self._inventory.due()
        if self._clock.monotonic_s() < self._next_s:
            return
        self._next_s = self._clock.monotonic_s() + EVERY_S
        if (rows := self._rows()) is not None:
            yield from self._rivals.news(rows)
            yield from self._rivals.dead(rows)
            yield from self._lost(rows)

    def paused_before(self, camera: str) -> tuple[str, ...] | None:
        """What was paused of it when it was told of last, by whomever; None: not known yet."""
        if self._follower is None or isinstance(self._follower.trouble, NoTopicError | FatalError):
            return ()
        if (rows := self._rows()) is None:
            return None
        row = rows.get(camera)
        return row.message.paused if row is not None and isinstance(row.message, Status) else ()

    def elsewhere(self, camera: str) -> bool:
        """Whether another producer has it now, as far as is known."""
        return camera in self._rivals.elsewhere(self._rows() or {})

    def _rows(self) -> Rows | None:
        """None while they are not known."""
        return None if self._follower is None or self._follower.trouble else self._follower.rows

    def _lost(self, rows: Rows) -> Iterator[Status]:
        """What the topic does not have, or has otherwise, is told again: it was made anew, or somebody else wrote."""
        now_s = self._clock.monotonic_s()
        elsewhere = self._rivals.elsewhere(rows)
        for camera, status in list(self._told.latest.items()):
            if camera in elsewhere or (camera in rows and rows[camera].message == status):
                self._differs.pop(camera, None)
                continue
            since_s, seen = self._differs.get(camera, (now_s, status))
            if seen != status:
                since_s = now_s
            self._differs[camera] = since_s, status
            if now_s - since_s >= LOST_S:
                self._differs[camera] = now_s, status
                yield status

    def through(self, messages: Iterable[Message | None]) -> Iterator[Message | None]:
        """All of them but for what is no news of the cameras; None: there is none now."""
        for message in messages:
            if message is None:
                yield message
                continue
            moved = isinstance(message, Gone) and message.key in self._rivals.elsewhere(self._rows() or {})
            if (news := self._told.news(message)) is not None and not moved:
                yield news

    def over(self) -> Iterator[Message]:
        """The last words of a process that ends in order."""
        yield from self._told.stopped(self._rivals.elsewhere(self._rows() or {}))
        yield self._inventory.over()

    def close(self) -> None:
        """Reads no more."""
        if self._follower is not None:
            self._follower.close()


def registry_of(
    kafka: KafkaSettings, topic: str | None, instance: str, clock: Clock, cameras: Callable[[], Iterable[str]]
) -> Registry:
    """`topic`: the one of statuses, None: there is none; `instance`: the name of this copy; `cameras`: their names."""
    inventory = Inventory(socket.gethostname(), instance, clock, cameras)
    follower = None
    if topic is not None:
        from libs.common.kafka_table import reader_of

        follower = Follower(reader_of(kafka, topic, "framebus-producer-table"), KINDS)
    return Registry(inventory, Told(clock), Rivals(inventory.key, inventory.wrote, clock), clock, follower)
