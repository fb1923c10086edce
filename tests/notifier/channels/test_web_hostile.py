"""Servers that want to hold us for ever, or to fill our memory: every request ends in time."""

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from libs.common.errors import TemporaryError
from services.notifier.channels.body import Body, as_json
from services.notifier.channels.web import TooLateError
from tests.notifier.channels.certificates import certificate
from tests.notifier.channels.web_rig import HELLO, SECRET, names, told, web
from tests.notifier.web_stub import Visit, serving

WITHIN_S, AT_MOST_S = 0.4, 3.0
HEAD = b"HTTP/1.1 200 OK\r\n"


def pouring(visit: Visit, piece: bytes, pause_s: float = 0.0) -> None:
    """Until it is cut off."""
    with suppress(OSError):
        while not visit.over.wait(pause_s):
            visit.connection.sendall(piece)


def silent(visit: Visit) -> None:
    visit.over.wait(10)


def drips_headers(visit: Visit) -> None:
    visit.connection.sendall(HEAD)
    pouring(visit, b"X", 0.02)


def drips_status(visit: Visit) -> None:
    pouring(visit, b"H", 0.02)


def continues_for_ever(visit: Visit) -> None:
    pouring(visit, b"HTTP/1.1 100 Continue\r\n\r\n", 0.01)


@pytest.mark.parametrize("behave", [silent, drips_headers, drips_status, continues_for_ever])
def test_a_server_that_takes_its_time_is_left(tmp_path: Path, behave: Callable[[Visit], None]) -> None:
    """A byte now and then does not count as an answer."""
    with serving(behave) as server:
        began = time.monotonic()
        error = told(lambda: web(server.url(), tmp_path).post(HELLO, {}, within_s=WITHIN_S))
        assert time.monotonic() - began < AT_MOST_S
    assert isinstance(error, TooLateError)


CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize("head", [b"\r\n", CHUNKED, b"Content-Length: 9999999999\r\n\r\n"])
def test_a_body_that_drips_takes_nothing_from_the_status(tmp_path: Path, head: bytes) -> None:
    """It was taken: sending it again would be a second message."""

    def drips(visit: Visit) -> None:
        visit.connection.sendall(HEAD + head)
        pouring(visit, b"1\r\nx\r\n" if b"chunked" in head else b"x", 0.05)

    with serving(drips) as server:
        began = time.monotonic()
        answer = web(server.url(), tmp_path).post(HELLO, {}, within_s=1)
        assert time.monotonic() - began < AT_MOST_S
    assert answer.status == 200
    assert 0 < len(answer.body) < 100


@pytest.mark.parametrize("head", [b"\r\n", CHUNKED])
def test_a_body_without_an_end_is_not_read_to_it(tmp_path: Path, head: bytes) -> None:
    """64 KiB of it at most."""

    def pours(visit: Visit) -> None:
        visit.connection.sendall(HEAD + head)
        pouring(visit, b"10000\r\n" + b"x" * 65536 + b"\r\n" if b"chunked" in head else b"x" * 65536)

    with serving(pours) as server:
        answer = web(server.url(), tmp_path).post(HELLO, {}, within_s=5)
    assert (answer.status, len(answer.body)) == (200, 65536)


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"X: " + b"a" * (1 << 20) + b"\r\n\r\n",
        HEAD + b"".join(b"X-%d: y\r\n" % i for i in range(20_000)) + b"\r\n",
        b"HTTP/1.1 " + b"2" * (1 << 20) + b"\r\n\r\n",
        b"no HTTP at all\r\n\r\n",
        b"\x16\x03\x01\x02\x00",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 99 X\r\n\r\n",
        b"",
    ],
)
def test_what_is_no_answer_is_none(tmp_path: Path, answer: bytes) -> None:
    """1 MB of headers, 20,000 of them, bytes of something else, nothing."""

    def says(visit: Visit) -> None:
        with suppress(OSError):
            visit.connection.sendall(answer)

    with serving(says) as server:
        error = told(lambda: web(server.url(), tmp_path).post(HELLO, {}, within_s=5))
    assert isinstance(error, TemporaryError)


def test_what_the_library_would_log_is_not_logged(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It shows the whole address where headers are broken."""

    def broken(visit: Visit) -> None:
        visit.connection.sendall(HEAD + b"no header\r\n\r\n")

    caplog.set_level("DEBUG")
    with serving(broken) as server:
        assert web(server.url(SECRET), tmp_path).post(HELLO, {}).status == 200
    assert "T0PSECRET" not in caplog.text


def test_a_server_that_reads_nothing_is_left(tmp_path: Path) -> None:
    """However much there is to send."""
    body = Body("video/mp4", b"x" * (32 << 20))
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        began = time.monotonic()
        error = told(lambda: web(url, tmp_path).post(body, {}, within_s=WITHIN_S))
        assert time.monotonic() - began < AT_MOST_S
    assert isinstance(error, TooLateError)


def test_a_server_that_is_silent_in_the_middle_of_tls_is_left(tmp_path: Path) -> None:
    """It takes the connection, and the first words."""
    made = certificate(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"https://127.0.0.1:{server.getsockname()[1]}/"
        began = time.monotonic()
        error = told(lambda: web(url, tmp_path, cafile=made.file).post(HELLO, {}, within_s=WITHIN_S))
        assert time.monotonic() - began < AT_MOST_S
    assert isinstance(error, TemporaryError)


def test_a_slow_server_is_left_also_behind_tls(tmp_path: Path) -> None:
    """The same end by the same clock."""
    made = certificate(tmp_path)
    with serving(drips_headers, made.server()) as server:
        client = web(server.url("/", "https"), tmp_path, cafile=made.file)
        error = told(lambda: client.post(HELLO, {}, within_s=WITHIN_S))
    assert isinstance(error, TooLateError)


def test_an_answer_before_the_end_of_the_request_counts(tmp_path: Path) -> None:
    """Too large, says the server, and goes: that is what is told, not a lost connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuses() -> None:
            visitor, _ = server.accept()
            with visitor:
                visitor.recv(100)
                visitor.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
                visitor.shutdown(socket.SHUT_WR)
                while visitor.recv(65536):
                    pass

        thread = threading.Thread(target=refuses)
        thread.start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}/"
        answer = web(url, tmp_path).post(as_json({"x": "y" * 1_000_000}), {}, within_s=5)
        thread.join(5)
    assert answer.status == 413


def test_a_silent_name_server_holds_nobody(tmp_path: Path) -> None:
    """The system cannot be told to stop asking; it is left alone, and is not asked a second time meanwhile."""
    over, asked = threading.Event(), []

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        over.wait(10)
        return names("127.0.0.1")(host, port)

    client = web("http://hook.example/", tmp_path, resolve)
    try:
        began = time.monotonic()
        first = told(lambda: client.post(HELLO, {}, within_s=0.2))
        second = told(lambda: client.post(HELLO, {}, within_s=0.2))
        assert time.monotonic() - began < AT_MOST_S
    finally:
        over.set()
    assert asked == ["hook.example"]
    assert "silent" in str(first)
    assert "silent" in str(second)


@pytest.mark.parametrize("error", [socket.gaierror(-2, "T0PSECRET"), UnicodeError("T0PSECRET"), OSError("T0PSECRET")])
def test_a_name_that_nobody_knows_may_be_known_later(tmp_path: Path, error: Exception) -> None:
    """Without the resolver's own words."""

    def resolve(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        raise error

    told_error = told(lambda: web("http://hook.example/", tmp_path, resolve).post(HELLO, {}))
    assert isinstance(told_error, TemporaryError)
    assert "no such host" in str(told_error)


def test_nobody_there_may_be_there_later(tmp_path: Path) -> None:
    """A port that is closed."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    error = told(lambda: web(f"http://127.0.0.1:{port}/", tmp_path).post(HELLO, {}))
    assert isinstance(error, TemporaryError)
    assert "nobody answers" in str(error)
