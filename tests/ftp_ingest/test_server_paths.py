"""Names that a client chooses reach no disk."""

import os
from pathlib import Path

import pytest

from tests.ftp_ingest.ftp_rig import PICTURE, Ftp

TRICKS = (
    "../../../etc/cron.d/x",
    "/etc/passwd",
    "//etc//passwd",
    "....//....//x",
    "..\\..\\x",
    "C:\\x.jpg",
    "a/../../../../x",
    ".",
    "..",
    "~root/x",
    "-rf",
    "$(reboot).jpg",
    "%2e%2e%2fx",
    "link/x.jpg",
    "Einfahrt-Ü ☃.jpg",
    "a" * 900,
    "a/" * 25 + "x.jpg",
)
UNPRINTABLE = (b"a\0b.jpg", b"a\rDELE b.jpg", b"a\x1b[31m.jpg", b"a\tb.jpg", "a\u202eb.jpg".encode())


def files(path: Path) -> set[str]:
    """All there is below it."""
    return {os.path.join(folder, name) for folder, _, names in os.walk(path) for name in names}


@pytest.mark.parametrize("name", TRICKS)
def test_a_name_stays_a_name(tmp_path: Path, name: str) -> None:
    """It is text for the inbox, relative and without .. in it; nothing is created anywhere."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "link").symlink_to(tmp_path)
    with Ftp(home) as ftp, ftp.raw().login() as raw:
        before = files(tmp_path)
        raw.ask(f"MKD {name}")
        raw.ask(f"CWD {name}")
        raw.ask("CWD /")
        with raw.data() as data:
            assert raw.ask(f"STOR {name}")[:3] in ("150", "125")
            data.sendall(PICTURE)
        assert raw.hear().startswith("226")
        (taken,) = ftp.names
        assert not taken.startswith("/")
        assert ".." not in taken.split("/")
        assert files(tmp_path) == before


@pytest.mark.parametrize("name", UNPRINTABLE)
def test_a_name_that_cannot_be_printed_is_refused(tmp_path: Path, name: bytes) -> None:
    """It would end up in logs and headers; the session goes on."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        for command in (b"MKD ", b"CWD ", b"STOR ", b"STOU ", b"LIST ", b"RNFR "):
            assert raw.ask(command + name + b"\r\n")[0] == "5"
        assert raw.ask("NOOP").startswith("200")
        assert ftp.names == []


@pytest.mark.parametrize("name", ["x" * 1100, "a/" * 40 + "x", "x" * 10_000, "/" * 2000])
def test_a_name_without_end_is_refused(tmp_path: Path, name: str) -> None:
    """A line that is longer than any command ends the connection, so that its rest is not taken for the next."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        for command in (f"MKD {name}", f"CWD {name}"):
            answer = raw.ask(command)
            assert answer == "" or answer[0] == "5" or name == "/" * 2000
        assert ftp.names == []


def test_folders_do_not_grow_without_end(tmp_path: Path) -> None:
    """CWD deeper and deeper comes to a bottom."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        answers = [raw.ask("CWD " + "deeper" * 5)[:3] for _ in range(50)]
        assert answers[:31] == ["250"] * 31
        assert answers[32:] == ["550"] * 18
        assert raw.ask("CDUP").startswith("250")
