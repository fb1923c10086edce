"""What the stage hands to the browsers."""

import pytest

from libs.common.errors import PermanentError
from libs.common.messages import Detection, End, Frame, Redaction, replace
from libs.common.testing import FakeClock
from services.viewer.access import User
from services.viewer.browser import Browser
from services.viewer.hub import Hub
from services.viewer.show import Show, shown
from tests.viewer.frames import frame

COVERED = Redaction(policy="fill", labels=("person",), boxes=((0.1, 0.1, 0.2, 0.2),), withheld=False)
BLACK = replace(COVERED, withheld=True, reason="not-looked")
PERSON = Detection(label="person", confidence=0.9, box=(0.1, 0.1, 0.2, 0.2))


def seen(shown_frame: Frame, raw: bool) -> tuple[dict[str, object], bytes]:
    """Meta and JPEG that one page gets of one frame."""
    got: list[tuple[dict[str, object], bytes]] = []
    hub = Hub(FakeClock())
    user = User("viewer", frozenset({"t"}))
    hub.join(Browser("1", user, lambda meta, jpeg, _: got.append((dict(meta), jpeg)), lambda: None, lambda: True))
    hub.choose("1", watching=True, camera=None, topic=None)
    assert list(Show("t", hub, raw).handle(shown_frame)) == []
    return got[0]


@pytest.mark.parametrize(
    ("redaction", "raw", "expected"),
    [(None, False, False), (None, True, True), (COVERED, False, True), (COVERED, True, True), (BLACK, False, True)],
)
def test_a_picture_is_shown_if_covered_or_asked_for_in_words(
    redaction: Redaction | None, raw: bool, expected: bool
) -> None:
    """The whole matrix of the one decision."""
    assert shown(frame(redaction=redaction), raw) is expected


def test_a_raw_frame_is_withheld_with_everything_found_in_it() -> None:
    """Neither picture nor boxes leave; size and time do, for the placeholder."""
    meta, jpeg = seen(frame(detections=(PERSON,)), raw=False)
    assert jpeg == b""
    assert meta["withheld"] is True
    assert meta["detections"] == []
    assert (meta["width"], meta["height"]) == (320, 240)


def test_withheld_frames_are_counted() -> None:
    """The operator sees in the numbers that a topic is raw."""
    counted: list[str] = []
    show = Show("t", Hub(FakeClock()), False, counted.append)
    show.handle(frame())
    show.handle(frame(seq=1, redaction=COVERED))
    assert counted == ["not-redacted"]


def test_a_raw_frame_is_shown_and_marked_where_raw_was_asked_for() -> None:
    """The bytes are those of the message; nothing is encoded again."""
    sent = frame(detections=(PERSON,))
    meta, jpeg = seen(sent, raw=True)
    assert jpeg == sent.image
    assert meta["raw"] is True
    assert meta["detections"] == [
        {"label": "person", "confidence": 0.9, "box": (0.1, 0.1, 0.2, 0.2), "track": None},
    ]


def test_a_black_frame_says_why() -> None:
    """The page can tell a withheld picture from a dark night."""
    meta, jpeg = seen(frame(redaction=BLACK), raw=False)
    assert jpeg
    assert meta["redaction"] == {
        "policy": "fill",
        "labels": ("person",),
        "boxes": 1,
        "withheld": True,
        "reason": "not-looked",
    }


def test_a_picture_that_no_browser_should_decode_is_refused() -> None:
    """Whatever is no JPEG goes to nobody."""
    show = Show("t", Hub(FakeClock()), raw=True)
    with pytest.raises(PermanentError, match="JPEG"):
        show.handle(frame(image=b"<svg onload=alert(1)>"))


def test_other_messages_are_passed_over() -> None:
    """An end has no picture."""
    counted: list[str] = []
    show = Show("t", Hub(FakeClock()), False, counted.append)
    assert list(show.handle(End(camera="porch", boot="00000001", last_seq=3))) == []
    assert counted == []
