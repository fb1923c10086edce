"""Rules that say `raw` later, or of other channels: nothing that was decided before is uncovered by them."""

from pathlib import Path

import pytest

from libs.common.messages import Event, Notice, replace
from services.notifier.book import Book
from tests.notifier.stage_rig import JPEG, Edits, Plain, Rig, book, happened, naming, rule

RAW = b"\xff\xd8 everybody"


def public(raw: bool = False, *channels: str, **fields: object) -> Book:
    """One rule, for the channel `public` unless others are said."""
    return book(rule(raw=raw, channels=channels or ("public",), **fields), public=Edits(), private=Plain())


def picture(rig: Rig, notice: Notice) -> bytes | None:
    """As it is sent by the rules of now."""
    return rig.pictures.of(notice, rig.book.rule(notice.rule))


def decided(rules: Book) -> tuple[Rig, Notice]:
    """Told of a frame that nobody covered."""
    rig, event = Rig(rules), happened()
    (notice,) = rig.take(naming(event, image=RAW, redaction=None), event)
    return rig, notice


@pytest.mark.parametrize("now", [public(True), public(True, "private"), public(False), book(rule("others"))])
def test_what_was_decided_without_the_word_stays_covered(now: Book) -> None:
    """Whatever the rules say when it is sent; the message says why there is none."""
    rig, notice = decided(public())
    rig.book = now
    assert (picture(rig, notice), rig.pictures.why_none(notice)) == (None, "not-redacted")


@pytest.mark.parametrize(
    ("now", "sent"),
    [(public(True), RAW), (public(True, "public", "private"), RAW), (public(True, "private"), None), (public(), None)],
)
def test_what_was_decided_with_the_word_needs_it_still_for_its_channel(now: Book, sent: bytes | None) -> None:
    """Taken back, or of other channels now, it counts no more."""
    rig, notice = decided(public(True))
    rig.book = now
    assert picture(rig, notice) == sent


def test_the_word_is_known_after_a_restart_and_where_the_data_is_too_long() -> None:
    """It stands in the notice, and is no part of what is left out of it."""
    rig, event = Rig(public(True)), happened(note="x" * 20_000)
    (notice,) = rig.take(naming(event, image=RAW, redaction=None), event)
    assert notice.data == {"raw": True}
    after = Rig(before=rig)
    after.stage.remember(naming(event, image=RAW, redaction=None))
    assert picture(after, rig.ledger.find(notice.id) or notice) == RAW


def test_an_event_cannot_say_that_its_picture_may_be_raw() -> None:
    """Whoever writes to `events` uncovers nobody."""
    rig, event = Rig(public()), happened(raw=True)
    (notice,) = rig.take(naming(event, image=RAW, redaction=None), event)
    assert "raw" not in notice.data
    rig.book = public(True)
    assert picture(rig, notice) is None


@pytest.mark.parametrize(("then", "now"), [(False, True), (True, False)])
def test_what_completes_a_message_is_as_covered_as_that(then: bool, now: bool) -> None:
    """Told before its frame came; the rules were changed between the two."""
    rig, event = Rig(public(then)), happened()
    (early,) = rig.take(event)
    rig.book = public(now)
    assert [each for each in rig.take(naming(event, image=RAW, redaction=None)) if each.updates] == []
    rig.book = public(True)
    assert picture(rig, replace(early, data={**early.data, "picture": None})) == (RAW if then else None)


def test_what_completes_a_message_that_was_told_with_the_word_has_it_too() -> None:
    """The raw picture comes later than the message."""
    rig, event = Rig(public(True)), happened()
    (early,) = rig.take(event)
    (update,) = rig.take(naming(event, image=RAW, redaction=None))
    assert (update.updates, update.data["raw"], picture(rig, update)) == (early.id, True, RAW)


def test_a_covered_one_completes_it_whatever_the_word_is_now() -> None:
    """Raw or not, there is nobody to be seen in it."""
    rig, event = Rig(public()), happened()
    rig.take(event)
    rig.book = public(True)
    updates = [each for each in rig.take(naming(event)) if each.updates]
    assert [picture(rig, each) for each in updates] == [JPEG]


@pytest.mark.parametrize("then", [False, True])
def test_a_clip_uncovers_nothing(then: bool, tmp_path: Path) -> None:
    """What completes a message by its recording is as covered as that, also one whose picture never came."""
    (tmp_path / "porch.mp4").write_bytes(b"a film")
    rig, event = Rig(public(then, clip=True), folder=tmp_path), happened()
    (early,) = rig.take(event)
    rig.log.append(replace(early, state="sent", sent_at=rig.clock.now_ns(), handle="12"))
    rig.book = public(True, clip=True)
    (update,) = rig.take(_finished(event))
    rig.pictures.keep(naming(event, image=RAW, redaction=None))
    assert ("picture" in update.data, picture(rig, update)) == (False, RAW if then else None)


def _finished(event: Event) -> Event:
    """A recording that holds it."""
    second_ns = 10**9
    data = {"start_at": event.at - second_ns, "end_at": event.at + second_ns, "path": "porch.mp4", "bytes": 6}
    return Event(id="b" * 32, camera="porch", kind="recording.finished", at=event.at, data=data)
