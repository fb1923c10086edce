"""docs/notifier.md: its examples are right, and its reference names every key that rules.yaml may have."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import BaseModel

from services.notifier.channels.settings import ChannelSettings
from services.notifier.rules.channel_types import TYPES, settings_of
from services.notifier.rules.entries import FileEntry, RuleEntry, TextsEntry
from services.notifier.rules.read import read_book
from services.notifier.text.checks import check_texts
from tests.docs.pages import ROOT, blocks

PAGE = (ROOT / "docs" / "notifier.md").read_text()
SECRET = "12345:canary-canary-canary-canary-canary"
SECRETS = {"hook-secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "apprise-urls": "json://127.0.0.1/x"}
EXAMPLES = [it.text for it in blocks("yaml") if it.page == "notifier.md" and "channels:\n" in it.text]
PARTS: dict[str, type[BaseModel]] = {
    "### The file\n": FileEntry,
    "`texts:`\n": TextsEntry,
    "### A rule\n": RuleEntry,
    "All of them:\n": ChannelSettings,
}


@pytest.mark.parametrize("text", EXAMPLES, ids=range(len(EXAMPLES)))
def test_an_example_of_rules_is_read(tmp_path: Path, text: str) -> None:
    """One that shows channels alone gets a rule for them; files of secrets are there."""
    found: dict[str, Any] = yaml.safe_load(text)
    for name in re.findall(r"_file: ([\w-]+)", text):
        (tmp_path / name).write_text(SECRETS.get(name, SECRET))
    found.setdefault("rules", [{"name": "all", "channels": list(found["channels"])}])
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(found))
    assert read_book(tmp_path / "rules.yaml", check_texts).channels.keys() == found["channels"].keys()


@pytest.mark.parametrize("head", PARTS)
def test_the_reference_names_every_key(head: str) -> None:
    """Of the file, of a rule, of every channel; and no other."""
    assert keys_behind(head) == names_of(PARTS[head])


@pytest.mark.parametrize("kind", TYPES)
def test_the_reference_names_every_key_of_a_channel(kind: str) -> None:
    """Those that all have need not stand there again."""
    named, there = keys_behind(f"`type: {kind}`, beside these:\n"), names_of(settings_of(kind, kind)) - {"type"}
    assert there - names_of(ChannelSettings) <= named <= there


def keys_behind(head: str) -> set[str]:
    """What the first column of the table behind this line names."""
    table = PAGE.partition(f"\n{head}")[2].partition("\n|")[2].partition("\n\n")[0]
    return {key for row in table.splitlines()[2:] for key in re.findall(r"`(\w+)`", row.split("|")[1])}


def names_of(part: type[BaseModel]) -> set[str]:
    """As they are written in the file."""
    return {field.alias or name for name, field in part.model_fields.items()}
