"""deploy/notifier/rules.yaml, which people begin with, is right: as it is, and with all that it offers."""

import re
from pathlib import Path

import pytest

from services.notifier.rules.doubts import doubts
from services.notifier.rules.read import read_book

EXAMPLE = Path(__file__).resolve().parents[3] / "deploy" / "notifier" / "rules.yaml"
OFFERED = re.compile(r"(?m)^( *)# ((?: *- )?[a-z_]+:.*| +.*)$")
"""A remark that is a line of YAML."""


def test_it_is_right_as_it_is() -> None:
    """Without a secret, without an account; nobody's uncovered picture leaves."""
    book = read_book(EXAMPLE)
    assert [rule.name for rule in book.rules] == ["somebody", "trouble"]
    assert all(settings.secrets() == () for settings in book.channels.values())
    assert not any(rule.raw for rule in book.rules)
    assert doubts(book) == ()


def test_it_is_right_with_all_that_it_offers(tmp_path: Path) -> None:
    """Every example in it, once somebody takes the # away."""
    for name in ("mail-password", "telegram-token", "mqtt-password"):
        (tmp_path / name).write_text("12345:canary-canary-canary-canary-canary\n")
    path = tmp_path / "rules.yaml"
    path.write_text(OFFERED.sub(r"\1\2", EXAMPLE.read_text()))
    book = read_book(path)
    assert [rule.name for rule in book.rules] == ["somebody", "trouble", "night", "anything new"]
    assert list(book.channels) == ["programs", "office", "phone", "home"]
    assert (book.site, book.viewer) == ("Corner shop", "https://cams.example.org")


@pytest.mark.parametrize("word", ["raw", "password:", "token:"])
def test_it_leads_nobody_astray(word: str) -> None:
    """Secrets are in files of their own; uncovered pictures are an operator's own idea."""
    assert word not in EXAMPLE.read_text()
