"""Opens connections: in time, and only to where a channel may speak."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from libs.common.errors import PermanentError, TemporaryError
from services.notifier.channels.addresses import refusal

Resolve = Callable[..., list[tuple[Any, ...]]]
"""As socket.getaddrinfo."""
CONNECT_S = 10.0
AGAIN_S = 30.0
MOST_ADDRESSES = 8


class Dialler:
    """Of one host and port; `label` stands for it in every text.

    The name is resolved once for each connection, and what it resolved to is judged, connected to and judged again: a
    name that says something else a moment later changes nothing.
    """

    def __init__(self, label: str, host: str, port: int, private: bool, resolve: Resolve = socket.getaddrinfo) -> None:
        self._label, self._host, self._port = label, host, port
        self._private, self._resolve = private, resolve
        self._asking: Thread | None = None

    def connect(self, until_s: float) -> socket.socket:
        """A TCP connection, there before `until_s` (monotonic). Raises TemporaryError, PermanentError: not allowed."""
        until_s = min(until_s, time.monotonic() + CONNECT_S)
        allowed = self._allowed(self._found(until_s))[:MOST_ADDRESSES]
        for tried, (family, address) in enumerate(allowed):
            share_s = (until_s - time.monotonic()) / (len(allowed) - tried)
            with suppress(OSError):
                return self._connected(family, address, max(0.01, share_s))
        raise TemporaryError(f"{self._label}: nobody answers there")

    def _found(self, until_s: float) -> list[tuple[Any, ...]]:
        """What the name stands for. The system's resolver takes its time, and cannot be stopped: it has a thread."""
        if self._asking is not None and self._asking.is_alive():
            raise TemporaryError(f"{self._label}: the name server is still silent", AGAIN_S)
        answers: SimpleQueue[list[tuple[Any, ...]] | Exception] = SimpleQueue()
        self._asking = Thread(target=lambda: answers.put(self._answer()), name="resolver", daemon=True)
        self._asking.start()
        try:
            answer = answers.get(timeout=max(0.0, until_s - time.monotonic()))
        except Empty:
            raise TemporaryError(f"{self._label}: the name server is silent", AGAIN_S) from None
        if isinstance(answer, Exception):
            raise TemporaryError(f"{self._label}: no such host, or no name server")
        return answer

    def _answer(self) -> list[tuple[Any, ...]] | Exception:
        try:
            return self._resolve(self._host, self._port, type=socket.SOCK_STREAM)
        except (OSError, ValueError) as error:  # the latter: a label that is too long
            return error

    def _allowed(self, found: list[tuple[Any, ...]]) -> list[tuple[Any, tuple[Any, ...]]]:
        judged = [(refusal(str(each[4][0]), self._private), each) for each in found]
        if found and all(why for why, _ in judged):
            raise self._refused(", ".join(sorted({why for why, _ in judged if why})))
        return [(each[0], each[4]) for why, each in judged if why is None]

    def _connected(self, family: Any, address: tuple[Any, ...], within_s: float) -> socket.socket:
        """What the system makes of an address counts: 0.0.0.0 is this machine."""
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.settimeout(within_s)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address)
            if refused := refusal(str(connection.getpeername()[0]), self._private):
                raise self._refused(refused)
        except (OSError, PermanentError):
            connection.close()
            raise
        return connection

    def _refused(self, why: str) -> PermanentError:
        hint = "; if that is meant, say `private: true`" if why == "private" else ""
        return PermanentError(f"{self._label}: its address is {why}, nothing was sent{hint}", reason="address")
