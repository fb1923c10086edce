"""Whatever is wrong in rules.yaml: one line that names file, rule or channel, key, what came and what was expected."""

from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from services.notifier.rules.read import read_book
from tests.notifier.rules.paper import PAPER, rules_of
from tests.notifier.rules.wrong_channels import CHANNELS, TYPES
from tests.notifier.rules.wrong_files import BROKEN, FILES
from tests.notifier.rules.wrong_rules import NAMED, UNNAMED

SECRETS = ("canary", "31337")


def refused(folder: Path, content: bytes) -> str:
    """What is said of it, behind the name of the file."""
    path = folder / "rules.yaml"
    path.write_bytes(content)
    with pytest.raises(SettingsError) as error:
        read_book(path)
    line = str(error.value)
    assert line.startswith(f"--rules {path}: ")
    assert line.isprintable()
    assert not any(secret in line for secret in SECRETS)
    return line.removeprefix(f"--rules {path}: ")


def ruled(*rules: str) -> bytes:
    """Rules alone, each the inside of a map."""
    lines = "".join(f"  - {{{rule}}}\n" for rule in rules)
    return f"timezone: UTC\n{PAPER}rules:\n{lines}".encode()


def test_there_are_hundreds_of_them() -> None:
    """Of every key several."""
    assert sum(map(len, (NAMED, UNNAMED, CHANNELS, TYPES, FILES, BROKEN))) >= 250


@pytest.mark.parametrize("key", NAMED)
def test_a_wrong_rule_is_named_with_its_key(key: str, tmp_path: Path) -> None:
    """Its line is the same every time: people look for it in pages."""
    own = [part for part in ("name: night", "channels: paper") if not key.startswith(part.partition(":")[0] + ":")]
    said = NAMED[key]
    line = refused(tmp_path, ruled("name: before, channels: paper", ", ".join([*own, key])))
    assert line in (f"rule night, {said}", f"rule night: {said}")


@pytest.mark.parametrize("rule", UNNAMED)
def test_a_rule_without_a_usable_name_is_counted(rule: str, tmp_path: Path) -> None:
    """From 1."""
    assert refused(tmp_path, ruled(rule)) == UNNAMED[rule]


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_wrong_channel_is_named_with_its_key(channel: str, tmp_path: Path) -> None:
    """And with what came, but never that of a secret."""
    (tmp_path / "empty").write_text("\n \n")
    text = f"channels:\n  desk: {{type: paper, {channel}}}\nrules: [{{name: a, channels: desk}}]\n"
    line = refused(tmp_path, text.encode()).replace(f"{tmp_path}/", "")
    said = CHANNELS[channel]
    assert line in (f"channel desk, {said}", f"channel desk: {said}")


@pytest.mark.parametrize("channels", TYPES)
def test_a_channel_of_no_type_or_name_is_refused(channels: str, tmp_path: Path) -> None:
    """With the types that there are, or the one that was probably meant."""
    text = f"channels:\n  {channels}\nrules: [{{name: a, channels: desk}}]\n"
    assert refused(tmp_path, text.encode()) == TYPES[channels]


@pytest.mark.parametrize("text", FILES)
def test_a_wrong_file_is_named_with_its_key(text: str, tmp_path: Path) -> None:
    """What stands in it of itself."""
    assert refused(tmp_path, text.encode()) == FILES[text]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
def test_what_is_no_yaml_is_refused_without_being_repeated(content: bytes, tmp_path: Path) -> None:
    """A secret may stand anywhere in it."""
    line = refused(tmp_path, content)
    assert line.startswith("expected readable YAML (")
    assert line.endswith(")")


def test_the_same_name_twice_is_refused(tmp_path: Path) -> None:
    """Notices are remembered by it."""
    rule = "name: night, channels: paper"
    assert refused(tmp_path, ruled(rule, rule)) == "rule 2, name: 'night' is there twice, expected each once"


def test_a_right_rule_beside_these_is_taken(tmp_path: Path) -> None:
    """So that what is refused above is refused for its own fault."""
    assert [rule.name for rule in rules_of(tmp_path, "name: night, alarm: person", "count: 2").rules] == [
        "night",
        "rule 2",
    ]
