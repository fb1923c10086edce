"""Settings from flags, environment and file; what is wrong is one line."""

from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field, SecretStr

from libs.common.errors import SettingsError
from libs.common.flags import Flag, Words, load
from libs.common.settings import StageSettings, secret
from libs.common.settings_checks import parse_when


class Settings(StageSettings):
    """A service with one of each kind."""

    input: Annotated[Words, Flag("-i")] = ("in",)
    topic: Annotated[str, Flag("-t")] = "out"
    words: Annotated[Words, Flag(positional=True)] = ()
    margin: Annotated[float, Flag()] = Field(0.5, ge=0, le=1)
    boxes: Annotated[bool, Flag()] = True
    password: Annotated[SecretStr | None, Flag(hidden=True)] = None


def settings(*argv: str) -> Settings:
    return load(Settings, argv, "framebus test", "")[0]


def test_flags_win_over_environment_over_file_over_defaults(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One value at each level."""
    file = tmp_path / "x.yaml"
    file.write_text("margin: 0.1\ntopic: from-file\ngroup: from-file\ninput: [a, b]\n")
    monkeypatch.setenv("FRAMEBUS_TOPIC", "from-environment")
    monkeypatch.setenv("FRAMEBUS_GROUP", "from-environment")
    found = settings("--config", str(file), "--group", "from-flag")
    assert (found.margin, found.topic, found.group) == (0.1, "from-environment", "from-flag")
    assert found.input == ("a", "b")
    assert found.bootstrap == "localhost:9092"


def test_lists_are_repeated_or_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    """-i twice, commas, bare words, the environment."""
    assert settings("-i", "a", "-i", "b,c").input == ("a", "b", "c")
    assert settings("person", "face").words == ("person", "face")
    monkeypatch.setenv("FRAMEBUS_INPUT", "x, y")
    assert settings().input == ("x", "y")


def test_a_switch_can_be_turned_off() -> None:
    """--no-boxes."""
    assert settings().boxes
    assert not settings("--no-boxes").boxes


def test_from_takes_a_negative_duration_and_its_environment_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """argparse would take -10m for a flag."""
    assert settings("--from", "-10m").from_ == "-10m"
    monkeypatch.setenv("FRAMEBUS_FROM", "latest")
    assert settings().from_ == "latest"


@pytest.mark.parametrize(
    ("argv", "name"),
    [
        (["--nonsense"], "--nonsense"),
        (["--margin", "2"], "--margin"),
        (["--margin", "nan"], "--margin"),
        (["--mode", "sometimes"], "--mode"),
        (["--bootstrap", "nowhere"], "--bootstrap"),
        (["--http", "8080"], "--http"),
        (["--from", "yesterday"], "--from"),
        (["--from", "2026-01-31T12:00:00"], "--from"),
        (["-i", "a", "-i", "a"], "--input"),
        (["-i", "-", "-i", "a"], "--input"),
        (["-i", "a", "-t", "a"], "--topic"),
        (["--instance", "a b"], "--instance"),
        (["--max-age", "0"], "--max-age"),
        (["--log-level"], "--log-level"),
        (["--marg", "0.1"], "--marg"),
        (["--config", "/does/not/exist"], "--config"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(argv: list[str], name: str) -> None:
    """No usage, no traceback."""
    with pytest.raises(SettingsError) as caught:
        settings(*argv)
    assert name in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["nonsense: 1", "- a", "margin: [", "margin: x", "\xff"])
def test_a_wrong_file_is_one_line(text: str, tmp_path: Path) -> None:
    """Unknown names, no map, broken YAML, wrong types, not UTF-8."""
    file = tmp_path / "x.yaml"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(SettingsError) as caught:
        settings("--config", str(file))
    assert "\n" not in str(caught.value)


def test_a_secret_comes_from_the_environment_or_a_file_and_is_never_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And has no flag."""
    monkeypatch.setenv("FRAMEBUS_PASSWORD", "canary")
    found = settings()
    assert secret(found.password, None, "password-file") == "canary"
    assert "canary" not in repr(found)
    file = tmp_path / "password"
    file.write_text("from-file\n")
    assert secret(found.password, file, "password-file") == "from-file"
    with pytest.raises(SettingsError, match="--password"):
        settings("--password", "x")
    with pytest.raises(SettingsError, match="--password-file"):
        secret(None, tmp_path / "missing", "password-file")


def test_times_for_from() -> None:
    """Earliest, latest, ago, ISO with a zone."""
    now_ms = 1_700_000_000_000
    assert parse_when("earliest", now_ms) == 0
    assert parse_when("latest", now_ms) > now_ms
    assert parse_when("-10m", now_ms) == now_ms - 600_000
    assert parse_when("2023-11-14T22:13:20Z", now_ms) == now_ms
