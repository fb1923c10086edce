"""Servers that are no good cameras. Each is a function that is given a connection and its request's first bytes."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

MANY = 65536
Behave = Callable[[socket.socket], None]


@dataclass
class Hostile:
    """Where it is, and how often somebody came."""

    port: int
    visits: int = 0
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, login: str = "") -> str:
        return f"rtsp://{login}127.0.0.1:{self.port}/cam"


@contextmanager
def hostile(behave: Behave) -> Iterator[Hostile]:
    """Each visitor has a thread of its own; whatever goes wrong with them is theirs."""
    server = socket.create_server(("127.0.0.1", 0), backlog=64)
    camera = Hostile(server.getsockname()[1])

    def meet(visitor: socket.socket) -> None:
        with visitor, suppress(OSError):
            behave(visitor)

    def serve() -> None:
        while not camera.over.is_set():
            try:
                visitor, _ = server.accept()
            except OSError:
                return
            camera.visits += 1
            threading.Thread(target=meet, args=(visitor,), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield camera
    finally:
        camera.over.set()
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def silent(visitor: socket.socket) -> None:
    """Half open: it takes what is said and says nothing."""
    while visitor.recv(MANY):
        pass


def closes(visitor: socket.socket) -> None:
    """At once."""


def trickles(visitor: socket.socket) -> None:
    """A byte now and then of an answer that never ends."""
    visitor.recv(MANY)
    for byte in b"RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: " + b"A" * 600:
        visitor.sendall(bytes([byte]))
        time.sleep(0.2)


def garbage(visitor: socket.socket) -> None:
    """Bytes without a meaning, as fast as they are taken."""
    visitor.recv(MANY)
    noise = bytes((i * 7919 + 13) % 256 for i in range(MANY))
    for _ in range(64):
        visitor.sendall(noise)


def endless_header(visitor: socket.socket) -> None:
    """One header line without an end."""
    visitor.recv(MANY)
    visitor.sendall(b"RTSP/1.0 200 OK\r\nPublic: ")
    for _ in range(256):
        visitor.sendall(b"A" * MANY)


def web_page(visitor: socket.socket) -> None:
    """HTTP instead of RTSP."""
    visitor.recv(MANY)
    visitor.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\nhello")


def answers(status: str, *headers: str) -> Behave:
    """Each request with this status."""

    def behave(visitor: socket.socket) -> None:
        while request := _request(visitor):
            visitor.sendall(_answer(request, status, *headers))

    return behave


def _request(visitor: socket.socket) -> bytes:
    """Up to the empty line."""
    data = b""
    while b"\r\n\r\n" not in data:
        part = visitor.recv(MANY)
        if not part:
            return b""
        data += part
    return data


def _answer(request: bytes, status: str, *headers: str, body: str = "") -> bytes:
    number = next((line[5:].strip() for line in request.split(b"\r\n") if line.lower().startswith(b"cseq:")), b"1")
    lines = [f"RTSP/1.0 {status}", f"CSeq: {number.decode()}", *headers]
    if body:
        lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=cam\r\nt=0 0\r\na=control:*\r\n"
    "m=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1\r\na=control:track1\r\n"
)


def plays(then: Behave, sdp: str = SDP) -> Behave:
    """A camera in order up to PLAY."""

    def behave(visitor: socket.socket) -> None:
        while request := _request(visitor):
            method = request.partition(b" ")[0]
            if method == b"DESCRIBE":
                visitor.sendall(_answer(request, "200 OK", body=sdp))
            elif method == b"SETUP":
                transport = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1"
                visitor.sendall(_answer(request, "200 OK", transport, "Session: 1"))
            else:
                visitor.sendall(_answer(request, "200 OK", "Public: DESCRIBE, SETUP, PLAY", "Session: 1"))
            if method == b"PLAY":
                then(visitor)

    return behave


def rtp(payload: bytes, number: int, stamp: int, last: bool = True) -> bytes:
    """One packet of RTP (RFC 3550), interleaved on channel 0."""
    head = bytes([0x80, 96 | (0x80 if last else 0)])
    packet = head + (number % MANY).to_bytes(2, "big") + (stamp % 2**32).to_bytes(4, "big") + b"same" + payload
    return b"$\0" + len(packet).to_bytes(2, "big") + packet


def noise_as_video(visitor: socket.socket) -> None:
    """RTP in order, whose payload is no video."""
    for number in range(1000):
        visitor.sendall(rtp(bytes((number * i) % 256 for i in range(200)), number, number * 9000))
        time.sleep(0.05)


def no_key_frame(visitor: socket.socket) -> None:
    """Slices that refer to pictures and parameter sets that never came."""
    for number in range(1000):
        visitor.sendall(rtp(b"\x41\x9a" + bytes(range(1, 100)), number, number * 9000))
        time.sleep(0.05)


def trickles_video(visitor: socket.socket) -> None:
    """A byte now and then of an RTP packet that never ends."""
    for byte in rtp(b"\x65" + bytes(800), 0, 0):
        visitor.sendall(bytes([byte]))
        time.sleep(0.2)
