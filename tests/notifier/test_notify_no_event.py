"""A frame names an event that never comes: what only the event could take back is told all the same, once."""

import pytest

from libs.common.messages import Notice
from services.notifier.joined import FOR_THE_EVENT_S
from services.notifier.rules.rule import Rule
from tests.notifier.stage_rig import Plain, Rig, book, happened, naming, rule

SOON_S, LATE_S = FOR_THE_EVENT_S + 0.1, 10.1


def new(name: str = "people", **fields: object) -> Rule:
    """No vehicle, as far as is known."""
    return rule(name, new_label=frozenset({"vehicle"}), **fields)


def told(notices: list[Notice]) -> list[str]:
    return [notice.rule for notice in notices]


def waited(rig: Rig) -> list[list[str]]:
    """When its event is late, when it is given up, and long after."""
    return [told(rig.wait(seconds)) for seconds in (SOON_S, LATE_S, 3600.0)]


def test_what_its_event_could_take_back_is_told_when_none_comes() -> None:
    """A detector without a topic of events, an event that was lost: somebody new in the drive is not passed over."""
    rig = Rig(book(new()))
    assert rig.take(naming(happened())) == []
    assert waited(rig) == [[], ["people"], []]
    assert (rig.became("told"), rig.became("not-wanted"), list(rig.stage.held())) == (1, 0, [])


def test_what_it_cannot_take_back_is_told_sooner_and_once() -> None:
    """And so it is counted."""
    rig = Rig(book(rule("any"), new("new", channels=("log",)), mail=Plain(), log=Plain()))
    rig.take(naming(happened()))
    assert waited(rig) == [["any"], ["new"], []]
    assert rig.became("told") == 1


def test_what_nobody_wants_is_counted_once() -> None:
    """It is judged twice."""
    rig = Rig(book(rule(zones=frozenset({"garden"}))))
    rig.take(naming(happened()))
    assert (waited(rig), rig.became("not-wanted")) == ([[], [], []], 1)


def test_a_camera_that_is_paused_is_silent_and_counted_once() -> None:
    """Its frame says that it is."""
    rig = Rig(book(new()))
    rig.take(naming(happened(), tags={"paused": "alerts"}))
    assert (waited(rig), rig.became("paused")) == ([[], [], []], 1)


def test_an_event_that_comes_between_ends_the_wait() -> None:
    """It takes back what it can: a car is no news."""
    rig, event = Rig(book(new())), happened(parents=["vehicle"])
    rig.take(naming(event))
    assert told(rig.wait(SOON_S)) == []
    assert (rig.take(event), list(rig.stage.held())) == ([], [])
    assert (told(rig.wait(LATE_S)), rig.became("not-wanted")) == ([], 1)


@pytest.mark.parametrize("early", [[], ["any"]])
def test_a_restart_between_the_halves_loses_none_and_repeats_none(early: list[str]) -> None:
    """The frame is held until its event has had its time: it is read again."""
    rules = [*(rule(name) for name in early), new("new", channels=("log",))]
    rig = Rig(book(*rules, mail=Plain(), log=Plain()))
    frame = naming(happened())
    rig.take(frame)
    assert told(rig.wait(SOON_S)) == early
    assert list(rig.stage.held()) == [frame]
    after = Rig(before=rig)
    assert after.take(frame) == []
    assert waited(after) == [[], ["new"], []]


def test_an_event_that_is_known_to_be_lost_is_not_waited_for() -> None:
    """A dead letter: its frame goes on alone, also if it was judged as a half."""
    rig, frame = Rig(book(new())), naming(happened())
    rig.take(frame)
    assert told(rig.wait(SOON_S)) == []
    assert [out.message.rule for out in rig.stage.alone([frame])] == ["people"]  # type: ignore[attr-defined]
    assert (list(rig.stage.held()), told(rig.wait(LATE_S))) == ([], [])


def test_what_is_pushed_out_by_too_much_is_told_first() -> None:
    """Thousands of frames without events: the oldest waits no longer."""
    rig = Rig(book(new()))
    rig.stage.joined.most_pairs = 2
    events = [happened(seq) for seq in range(3)]
    rig.take(*(naming(event, seq) for seq, event in enumerate(events)))
    assert [notice.event for notice in rig.wait(SOON_S)] == [events[0].id]
    assert [notice.event for notice in rig.wait(LATE_S)] == [event.id for event in events[1:]]
