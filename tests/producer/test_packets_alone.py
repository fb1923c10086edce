"""A stream of which only the packets are sent: its boots and their ends, and no word of the camera."""

from collections import Counter

from libs.common.messages import Segment
from libs.common.testing import FakeClock
from libs.common.video_end import VideoEnd
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.shots import Piece
from tests.producer.scripted import FakeWait, Openings, Script

PLAN = Plan(url="rtsp://h/1", camera="porch", video=True, packets_only=True)


def piece(media_s: float) -> Piece:
    return Piece(media_s, 0.5, "h264", True, b"G" + bytes(187))


def sent(wait: FakeWait, *scripts: Script | str) -> tuple[list[str], Counter[str]]:
    """Shortly, with a letter for each boot: `a0`, `end a stalled`; and what was counted."""
    counted, letters, found = Counter[str](), dict[str, str](), list[str]()
    plays = produce(PLAN, wait.clock, wait, opener=Openings(wait, *scripts), trouble=lambda why: counted.update([why]))
    for message in plays:
        assert isinstance(message, Segment | VideoEnd)
        boot = letters.setdefault(message.boot, "abc"[len(letters)])
        found.append(f"{boot}{message.seq}" if isinstance(message, Segment) else f"end {boot} {message.reason}")
    return found, counted


def test_each_opening_is_a_boot_with_an_end() -> None:
    """The camera's refusals between them are counted, and nothing else is told."""
    wait = FakeWait(FakeClock())
    first, second = [0.0, piece(0.0), 0.5, piece(0.5), "stalled"], [0.0, piece(0.0)]
    found, counted = sent(wait, first, "unreachable", second)
    assert found == ["a0", "a1", "end a stalled", "b0", "end b connection lost"]
    assert (counted["stalled"], counted["unreachable"], counted["connection-lost"]) == (1, 1, 1)


def test_waits_become_longer_until_packets_have_come_for_a_while() -> None:
    """Ten seconds of them, and the next failure is a new one."""
    clock = FakeClock()
    wait = FakeWait(clock)
    steady = [0.0, lambda: clock.advance(11.0), 11.0, "stalled"]
    sent(wait, *["unreachable"] * 5, steady, "unreachable")
    pauses = [seconds for seconds in wait.waits_s if seconds]
    assert pauses[4] > 5
    assert pauses[5] <= 0.5


def test_a_step_of_the_clock_begins_a_boot() -> None:
    """As with frames: times within one boot stay right."""
    clock = FakeClock()

    def step() -> None:
        clock.wall_ns += 60_000_000_000

    found, _ = sent(FakeWait(clock), [0.0, piece(0.0), step, 0.5, piece(0.5)])
    assert found == ["a0", "end a clock step", "b0", "end b connection lost"]
