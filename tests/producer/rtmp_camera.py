"""As much of an RTMP server as a player needs (Adobe's RTMP 1.0): handshake, three calls, then an FLV file."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HANDSHAKE = 1536
SET_CHUNK_SIZE, COMMAND = 1, 20
LARGE = 1 << 20


def text(value: str) -> bytes:
    """AMF0."""
    return b"\x02" + struct.pack(">H", len(value)) + value.encode()


def number(value: float) -> bytes:
    return b"\x00" + struct.pack(">d", value)


def thing(**fields: str) -> bytes:
    parts = [struct.pack(">H", len(key)) + key.encode() + text(value) for key, value in fields.items()]
    return b"\x03" + b"".join(parts) + b"\x00\x00\x09"


def message(kind: int, payload: bytes, at_ms: int = 0, stream: int = 0) -> bytes:
    """In one chunk."""
    head = b"\x03" + at_ms.to_bytes(3, "big") + len(payload).to_bytes(3, "big") + bytes([kind])
    return head + struct.pack("<I", stream) + payload


def tags(flv: bytes) -> Iterator[bytes]:
    """The messages of an FLV file."""
    at = 13
    while at + 11 <= len(flv):
        size = int.from_bytes(flv[at + 1 : at + 4], "big")
        at_ms = int.from_bytes(flv[at + 4 : at + 7], "big")
        yield message(flv[at], flv[at + 11 : at + 11 + size], at_ms, stream=1)
        at += 11 + size + 4


class _Player:
    """Who has connected."""

    def __init__(self, link: socket.socket) -> None:
        self._link, self._heard = link, b""

    def until(self, word: bytes, more: int = 0) -> bytes:
        """What follows this word."""
        while word not in self._heard or len(self._heard.partition(word)[2]) < more:
            got = self._link.recv(4096)
            if not got:
                raise ConnectionError
            self._heard += got
        _, _, self._heard = self._heard.partition(word)
        return self._heard[:more]

    def play(self, flv: bytes) -> None:
        while len(self._heard) < 1 + HANDSHAKE:
            self._heard += self._link.recv(4096)
        self._link.sendall(b"\x03" + bytes(HANDSHAKE) + self._heard[1 : 1 + HANDSHAKE])
        self.until(b"connect")
        success = thing(level="status", code="NetConnection.Connect.Success")
        self._link.sendall(message(SET_CHUNK_SIZE, struct.pack(">I", LARGE)))
        self._link.sendall(message(COMMAND, text("_result") + number(1) + thing(fmsVer="FMS/3") + success))
        call = self.until(b"createStream", 9)
        self._link.sendall(message(COMMAND, text("_result") + call + b"\x05" + number(1)))
        self.until(b"play")
        for code in ("Start", "Stop"):
            status = thing(level="status", code=f"NetStream.Play.{code}")
            self._link.sendall(message(COMMAND, text("onStatus") + number(0) + b"\x05" + status, stream=1))
            for tag in tags(flv) if code == "Start" else ():
                self._link.sendall(tag)


@contextmanager
def rtmp_camera(flv: Path) -> Iterator[str]:
    """Its address; each player gets the whole film."""
    listener = socket.create_server(("127.0.0.1", 0))
    film = flv.read_bytes()

    def serve() -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            with link:
                try:
                    _Player(link).play(film)
                    while link.recv(4096):
                        pass
                except OSError:
                    continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"rtmp://127.0.0.1:{listener.getsockname()[1]}/live/porch"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()
