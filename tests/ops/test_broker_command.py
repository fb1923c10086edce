"""The command `framebus broker`, as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from libs.common.errors import FatalError
from libs.ops.broker import main
from libs.ops.kafka_folder import KafkaFolder
from libs.ops.kafka_jars import default_cache
from libs.ops.ports import free_port

COMMAND = [sys.executable, "-c", "import sys; from libs.ops.broker import main; sys.exit(main(sys.argv[1:]))"]


@contextmanager
def running(data: Path, **environ: str) -> Iterator["subprocess.Popen[str]"]:
    """The command on `data`, ready."""
    env = {**os.environ, "FRAMEBUS_BROKER_PORT": str(free_port()), **environ}
    with subprocess.Popen(
        [*COMMAND, "--data", data], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env
    ) as command:
        try:
            assert command.stdout is not None
            assert command.stdout.readline() == f"broker ready at 127.0.0.1:{env['FRAMEBUS_BROKER_PORT']}\n"
            yield command
        finally:
            command.kill()


def java_of(command: "subprocess.Popen[str]") -> int:
    """The pid of its only child."""
    return int(Path(f"/proc/{command.pid}/task/{command.pid}/children").read_text())


def is_left(data: Path) -> bool:
    """Whether a Java still holds the lock that it inherited."""
    try:
        KafkaFolder(data).take().close()
    except FatalError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_kafka_in_order_with_status_0(number: signal.Signals, tmp_path: Path) -> None:
    """Nothing is said on stderr, no Java is left."""
    with running(tmp_path) as command:
        assert is_left(tmp_path)
        command.send_signal(number)
        said = command.communicate(timeout=30)
    assert (command.returncode, *said) == (0, "", "")
    assert not is_left(tmp_path)
    assert (tmp_path / "kafka" / ".kafka_cleanshutdown").exists()


def test_a_java_that_ends_by_itself_ends_the_command_with_one_line(tmp_path: Path) -> None:
    """Status 1, so that a supervisor starts it again."""
    with running(tmp_path) as command:
        os.kill(java_of(command), signal.SIGKILL)
        _, err = command.communicate(timeout=30)
    assert command.returncode == 1
    assert err.startswith("framebus broker: Kafka was killed by signal 9")
    assert err.count("\n") == 1


def test_java_does_not_outlive_a_killed_command(tmp_path: Path) -> None:
    """And the next start on the same data works, from jars in a folder, without a network."""
    with running(tmp_path) as command:
        command.kill()
        command.wait(10)
        deadline = time.monotonic() + 10
        while is_left(tmp_path) and time.monotonic() < deadline:
            time.sleep(0.02)
        assert not is_left(tmp_path)
    offline = {"FRAMEBUS_BROKER_JARS": str(default_cache()), "FRAMEBUS_MAVEN_MIRROR": "http://127.0.0.1:9/"}
    with running(tmp_path, XDG_CACHE_HOME=str(tmp_path / "empty"), **offline) as command:
        command.send_signal(signal.SIGTERM)
        assert command.wait(30) == 0


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (["--port", "40000"], "--port '40000': expected less than or equal to 32767"),
        (
            ["--heap-mb", "x"],
            "--heap-mb 'x': expected a valid integer, unable to parse string as an integer",
        ),
        (["--advertise", "a b"], "--advertise 'a b': String should match pattern '^[A-Za-z0-9._:-]{1,253}$'"),
        (["--mirror", "ftp://x"], "--mirror 'ftp://x': expected the address of a Maven repository, https://…"),
        (["--java", "/nowhere/java"], "--java /nowhere/java: expected a Java 17 or newer"),
        (["--prot", "1"], "unrecognized arguments: --prot (--port?)"),
    ],
)
def test_a_wrong_flag_ends_with_status_2_and_one_line(
    argv: list[str], expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It names the flag and what was expected."""
    assert main(argv) == 2
    assert capsys.readouterr().err == f"framebus broker: {expected}\n"


def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """The environment is checked like the command line."""
    monkeypatch.setenv("FRAMEBUS_BROKER_HEAP_MB", "big")
    assert main([]) == 2
    assert "FRAMEBUS_BROKER_HEAP_MB" in capsys.readouterr().err


def test_check_shows_what_would_be_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without starting or fetching anything."""
    data = tmp_path / "data"
    assert main(["--check", "--data", str(data), "--port", "19092"]) == 0
    first, java, jars = capsys.readouterr().out.splitlines()
    assert first == f"Kafka at 127.0.0.1:19092, its data in {data}"
    assert java.startswith("java /")
    assert jars == "jars fetched where missing"
    assert not data.exists()


def test_check_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1: a folder without jars."""
    assert main(["--check", "--jars", str(tmp_path)]) == 1
    assert str(tmp_path) in capsys.readouterr().err
