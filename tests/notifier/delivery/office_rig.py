"""A world of one log, channels that do as they are told, and copies of the delivery; its time passes when told to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from libs.common.errors import FramebusError, SettingsError
from libs.common.messages import Event, Notice
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock
from services.notifier.book import Book
from services.notifier.channels.channel import Channel, Note
from services.notifier.channels.settings import ChannelSettings, Tools
from services.notifier.delivery.courier import Courier
from services.notifier.delivery.failing import Failing
from services.notifier.delivery.limits import Limits
from services.notifier.delivery.notice_counts import NoticeCounts
from services.notifier.delivery.office import Office
from services.notifier.happening import Happening
from services.notifier.ids import notice_id
from services.notifier.rules.rule import Rule
from tests.notifier.fake_ledger import FakeLedger, FakeLog

STEP_S = 0.5


@dataclass
class FakeChannel:
    """Takes everything, unless `answer` raises. `taken` is what the receiver has: moments in seconds, and notes."""

    clock: FakeClock
    answer: Callable[[Note], None] = lambda note: None
    taken: list[tuple[float, Note]] = field(default_factory=list)
    edited: list[tuple[str, Note]] = field(default_factory=list)
    observed: list[Happening] = field(default_factory=list)
    opens: bool = True
    opened: int = 0
    closed: int = 0
    tried: int = 0

    def send(self, note: Note) -> str:
        self.tried += 1
        self.answer(note)
        self.taken.append((self.clock.monotonic_s(), note))
        return f"handle of {note.event}"

    def edit(self, handle: str, note: Note) -> str:
        self.tried += 1
        self.answer(note)
        self.edited.append((handle, note))
        return f"{handle}, again"

    def observe(self, happening: Happening) -> None:
        self.observed.append(happening)

    def close(self) -> None:
        self.closed += 1

    @property
    def events(self) -> list[str]:
        """What was told, in order."""
        return [note.event for _, note in self.taken]


CHANNELS: dict[int, FakeChannel] = {}
"""By the number in the settings: what a test opens."""


class FakeSettings(ChannelSettings):
    """`number`: which channel it is."""

    number: int

    def open(self, tools: Tools) -> Channel:
        channel = CHANNELS[self.number]
        channel.opened += 1
        if not channel.opens:
            raise SettingsError("no such file: 'phone-token'")
        return channel


class EditSettings(FakeSettings):
    can_edit = True
    watches = True


def fake_settings(channel: FakeChannel, kind: type[FakeSettings] = FakeSettings, **fields: Any) -> FakeSettings:
    """Settings by which this channel is opened."""
    number = len(CHANNELS)
    CHANNELS[number] = channel
    return kind(number=number, **fields)


class FakeText:
    """A note of the same ids; the members stand in its text."""

    def note(self, book: Book, notice: Notice, jpeg: bytes | None, members: Sequence[Notice] = ()) -> Note:
        return Note(
            id=notice.id,
            event=notice.event,
            camera=notice.camera,
            kind=notice.kind,
            rule=notice.rule,
            at=notice.at,
            local_time="",
            subject=notice.kind,
            text=" ".join(member.event for member in members),
            html="",
            jpeg=jpeg,
            summary_of=len(notice.members),
        )


class FakePictures:
    def of(self, notice: Notice, rule: Rule | None) -> bytes | None:
        return b"jpeg" if notice.frame_id else None


@dataclass
class Copy:
    """One process."""

    ledger: FakeLedger
    office: Office
    metrics: Metrics
    couriers: dict[str, Courier]


class World:
    """`channels`: name -> fields of its settings."""

    def __init__(
        self, channels: Mapping[str, Mapping[str, Any]], rules: tuple[Rule, ...] = (), copies: int = 1, **book: Any
    ) -> None:
        self.clock = FakeClock()
        self.log = FakeLog(self.clock)
        self.events: list[Event] = []
        self.channels = {name: FakeChannel(self.clock) for name in channels}
        settings = {name: self._settings(name, fields) for name, fields in channels.items()}
        self.book = Book(rules=rules or (Rule("all", tuple(channels)),), channels=settings, **book)
        self.copies = [self.copy(f"copy-{number}") for number in range(copies)]

    def copy(self, instance: str, life: str = "00000001") -> Copy:
        """A process more; the first one's counts are the world's."""
        ledger = FakeLedger(self.log, instance, life)
        limits = Limits(ledger, self.clock)
        failing = Failing(ledger, limits, self.events.append, self.clock)
        metrics = Metrics()
        counts = NoticeCounts(metrics, ledger, self.clock)
        office = Office(ledger, lambda: self.book, FakeText(), FakePictures(), limits, failing, counts, self.clock)
        couriers = {name: Courier(self.tools(name, instance), office) for name in self.channels}
        for name in couriers:
            counts.opened(name, lambda: 0.0)
        return Copy(ledger, office, metrics, couriers)

    def tools(self, name: str, instance: str) -> Tools:
        return Tools(name, instance, Path(), self.clock, lambda *_: None, lambda *_: None, dict)

    def happens(self, number: int, copy: int = 0, rule: str = "all", urgent: bool = False, **fields: Any) -> None:
        """Event `number` is to be told on all channels of the rule, as the stage does it."""
        now_ns = self.clock.now_ns()
        at = fields.pop("at", now_ns + number)
        (found,) = [each for each in self.book.rules if each.name == rule]
        for channel in found.channels:
            event = f"event-{number:04}"
            name = notice_id(event, channel)
            if self.log.notices.get(name) is not None:
                continue
            limits = self.copies[copy].office.limits
            state = limits.state(self.book, channel, urgent, at, now_ns, name)
            notice = Notice(
                **{
                    "id": name,
                    "event": event,
                    "camera": "porch",
                    "channel": channel,
                    "rule": rule,
                    "kind": "detection.started",
                    "at": at,
                    "noticed_at": now_ns,
                    "state": state,
                    "by": self.copies[copy].ledger.instance,
                    **fields,
                }
            )
            self.log.append(notice)

    def turns(self) -> None:
        """All couriers work until nothing is left to be done now."""
        while any(self._turn(courier) for copy in self.copies for courier in copy.couriers.values()):
            pass

    def passes(self, seconds: float, step_s: float = STEP_S) -> None:
        """Time passes, and the couriers work."""
        until_s = self.clock.monotonic_s() + seconds
        while self.clock.monotonic_s() < until_s - 1e-6:
            self.clock.advance(min(step_s, until_s - self.clock.monotonic_s()))
            self.turns()

    def states(self, channel: str) -> list[str]:
        """Oldest first, summaries and all."""
        return [notice.state for notice in self.log.all(channel)]

    def counted(self, channel: str, state: str) -> float:
        """By all copies that are there."""
        name = f"framebus_notices_total{{{channel},{state}}}"
        return sum(copy.metrics.values().get(name, 0.0) for copy in self.copies)

    def _settings(self, name: str, fields: Mapping[str, Any]) -> ChannelSettings:
        kind = EditSettings if fields.get("can_edit") else FakeSettings
        rest = {key: value for key, value in fields.items() if key != "can_edit"}
        return fake_settings(self.channels[name], kind, **rest)

    def _turn(self, courier: Courier) -> bool:
        try:
            return courier.turn()
        except FramebusError:
            return False
