"""A frame that comes twice, raw and covered: each rule gets the picture that it may show, whichever comes first."""

import pytest

from libs.common.messages import Message
from services.notifier.book import Book
from tests.notifier.stage_rig import BLACK, JPEG, Edits, Plain, Rig, book, happened, naming, rule, shown

RAW = b"\xff\xd8 everybody"


def of_two() -> Book:
    """One rule without the word `raw`, one with it."""
    return book(rule("safe"), rule("bare", channels=("other",), raw=True), mail=Plain(), other=Plain())


def after_both(rules: Book) -> Rig:
    """A frame of this camera has come raw and covered before."""
    rig = Rig(rules)
    rig.take(shown(0, image=RAW, redaction=None), shown(0))
    return rig


def told(rig: Rig, *messages: Message) -> dict[str, bytes | None]:
    """By channel: the picture that its message has."""
    notices = rig.take(*messages)
    pictures = {each.channel: rig.pictures.of(each, rig.book.rule(each.rule)) for each in notices}
    assert len(pictures) == len(notices)
    return pictures


@pytest.mark.parametrize("order", ["eRC", "eCR", "ReC", "RCe", "CRe", "CeR"])
def test_each_rule_gets_its_picture_in_any_order(order: str) -> None:
    """The event, the raw frame, the covered one; once each, and nothing is held in the end."""
    rig, event = after_both(of_two()), happened(5)
    messages = {"e": event, "R": naming(event, 5, image=RAW, redaction=None), "C": naming(event, 5)}
    notices = [notice for sign in order for notice in rig.take(messages[sign])]
    pictures = [(each.channel, rig.pictures.of(each, rig.book.rule(each.rule))) for each in notices]
    assert pictures == [("mail", JPEG), ("other", RAW)]
    assert rig.stage.held() == []


def test_the_raw_one_is_held_as_long_as_it_waits() -> None:
    """Else its place would be committed, and after a restart its event would count as told."""
    rig, event = after_both(of_two()), happened(5)
    raw = naming(event, 5, image=RAW, redaction=None)
    rig.take(event, raw)
    assert rig.stage.held() == [event, raw]


def test_what_is_withheld_is_shown_raw_where_the_rule_says_so() -> None:
    """The black one is in nobody's way."""
    rig, event = after_both(of_two()), happened(5)
    raw, black = naming(event, 5, image=RAW, redaction=None), naming(event, 5, redaction=BLACK)
    assert told(rig, event, raw, black) == {"mail": None, "other": RAW}


def test_a_covered_one_that_does_not_come_is_not_waited_for_longer_than_for_any_frame() -> None:
    """The redactor is away: who may see the raw one does, the others are told why they do not."""
    rig, event = after_both(of_two()), happened(5)
    raw = naming(event, 5, image=RAW, redaction=None)
    assert told(rig, event, raw) == {}
    found = {each.channel: each for each in rig.wait(10.1)}
    assert rig.pictures.of(found["other"], rig.book.rule("bare")) == RAW
    assert found["mail"].data["picture"] == "not-redacted"
    assert rig.pictures.of(found["mail"], rig.book.rule("safe")) is None


def test_later_covered_frames_end_the_wait() -> None:
    """It cannot come any more."""
    rig, event = after_both(of_two()), happened(5)
    rig.take(event, naming(event, 5, image=RAW, redaction=None), shown(6))
    assert [notice.channel for notice in rig.wait(0.1)] == ["mail", "other"]


def test_where_frames_come_raw_only_nobody_waits() -> None:
    """No covered one was ever here."""
    rig, event = Rig(of_two()), happened(5)
    assert told(rig, event, naming(event, 5, image=RAW, redaction=None)) == {"mail": None, "other": RAW}


def test_what_was_told_early_is_completed_with_the_covered_one() -> None:
    """The raw one completes nothing where the rule does not say `raw`."""
    rig, event = after_both(book(rule(channels=("phone",)), phone=Edits())), happened(5)
    (early,) = rig.take(event)
    assert rig.take(naming(event, 5, image=RAW, redaction=None)) == []
    (update,) = rig.take(naming(event, 5))
    assert update.updates == early.id
    assert rig.pictures.of(update, rig.book.rule("people")) == JPEG
