"""framebus ftp-ingest user."""

import io
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from services.ftp_ingest.server import passwords
from services.ftp_ingest.server.users import read
from services.ftp_ingest.user_command import main


class Command:
    """Its own file of users."""

    def __init__(self, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.path, self._monkeypatch, self._capsys = path / "users", monkeypatch, capsys

    def __call__(self, *words: str, stdin: str = "") -> tuple[int, str, str]:
        """Status, stdout, stderr."""
        self._monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        status = main([*words, "--users", str(self.path)])
        return status, *self._capsys.readouterr()

    def right(self, camera: str, password: str) -> bool:
        return passwords.is_right(read(self.path)[camera], password)


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(tmp_path, monkeypatch, capsys)


def test_a_camera_is_added_listed_changed_and_removed(user: Command, tmp_path: Path) -> None:
    """The password comes from stdin or from a file."""
    (tmp_path / "password").write_text("from a file\n")
    assert user("add", "porch", stdin="horse battery\n") == (0, "", "")
    assert user("add", "garden", "--password-file", str(tmp_path / "password")) == (0, "", "")
    assert user("list") == (0, "garden\nporch\n", "")
    assert user.right("porch", "horse battery")
    assert user.right("garden", "from a file")
    assert user("password", "porch", stdin="another one\n") == (0, "", "")
    assert user.right("porch", "another one")
    assert user("remove", "porch") == (0, "", "")
    assert user("list") == (0, "garden\n", "")


def test_a_password_is_made_up_and_printed_once(user: Command) -> None:
    """One that a camera's page takes and nobody misreads."""
    status, printed, _ = user("add", "porch", "--generate")
    assert status == 0
    assert user.right("porch", printed.strip())
    assert printed.strip().isalnum()
    assert len(printed.strip()) == 16


@pytest.mark.parametrize(
    ("words", "stdin", "expected"),
    [
        ((), "", "action"),
        (("fly", "porch"), "", "action"),
        (("add",), "", "camera"),
        (("list", "porch"), "", "camera"),
        (("add", "a b"), "", "camera"),
        (("add", "../x"), "", "camera"),
        (("add", "porch"), "short\n", "6 to 128"),
        (("add", "porch"), "", "6 to 128"),
        (("add", "porch"), "x" * 129, "6 to 128"),
        (("add", "porch"), "with\ttabs\n", "printable"),
        (("add", "porch", "canary"), "", "canary"),
        (("add", "porch", "--password", "canary"), "", "--password"),
        (("add", "porch", "--password-file", "/does/not/exist"), "", "--password-file"),
        (("remove", "porch"), "", "porch"),
        (("password", "porch"), "horse battery\n", "porch"),
        (("remove", "porch", "--generate"), "", "--generate"),
        (("add", "porch", "--generate", "--password-file", "x"), "", "--generate"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(user: Command, words: tuple[str, ...], stdin: str, expected: str) -> None:
    """With status 2, and nothing is changed."""
    status, out, err = user(*words, stdin=stdin)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert expected in err
    assert not user.path.exists()


def test_a_camera_that_is_there_is_not_added_again(user: Command) -> None:
    """Nobody's password changes by mistake."""
    user("add", "porch", stdin="horse battery\n")
    assert user("add", "porch", stdin="another one\n")[0] == 2
    assert user.right("porch", "horse battery")


@pytest.mark.parametrize(("second", "status"), [("horse battery", 0), ("horse butter", 2)])
def test_on_a_terminal_it_is_asked_for_twice(tmp_path: Path, second: str, status: int) -> None:
    """And not shown."""
    ours, theirs = pty.openpty()
    words = [sys.executable, "-m", "services", "ftp-ingest", "user", "add", "porch", "--users", str(tmp_path / "users")]
    with subprocess.Popen(words, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as process:
        os.close(theirs)
        shown = b""
        for question, answer in ((b"password: ", "horse battery"), (b"once more: ", second)):
            while question not in shown:
                shown += os.read(ours, 1000)
            os.write(ours, f"{answer}\n".encode())
        assert process.wait(20) == status
    os.close(ours)
    assert b"horse" not in shown
    assert (tmp_path / "users").exists() is (status == 0)
