"""The way between a camera and its reader: a TCP proxy on which parts of what the camera sends come late."""

import queue
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from itertools import count
from types import TracebackType
from typing import Self

CHUNK_BYTES = 64 << 10

Late = Callable[[int], float]
"""By how many seconds a part is late, by its number from 0. What was sent after it comes after it."""


class Wire:
    """Passes on what readers say at once."""

    def __init__(self, to_port: int, late_s: Late) -> None:
        self._to_port, self._late_s = to_port, late_s
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._server.getsockname()[1]
        self._open: list[socket.socket] = []

    def __enter__(self) -> Self:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for each in (self._server, *self._open):
            _close(each)

    def url(self) -> str:
        """The camera's, by this way."""
        return f"rtsp://127.0.0.1:{self.port}/cam"

    def _serve(self) -> None:
        while True:
            try:
                reader, _ = self._server.accept()
            except OSError:
                return
            camera = socket.create_connection(("127.0.0.1", self._to_port))
            self._open += [reader, camera]
            for source, sink, late_s in ((reader, camera, _never), (camera, reader, self._late_s)):
                parts: queue.Queue[tuple[float, bytes]] = queue.Queue()
                threading.Thread(target=_take, args=(source, parts, late_s), daemon=True).start()
                threading.Thread(target=_give, args=(sink, parts), daemon=True).start()


def _never(number: int) -> float:
    return 0.0


def _take(source: socket.socket, parts: "queue.Queue[tuple[float, bytes]]", late_s: Late) -> None:
    data = b"-"
    for number in count():
        try:
            data = source.recv(CHUNK_BYTES)
        except OSError:
            data = b""
        parts.put((time.monotonic() + late_s(number), data))
        if not data:
            return


def _give(sink: socket.socket, parts: "queue.Queue[tuple[float, bytes]]") -> None:
    """An empty part is the end."""
    while True:
        due_s, data = parts.get()
        time.sleep(max(0.0, due_s - time.monotonic()))
        try:
            sink.sendall(data)
        except OSError:
            data = b""
        if not data:
            _close(sink)
            return


def _close(each: socket.socket) -> None:
    """Whoever waits at it is woken."""
    with suppress(OSError):
        each.shutdown(socket.SHUT_RDWR)
    each.close()
