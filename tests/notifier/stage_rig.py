"""The stage with the real judge and limits, a ledger in memory and a clock to be set; nobody delivers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from libs.common.events import caused_by, in_frame
from libs.common.messages import Detection, Event, Frame, Message, Notice, Redaction, Status
from libs.common.metrics import Metrics
from libs.common.stage import Out
from libs.common.testing import FakeClock, frame
from services.notifier.book import Book
from services.notifier.channels.settings import ChannelSettings
from services.notifier.clips import Clips
from services.notifier.counts import HappeningCounts
from services.notifier.decide import Decide
from services.notifier.delivery.limits import Limits
from services.notifier.happening import Happening
from services.notifier.joined import Joined
from services.notifier.newest import Newest
from services.notifier.notify import Notify
from services.notifier.pictures import Pictures
from services.notifier.rules.judge import Judge
from services.notifier.rules.rule import Rule
from tests.notifier.fake_ledger import FakeLedger, FakeLog

JPEG = b"\xff\xd8 a picture"
COVERED = Redaction(policy="solid", labels=("person",), boxes=(), withheld=False)
BLACK = Redaction(policy="solid", labels=("person",), boxes=(), withheld=True, reason="not-looked")
BOOT = "00000001"


class Plain(ChannelSettings):
    """A channel that says a thing once."""


class Edits(ChannelSettings):
    """A channel that can complete it."""

    can_edit = True


def rule(name: str = "people", **fields: object) -> Rule:
    return Rule(**{"name": name, "channels": ("mail",), "cooldown_s": 0.0, **fields})  # type: ignore[arg-type]


def book(*rules: Rule, **channels: ChannelSettings) -> Book:
    return Book(rules or (rule(),), channels or {"mail": Plain()})


@dataclass
class Watching:
    """What those who deliver are told."""

    observed: list[Happening] = field(default_factory=list)
    woken: int = 0

    def observe(self, happening: Happening) -> None:
        self.observed.append(happening)

    def look(self) -> None:
        pass

    def wake(self) -> None:
        self.woken += 1


class Rig:
    """One life of the stage. `log` and `clock` of an earlier one: it is the next life."""

    def __init__(self, rules: Book | None = None, before: "Rig | None" = None, folder: Path | None = None) -> None:
        self.clock = before.clock if before else FakeClock()
        self.log = before.log if before else FakeLog(self.clock)
        self.book = rules or (before.book if before else book())
        self.ledger = FakeLedger(self.log)
        self.couriers, self.metrics = Watching(), Metrics()
        self.looked_up: list[Notice] = []
        self.pictures = Pictures(self._look_up, self.clock)
        self.statuses: dict[str, Status] = {}
        newest = Newest(self.clock, 10.0, lambda: self.statuses)
        self.stage = Notify(
            newest=newest,
            joined=Joined(self.clock, newest, 10.0),
            decide=Decide(
                lambda: self.book,
                Judge(self.clock, self.ledger),
                self.ledger,
                Limits(self.ledger, self.clock),
                self.clock,
            ),
            clips=Clips(lambda: self.book, self.ledger, self.clock, folder),
            couriers=self.couriers,
            counts=HappeningCounts(self.metrics),
            keep=self.pictures.keep,
            is_ready=lambda: self.ledger.ready,
            look=lambda: False,
            events="events",
        )

    def take(self, *messages: Message) -> list[Notice]:
        """What comes of them; the log has it at once."""
        return [notice for message in messages for notice in self._written(self.stage.handle(message))]

    def wait(self, seconds: float) -> list[Notice]:
        """What comes of time alone."""
        self.clock.advance(seconds)
        return self._written(self.stage.tick())

    def became(self, outcome: str) -> float:
        return self.metrics.values().get(f"framebus_happenings_total{{{outcome}}}", 0.0)

    def _written(self, outs: Iterable[Out]) -> list[Notice]:
        found = [out.message for out in outs if isinstance(out.message, Notice)]
        for notice in found:
            self.log.append(notice)
        return found

    def _look_up(self, notice: Notice) -> list[Frame]:
        self.looked_up.append(notice)
        return []


def shown(seq: int = 0, camera: str = "porch", **fields: object) -> Frame:
    """A covered frame in which a person was found."""
    person = Detection(label="person", confidence=0.9, box=(0.1, 0.1, 0.5, 0.9))
    given: dict[str, object] = {"image": JPEG, "detections": (person,), "redaction": COVERED, **fields}
    return frame(camera, seq, BOOT, **given)  # type: ignore[arg-type]


def happened(seq: int = 0, camera: str = "porch", kind: str = "detection.started", **data: object) -> Event:
    """What that frame caused."""
    return caused_by(shown(seq, camera), kind, "person", {"person": 1}, "1 person", {"zones": ["drive"], **data})


def naming(event: Event, seq: int = 0, camera: str = "porch", **fields: object) -> Frame:
    """The frame that names this event."""
    return shown(seq, camera, events=(in_frame(event),), **fields)
