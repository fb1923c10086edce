"""The server on a real port, spoken to over real HTTP and WebSockets."""

import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPSConnection
from pathlib import Path
from threading import Thread

import pytest

from libs.common.clock import SystemClock
from libs.common.errors import FatalError
from libs.common.messages import Redaction
from libs.common.tls_files import server_context
from services.viewer.app import create_app
from services.viewer.hub import Hub
from services.viewer.options import Options
from services.viewer.server import Server
from services.viewer.show import Show
from services.viewer.wire import Wire
from tests.viewer.frames import frame
from tests.viewer.wire_client import RefusedError, WirePage

COVERED = Redaction(policy="fill", labels=(), boxes=(), withheld=False)


class Running:
    """A viewer on a free port of the loopback."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.hub = Hub(SystemClock())
        self.show = Show("frames.redacted", self.hub, raw=False)
        app, _ = create_app(Options(topics=("frames.redacted",), password="right horse", tls=tls is not None), self.hub)
        self.server = Server(app, "127.0.0.1", 0, tls)
        self.origin = self.server.url.rstrip("/")
        self.thread = Thread(target=self.server.serve)
        self.thread.start()

    def log_in(self, connection: HTTPConnection) -> str:
        headers = {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/login", "username=viewer&password=right+horse", headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        assert answer.status == 303
        return (answer.headers["Set-Cookie"] or "").partition(";")[0]

    def open(self, cookie: str, origin: str | None = None, trust: ssl.SSLContext | None = None) -> WirePage:
        headers = {"Cookie": cookie, "Origin": self.origin if origin is None else origin}
        return WirePage(self.origin, headers, trust)

    def close(self) -> None:
        self.hub.close()
        self.server.stop()
        self.thread.join(5)
        assert not self.thread.is_alive()


@pytest.fixture
def running() -> Iterator[Running]:
    """A viewer that answers."""
    viewer = Running()
    yield viewer
    viewer.close()


@pytest.fixture
def cookie(running: Running) -> str:
    """The cookie of somebody who logged in over HTTP."""
    return running.log_in(HTTPConnection("127.0.0.1", running.server.port))


def test_a_page_that_does_not_acknowledge_gets_one_picture(running: Running, cookie: str) -> None:
    """Over a real socket; the acknowledgement brings the newest."""
    page = running.open(cookie)
    sent = [frame(seq=seq, redaction=COVERED) for seq in range(5)]
    running.show.handle(sent[0])
    number, meta, jpeg = page.frame()
    assert jpeg == sent[0].image
    for later in sent[1:]:
        running.show.handle(later)
    assert page.quiet(0.3)
    page.acknowledge(number)
    _, meta, jpeg = page.frame()
    assert (meta["frame_id"], meta["dropped"]) == ("porch/00000001/4", 3)
    assert jpeg == sent[4].image
    page.close()


@pytest.mark.parametrize("origin", ["http://evil.example", "null", ""])
def test_a_socket_from_another_site_is_refused(running: Running, cookie: str, origin: str) -> None:
    """Even with the right cookie."""
    with pytest.raises(RefusedError, match="401"):
        running.open(cookie, origin)


def test_a_socket_without_a_session_is_refused(running: Running) -> None:
    """Before it costs a thread."""
    with pytest.raises(RefusedError, match="401"):
        running.open("framebus=nonsense")


def test_pictures_are_not_deflated(running: Running, cookie: str) -> None:
    """JPEGs get no smaller; it would cost a core."""
    with socket.create_connection(("127.0.0.1", running.server.port), timeout=5) as raw:
        lines = [
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1",
            f"Host: 127.0.0.1:{running.server.port}",
            f"Origin: {running.origin}",
            f"Cookie: {cookie}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Extensions: permessage-deflate",
        ]
        raw.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = raw.recv(4096).decode("latin-1").lower()
    assert answer.startswith("http/1.1 101")
    assert "deflate" not in answer


def test_the_server_says_nothing_about_its_parts(running: Running) -> None:
    """No names and versions for whoever looks for holes."""
    connection = HTTPConnection("127.0.0.1", running.server.port)
    connection.request("GET", "/login")
    answer = connection.getresponse()
    answer.read()
    connection.close()
    assert answer.headers["Server"] == "framebus"


def test_a_taken_port_is_said_in_one_line(running: Running) -> None:
    """And not by an exit from inside a library."""
    with pytest.raises(FatalError, match=f"cannot listen on 127.0.0.1 port {running.server.port}: .*in use"):
        Server(lambda environ, start: [], "127.0.0.1", running.server.port)


def test_a_certificate_that_cannot_be_read_is_said_in_one_line(tmp_path: Path) -> None:
    """Both files are named."""
    with pytest.raises(FatalError, match=r"cert\.pem with key .*key\.pem cannot be used"):
        server_context(tmp_path / "cert.pem", tmp_path / "key.pem")


@pytest.fixture
def certificate(tmp_path: Path, absent: Callable[[str], None]) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, made by the openssl command."""
    if not shutil.which("openssl"):
        absent("openssl is absent: apt-get install openssl")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = [
        "openssl",
        "req",
        "-x509",
        "-newkey",
        "ec",
        "-pkeyopt",
        "ec_paramgen_curve:P-256",
        "-nodes",
        "-days",
        "1",
    ]
    files = ["-subj", "/CN=viewer", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([*command, *files], check=True, capture_output=True)
    return cert, key


def test_pictures_arrive_whole_over_tls(certificate: tuple[Path, Path]) -> None:
    """Also one of 2 MB, while a client that never speaks holds a connection open."""
    viewer = Running(server_context(*certificate))
    trust = ssl.create_default_context(cafile=str(certificate[0]))
    with socket.create_connection(("127.0.0.1", viewer.server.port)):
        cookie = viewer.log_in(HTTPSConnection("127.0.0.1", viewer.server.port, context=trust))
        page = viewer.open(cookie, trust=trust)
        sent = frame(redaction=COVERED)
        comments = (b"\xff\xfe\xff\xff" + b"x" * 65533) * 30
        large = sent.image[:2] + comments + sent.image[2:]
        viewer.show.handle(frame(redaction=COVERED, image=large))
        assert page.frame()[2] == large
        page.close()
    viewer.close()


def test_a_wire_sends_everything_although_the_other_side_reads_slowly() -> None:
    """A socket with a time limit may take less than it was given."""
    ours, theirs = socket.socketpair()
    ours.settimeout(5)
    data = bytes(range(256)) * 20_000
    sender = Thread(target=Wire(ours).send, args=(data,))
    sender.start()
    got = bytearray()
    while len(got) < len(data):
        got += theirs.recv(65536)
    sender.join(5)
    assert bytes(got) == data
    ours.close()
    theirs.close()


def test_a_wire_gives_up_on_who_is_silent() -> None:
    """The dead cost no thread for ever."""
    ours, theirs = socket.socketpair()
    ours.settimeout(0.05)
    with pytest.raises(TimeoutError):
        Wire(ours).recv(10)
    ours.close()
    theirs.close()
