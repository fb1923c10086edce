"""Told at once where the channel can complete it, and completed when the frame or a recording comes."""

from pathlib import Path

import pytest

from libs.common.messages import Event, replace
from services.notifier.book import Book
from services.notifier.ids import notice_id
from tests.notifier.stage_rig import BLACK, JPEG, Edits, Plain, Rig, book, happened, naming, rule

BOTH = ("phone", "mail")


def both(**fields: object) -> Book:
    return book(rule(channels=BOTH, cooldown_s=60.0, **fields), phone=Edits(), mail=Plain())


def test_the_event_is_told_at_once_and_completed_by_its_frame() -> None:
    """The channel that cannot be edited is told when both are there."""
    rig, event = Rig(both()), happened()
    (early,) = rig.take(event)
    assert (early.channel, early.data["picture"], early.labels) == ("phone", "follows", {"person": None})
    assert rig.pictures.of(early, rig.book.rules[0]) is None
    update, mail = rig.take(naming(event))
    assert (update.channel, update.updates, update.id) == ("phone", early.id, notice_id(event.id, "phone", "picture"))
    assert (update.state, update.labels) == ("waiting", {"person": 0.9})
    assert rig.pictures.of(update, rig.book.rules[0]) == JPEG
    assert (mail.channel, mail.updates) == ("mail", None)
    assert rig.became("told") == 1


def test_with_the_frame_there_all_is_told_in_one() -> None:
    """Nothing follows."""
    rig, event = Rig(both()), happened()
    assert [(n.channel, n.updates) for n in rig.take(naming(event), event)] == [("phone", None), ("mail", None)]


def test_a_rule_that_needs_the_frame_waits_for_it() -> None:
    """An event of an older detector does not say how sure the model was."""
    rig, event = Rig(both(confidence=0.5)), happened()
    assert rig.take(event) == []
    assert [(n.channel, n.updates) for n in rig.take(naming(event))] == [("phone", None), ("mail", None)]


def test_a_rule_that_asks_how_sure_is_heard_at_once_where_the_event_says_it() -> None:
    """What is not sure enough yet may become so by the frame, if another model has looked too."""
    rig, event = Rig(both(confidence=0.5)), happened(confidence=0.6)
    assert [(n.channel, n.labels) for n in rig.take(event)] == [("phone", {"person": 0.6})]
    rig, event = Rig(both(confidence=0.7)), happened(confidence=0.6)
    assert rig.take(event) == []
    assert [n.channel for n in rig.take(naming(event))] == ["phone", "mail"]


@pytest.mark.parametrize("fields", [{"redaction": BLACK}, {"redaction": None}, {"tags": {"paused": "alerts"}}])
def test_nothing_completes_it_where_the_picture_may_not_be_shown(fields: dict[str, object]) -> None:
    """What was said stays."""
    rig, event = Rig(both()), happened()
    rig.take(event)
    assert [notice.updates for notice in rig.take(naming(event, **fields)) if notice.updates] == []


@pytest.mark.parametrize(("wants", "channel"), [({"picture": False}, Edits()), ({}, Edits(picture=False))])
def test_nothing_follows_where_no_picture_is_wanted(wants: dict[str, object], channel: Edits) -> None:
    """Neither said nor sent."""
    rig, event = Rig(book(rule(channels=("phone",), **wants), phone=channel)), happened()
    (early,) = rig.take(event)
    assert "picture" not in early.data
    assert rig.take(naming(event)) == []


def test_what_went_into_a_summary_is_not_completed() -> None:
    """There is no message to complete."""
    rig, event = Rig(both()), happened()
    (early,) = rig.take(event)
    rig.log.append(replace(early, state="gathered"))
    assert [notice.channel for notice in rig.take(naming(event))] == ["mail"]


def test_what_a_summary_is_to_tell_waits_for_its_frame() -> None:
    """It has no hurry, and the frame knows more."""
    rig, event = Rig(both()), happened()
    rig.clock.advance(3600.0)
    assert rig.take(event) == []
    found = [(notice.channel, notice.state, notice.labels) for notice in rig.take(naming(event))]
    assert found == [(channel, "gathered", {"person": 0.9}) for channel in BOTH]


def test_a_restart_between_event_and_frame_completes_it() -> None:
    """The event is read again: it was held, so nothing behind it was committed."""
    rig, event = Rig(both()), happened()
    (early,) = rig.take(event)
    after = Rig(before=rig)
    assert after.take(event) == []
    assert [notice.updates for notice in after.take(naming(event))] == [early.id, None]
    assert Rig(before=after).take(event, naming(event)) == []


def test_a_frame_that_comes_after_the_wait_completes_it_all_the_same() -> None:
    """And says nothing twice."""
    rig, event = Rig(both(zones=frozenset({"drive"}))), happened()
    (early,) = rig.take(event)
    assert [notice.channel for notice in rig.wait(11.0)] == ["mail"]
    (update,) = rig.take(naming(event))
    assert update.updates == early.id


def test_a_rule_that_needs_the_frame_is_heard_when_it_comes_after_the_wait() -> None:
    """After an outage events are read long before the frames, which are many."""
    rig, event = Rig(book(rule(confidence=0.5, zones=frozenset({"drive"})))), happened()
    assert rig.take(event) == []
    assert rig.wait(11.0) == []
    (notice,) = rig.take(naming(event))
    assert (notice.labels, notice.zones) == ({"person": 0.9}, ("drive",))
    assert rig.take(naming(event), event) == []


def test_a_camera_whose_alerts_are_paused_is_not_told_early() -> None:
    """Its newest frame says so."""
    rig, event = Rig(both()), happened(5)
    before = happened(4, kind="other")
    rig.take(naming(before, 4, tags={"paused": "alerts"}))
    assert rig.take(event) == []


def recording(rig: Rig, **data: object) -> Event:
    """A finished one of ten seconds around the happening."""
    at = happened().at
    span = {"start_at": at - 5 * 10**9, "end_at": at + 5 * 10**9, "bytes": 7, "url": "https://x.example/c.mp4"}
    return Event(id="c" * 32, camera="porch", kind="recording.finished", at=at + 5 * 10**9, data=span | data)


def told(rig: Rig) -> str:
    """Somebody was told on both channels; the id of the notice that can be completed."""
    event = happened()
    first, _ = rig.take(naming(event), event)
    return first.id


def test_a_recording_completes_what_it_holds() -> None:
    """Where the rule asks for it and the channel can; once."""
    rig = Rig(both(clip=True))
    first = told(rig)
    (update,) = rig.take(recording(rig))
    assert (update.updates, update.id) == (first, notice_id(happened().id, "phone", "clip"))
    clip = {"path": None, "url": "https://x.example/c.mp4", "bytes": 7}
    assert update.data == {"zones": ["drive"], "clip": clip}
    assert rig.take(recording(rig)) == []
    assert Rig(before=rig).take(recording(rig)) == []


def test_a_recording_takes_away_nothing_that_was_said() -> None:
    """What came with the frame stays; without it nothing more is said to follow."""
    event = happened()
    early, whole = Rig(both(clip=True)), Rig(both(clip=True))
    early.take(event)
    (update,) = early.take(recording(early))
    assert ("picture" in update.data, update.labels) == (False, {"person": None})
    whole.take(event, naming(event))
    (update,) = whole.take(recording(whole))
    assert (update.labels, update.updates) == ({"person": 0.9}, notice_id(event.id, "phone"))


def test_a_recording_of_something_else_completes_nothing() -> None:
    """Another time, another camera, a rule without clips, or nothing to show."""
    rig = Rig(both(clip=True))
    told(rig)
    at = happened().at
    assert rig.take(recording(rig, start_at=at + 1)) == []
    for change in ({"url": None}, {"url": "javascript:alert(1)"}, {"start_at": "x"}, {"end_at": None}):
        assert Rig(before=rig).take(recording(rig, **change)) == []
    plain = Rig(both())
    told(plain)
    assert plain.take(recording(plain)) == []


def test_only_files_of_the_recordings_folder_are_sent(tmp_path: Path) -> None:
    """Whatever an event says: neither by `..`, nor from the root, nor through a link."""
    folder = tmp_path / "recordings"
    folder.mkdir()
    (folder / "c.mp4").write_bytes(b"clip")
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "link").symlink_to(tmp_path / "secret")
    for given, path in {
        "c.mp4": str(folder / "c.mp4"),
        str(folder / "c.mp4"): str(folder / "c.mp4"),
        "../secret": None,
        str(tmp_path / "secret"): None,
        "link": None,
        "missing.mp4": None,
        ".": None,
        "a\x00b": None,
        "x" * 5000: None,
    }.items():
        rig = Rig(both(clip=True), folder=folder)
        told(rig)
        (update,) = rig.take(recording(rig, path=given))
        assert update.data["clip"]["path"] == path


def test_no_event_names_a_file_that_is_sent(tmp_path: Path) -> None:
    """Only a recording that was found in its folder is a clip: what an event calls one is left out."""
    film = tmp_path / "private.mp4"
    film.write_bytes(b"....ftyp")
    event = happened(clip={"path": str(film), "url": None, "bytes": 8})
    rig = Rig(both(clip=True), folder=tmp_path / "recordings")
    assert [notice.data for notice in rig.take(naming(event), event)] == [{"zones": ["drive"]}] * 2
    early = Rig(both(clip=True)).take(event)
    assert ["clip" in notice.data for notice in early] == [False]


def test_what_completes_a_message_bears_the_name_of_whoever_wrote_it() -> None:
    """Other copies leave it to that one for a moment, as they do with the message itself."""
    rig = Rig(both(clip=True))
    told(rig)
    (update,) = rig.take(recording(rig))
    assert (update.by, update.life) == ("one", "00000001")
