"""A web server for tests: what comes is handed over whole, what goes back is written byte for byte."""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

MOST = 64 << 20


@dataclass(frozen=True)
class Request:
    """One that came whole; names of headers are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Visit:
    """A connection whose request has been read; `over` is set when the server ends."""

    connection: socket.socket
    request: Request
    over: threading.Event

    def answer(self, status: int, body: bytes = b"", *headers: str) -> None:
        lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
        self.connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)


Behave = Callable[[Visit], None]


@dataclass
class Server:
    """Where it is, how many came, and what they asked."""

    port: int
    connections: int = 0
    requests: list[Request] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    """What was no request, and why."""
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str = "/", scheme: str = "http", host: str = "127.0.0.1") -> str:
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def serving(behave: Behave, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """On 127.0.0.1, each visitor in a thread; ends with the block."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)
    server = Server(listener.getsockname()[1])
    threads: list[threading.Thread] = []

    def meet(visitor: socket.socket) -> None:
        try:
            with visitor, tls.wrap_socket(visitor, server_side=True) if tls else visitor as connection:
                request = read_request(connection)
                server.requests.append(request)
                behave(Visit(connection, request, server.over))
        except (OSError, EOFError):
            pass  # it went away, or does not trust us
        except ValueError as error:
            server.broken.append(str(error))

    def serve() -> None:
        while not server.over.is_set():
            with suppress(OSError):
                visitor, _ = listener.accept()
                visitor.settimeout(20)
                server.connections += 1
                threads.append(threading.Thread(target=meet, args=(visitor,), daemon=True))
                threads[-1].start()

    threads.append(threading.Thread(target=serve, daemon=True))
    threads[0].start()
    try:
        yield server
    finally:
        server.over.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(5)


def read_request(connection: socket.socket) -> Request:
    """Strictly HTTP/1.1 with a Content-Length. Raises ValueError, or EOFError."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += _more(connection)
    head, _, body = data.partition(b"\r\n\r\n")
    first, *lines = head.decode("ascii").split("\r\n")
    if not (asked := re.fullmatch(r"([A-Z]+) (/[!-~]*) HTTP/1\.1", first)):
        raise ValueError(first)
    pairs = [re.fullmatch(r"([A-Za-z-]+): ([ -~]*)", line) for line in lines]
    headers = {pair[1].lower(): pair[2] for pair in pairs if pair}
    if len(headers) != len(lines) or "transfer-encoding" in headers:
        raise ValueError("headers: twice the same, broken lines, or no Content-Length")
    whole = bytearray(body)
    while len(whole) < min(int(headers["content-length"]), MOST):
        whole += _more(connection)
    return Request(asked[1], asked[2], headers, bytes(whole))


def _more(connection: socket.socket) -> bytes:
    if not (part := connection.recv(1 << 16)):
        raise EOFError
    return part
