"""Log lines: who and which frame they are about, where they go, how much is said."""

import json
import logging
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from libs.common import logs
from libs.common.errors import SettingsError
from libs.common.log_context import handling
from libs.common.log_level import set_level
from libs.common.log_settings import LogFlags
from libs.common.scrub import hide
from libs.common.testing import frame

SECRET = "battery-staple"

log = logging.getLogger("libs.common.test")


def set_up(camera: str | None = None, **flags: object) -> None:
    """As a service called detector does."""
    logs.set_up("detector", LogFlags.model_validate(flags), camera)


def test_a_line_names_the_frame_in_hand(capsys: pytest.CaptureFixture[str]) -> None:
    """And only while it is in hand; the one before it comes back."""
    set_up()
    with handling(frame(seq=7)):
        with handling(frame(seq=8)):
            log.warning("inner")
        log.warning("outer")
    log.warning("none")
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].endswith("WARNING detector [porch/00000001/8]: inner")
    assert lines[1].endswith("WARNING detector [porch/00000001/7]: outer")
    assert lines[2].endswith("WARNING detector: none")


def test_a_line_may_be_about_a_camera_without_a_frame(capsys: pytest.CaptureFixture[str]) -> None:
    """Such as one that cannot be opened."""
    set_up()
    with handling("porch"):
        log.warning("away")
    assert capsys.readouterr().err.endswith("WARNING detector [porch]: away\n")


def test_another_threads_line_is_not_about_that_frame(capsys: pytest.CaptureFixture[str]) -> None:
    """A client's own thread has no frame in hand."""
    set_up()
    with handling(frame(seq=7)):
        other = threading.Thread(target=lambda: log.warning("elsewhere"))
        other.start()
        other.join()
    assert "porch" not in capsys.readouterr().err


def test_json_has_camera_and_frame_id_as_fields(capsys: pytest.CaptureFixture[str]) -> None:
    """A process with one camera says it on every line."""
    set_up(camera="garden", log_format="json")
    with handling(frame(seq=7)):
        log.warning("here")
    log.warning("there")
    first, second = map(json.loads, capsys.readouterr().err.splitlines())
    assert (first["camera"], first["frame_id"], first["message"]) == ("porch", "porch/00000001/7", "here")
    assert (second["camera"], "frame_id" in second) == ("garden", False)


def test_a_message_cannot_make_a_second_line(capsys: pytest.CaptureFixture[str]) -> None:
    """What it says may come from anybody; nor can it do something to the terminal."""
    set_up()
    log.warning("refused: %s", "x\n12:00:00 INFO detector: all is well\x1b[2J")
    assert capsys.readouterr().err.endswith("refused: x\\n12:00:00 INFO detector: all is well\\x1b[2J\n")


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_is_in_no_line_and_no_traceback(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """However it got there."""
    hide(SECRET)
    set_up(log_format=form)
    try:
        raise ValueError(SECRET)
    except ValueError:
        log.exception("login as %s failed", f"me:{SECRET}")
    told = capsys.readouterr().err
    assert "Traceback" in told
    assert SECRET not in told
    assert "***" in told


def test_a_file_is_private_and_begun_anew_at_its_size(tmp_path: Path) -> None:
    """As many old ones are kept as were asked for."""
    at = tmp_path / "detector.log"
    set_up(log_file=at, log_rotate="1KB", log_keep=2)
    for number in range(100):
        log.warning("line %s", number)
    made = sorted(tmp_path.iterdir())
    assert [path.name for path in made] == ["detector.log", "detector.log.1", "detector.log.2"]
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    assert max(path.stat().st_size for path in made) <= 1000
    assert at.read_text().endswith("WARNING detector: line 99\n")


def test_a_file_is_begun_anew_at_midnight(tmp_path: Path) -> None:
    """The old one bears its day."""
    at = tmp_path / "detector.log"
    at.write_text("yesterday\n")
    os.utime(at, (0, 0))
    set_up(log_file=at, log_rotate="midnight")
    log.warning("today")
    assert at.read_text().endswith("today\n")
    assert (tmp_path / "detector.log.1970-01-01").read_text() == "yesterday\n"


@pytest.mark.parametrize("name", ["no/such/folder.log", "."])
def test_a_file_that_cannot_be_written_is_a_wrong_setting(tmp_path: Path, name: str) -> None:
    """Said at the start, by its name."""
    with pytest.raises(SettingsError, match=f"--log-file .*{name}: expected a file that can be written"):
        set_up(log_file=tmp_path / name)


def test_a_full_disk_is_said_once_and_the_service_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    """/dev/full is a disk without room."""
    set_up(log_file="/dev/full")
    for _ in range(3):
        log.warning("password %s", SECRET)
    assert capsys.readouterr().err == "log lines are lost: No space left on device\n"


def test_lines_go_to_syslog(tmp_path: Path) -> None:
    """With the service's name and without a time of their own."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as syslog:
        syslog.settimeout(10)
        syslog.bind(str(tmp_path / "log"))
        set_up(log_syslog=str(tmp_path / "log"))
        with handling(frame(seq=7)):
            log.warning("hello")
        assert syslog.recv(1000) == b"<12>WARNING framebus detector [porch/00000001/7]: hello"


@pytest.mark.parametrize("address", ["/no/such/socket", "/dev/null", "no.such.host.invalid:514"])
def test_a_syslog_that_is_not_there_is_a_wrong_setting(address: str) -> None:
    """Said at the start."""
    with pytest.raises(SettingsError, match=f"--log-syslog {address}: expected"):
        set_up(log_syslog=address)


@pytest.mark.parametrize(("flag", "value"), [("log_rotate", "10 pears"), ("log_syslog", "somewhere"), ("log_keep", 0)])
def test_wrong_flags_are_refused(flag: str, value: object) -> None:
    """Before anything starts."""
    with pytest.raises(ValueError, match=flag):
        LogFlags.model_validate({flag: value})


def test_a_signal_makes_it_talkative_and_another_one_quiet_again(capsys: pytest.CaptureFixture[str]) -> None:
    """kafka's loggers never say what they say below INFO."""
    set_up(log_level="WARNING")
    for number in (signal.SIGUSR1, signal.SIGUSR2):
        os.kill(os.getpid(), number)
        log.debug("after %s", number.name)
        logging.getLogger("kafka.conn").debug("a value and a password")
    assert [line.split(": ")[1] for line in capsys.readouterr().err.splitlines()] == ["after SIGUSR1"]
    set_level("DEBUG")
    logging.getLogger("kafka.conn").setLevel(logging.DEBUG)
    logging.getLogger("kafka.conn").debug("a value and a password")
    logging.getLogger("kafka.conn").setLevel(logging.NOTSET)
    assert capsys.readouterr().err == ""


CODE = """
import os, signal, threading
from libs.common import logs
from libs.common.scrub import hide
hide("battery-staple")
logs.set_up("detector")
thread = threading.Thread(target=lambda: {}["battery-staple"])
thread.start()
thread.join()
raise ValueError("battery-staple")
"""


def test_an_error_that_nobody_caught_is_logged_without_secrets() -> None:
    """In any thread."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.count("CRITICAL detector: a bug: nobody caught this") == 2
    assert "KeyError: '***'" in done.stderr
    assert "ValueError: ***" in done.stderr
    assert SECRET not in done.stderr


STORM = """
import logging, os, signal, sys, threading
from libs.common import logs
logs.set_up("detector")
def storm():
    for n in range(2000):
        os.kill(os.getpid(), (signal.SIGUSR1, signal.SIGUSR2)[n % 2])
thread = threading.Thread(target=storm)
thread.start()
logging.warning("a line")
while thread.is_alive():
    logging.warning("a line")
sys.stdout.write("done")
"""


def test_signals_in_the_middle_of_lines_do_no_harm() -> None:
    """Two thousand of them."""
    done = subprocess.run([sys.executable, "-c", STORM], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, "done")
    assert {line[9:] for line in done.stderr.splitlines()} == {"WARNING detector: a line"}
