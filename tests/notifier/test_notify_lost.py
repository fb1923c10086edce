"""What an event, or a frame, waits for is lost: it goes on with what there is."""

from collections.abc import Iterator

import pytest

from libs.common.errors import TemporaryError
from libs.common.messages import Message
from services.notifier.joined import Pair
from tests.notifier.stage_rig import Rig, happened, naming


def told_alone(rig: Rig, *messages: Message) -> list[str]:
    return [out.message.event for out in rig.stage.alone(messages)]  # type: ignore[attr-defined]


def test_an_event_whose_frame_is_lost_is_told_without_it() -> None:
    """At once, and held no more; what other cameras wait for goes on waiting."""
    rig, event, other = Rig(), happened(), happened(camera="yard")
    assert rig.take(event, other) == []
    assert told_alone(rig, event) == [event.id]
    assert list(rig.stage.held()) == [other]


def test_a_frame_whose_event_is_lost_is_told_without_it() -> None:
    """Likewise."""
    rig, event = Rig(), happened()
    frame = naming(event)
    assert rig.take(frame) == []
    assert told_alone(rig, frame) == [event.id]
    assert list(rig.stage.held()) == []


def test_what_waits_for_nothing_is_nothing() -> None:
    """It is asked of every held message."""
    assert told_alone(Rig(), happened()) == []


def test_all_that_is_lost_is_looked_for_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of as many as are held, each is looked at as often as of a few."""
    looks, messages_of = [], Pair.messages

    def messages(pair: Pair) -> Iterator[Message]:
        looks.append(pair.id)
        return messages_of(pair)

    rig, events = Rig(), [happened(seq) for seq in range(50)]
    rig.take(*events)
    monkeypatch.setattr(Pair, "messages", messages)
    assert told_alone(rig, *events) == [event.id for event in events]
    assert len(looks) <= 3 * len(events)


def test_nothing_is_decided_before_it_is_known_what_was_told() -> None:
    """Without cooldowns and limits everything would be told: whoever runs the stage makes dead letters of it."""
    rig, event = Rig(), happened()
    rig.take(event)
    rig.ledger.ready = False
    with pytest.raises(TemporaryError, match="what was told before is not read yet"):
        rig.stage.alone([event])
    assert list(rig.stage.held()) == [event]
