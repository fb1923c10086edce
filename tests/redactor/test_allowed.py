"""Which tags get out with a picture that may be shown, and in which form."""

import pytest

from libs.common.messages import Frame
from libs.common.pauses import TEXTS
from libs.common.testing import FakeClock, frame
from services.redactor.policy import Policy
from services.redactor.redact import Redact

CANARY = "rtsp://admin:horse@192.0.2.7/Jane Doe"


def tags_of(given: dict[str, str]) -> dict[str, str]:
    """Of a still that nobody has looked at: it leaves black, with its tags."""
    stage = Redact(Policy(labels=("person",)), FakeClock())
    (out,) = stage.handle(frame(still=True, tags=given))
    assert isinstance(out.message, Frame)
    return out.message.tags


def test_names_of_commands_and_schedules_and_what_is_paused_get_out() -> None:
    """The notifier and the archiver go by them."""
    for text in TEXTS:
        kept = {"trigger": "3f2a9c01", "event": "noon", "paused": text}
        assert tags_of({**kept, "file": "IMG_1.jpg"}) == kept


@pytest.mark.parametrize("text", ["", "everything", "detection,alerts", "alerts ", "ALERTS", "alerts,alerts", CANARY])
def test_other_words_for_what_is_paused_do_not(text: str) -> None:
    """There are two, in one order."""
    assert tags_of({"paused": text}) == {}


@pytest.mark.parametrize("text", ["", " ", ".hidden", "a b", "über", "a\n", "../x", CANARY, "-x"])
def test_what_is_no_name_does_not(text: str) -> None:
    """Whoever writes frames could say anything there."""
    assert tags_of({"trigger": text, "event": text}) == {}


def test_a_long_name_is_cut() -> None:
    """64 characters."""
    assert tags_of({"event": "n" * 70}) == {"event": "n" * 64}
