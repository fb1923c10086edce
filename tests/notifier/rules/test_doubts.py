"""What is right and probably not meant is said, once."""

import re
from pathlib import Path

import pytest

from libs.common.testing import FakeClock
from services.notifier.rules.doubts import EVENTS, NOT_YET, doubts
from services.notifier.rules.watched import LOOK_S, Watched
from tests.notifier.rules.paper import PaperSettings, book_of, rules_of

ROOT = Path(__file__).resolve().parents[3]
MESSAGES = ROOT / "docs" / "messages.md"

RULES = {
    "kinds: detection.start": "kinds 'detection.start': framebus tells no such events; detection.started?",
    "kinds: [label.new, 'Camera.*']": "kinds 'Camera.*': framebus tells no such events; camera.dark?",
    "kinds: 'x.*'": "kinds 'x.*': framebus tells no such events",
    "kinds: 'camera.*', alarm: person": "never fires, events of these kinds have no label",
    "kinds: [mark, camera.dark], new_label: []": "never fires, events of these kinds have no label",
    "kinds: 'stage.*'": "kinds 'stage.*': framebus tells no such events yet",
    "kinds: [mark, upload.failed]": "kinds 'upload.failed': framebus tells no such events yet",
    "kinds: recording.finished, alarm: person": "kinds 'recording.finished': framebus tells no such events yet",
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_that_can_never_fire_is_doubted(rule: str, tmp_path: Path) -> None:
    """It is not refused: other programs may tell such events."""
    (line,) = doubts(rules_of(tmp_path, f"name: night, {rule}"))
    assert re.sub("^rule night[,:] ", "", line) == RULES[rule]


@pytest.mark.parametrize(
    "rule", ["", "kinds: '*'", "kinds: '*', alarm: person", "kinds: 'camera.*'", "kinds: scheduled"]
)
def test_a_rule_that_can_fire_is_not_doubted(rule: str, tmp_path: Path) -> None:
    """Nobody reads warnings that mean nothing."""
    assert doubts(rules_of(tmp_path, rule)) == ()


def test_a_channel_that_no_rule_uses_is_doubted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Unless it shows how things are."""
    book = book_of(tmp_path, "channels: {a: {type: paper}, b: {type: paper}}\nrules: [{name: n, channels: a}]\n")
    assert doubts(book) == ("channel b: no rule uses it",)
    monkeypatch.setattr(PaperSettings, "watches", True)
    assert doubts(book) == ()


def test_a_doubt_is_said_once_and_again_when_it_comes_back(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """At the start, and with every new file."""
    clock, path = FakeClock(), tmp_path / "rules.yaml"
    watched = Watched(path, rules_of(tmp_path, "kinds: x"), clock)
    for rule in ("kinds: x, count: 2", "kinds: mark", "kinds: x"):
        rules_of(tmp_path, rule)
        for _ in range(2):
            clock.advance(LOOK_S)
            watched.look()
    line = f"--rules {path}: rule rule 1, kinds 'x': framebus tells no such events"
    assert caplog.messages == [line, line]


def test_the_kinds_are_those_of_the_page() -> None:
    """All that docs/messages.md names are known."""
    form = r"`((?:camera|detection|label|line|service|stage|upload|recording)\.[a-z]+)`"
    named = set(re.findall(form, MESSAGES.read_text()))
    assert named
    assert named <= {*EVENTS, *NOT_YET}


def test_the_kinds_are_those_that_services_write() -> None:
    """Each stands in the code of one that is not the notifier; of those that nobody tells none does."""
    folders = [ROOT / "libs", *(each for each in (ROOT / "services").iterdir() if each.name != "notifier")]
    code = "\n".join(path.read_text() for folder in folders for path in folder.rglob("*.py"))
    assert [kind for kind in EVENTS if not _stands_in(code, kind)] == []
    assert [kind for kind in NOT_YET if _stands_in(code, kind)] == []


def _stands_in(code: str, kind: str) -> bool:
    """Whole; that a camera is there or gone is told as `camera.` and its state."""
    family, _, word = kind.partition(".")
    return f'"{kind}"' in code or (family == "camera" and 'f"camera.{state}"' in code and f'"{word}"' in code)
