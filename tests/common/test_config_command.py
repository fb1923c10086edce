"""framebus config COMMAND: each setting, its value, where it came from; the errors are the command's own."""

import json
import sys
from pathlib import Path

import pytest

from services.__main__ import COMMANDS, main
from tests.common.settings_samples import settings_of


def config(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: str) -> tuple[int, str, str]:
    """Status, stdout and stderr of `framebus config WORDS`."""
    monkeypatch.setattr(sys, "argv", ["framebus", "config", *words])
    try:
        status = main()
    except SystemExit as ended:
        status = int(ended.code or 0)
    said = capsys.readouterr()
    return status, said.out, said.err


def test_each_level_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A flag, a variable, a file, a default."""
    file = tmp_path / "detector.yaml"
    file.write_text("infer-fps: 5\ninput: [a, b]\nmode: latest\n")
    monkeypatch.setenv("FRAMEBUS_MODE", "every")
    status, out, err = config(capsys, monkeypatch, "--json", "detector", "--config", str(file), "-t", "c")
    assert (status, err) == (0, "")
    rows = {row["setting"]: (row["value"], row["from"]) for row in json.loads(out)["settings"]}
    assert rows["topic"] == ("c", "flag")
    assert rows["mode"] == ("every", "environment FRAMEBUS_MODE")
    assert rows["infer-fps"] == (5.0, f"file {file}")
    assert rows["input"] == ("a,b", f"file {file}")
    assert rows["bootstrap"] == ("localhost:9092", "default")


def test_a_table_for_people(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """One line each, under a heading; below it what is in the environment for others."""
    monkeypatch.setenv("FRAMEBUS_PASSWORD", "canary")
    status, out, _ = config(capsys, monkeypatch, "redactor", "--hold", "2")
    lines = out.splitlines()
    assert status == 0
    assert lines[0].split() == ["setting", "value", "from"]
    assert ["hold", "2.0", "flag"] in [line.split() for line in lines]
    assert lines[-1].startswith("not read here: ")
    assert "FRAMEBUS_PASSWORD" in lines[-1]
    assert "canary" not in out


@pytest.mark.parametrize(
    ("words", "variables"),
    [
        (["viewer"], {"FRAMEBUS_PASSWORD": "canary"}),
        (["producer", "rtsp://me:canary@cam/1"], {}),
        (["producer"], {"FRAMEBUS_URL": "rtsp://me:canary@cam/1"}),
        (["producer"], {"URL": "rtsp://me:canary@cam/1"}),
        (["broker", "--mirror", "https://me:canary@maven.example/"], {}),
        (
            ["detector", "--security-protocol", "SASL_SSL", "--sasl-mechanism", "PLAIN", "--sasl-username", "me"],
            {"FRAMEBUS_SASL_PASSWORD": "canary"},
        ),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]])
def test_a_secret_is_three_stars(
    words: list[str],
    variables: dict[str, str],
    form: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Wherever it was given."""
    for name, text in variables.items():
        monkeypatch.setenv(name, text)
    status, out, err = config(capsys, monkeypatch, *form, *words)
    assert (status, err) == (0, "")
    assert "***" in out
    assert "canary" not in out


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_shows_every_setting(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is left out, and nothing is started."""
    monkeypatch.setenv("FRAMEBUS_URL", "webcam")
    monkeypatch.setenv("FRAMEBUS_TO", "kafka:alerts")
    status, out, err = config(capsys, monkeypatch, "--json", command)
    assert (status, err) == (0, "")
    assert len(json.loads(out)["settings"]) == len(settings_of(command).model_fields)


def test_a_wrong_setting_is_the_commands_own_error(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 2, one line."""
    assert config(capsys, monkeypatch, "detector", "--infer-fps", "x") == (
        2,
        "",
        "framebus detector: --infer-fps 'x': expected a valid number, unable to parse string as a number\n",
    )


def test_without_a_command_it_shows_the_menu(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown one is an error, as everywhere."""
    assert "config [--json] COMMAND" in config(capsys, monkeypatch)[1]
    status, out, err = config(capsys, monkeypatch, "nope")
    assert (status, out) == (2, "")
    assert "'nope'" in err
