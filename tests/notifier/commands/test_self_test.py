"""--test: a line for each channel, whatever any of them does, and no secret."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from libs.common.clock import SystemClock
from libs.common.errors import FatalError, PermanentError, SettingsError, TemporaryError
from libs.common.flags import load
from libs.common.jpeg_header import read_header
from libs.common.scrub import hide
from services.notifier.book import Book
from services.notifier.channels.channel import Channel, Note
from services.notifier.channels.settings import ChannelSettings, Tools
from services.notifier.commands import self_test
from services.notifier.commands.sample_picture import JPEG
from services.notifier.rules.rule import Rule
from services.notifier.settings import Settings
from services.notifier.text.texts import Texts


@dataclass
class Box:
    """Takes notes, or raises."""

    error: Exception | None = None
    taken: list[Note] = field(default_factory=list)
    closed: int = 0

    def send(self, note: Note) -> str:
        if self.error is not None:
            raise self.error
        self.taken.append(note)
        return ""

    def edit(self, handle: str, note: Note) -> str:
        raise PermanentError("it cannot")

    def close(self) -> None:
        self.closed += 1


class Boxed(ChannelSettings):
    """`number` of the box."""

    number: int

    def open(self, tools: Tools) -> Channel:
        if isinstance(BOXES[self.number].error, SettingsError):
            raise SettingsError("a file is missing")
        return BOXES[self.number]


BOXES: list[Box] = []
KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def tried(*errors: Exception | None) -> dict[str, str]:
    """What becomes of one channel for each error."""
    BOXES[:] = [Box(error) for error in errors]
    channels = {f"c{number}": Boxed(number=number) for number in range(len(errors))}
    clock = SystemClock()

    def tools(name: str) -> Tools:
        return Tools(name, "one", Path(), clock, lambda topic, message: None, lambda camera, pause: None, dict)

    book = Book((Rule("all", tuple(channels)),), channels)
    return self_test.tried(book, Texts(clock), clock, tools)


def test_every_channel_gets_a_marked_note_with_a_picture() -> None:
    """The same event, an id of its own; the channel is closed."""
    assert tried(None, None) == {"c0": "sent", "c1": "sent"}
    (first,), (second,) = (box.taken for box in BOXES)
    assert first.marked
    assert first.event == second.event
    assert first.id != second.id
    assert first.jpeg == JPEG
    assert "test" in first.subject.lower()
    assert [box.closed for box in BOXES] == [1, 1]


def test_another_test_is_another_event() -> None:
    """Whoever drops repeats takes it."""
    tried(None)
    before = BOXES[0].taken[0].event
    tried(None)
    assert BOXES[0].taken[0].event != before


def test_what_failed_says_why_and_the_others_go_on() -> None:
    """In one line, without a secret; a bug is one channel's alone."""
    hide("canary-31337")
    errors = (
        TemporaryError("no answer\nfrom canary-31337"),
        None,
        PermanentError("refused"),
        ZeroDivisionError(),
        SettingsError(""),
        TemporaryError("it says \x1b]0;owned\x07\u202e" + 500 * "x"),
    )
    assert tried(*errors) == {
        "c0": "no answer from ***",
        "c1": "sent",
        "c2": "refused",
        "c3": "a bug: ZeroDivisionError",
        "c4": "a file is missing",
        "c5": "it says ?]0;owned??" + 281 * "x",
    }


def test_the_picture_is_one() -> None:
    """Small, and of the size it says."""
    header = read_header(JPEG)
    assert (header.width, header.height) == (240, 135)
    assert len(JPEG) < 4096


def run(monkeypatch: pytest.MonkeyPatch, to: str) -> Callable[[], None]:
    monkeypatch.setenv("FRAMEBUS_TO", to)
    found = load(Settings, ["--test", "--bootstrap", "127.0.0.1:1"], "framebus notifier", "")[0]
    return lambda: self_test.run(found, SystemClock())


def test_a_failure_ends_with_status_1_and_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """No broker is needed but for what writes to one; nothing secret is printed."""
    with pytest.raises(FatalError) as error:
        run(monkeypatch, "kafka:alerts http://127.0.0.1:1/canary-31337#" + KEY)()
    out = capsys.readouterr().out
    lines = dict(line.split(": ", 1) for line in out.splitlines())
    assert list(lines) == ["kafka", "webhook"]
    assert lines["kafka"].startswith("broker 127.0.0.1:1: ")
    assert "canary" not in out + str(error.value)
    assert str(error.value) == "failed: kafka, webhook"
