"""A fleet of cameras that all fail, each in its own way, with a password in each address: it is nowhere."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from socket import socket

import yaml

from libs.common.kafka_settings import KafkaSettings
from tests.common.kafka_tools import until
from tests.privacy.canary import IN_URL, assert_nowhere, everything_on, running
from tests.producer import hostile_cameras as cameras
from tests.producer.hostile_cameras import Behave, hostile

LOGIN = 'WWW-Authenticate: Basic realm="cam"'
DIGEST = 'WWW-Authenticate: Digest realm="cam", nonce="0f", qop="auth"'


def echoes(visitor: socket) -> None:
    """Says what it was told, as an error and as a header."""
    while request := visitor.recv(cameras.MANY):
        text = request.decode(errors="replace").replace("\r\n", " ")
        visitor.sendall(f"RTSP/1.0 500 {text}\r\nCSeq: 1\r\nServer: {text}\r\n\r\n".encode())


def moved(visitor: socket) -> None:
    """Sends on to an address with all that it was told."""
    while request := visitor.recv(cameras.MANY):
        target = request.split(b" ")[1].decode(errors="replace")
        visitor.sendall(f"RTSP/1.0 302 Found\r\nCSeq: 1\r\nLocation: {target}\r\n\r\n".encode())


def http(status: str, *headers: str) -> Behave:
    """A web server's answer."""

    def behave(visitor: socket) -> None:
        while visitor.recv(cameras.MANY):
            visitor.sendall("\r\n".join([f"HTTP/1.1 {status}", *headers, "Content-Length: 0", "", ""]).encode())

    return behave


RTSP: dict[str, Behave] = {
    "silent": cameras.silent,
    "closes": cameras.closes,
    "trickles": cameras.trickles,
    "garbage": cameras.garbage,
    "header": cameras.endless_header,
    "page": cameras.web_page,
    "r401": cameras.answers("401 Unauthorized", LOGIN),
    "r401-digest": cameras.answers("401 Unauthorized", DIGEST),
    "r403": cameras.answers("403 Forbidden"),
    "r404": cameras.answers("404 Not Found"),
    "r453": cameras.answers("453 Not Enough Bandwidth"),
    "r500": cameras.answers("500 Internal Server Error"),
    "r503": cameras.answers("503 Service Unavailable"),
    "r200": cameras.answers("200 OK"),
    "echoes": echoes,
    "moved": moved,
    "no-video": cameras.plays(cameras.silent, "v=0\r\nm=nonsense\r\n"),
    "mute": cameras.plays(cameras.silent),
    "breaks": cameras.plays(cameras.closes),
    "noise": cameras.plays(cameras.garbage),
}
HTTP: dict[str, Behave] = {
    "h401": http("401 Unauthorized", LOGIN),
    "h401-digest": http("401 Unauthorized", DIGEST),
    "h404": http("404 Not Found"),
    "h302": http("302 Found", "Location: ftp://elsewhere/"),
    "h-closes": cameras.closes,
}
NOWHERE = {
    "no-port": f"rtsp://me:{IN_URL}@127.0.0.1:1/cam",
    "no-host": f"rtsp://me:{IN_URL}@no-such-host.invalid/cam?password={IN_URL}",
    "h-no-port": f"http://me:{IN_URL}@127.0.0.1:1/snap.jpg?pwd={IN_URL}",
}


@contextmanager
def failing_cameras() -> Iterator[dict[str, dict[str, str]]]:
    """What stands in the file of cameras: each with the password as login and in its query."""
    with ExitStack() as servers:
        urls = dict(NOWHERE)
        for behaviours, scheme in ((RTSP, "rtsp"), (HTTP, "http")):
            for name, behave in behaviours.items():
                port = servers.enter_context(hostile(behave)).port
                urls[name] = f"{scheme}://me:{IN_URL}@127.0.0.1:{port}/cam?pwd={IN_URL}"
        yield {name: {"url": url, "secondary-url": NOWHERE["no-port"]} for name, url in urls.items()}


def command_lines(pid: int) -> bytes:
    """Of a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return b"\n".join(Path(f"/proc/{each}/cmdline").read_bytes() for each in (pid, *children))


def test_a_stream_for_recordings_fails_and_its_password_is_nowhere(
    tmp_path: Path, kafka: KafkaSettings, fresh: Callable[[str], str]
) -> None:
    """It is a second address of its camera, from a file; the camera repeats all that it is told."""
    frames, video, states = fresh("canary.frames"), fresh("canary.video"), fresh("canary.cameras")
    with hostile(cameras.closes) as looked_at, hostile(echoes) as recorded:
        (tmp_path / "video.url").write_text(f"rtsp://me:{IN_URL}@127.0.0.1:{recorded.port}/cam?pwd={IN_URL}")
        words = ["producer", f"rtsp://127.0.0.1:{looked_at.port}/cam", "--video-url-file", str(tmp_path / "video.url")]
        topics = ["-t", frames, "--video-topic", video, "--events", "none", "--status", states, "--control", "none"]
        flags = [*topics, "--bootstrap", kafka.bootstrap, "--log-level", "DEBUG"]
        with running(tmp_path, [*words, *flags], {}) as producer:
            producer.says(f"video of its own: rtsp://127.0.0.1:{recorded.port}: ".encode())
            assert_nowhere(everything_on(kafka, [states], at_least=2))
            assert_nowhere(producer.shown())
            assert_nowhere(command_lines(producer.process.pid))
            assert producer.signal(signal.SIGTERM) == 0
            assert_nowhere(producer.said())


def test_cameras_fail_in_many_ways_and_the_password_is_nowhere(
    tmp_path: Path, kafka: KafkaSettings, fresh: Callable[[str], str]
) -> None:
    """Not in lines at DEBUG, on topics, in answers, on command lines; each camera's trouble is told."""
    frames, events, states = fresh("canary.frames"), fresh("canary.events"), fresh("canary.cameras")
    said: list[bytes] = []
    with failing_cameras() as entries:
        assert len(entries) >= 20
        (tmp_path / "cameras.yaml").write_text(yaml.safe_dump({"cameras": entries}))
        topics = ["-t", frames, "--events", events, "--status", states, "--control", "none"]
        words = ["producer", "--config", str(tmp_path / "cameras.yaml"), *topics, "--bootstrap", kafka.bootstrap]
        with running(tmp_path, [*words, "--log-level", "DEBUG"], {}) as producer:

            def all_told() -> bool:
                """Each camera's name is the key of a record."""
                said.append(everything_on(kafka, [events, states], at_least=2 * len(entries)))
                return all(f"{name}\n".encode() in said[-1] for name in entries)

            until(all_told, 60)
            assert_nowhere(said[-1])
            assert_nowhere(producer.shown())
            assert_nowhere(command_lines(producer.process.pid))
            assert producer.signal(signal.SIGTERM) == 0
            assert_nowhere(producer.said())
