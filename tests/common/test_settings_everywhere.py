"""Every setting of every command can be given as a flag, as a variable and in the file, and it counts."""

import os
from pathlib import Path

import pytest
import yaml
from pydantic import SecretStr
from pydantic_settings import BaseSettings

from libs.common.flags import Given, read
from libs.common.settings_environment import CONFIG, PREFIX, variable_of
from libs.common.settings_file import dashed
from tests.common.settings_samples import Sample, samples

URL_FILES = {"url_file", "secondary_url_file", "video_url_file"}
SECRET_FILES = {*URL_FILES, "http_token_file", "sasl_password_file", "password_file", "to_file"}
EVERY = list(samples())


def named(sample: Sample) -> str:
    return f"{sample.command}-{sample.name}"


@pytest.fixture(autouse=True)
def _no_settings_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a fresh shell."""
    for name in [name for name in os.environ if name.startswith(PREFIX)]:
        monkeypatch.delenv(name)


def value(sample: Sample, found: Given[BaseSettings]) -> object:
    """What was understood, secrets too."""
    shown = getattr(found.settings, sample.name)
    return shown.get_secret_value() if isinstance(shown, SecretStr) else shown


def given(sample: Sample, monkeypatch: pytest.MonkeyPatch, *argv: str) -> Given[BaseSettings]:
    """Read with everything that must stand beside it in the environment."""
    for name, text in sample.beside.items():
        monkeypatch.setenv(variable_of(sample.cls, name), text)
    return read(sample.cls, argv, f"framebus {sample.command}", "")


@pytest.mark.parametrize("sample", EVERY, ids=named)
def test_a_setting_counts_wherever_it_is_given(sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same value from the environment, the file and the command line, and not the default; its origin is told."""
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump({dashed(sample.name): sample.in_yaml}))
    from_file = given(sample, monkeypatch, "--config", str(file))
    assert from_file.origins[sample.name] == f"file {file}"
    if sample.flags is not None:
        from_flags = given(sample, monkeypatch, *sample.flags)
        assert value(sample, from_flags) == value(sample, from_file)
        assert from_flags.origins[sample.name] == "flag"
    monkeypatch.setenv(sample.variable, sample.text)
    from_environment = given(sample, monkeypatch)
    assert (
        value(sample, from_environment)
        == value(sample, from_file)
        != sample.field.get_default(call_default_factory=True)
    )
    assert from_environment.origins[sample.name] == f"environment {sample.variable}"


@pytest.mark.parametrize("sample", [it for it in EVERY if it.flags is None], ids=named)
def test_a_secret_has_no_flag(sample: Sample, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would stand in the process list. One or two are old names of imagebus instead."""
    is_secret = "Secret" in str(sample.field.annotation) or sample.variable in ("URL", "WEBCAM")
    assert is_secret


@pytest.mark.parametrize("sample", [it for it in EVERY if it.name in SECRET_FILES], ids=named)
def test_a_secret_can_stand_in_a_file(sample: Sample) -> None:
    """Each ..._file has a secret beside it."""
    assert "Secret" in str(sample.cls.model_fields[sample.name.removesuffix("_file")].annotation)


def test_the_variable_config_names_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As --config does; the flag wins."""
    detector = next(it for it in samples() if it.command == "detector")
    for name, fps in (("one", 5), ("two", 6)):
        (tmp_path / name).write_text(f"infer-fps: {fps}\n")
    monkeypatch.setenv(CONFIG, str(tmp_path / "one"))
    assert read(detector.cls, [], "", "").settings.model_dump()["infer_fps"] == 5
    assert read(detector.cls, ["--config", str(tmp_path / "two")], "", "").settings.model_dump()["infer_fps"] == 6


def test_a_secret_and_its_file_obey_the_same_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the command line wins over the other one in the environment, that over the file's."""
    producer = next(it for it in samples() if it.command == "producer" and it.name == "url")
    monkeypatch.setenv("FRAMEBUS_URL_FILE", "camera.url")
    flag = read(producer.cls, ["webcam"], "", "")
    assert value(producer, flag) == "webcam"
    assert flag.settings.model_dump()["url_file"] is None
    (tmp_path / "x.yaml").write_text("url: webcam:1\n")
    environment = read(producer.cls, ["--config", str(tmp_path / "x.yaml")], "", "")
    assert value(producer, environment) is None
    assert environment.settings.model_dump()["url_file"] == Path("camera.url")
    assert "url" not in environment.origins
