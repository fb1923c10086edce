"""A process with real threads, a log in memory and a clock that stands."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from libs.common.messages import Event, Notice
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock
from services.notifier.book import Book
from services.notifier.channels.channel import Note
from services.notifier.channels.settings import ChannelSettings, Tools
from services.notifier.delivery.couriers import Couriers
from services.notifier.ids import notice_id
from services.notifier.rules.rule import Rule
from tests.notifier.delivery.office_rig import FakeChannel, FakePictures, FakeText
from tests.notifier.fake_ledger import FakeLedger, FakeLog


def until(fact: Callable[[], bool], within_s: float = 5.0) -> bool:
    """Whether it became true in time."""
    end_s = time.monotonic() + within_s
    while not fact():
        if time.monotonic() > end_s:
            return False
        time.sleep(0.002)
    return True


class Process:
    """Real threads, a clock that stands; `channels` are those of the first book."""

    def __init__(self, **channels: ChannelSettings) -> None:
        self.clock = FakeClock()
        self.log = FakeLog(self.clock)
        self.ledger = FakeLedger(self.log)
        self.book = Book(rules=(Rule("all", ()),), channels=channels)
        self.metrics = Metrics()
        self.events: list[Event] = []
        self.couriers = Couriers(
            self.ledger,
            lambda: self.book,
            FakeText(),
            FakePictures(),
            self._tools,
            self.events.append,
            self.metrics,
            self.clock,
        )
        self.log.on_append = self.couriers.wake

    def now_with(self, **channels: ChannelSettings) -> None:
        """A new book."""
        self.book = Book(rules=(), channels=channels)
        self.couriers.look()
        self.couriers.wake()

    def happens(self, number: int, channel: str = "phone", **fields: Any) -> str:
        """The id of the notice that is waiting now."""
        event, now_ns = f"event-{number}", self.clock.now_ns() + number
        name = notice_id(event, channel)
        facts = {"rule": "all", "kind": "detection.started", "at": now_ns, "noticed_at": now_ns, "state": "waiting"}
        self.log.append(Notice(id=name, event=event, camera="porch", channel=channel, **{**facts, **fields}))
        return name

    def _tools(self, name: str) -> Tools:
        return Tools(name, "one", Path(), self.clock, lambda *_: None, lambda *_: None, dict)


class Gate(FakeChannel):
    """Does not come back from `send` until it is let go."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.inside, self.open = threading.Event(), threading.Event()

    def send(self, note: Note) -> str:
        self.inside.set()
        assert self.open.wait(10)
        return super().send(note)


def plain(opens: bool = True) -> FakeChannel:
    return FakeChannel(FakeClock(), opens=opens)


Made = Callable[..., Process]
