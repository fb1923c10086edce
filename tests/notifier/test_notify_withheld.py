"""What is not told, and what is told without its picture."""

import pytest

from libs.common.messages import Event, Status
from tests.notifier.stage_rig import BLACK, JPEG, Edits, Rig, book, happened, naming, rule, shown


def test_nobody_is_told_while_alerts_are_paused() -> None:
    """The frame says it; it is observed all the same."""
    rig, event = Rig(), happened()
    assert rig.take(event, naming(event, tags={"paused": "alerts"})) == []
    assert (rig.became("paused"), len(rig.couriers.observed)) == (1, 1)
    assert rig.take(event) == []


def test_an_event_alone_is_as_paused_as_its_cameras_newest_frame() -> None:
    """Whatever is seen; that the camera is gone is told."""
    rig = Rig(book(rule(kinds=("*",))))
    rig.take(shown(3, tags={"paused": "alerts,detection"}))
    assert rig.take(happened(2)) == []
    gone = Event(id="a" * 32, camera="porch", kind="camera.disconnected", at=rig.clock.now_ns())
    assert len(rig.take(gone)) == 1


def test_a_pause_that_a_frame_said_long_ago_is_none() -> None:
    """The frames stopped coming, then the operator had the alerts go on."""
    rig = Rig()
    rig.take(shown(0, tags={"paused": "alerts"}))
    rig.clock.advance(3600.0)
    assert rig.take(happened(999)) == []
    assert [notice.camera for notice in rig.wait(10.1)] == ["porch"]
    assert rig.became("paused") == 0


@pytest.mark.parametrize("seconds", [0.0, 3600.0])
def test_a_pause_holds_before_any_frame_says_it(seconds: float) -> None:
    """It was ordered just now, or when no frames came any more: the camera's status says it."""
    rig = Rig(book(rule(channels=("phone",)), phone=Edits()))
    rig.take(shown(0))
    rig.clock.advance(seconds)
    rig.statuses["porch"] = Status(camera="porch", state="connected", since=0, paused=("alerts",))
    assert (rig.take(happened(999)), rig.wait(10.1), rig.became("paused")) == ([], [], 1)


def test_a_pause_of_detection_keeps_no_message_back() -> None:
    """What is told then was seen before."""
    rig = Rig()
    rig.statuses["porch"] = Status(camera="porch", state="connected", since=0, paused=("detection",))
    assert (rig.take(happened()), len(rig.wait(10.1))) == ([], 1)


def test_what_a_frame_says_of_its_own_event_counts_more_than_the_status() -> None:
    """It happened before the pause, or in it."""
    rig, before, during = Rig(), happened(1), happened(2)
    rig.statuses["porch"] = Status(camera="porch", state="connected", since=0, paused=("alerts",))
    assert len(rig.take(before, naming(before, 1))) == 1
    rig.statuses["porch"] = Status(camera="porch", state="connected", since=0)
    assert rig.take(during, naming(during, 2, tags={"paused": "alerts"})) == []


def test_that_alerts_are_paused_is_told() -> None:
    """Its own frame says that they are."""
    rig = Rig(book(rule(kinds=("camera.*",))))
    event = happened(kind="camera.paused")
    assert len(rig.take(event, naming(event, tags={"paused": "alerts"}))) == 1


@pytest.mark.parametrize(
    ("redaction", "raw", "said", "picture"),
    [
        (BLACK, False, "not-looked", None),
        (BLACK, True, "not-looked", None),
        (None, False, "not-redacted", None),
        (None, True, None, JPEG),
    ],
)
def test_a_picture_that_may_not_be_shown_is_not_sent(
    redaction: object, raw: bool, said: str | None, picture: bytes | None
) -> None:
    """The notice says why; a rule that says `raw` gets what nobody covered, and never what was withheld."""
    rig, event = Rig(book(rule(raw=raw))), happened()
    (notice,) = rig.take(event, naming(event, redaction=redaction))
    assert notice.data.get("picture") == said
    assert rig.pictures.of(notice, rig.book.rules[0]) == picture
    assert rig.looked_up == []


def test_a_rule_that_asks_how_sure_is_not_silent_where_the_frame_is_withheld() -> None:
    """A withheld frame says nothing of what was found in it; the event does."""
    for sure, told in ((0.4, []), (0.6, ["not-looked"])):
        rig, event = Rig(book(rule(confidence=0.5))), happened(confidence=sure)
        notices = rig.take(event, naming(event, redaction=BLACK, detections=()))
        assert [notice.data.get("picture") for notice in notices] == told
        assert [notice.labels for notice in notices] == [{"person": sure}] * len(told)


def test_an_event_cannot_say_that_a_picture_follows() -> None:
    """What another program writes into `data` steers nothing of ours."""
    rig, event = Rig(), happened(picture="follows")
    (notice,) = rig.take(event, naming(event))
    assert "picture" not in notice.data
    assert rig.pictures.of(notice, rig.book.rules[0]) == JPEG
