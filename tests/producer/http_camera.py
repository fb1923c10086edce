"""A camera's web server on the loopback, whose answers are scripted to the byte."""

import re
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType

PATIENCE_S = 20.0


@dataclass(frozen=True)
class Request:
    """One that came in; `connection` counts them from 0."""

    path: str
    headers: dict[str, str]
    connection: int


@dataclass
class Link:
    """The server's end of a connection."""

    socket: socket.socket
    open: bool = True
    gone: threading.Event = field(default_factory=threading.Event)

    def send(self, data: bytes) -> bool:
        """False once the other side is gone."""
        try:
            self.socket.sendall(data)
        except OSError:
            self.open = False
        return self.open

    def hang(self) -> None:
        """Says nothing more until the other side is gone."""
        try:
            while self.socket.recv(4096):
                pass
        except OSError:
            pass
        self.open = False
        self.gone.set()


Answer = Callable[[Request, Link], None]
"""Writes an answer. What leaves the link open expects the next request on it."""


class HttpCamera:
    """Serves until it is left; `answers` one request each, the last one all that follow."""

    def __init__(self, *answers: Answer, certificate: Path | None = None) -> None:
        """`certificate`: with its key in one file, for https."""
        self.answers = list(answers)
        self.requests: list[Request] = []
        self._tls = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.links: list[Link] = []
        self._threads: list[threading.Thread] = []

    def url(self, path: str = "/cam", login: str = "") -> str:
        """With a login like "user:password@"."""
        return f"{'https' if self._tls else 'http'}://{login}127.0.0.1:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        """What was asked for, in order."""
        return [request.path for request in self.requests]

    def connections(self) -> int:
        """How many were made."""
        return len(self.links)

    def __enter__(self) -> "HttpCamera":
        self._start(self._accept)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        for link in list(self.links):
            with suppress(OSError):
                link.socket.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE_S)
        self._listening.close()

    def _start(self, target: Callable[[], None]) -> None:
        thread = threading.Thread(target=target, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                accepted, _ = self._listening.accept()
            except OSError:
                return
            accepted.settimeout(PATIENCE_S)
            number = len(self.links)
            link = Link(accepted)
            self.links.append(link)
            self._start(lambda link=link, number=number: self._serve(link, number))  # type: ignore[misc]

    def _serve(self, link: Link, number: int) -> None:
        try:
            if self._tls:
                link.socket = self._tls.wrap_socket(link.socket, server_side=True)
            with link.socket, link.socket.makefile("rb") as lines:
                while link.open and (request := _read(lines.readline, number)):
                    self.requests.append(request)
                    answer = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
                    answer(request, link)
        except OSError:
            pass
        finally:
            link.socket.close()
            link.gone.set()


def _read(line: Callable[[], bytes], connection: int) -> Request | None:
    first = line().decode()
    headers = {}
    while text := line().decode().rstrip("\r\n"):
        name, _, value = text.partition(":")
        headers[name.lower()] = value.strip()
    found = re.match(r"GET (\S+) HTTP/1.1\r\n", first)
    return Request(found[1], headers, connection) if found else None
