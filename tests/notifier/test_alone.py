"""Halves that were decided alone: what rules need of them is kept, and little else."""

import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest

from libs.common.clock import Clock
from libs.common.messages import Detection, Event, Frame
from libs.common.testing import FakeClock
from services.notifier.alone import MOST_BYTES, Alone
from services.notifier.happening import Happening
from services.notifier.happenings import of_event
from services.notifier.joined import Joined
from services.notifier.newest import Newest
from tests.notifier.stage_rig import Rig, book, happened, naming, rule

LONG = "x" * 50_000


def joined(clock: Clock, wait_s: float = 10.0) -> Joined:
    return Joined(clock, Newest(clock), wait_s)


def crowd(seq: int) -> Frame:
    """A hundred findings of five labels."""
    found = [Detection(label=f"label-{number % 5}", confidence=0.5, box=(0.1, 0.1, 0.5, 0.9)) for number in range(100)]
    return naming(happened(seq), seq, detections=tuple(found))


def of_frames(count: int) -> Joined:
    """Their events do not come."""
    clock = FakeClock()
    held = joined(clock)
    for seq in range(count):
        frame = crowd(seq)
        held.take_frame(frame, frame.events[0])
        clock.advance(20.0)
        held.due()
    return held


def of_long_events(count: int) -> Joined:
    """Other programs write what they like; their frames do not come."""
    clock = FakeClock()
    held = joined(clock, 0.0)
    for seq in range(count):
        held.take_event(
            happened(seq, zones=[f"{LONG}{seq}"] * 64, note=[f"{LONG}{seq}"], more={"a": {"b": [seq] * 100}})
        )
        held.due()
    return held


@pytest.mark.parametrize(("make", "count"), [(of_frames, 500), (of_long_events, 300)])
def test_halves_take_no_more_than_they_count(make: Callable[[int], Joined], count: int) -> None:
    """The machine may be a small one."""
    make(1)
    tracemalloc.start()
    try:
        held = make(count)
        used = tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
    assert held.held() == []
    assert 0 < held._alone.used_bytes <= MOST_BYTES
    assert used < 1.5 * held._alone.used_bytes


def told(seq: int) -> Happening:
    return of_event(happened(seq))


def test_the_oldest_goes_when_they_are_too_many_bytes() -> None:
    """And what is counted goes with it."""
    halves = Alone(most_bytes=10_000)
    for seq in range(100):
        halves.keep(f"e{seq}", told(seq), None)
    assert halves.get("e0").told is None
    assert (kept := halves.get("e99").told) is not None
    assert (kept.id, kept.seen, kept.zones) == (told(99).id, told(99).seen, ("drive",))
    assert halves.used_bytes <= 10_000
    for _ in range(100):
        halves.keep("e99", told(99), None)
    assert halves.used_bytes <= 10_000
    assert halves.get("e98").told is not None


def test_events_without_a_frame_are_not_kept() -> None:
    """Nothing comes later that could be joined with them."""
    halves = Alone()
    halves.keep("e", of_event(Event(id="e", camera="porch", kind="camera.dark", at=1)), None)
    assert (halves.used_bytes, halves.get("e").told) == (0, None)


def test_rules_and_sentences_have_what_they_ask_for_when_the_other_half_is_late() -> None:
    """Zones, parents, how sure, numbers and short texts."""
    data: dict[str, Any] = {"parents": ["animal"], "confidence": 0.7, "duration_ns": 12, "line": "gate", "note": LONG}
    rig = Rig(book(rule(zones=frozenset({"drive"}), new_label=frozenset({"cat"}), count=1)))
    event = happened(**data)
    rig.stage.remember(event)
    (notice,) = rig.take(naming(event, detections=()))
    assert notice.labels == {"person": 0.7}
    assert notice.zones == ("drive",)
    assert notice.data == {"parents": ["animal"], "confidence": 0.7, "duration_ns": 12, "line": "gate"}


def test_what_waits_is_counted_with_all_its_bytes() -> None:
    """Not only pictures are large: the oldest goes on alone."""
    held = joined(FakeClock())
    held.most_bytes = 3 * len(LONG)
    for seq in range(4):
        held.take_event(happened(seq, note=LONG))
        alone = [pair.id for pair in held.due()]
    assert alone == [happened(1, note=LONG).id]
