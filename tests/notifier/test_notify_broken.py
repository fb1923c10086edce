"""A bug in one happening: it is refused, with all that it came from, and nothing else is."""

from collections.abc import Sequence
from dataclasses import dataclass

from libs.common import codec
from libs.common.bus import Place, partition_of
from libs.common.events import in_frame
from libs.common.messages import Event, Message, Notice
from libs.common.runner import Runner
from services.notifier.book import Book
from services.notifier.happening import Happening
from services.notifier.rules.judge import Verdict
from tests.common.runner_rig import Rig as Bus
from tests.notifier.stage_rig import Rig, book, happened, naming, rule, shown

FRAMES, EVENTS = "frames.redacted", "events"


@dataclass
class Breaking:
    """Judges all happenings but these rightly."""

    rightly: object
    broken: frozenset[str]

    def judge(self, book: Book, happening: Happening, early: bool = False) -> Sequence[Verdict]:
        if happening.id in self.broken:
            raise KeyError("a bug")
        return self.rightly.judge(book, happening, early)  # type: ignore[attr-defined, no-any-return]

    def forget(self, camera: str) -> None:
        pass


class Chain:
    """The stage in its runner, on a bus in memory."""

    def __init__(self, *broken: Event) -> None:
        self.rig = Rig()
        stage = self.rig.stage
        stage.decide.judge = Breaking(stage.decide.judge, frozenset(event.id for event in broken))
        self.bus = Bus(clock=self.rig.clock)
        self.runner: Runner = self.bus.runner(stage, topics=(FRAMES, EVENTS))
        self.runner.turn()

    def put(self, topic: str, *messages: Message) -> None:
        self.bus.put(*messages, topic=topic)
        self.runner.turn()

    def passes(self, seconds: float) -> None:
        self.rig.clock.advance(seconds)
        for _ in range(3):
            self.runner.turn()
            self.rig.clock.advance(1.1)
        self.runner.turn()

    def told(self) -> set[str]:
        return {message.event for message in self.bus.out() if isinstance(message, Notice)}

    def dead(self) -> list[tuple[str, str, str]]:
        return sorted((each["topic"], each["offset"], each["reason"]) for each in self.bus.dead())


def test_what_waits_beside_it_is_told() -> None:
    """Five events whose frames never came are due at once; the third one meets a bug."""
    events = [happened(seq, f"camera-{seq}") for seq in range(5)]
    chain = Chain(events[2])
    for event in events:
        chain.put(EVENTS, event)
    chain.passes(11)
    assert chain.told() == {event.id for event in events if event is not events[2]}
    (dead,) = chain.bus.dead()
    assert (dead["topic"], dead["reason"], dead["error"]) == (EVENTS, "bug", "KeyError: 'a bug'")
    assert chain.rig.stage.held() == []


def test_several_of_them_are_refused_each() -> None:
    """With one stack trace for each in the log."""
    events = [happened(seq, f"camera-{seq}") for seq in range(5)]
    chain = Chain(events[0], events[4])
    for event in events:
        chain.put(EVENTS, event)
    chain.passes(11)
    assert chain.told() == {event.id for event in events[1:4]}
    assert [dead["reason"] for dead in chain.bus.dead()] == ["bug", "bug"]


def test_the_other_happenings_of_its_frame_are_told() -> None:
    """A dead letter of the frame, and of the event that was joined with it; the others have their picture."""
    first, second, third = (happened(kind=kind) for kind in ("detection.started", "line.crossed", "label.new"))
    chain = Chain(second)
    chain.rig.book = book(rule(kinds=("*",)))
    for event in (first, second, third):
        chain.put(EVENTS, event)
    chain.put(FRAMES, shown(events=tuple(in_frame(event) for event in (first, second, third))))
    chain.passes(1)
    assert chain.told() == {first.id, third.id}
    assert chain.dead() == [(EVENTS, "1", "bug"), (FRAMES, "0", "bug")]
    assert chain.rig.stage.held() == []


def test_it_is_committed_and_what_comes_after_goes_its_way() -> None:
    """Nothing is held for ever, and nothing is read again."""
    broken, after = happened(0), happened(1)
    chain = Chain(broken)
    chain.put(EVENTS, broken)
    chain.put(FRAMES, naming(broken))
    chain.put(EVENTS, after)
    chain.put(FRAMES, naming(after, 1))
    chain.passes(1)
    assert chain.told() == {after.id}
    commits = {place: commit.offset for (_, place), commit in chain.bus.bus.commits.items()}
    home = partition_of("porch", 6)
    assert [commits[Place(topic, home)] for topic in (EVENTS, FRAMES)] == [2, 2]


def test_bugs_without_end_do_not_silence_what_waits() -> None:
    """One in each round of the loop; beside them an event waits for its frame in vain."""
    waits, *broken = (happened(seq, f"camera-{seq}") for seq in range(13))
    chain = Chain(*broken)
    chain.put(EVENTS, waits)
    chain.rig.clock.advance(11)
    for seq, event in enumerate(broken, 1):
        chain.bus.put(event, topic=EVENTS)
        chain.put(FRAMES, naming(event, seq, event.camera))
    assert chain.told() == {waits.id}
    chain.passes(1)
    assert len(chain.dead()) == 2 * len(broken)


def test_what_the_notifier_tells_of_itself_is_not_lost_with_it() -> None:
    """The event that a channel fails goes out with the next tick."""
    broken = happened()
    chain = Chain(broken)
    own = Event(id="a" * 32, camera="porch", kind="service.failing", at=1, data={"channel": "mail"})
    chain.put(EVENTS, broken)
    chain.rig.clock.advance(11)
    chain.runner.turn()
    chain.rig.stage.told.put(own)
    chain.passes(1)
    assert [dead["reason"] for dead in chain.bus.dead()] == ["bug"]
    assert codec.encode(own) in chain.bus.bus.values(EVENTS)
