"""RTSP cameras whose answers name something else: it is not opened."""

import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from services.producer.plan import Plan
from services.producer.sources.open_source import open_source
from services.producer.sources.shots import SourceError
from services.producer.sources.urls import read_url
from tests.producer.watched import Watched, watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watches by inotify and /proc")

OTHERS = ["file://{file}", "{file}", "concat:{file}", "pipe:0", "tcp://127.0.0.1:{port}", "http://127.0.0.1:{port}/",
          "udp://127.0.0.1:{port}", "rtp://127.0.0.1:{port}", "data:,x"]  # fmt: skip
SDP = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\na=control:{to}\r\n"
MEDIA = "m=video {port} RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:{to}\r\n"


@contextmanager
def answering(redirect: str | None, sdp: str) -> Iterator[int]:
    """A camera on its port: DESCRIBE is redirected, or answered with this; all else is fine."""

    def serve() -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            with link, suppress(OSError):
                while request := link.recv(4096).decode("ascii", "replace"):
                    number = next((line for line in request.split("\r\n") if line.startswith("CSeq")), "CSeq: 1")
                    link.sendall(_answer(request.partition(" ")[0], number, redirect, sdp))

    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _answer(method: str, number: str, redirect: str | None, sdp: str) -> bytes:
    if method == "DESCRIBE" and redirect is not None:
        return f"RTSP/1.0 302 Moved\r\n{number}\r\nLocation: {redirect}\r\n\r\n".encode()
    if method == "DESCRIBE":
        head = f"{number}\r\nContent-Type: application/sdp\r\nContent-Length: {len(sdp)}"
        return f"RTSP/1.0 200 OK\r\n{head}\r\n\r\n{sdp}".encode()
    return f"RTSP/1.0 200 OK\r\n{number}\r\nPublic: DESCRIBE, SETUP, PLAY\r\n\r\n".encode()


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Watched]:
    with watched(tmp_path) as made:
        yield made


@pytest.mark.parametrize("transport", ["tcp", "udp", "tcp-then-udp"])
@pytest.mark.parametrize("to", OTHERS)
@pytest.mark.parametrize("place", ["redirection", "sdp"])
def test_a_camera_that_names_something_else_gives_no_pictures(
    trap: Watched, place: str, to: str, transport: str
) -> None:
    """By a redirection, or where its stream is to be controlled."""
    other = to.format(file=trap.canary, port=trap.port)
    sdp = (SDP + MEDIA).format(to=other, port=trap.port)
    with answering(other if place == "redirection" else None, sdp) as port:
        url = f"rtsp://u:geheim@127.0.0.1:{port}/x"
        plan = Plan(url=url, camera="c", rtsp_transport=transport)
        with pytest.raises(SourceError) as refused, open_source(read_url(url), plan, lambda media_s: True):
            pass
    assert "geheim" not in str(refused.value)
    assert trap.seen() == []
