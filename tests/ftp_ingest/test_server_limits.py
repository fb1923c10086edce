"""Connections that are of no use: ended in time, and in nobody's way."""

import contextlib
import errno
import socket
import time
from pathlib import Path

import pytest

from tests.ftp_ingest.ftp_rig import PICTURE, Ftp, Raw, refused, until, upload
from tests.ftp_ingest.slow_clients import SlowClients


def hears_the_end(raw: Raw, text: str) -> None:
    """The last line, and then nothing."""
    lines = []
    while line := raw.hear():
        lines.append(line)
    assert lines
    assert lines[-1].startswith(text), lines


@pytest.mark.parametrize(("limit", "reason"), [("login_s", "no-login"), ("idle_s", "idle"), ("session_s", "too-long")])
def test_a_connection_that_says_nothing_is_ended(tmp_path: Path, limit: str, reason: str) -> None:
    """With the reason, which is counted."""
    with Ftp(tmp_path, limits={limit: 0.3}) as ftp, ftp.raw() as raw:
        if limit != "login_s":
            raw.login()
        hears_the_end(raw, "421")
        assert ftp.counted("connections") == {"accepted": 1, reason: 1}


def test_a_byte_now_and_then_is_no_command(tmp_path: Path) -> None:
    """Neither before the login nor behind it does it keep a connection open."""
    with Ftp(tmp_path, limits={"login_s": 0.4, "idle_s": 0.8}) as ftp, ftp.raw() as stranger, ftp.raw() as raw:
        raw.login()
        began_s = time.monotonic()
        for each in (stranger, raw):
            with contextlib.suppress(ConnectionError):
                while time.monotonic() - began_s < 5:
                    each.say(b"x")
                    time.sleep(0.05)
            assert time.monotonic() - began_s < 4
        until(lambda: ftp.counted("connections").get("idle") == 1)


def test_where_files_run_out_it_is_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """And the next one is served as soon as there are some again."""
    failed = iter(range(3))
    real = socket.socket.accept

    def accept(listening: socket.socket) -> tuple[socket.socket, object]:
        if next(failed, None) is not None:
            raise OSError(errno.EMFILE, "Too many open files")
        return real(listening)

    monkeypatch.setattr(socket.socket, "accept", accept)
    with Ftp(tmp_path) as ftp, ftp.client() as client:
        assert upload(client).startswith("226")
    said = [line.message for line in caplog.records if "not accepted" in line.message]
    assert said == ["connections are not accepted: Too many open files"]


def test_a_file_that_stalls_is_given_up(tmp_path: Path) -> None:
    """The session goes on; a picture that is whole but has no end is no upload."""
    with Ftp(tmp_path, limits={"stall_s": 0.3}) as ftp, ftp.raw().login() as raw, raw.data() as data:
        raw.ask("STOR a.jpg")
        data.sendall(PICTURE)
        assert raw.hear().startswith("426")
        assert raw.ask("NOOP").startswith("200")
        assert ftp.box.taken == []


def test_a_data_connection_that_nobody_uses_is_closed(tmp_path: Path) -> None:
    """Without a word: it would be taken for the answer to the next command."""
    with Ftp(tmp_path, limits={"stall_s": 0.2}) as ftp, ftp.raw().login() as raw:
        with raw.data() as data:
            assert data.recv(1) == b""
        assert raw.ask("NOOP").startswith("200")
        assert ftp.counted("uploads") == {}


def test_a_session_ends_in_the_middle_of_an_endless_file(tmp_path: Path) -> None:
    """Once the file has had its own time, too."""
    with (
        Ftp(tmp_path, limits={"session_s": 0.2, "transfer_s": 0.5}) as ftp,
        ftp.raw().login() as raw,
        raw.data() as data,
    ):
        raw.ask("STOR a.jpg")
        with contextlib.suppress(ConnectionError):
            for _ in range(200):
                data.send(PICTURE)
                time.sleep(0.05)
        hears_the_end(raw, "421")
        assert ftp.counted("uploads") == {"aborted": 1}


def test_a_file_that_comes_while_the_session_ends_is_taken(tmp_path: Path) -> None:
    """Then the session ends: a camera that never logs out loses no picture each hour."""
    with Ftp(tmp_path, limits={"session_s": 0.3}) as ftp, ftp.raw().login() as raw:
        with raw.data() as data:
            raw.ask("STOR a.jpg")
            data.sendall(PICTURE[:300])
            time.sleep(0.5)
            data.sendall(PICTURE[300:])
        assert raw.hear().startswith("226")
        hears_the_end(raw, "421")


def test_a_file_that_dribbles_is_given_up(tmp_path: Path) -> None:
    """However regularly something comes."""
    with Ftp(tmp_path, limits={"transfer_s": 0.5, "stall_s": 0.3}) as ftp, ftp.raw().login() as raw:
        with raw.data() as data:
            raw.ask("STOR a.jpg")
            with contextlib.suppress(ConnectionError):
                for byte in PICTURE[:60]:
                    data.send(bytes([byte]))
                    time.sleep(0.05)
            assert raw.hear().startswith("426")
        assert ftp.counted("uploads") == {"aborted": 1}


def test_a_client_that_reads_no_answers_is_cut(tmp_path: Path) -> None:
    """They do not pile up in memory."""
    with Ftp(tmp_path) as ftp, ftp.raw().login() as raw:
        raw.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        with contextlib.suppress(ConnectionError, TimeoutError):
            for _ in range(20):
                raw.say(b"HELP\r\n" * 150)
        until(lambda: len(ftp.server._threads) == 0, 20)


def test_a_stranger_that_never_stops_asking_is_sent_away(tmp_path: Path) -> None:
    """A client needs ten commands to log in."""
    with Ftp(tmp_path) as ftp, ftp.raw() as raw:
        raw.say(b"NOOP\r\n" * 100)
        hears_the_end(raw, "421 Too many commands")
        assert ftp.counted("connections") == {"accepted": 1, "abuse": 1}


def test_a_camera_that_left_dead_sessions_behind_comes_in(tmp_path: Path) -> None:
    """It lost its power four times; the oldest one makes room. So it is for the address."""
    with Ftp(tmp_path, limits={"per_address": 6}) as ftp, contextlib.ExitStack() as stack:
        dead = [stack.enter_context(ftp.raw().login()) for _ in range(4)]
        with ftp.client() as client:
            assert upload(client).startswith("226")
            hears_the_end_silently(dead[0])
            assert dead[3].ask("NOOP").startswith("200")
        assert ftp.counted("connections") == {"accepted": 5, "displaced": 1}


def hears_the_end_silently(raw: Raw) -> None:
    """It is cut."""
    assert raw.hear() == ""


def test_who_is_at_work_is_not_displaced(tmp_path: Path) -> None:
    """The newcomer is sent away, with 421, before and at its login."""
    with Ftp(tmp_path, limits={"per_address": 2, "per_user": 1}) as ftp, ftp.raw().login() as raw:
        ftp.box.blocked.add("porch")
        with raw.data() as data:
            raw.ask("STOR a.jpg")
            data.sendall(PICTURE)
        assert ftp.box.reached.wait(5)
        assert refused(lambda: ftp.client()).startswith("421")
        with ftp.raw() as second, ftp.raw() as third:
            assert (second.first[:3], third.first[:3]) == ("220", "220")
            assert second.hear() == ""
        ftp.box.go_on.set()
        assert raw.hear().startswith("226")


@pytest.mark.parametrize("many_addresses", [False, True])
@pytest.mark.parametrize("kind", ["silent", "bytes", "login"])
def test_a_good_camera_uploads_beside_200_slow_ones(tmp_path: Path, kind: str, many_addresses: bool) -> None:
    """In two seconds, also where they are logged in as another camera, or as itself, and dribble a file."""
    with Ftp(tmp_path) as ftp, SlowClients(ftp, kind, many_addresses):
        assert len(ftp.server._shared.seats) <= 64
        for camera in ("porch", "garden"):
            began_s = time.monotonic()
            with ftp.client(camera) as client:
                assert upload(client).startswith("226")
            assert time.monotonic() - began_s < 2
        until(lambda: len(ftp.server._threads) <= 64)
