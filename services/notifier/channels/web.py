"""Requests to somebody else's web server that cannot be turned against the site, and that end in time.

No redirect is followed; no proxy, login file or cookie is used: of the surroundings only the system's certificates
count. No text holds more of an address than its host: the rest is a secret.
"""

import logging
import socket
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from threading import Event, Timer
from urllib.parse import urljoin, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from libs.common.errors import FramebusError, PermanentError, TemporaryError
from services.notifier.channels.body import Body
from services.notifier.channels.dial import Dialler, Resolve
from services.notifier.channels.trust import trust, untrusted
from services.notifier.channels.url_parts import UrlParts, url_parts
from services.notifier.channels.web_settings import WebSettings

WITHIN_S = 20.0
MOST_BYTES, PIECE_BYTES = 64 << 10, 8 << 10
"""Of an answer's body; nobody needs more."""


class TooLateError(TemporaryError):
    """No answer in time: it may have been taken, or there was too much to send."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Names of headers are lower case. `body`: what came of it in time, at most 64 KiB, as it came."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Web:
    """One server, one request at a time, each on a connection of its own."""

    def __init__(self, url: str, settings: WebSettings, folder: Path, resolve: Resolve = socket.getaddrinfo) -> None:
        """Nothing is connected yet. Raises SettingsError, which does not show the URL."""
        logging.getLogger("urllib3").setLevel(logging.CRITICAL)  # its lines hold addresses
        self._parts = parts = url_parts(url, settings.http)
        self.label = parts.label
        self._tls = trust(folder, settings.cafile) if parts.tls else None
        self._dialler = Dialler(parts.label, parts.host, parts.port, settings.private, resolve)

    def post(self, body: Body, headers: Mapping[str, str], path: str = "", within_s: float = WITHIN_S) -> Answer:
        """`path` is put behind that of the URL; all is over after `within_s`, whatever the server does.

        Raises TemporaryError (no answer, or none in time), or PermanentError: not allowed, not trusted, a redirect.
        """
        until_s = time.monotonic() + within_s
        connection = self._dialler.connect(until_s)
        with connection, _cut_at(until_s, connection) as late:
            try:
                answer = self._asked(connection, body, headers, path, late)
            except (HTTPError, HTTPException, OSError, ValueError) as error:
                raise self._failure(error, late.is_set()) from None
        if 300 <= answer.status < 400:
            raise self._sent_on(answer)
        return answer

    def _asked(
        self, connection: socket.socket, body: Body, headers: Mapping[str, str], path: str, late: Event
    ) -> Answer:
        parts = self._parts
        if self._tls:
            client: HTTPConnection = _Tls(connection, parts, self._tls)
        else:
            client = _Plain(connection, parts)
        try:
            with suppress(BrokenPipeError, ConnectionResetError):  # an answer may have come before all was sent
                client.request("POST", parts.path + path, body, self._headers(body, headers), preload_content=False)
            with closing(client.getresponse()) as response:
                if late.is_set():
                    raise TimeoutError  # in the middle of the headers, whose end it was taken for
                return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, _body_of(response))
        finally:
            client.close()

    def _headers(self, body: Body, headers: Mapping[str, str]) -> dict[str, str]:
        own = {"User-Agent": "framebus", "Accept-Encoding": "identity", "Connection": "close"}
        about = {"Content-Type": body.kind, "Content-Length": str(len(body))}
        login = {"Authorization": self._parts.login} if self._parts.login else {}
        whole = own | about | login | dict(headers)
        if wrong := [name for name, value in whole.items() if not (value.isascii() and value.isprintable())]:
            raise PermanentError(f"{self.label}: expected plain ASCII in the headers, not in {', '.join(wrong)}")
        return whole

    def _failure(self, error: Exception, late: bool) -> FramebusError:
        """Without the library's text, which holds the address."""
        if late:
            return TooLateError(f"{self.label}: no answer in time")
        if isinstance(error, ssl.SSLCertVerificationError):
            return untrusted(error, self.label)
        if isinstance(error, ssl.SSLError):
            return TemporaryError(f"{self.label}: expected TLS, which it does not speak, or not with us")
        return TemporaryError(f"{self.label}: the connection was lost, or the answer is no HTTP")

    def _sent_on(self, answer: Answer) -> PermanentError:
        """Names the host at most: what stands behind it may be somebody's secret."""
        with suppress(ValueError):
            target = urlsplit(urljoin(f"//{self._parts.host}", answer.headers.get("location", "")))
            if (host := target.hostname or "").isascii() and host.isprintable():
                text = f"{self.label}: status {answer.status} sends on to {host[:253]}; give the final address"
                return PermanentError(text, reason="redirect")
        return PermanentError(f"{self.label}: status {answer.status} sends on to nowhere", reason="redirect")


class _Plain(HTTPConnection):
    """On a connection that is there already."""

    def __init__(self, connection: socket.socket, parts: UrlParts) -> None:
        super().__init__(parts.host, parts.port, timeout=connection.gettimeout())
        self._made = connection

    def _new_conn(self) -> socket.socket:
        return self._made


class _Tls(HTTPSConnection):
    """The same, with TLS; the certificate is checked by `context` before a byte of the request is sent."""

    def __init__(self, connection: socket.socket, parts: UrlParts, context: ssl.SSLContext) -> None:
        super().__init__(parts.host, parts.port, timeout=connection.gettimeout(), ssl_context=context)
        self._made = connection

    def _new_conn(self) -> socket.socket:
        return self._made


@contextmanager
def _cut_at(until_s: float, connection: socket.socket) -> Iterator[Event]:
    """Ends whatever goes on there: the library's own limits begin anew with every byte. The event: it was cut."""
    late, handle = Event(), connection.dup()  # TLS takes the first one away

    def cut() -> None:
        late.set()
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    left_s = max(0.0, until_s - time.monotonic())
    connection.settimeout(left_s + 1)
    timer = Timer(left_s, cut)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        timer.join()
        handle.close()


def _body_of(response: BaseHTTPResponse) -> bytes:
    """What breaks off has a status nevertheless: that is what counts."""
    body = b""
    with suppress(HTTPError, HTTPException, OSError, ValueError):
        while len(body) < MOST_BYTES and (piece := response.read1(PIECE_BYTES, decode_content=False)):
            body += piece
    return body[:MOST_BYTES]
