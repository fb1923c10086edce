"""Whatever is wrong in a configuration: status 2, and one line on stderr that names it."""

import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from libs.common.settings_environment import PREFIX
from services.__main__ import COMMANDS
from tests.common.wrong import (
    commands,
    detector,
    every_service,
    ftp_ingest,
    notifier,
    producer,
    redactor,
    viewer,
    webrtc,
)
from tests.common.wrong.configuration import Wrong
from tests.common.wrong.files import FILES
from tests.common.wrong.logins import LOGINS
from tests.common.wrong.variables import VARIABLES

SOURCES = (*producer.FLAGS, *webrtc.FLAGS, *ftp_ingest.FLAGS)
STAGES = (*detector.FLAGS, *redactor.FLAGS, *notifier.FLAGS, *viewer.FLAGS)
FLAGS = (*every_service.FLAGS, *SOURCES, *STAGES, *commands.FLAGS)
ALL = (*FLAGS, *LOGINS, *VARIABLES, *FILES)
SECRETS = ("canary", "31337", "12345")


def flags_of(wrong: Wrong, folder: Path) -> list[str]:
    """With the file, if there is one. `--check`: what is accepted by mistake does not run on."""
    if wrong.file is None:
        return ["--check", *wrong.flags]
    (folder / "x.yaml").write_bytes(wrong.file)
    return ["--check", "--config", str(folder / "x.yaml"), *wrong.flags]


def judge(wrong: Wrong, status: int, out: str, err: str) -> None:
    """Status 2, one line that names the setting, and no secret in it."""
    assert (status, out) == (2, ""), err
    assert err.startswith(f"framebus {wrong.command}: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert wrong.named in err
    assert "Traceback" not in err
    assert not any(secret in err for secret in SECRETS)


def test_there_are_enough_of_them() -> None:
    """And no two are the same."""
    assert len(set(ALL)) == len(ALL) >= 200


@pytest.mark.parametrize("wrong", ALL, ids=lambda wrong: f"{wrong.command}-{wrong.named}")
def test_a_wrong_configuration_is_status_2_and_one_line(
    wrong: Wrong, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In this process, to be quick."""
    for name in [name for name in os.environ if name.startswith(PREFIX) or name in ("URL", "WEBCAM")]:
        monkeypatch.delenv(name)
    for name, text in wrong.variables:
        monkeypatch.setenv(name, text)
    status = import_module(COMMANDS[wrong.command][0]).main(flags_of(wrong, tmp_path))
    judge(wrong, status, *capsys.readouterr())


@pytest.mark.parametrize(
    "wrong", [*FLAGS[::80], *LOGINS[::10], *VARIABLES[::10], *FILES[::20]], ids=lambda it: it.named
)
def test_a_process_ends_so_too(wrong: Wrong, tmp_path: Path) -> None:
    """Some of them, as the operator meets them."""
    environ = {name: text for name, text in os.environ.items() if not name.startswith(PREFIX)} | dict(wrong.variables)
    command = [sys.executable, "-m", "services", wrong.command, *flags_of(wrong, tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, env=environ, check=False, timeout=60)
    judge(wrong, done.returncode, done.stdout, done.stderr)
