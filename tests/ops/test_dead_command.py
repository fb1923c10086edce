"""framebus dead as a command: wrong words, a broker that is away or silent, Ctrl-C, a reader that has seen enough."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from libs.common.kafka_settings import KafkaSettings
from libs.ops.dead_command import main
from libs.ops.dead_target import check_name, fresh_name, next_command
from libs.ops.ports import free_port
from tests.ops.dead_rig import Fresh, put

COMMAND = [sys.executable, "-m", "services", "dead"]


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes connections and never answers, as a frozen broker does."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        yield server


def address_of(server: socket.socket) -> str:
    return f"127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize(
    "words",
    [
        "destroy",
        "show",
        "purge one two",
        "list a/b",
        "list --what",
        "list --yes",
        "purge x --dry-run",
        "list --since yesterday",
        "show x --partition 1",
        "show x --limit 0",
        "show frames.source --save d",
        "redrive x",
        "redrive frames.source --to frames.detected",
        "redrive x --to x",
        "redrive x --to y.dead",
        "redrive x --to __offsets",
        "redrive frames.source --to frames.redacted.redriven",
        "redrive frames.redacted --to mine",
    ],
)
def test_wrong_words_are_status_2_and_one_line(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Before any broker is asked."""
    assert main(words.split()) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1


def test_a_name_that_is_advised_is_one_that_is_taken() -> None:
    """Whatever the letters come from, and never where they come from."""
    for source in ("frames.source", "frames.redacted", "mine", "frames.redacted.redriven", "frames.source.redriven-2"):
        check_name(fresh_name(source), f"{source}.dead")
    assert fresh_name("frames.source.redriven-2") == "frames.source.redriven-3"


def test_the_next_command_goes_on_in_topics_of_the_same_attempt() -> None:
    """The redactor's is safe by its name."""
    assert next_command("redactor", "frames.detected.redriven-2") == (
        "framebus redactor -i frames.detected.redriven-2 -t frames.redacted.redriven-2"
    )
    assert next_command("gray", "mine") is None


@pytest.mark.parametrize("words", ["list", "list --check x", "show x", "redrive x --to y", "purge x --yes"])
def test_a_broker_that_is_away_is_one_line_within_seconds(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Status 1, and the address that was tried."""
    start_s, address = time.monotonic(), f"127.0.0.1:{free_port()}"
    assert main([*words.split(), "--bootstrap", address]) == 1
    assert time.monotonic() - start_s < 5
    captured = capsys.readouterr()
    assert len((captured.out + captured.err).splitlines()) == 1
    assert address in captured.out + captured.err


def test_a_broker_that_does_not_answer_is_one_line(silent: socket.socket, capsys: pytest.CaptureFixture[str]) -> None:
    """Within ten seconds or so."""
    start_s = time.monotonic()
    assert main(["list", "--bootstrap", address_of(silent)]) == 1
    assert time.monotonic() - start_s < 12
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_ctrl_c_ends_it_with_one_line(silent: socket.socket) -> None:
    """No traceback, status 1."""
    command = [*COMMAND, "list", "--bootstrap", address_of(silent)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        with silent.accept()[0]:
            process.send_signal(signal.SIGINT)
            assert process.wait(10) == 1
        assert process.stderr.read() == "framebus dead: interrupted\n"


def test_a_reader_that_has_seen_enough_is_no_error(kafka: KafkaSettings, fresh: Fresh) -> None:
    """`framebus dead show … | head -1`: nothing on stderr."""
    topic = fresh("frames") + ".dead"
    put(kafka, topic, [(b"porch", b"garbage", [("error", b"e" * 500)])] * 300)
    show = [*COMMAND, "show", topic, "--limit", "300", "--bootstrap", kafka.bootstrap]
    with subprocess.Popen(show, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(topic)
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 0
