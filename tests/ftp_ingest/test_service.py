"""The whole service as a process, without a broker."""

import ftplib
import io
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from libs.common.codec import Splitter, decode
from libs.common.messages import End, Frame, Message
from libs.ops.ports import free_port
from services.ftp_ingest.server import passwords
from services.ftp_ingest.server.users import changed
from tests.ftp_ingest.files import jpeg, number_of

PASSWORD = "horse battery staple"
START_S = 30.0


@pytest.fixture
def port(tmp_path: Path) -> int:
    """For FTP; the camera porch may log in."""
    with changed(tmp_path / "users") as users:
        users["porch"] = passwords.hashed(PASSWORD)
    return free_port()


@contextmanager
def ingesting(folder: Path, port: int, *flags: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Killed at the end, if it still runs; what it wrote lies in `out`."""
    common = ["--spool", folder / "spool", "--users", folder / "users", "--port", port, "--min-free", "0"]
    common += ["--passive-ports", f"{port + 1}-{port + 40}"]
    command = [sys.executable, "-m", "services", "ftp-ingest", *map(str, common), *flags]
    with (folder / "out").open("wb") as out, (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=out, stderr=log)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def upload(port: int, number: int) -> str:
    """The server's answer; waits for a server that begins."""
    deadline_s = time.monotonic() + START_S
    while True:
        client = ftplib.FTP()
        try:
            client.connect("127.0.0.1", port, timeout=10)
            break
        except (OSError, EOFError):
            client.close()
            assert time.monotonic() < deadline_s
            time.sleep(0.05)
    with client:
        client.login("porch", PASSWORD)
        return client.storbinary(f"STOR {number}.jpg", io.BytesIO(jpeg(number)))


def stopped(process: "subprocess.Popen[bytes]") -> int:
    process.send_signal(signal.SIGTERM)
    return process.wait(15)


def written(folder: Path) -> list[Message]:
    return [decode(value) for value in Splitter().feed((folder / "out").read_bytes())]


def until(true: Callable[[], bool]) -> None:
    deadline_s = time.monotonic() + START_S
    while not true():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_uploads_come_out_of_a_pipe(tmp_path: Path, port: int) -> None:
    """Frames in order, the end of their boot, and it ends well; a service that waits for uploads is ready."""
    http = f"127.0.0.1:{free_port()}"
    with ingesting(tmp_path, port, "-t", "-", "--http", http) as process:
        answers = [upload(port, number) for number in (1, 2, 3)]
        until(lambda: len(written(tmp_path)) >= 3)
        with urlopen(f"http://{http}/readyz", timeout=5) as ready:
            assert ready.status == 200
        assert stopped(process) == 0
    assert [answer[:3] for answer in answers] == ["226"] * 3
    *frames, end = written(tmp_path)
    assert [number_of(frame.image) for frame in frames if isinstance(frame, Frame)] == [1, 2, 3]
    assert isinstance(end, End)
    assert (end.last_seq, end.reason) == (2, "stopped")
    assert list((tmp_path / "spool").glob("*.frame")) == []


def test_uploads_are_taken_before_there_is_a_broker_and_kept_over_a_kill(tmp_path: Path, port: int) -> None:
    """What was answered comes out of a later process, in order, before what is new."""
    nowhere = f"127.0.0.1:{free_port()}"
    with ingesting(tmp_path, port, "--bootstrap", nowhere) as process:
        assert upload(port, 1).startswith("226")
        assert upload(port, 2).startswith("226")
        process.kill()
        process.wait()
    with ingesting(tmp_path, port, "--bootstrap", nowhere) as process:
        assert upload(port, 3).startswith("226")
        assert stopped(process) == 0
    with ingesting(tmp_path, port, "-t", "-") as process:
        assert upload(port, 4).startswith("226")
        until(lambda: sum(isinstance(message, Frame) for message in written(tmp_path)) == 4)
        assert stopped(process) == 0
    messages = written(tmp_path)
    assert [number_of(message.image) for message in messages if isinstance(message, Frame)] == [1, 2, 3, 4]
    assert [message.reason for message in messages if isinstance(message, End)] == ["next boot", "next boot", "stopped"]


def test_a_second_process_with_the_same_spool_says_so(tmp_path: Path, port: int) -> None:
    """In one line, and the first one goes on."""
    with ingesting(tmp_path, port, "-t", "-") as process:
        assert upload(port, 1).startswith("226")
        command = [
            sys.executable,
            "-m",
            "services",
            "ftp-ingest",
            "-t",
            "-",
            "--port",
            "0",
            "--users",
            tmp_path / "users",
        ]
        second = subprocess.run(
            [*map(str, command), "--spool", str(tmp_path / "spool")],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert second.returncode == 1
        assert "another process uses it" in second.stderr
        assert upload(port, 2).startswith("226")
        assert stopped(process) == 0
