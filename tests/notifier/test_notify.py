"""The stage: an event and its frame in either order, once, whatever is repeated."""

import pytest

from libs.common.errors import PermanentError, TemporaryError
from libs.common.messages import End, Event, Status, replace
from services.notifier.ids import notice_id
from tests.notifier.stage_rig import Plain, Rig, book, happened, naming, rule, shown


def test_the_event_first_then_the_frame() -> None:
    """It waits, and one notice has what both of them say."""
    rig, event = Rig(), happened()
    assert rig.take(event) == []
    assert rig.stage.held() == [event]
    (notice,) = rig.take(naming(event))
    assert (notice.id, notice.event, notice.channel, notice.rule) == (
        notice_id(event.id, "mail"),
        event.id,
        "mail",
        "people",
    )
    assert (notice.labels, notice.counts, notice.zones) == ({"person": 0.9}, {"person": 1}, ("drive",))
    assert (notice.text, notice.frame_id, notice.state, notice.at) == ("1 person", event.frame_id, "waiting", event.at)
    assert rig.stage.held() == []
    assert rig.became("told") == 1


def test_the_frame_first_then_the_event() -> None:
    """The same comes out."""
    rig, event = Rig(), happened()
    frame = naming(event)
    assert rig.take(frame) == []
    assert rig.stage.held() == [frame]
    (notice,) = rig.take(event)
    assert (notice.labels, notice.zones) == ({"person": 0.9}, ("drive",))


def test_a_frame_alone_is_told_after_two_seconds() -> None:
    """Its event may be on no topic at all."""
    rig, event = Rig(), happened()
    assert rig.take(naming(event)) == []
    assert rig.wait(1.9) == []
    (notice,) = rig.wait(0.2)
    assert (notice.kind, notice.label, notice.counts, notice.at) == (
        "detection.started",
        "person",
        {"person": 1},
        event.at,
    )


def test_an_event_whose_frame_never_comes_is_told_when_the_wait_is_over() -> None:
    """Never silent; the picture is looked up then."""
    rig, event = Rig(), happened()
    assert rig.take(event) == []
    assert rig.wait(9.9) == []
    (notice,) = rig.wait(0.2)
    assert (notice.labels, notice.frame_id, notice.data) == ({"person": None}, event.frame_id, {"zones": ["drive"]})


def test_an_event_without_a_frame_is_told_at_once() -> None:
    """There is nothing to wait for."""
    rig = Rig(book(rule(kinds=("camera.*",))))
    gone = Event(id="a" * 32, camera="porch", kind="camera.disconnected", at=rig.clock.now_ns(), text="no answer")
    (notice,) = rig.take(gone)
    assert (notice.kind, notice.label, notice.labels, notice.text) == ("camera.disconnected", None, {}, "no answer")


def test_an_event_whose_frame_has_passed_is_told_at_once() -> None:
    """`detection.ended` that time alone caused is named after the last frame, which does not name it."""
    rig = Rig(book(rule(kinds=("detection.ended",))))
    rig.take(shown(7))
    assert len(rig.take(happened(7, kind="detection.ended"))) == 1


def test_an_event_whose_frame_passes_without_naming_it_is_told_then() -> None:
    """A later frame of the same boot shows that it has passed."""
    rig, event = Rig(), happened(7)
    rig.take(event, shown(6))
    assert rig.wait(0.1) == []
    rig.take(shown(8))
    assert len(rig.wait(0.1)) == 1


@pytest.mark.parametrize("kind", ["summary", "test"])
def test_an_event_that_calls_itself_as_our_own_messages_is_told_like_any_other(kind: str) -> None:
    """It is no summary of others, and no test."""
    rig = Rig(book(rule(kinds=("*",))))
    (notice,) = rig.take(Event(id="e1", camera="porch", kind=kind, at=happened().at))
    assert notice.kind == f"{kind} event"


def test_two_events_of_one_frame_are_joined_each() -> None:
    """The frame is held once."""
    rig = Rig(book(rule(kinds=("*",))))
    started, new = happened(), happened(kind="label.new")
    frame = replace(naming(started), events=(*naming(started).events, *naming(new).events))
    assert rig.take(frame) == []
    assert rig.stage.held() == [frame]
    assert [notice.event for notice in rig.take(new, started)] == [new.id, started.id]


def test_what_is_repeated_is_told_once() -> None:
    """By the detector, before the frame and after it."""
    rig, event = Rig(), happened()
    assert len(rig.take(event, event, naming(event), event, event)) == 1
    assert rig.became("repeat") == 2


def test_a_restart_tells_nothing_again() -> None:
    """Event and frame are read again; the ledger has the notice."""
    rig, event = Rig(), happened()
    assert len(rig.take(event, naming(event))) == 1
    assert Rig(before=rig).take(event, naming(event)) == []


def test_a_restart_in_between_tells_the_channels_that_were_not_told() -> None:
    """A kill came when the log had one of two: its own cooldown does not silence the other."""
    rules = book(rule(channels=("mail", "phone"), cooldown_s=60.0), mail=Plain(), phone=Plain())
    rig, event = Rig(rules), happened()
    _, second = rig.take(event, naming(event))
    del rig.log.notices[second.id]
    assert [notice.channel for notice in Rig(before=rig).take(event, naming(event))] == ["phone"]


def test_what_was_decided_before_the_start_is_not_decided_again() -> None:
    """The runner gives back the last seconds."""
    rig, event = Rig(), happened()
    rig.stage.remember(naming(event))
    assert rig.take(event) == []
    assert rig.wait(20.0) == []
    assert rig.became("repeat") == 1


def test_nothing_is_decided_before_it_is_known_what_was_told() -> None:
    """The message comes again soon; frames without events pass."""
    rig, event = Rig(), happened()
    rig.ledger.ready = False
    for message in (event, naming(event)):
        with pytest.raises(TemporaryError) as error:
            rig.take(message)
        assert error.value.delay_s == 0.5
    assert rig.take(shown()) == []
    assert rig.stage.held() == []
    rig.ledger.ready = True
    assert len(rig.take(event, naming(event))) == 1


def test_another_copys_camera_is_forgotten() -> None:
    """It tells of it; nothing comes out here."""
    rig = Rig()
    rig.take(happened(), happened(camera="yard"))
    rig.stage.forget("porch")
    assert [event.camera for event in rig.stage.held() if isinstance(event, Event)] == ["yard"]
    assert [notice.camera for notice in rig.wait(11.0)] == ["yard"]


def test_only_one_notice_for_each_channel() -> None:
    """Of several rules the first one tells it."""
    rig = Rig(book(rule("one"), rule("two", channels=("mail", "phone")), mail=Plain(), phone=Plain()))
    event = happened()
    assert [(n.rule, n.channel) for n in rig.take(event, naming(event))] == [("one", "mail"), ("two", "phone")]


def test_what_no_rule_wants_is_told_to_nobody() -> None:
    """And counted."""
    rig, event = Rig(book(rule(alarm=frozenset({"cat"})))), happened()
    assert rig.take(event, naming(event)) == []
    assert rig.became("not-wanted") == 1


def test_foreign_data_that_is_too_much_is_left_out() -> None:
    """Every copy keeps the topic of notices in memory."""
    rig = Rig()
    event = happened(much=["x" * 1000] * 100)
    (notice,) = rig.take(event, naming(event))
    assert notice.data == {}


def test_the_oldest_goes_on_when_too_much_waits() -> None:
    """Memory is bounded; nobody is silent."""
    rig = Rig()
    rig.stage.joined.most_pairs = 2
    events = [happened(seq) for seq in range(3)]
    rig.take(*events)
    assert [notice.event for notice in rig.wait(0.1)] == [events[0].id]
    rig.stage.joined.most_bytes = 2500
    assert [notice.event for notice in rig.wait(0.1)] == [events[1].id]


def test_an_end_is_nothing_and_others_are_refused() -> None:
    """Into the dead letters."""
    rig = Rig()
    assert rig.take(End(camera="porch", boot="00000001", last_seq=3)) == []
    with pytest.raises(PermanentError, match="neither frame nor event but status"):
        rig.take(Status(camera="porch", state="connected", since=0))


def test_what_the_delivery_tells_of_itself_goes_to_the_topic_of_events() -> None:
    """As any other event."""
    rig = Rig()
    event = Event(id="a" * 32, camera="notifier", kind="service.failing", at=1, data={"channel": "mail"})
    rig.stage.told.put(event)
    (out,) = rig.stage.tick()
    assert (out.message, out.topic) == (event, "events")


def test_couriers_are_woken_when_the_rules_are_others() -> None:
    """What a channel could not take by the old ones it may take now."""
    rig = Rig()
    rig.wait(0.1)
    assert rig.couriers.woken == 0
    rig.stage.look = lambda: True
    rig.wait(0.1)
    assert rig.couriers.woken == 1


def test_what_is_on_its_way_is_known_without_its_data() -> None:
    """Twenty thousand of them would be hundreds of megabytes."""
    rig = Rig()
    event = happened(note="x" * 10_000)
    (notice,) = rig.take(event, naming(event))
    assert notice.data["note"] == "x" * 10_000
    assert [each.data for each in rig.stage.decide._given.values()] == [{}]
