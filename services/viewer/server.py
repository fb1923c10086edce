"""Serves the application over HTTP or HTTPS, in threads, until it is told to stop."""

import logging
import socket
import ssl
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler

from libs.common.errors import FatalError
from services.viewer.wire import Wire

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)

MAX_CONNECTIONS = 128
IDLE_S = 60
"""Longer than the 25 s between two pings of a socket: only the dead are that silent."""


class Server:
    """Bound when it is made; `serve` runs until `stop`, which any other thread may call."""

    def __init__(self, app: "WSGIApplication", host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Port 0 takes a free one. Raises FatalError if the address is not to be had."""
        listening = _listen(host, port)
        self._http = _Http(host, port, app, _Handler, fd=listening.fileno())
        listening.close()  # werkzeug has made itself a copy
        if tls:
            # The handshake is left to the connection's own thread: a silent client must not hold up the others.
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True, do_handshake_on_connect=False)
            self._http.ssl_context = tls
        self.host, self.port = host, self._http.port

    @property
    def url(self) -> str:
        """The address for a browser on this machine, or on another where the viewer listens on one address."""
        shown = "localhost" if self.host in {"0.0.0.0", "::", ""} else self.host  # noqa: S104
        shown = f"[{shown}]" if ":" in shown else shown
        return f"http{'s' if self._http.ssl_context else ''}://{shown}:{self.port}/"

    def serve(self) -> None:
        """Answer until `stop`; call it once."""
        self._http.serve_forever(poll_interval=0.1)

    def stop(self) -> None:
        """End `serve` within 0.1 s, once it has begun; connections under way end with the process."""
        self._http.shutdown()


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise FatalError(f"the viewer cannot listen on {host} port {port}: {error.strerror or error}") from error


class _Http(ThreadedWSGIServer):
    """Werkzeug's server with a limit to its threads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._room = BoundedSemaphore(MAX_CONNECTIONS)

    def process_request(self, request: Any, client_address: Any) -> None:
        if self._room.acquire(blocking=False):
            super().process_request(request, client_address)
        else:
            self.shutdown_request(request)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        log.warning("a connection of %s failed", client_address[0], exc_info=True)


class _Handler(WSGIRequestHandler):
    """Werkzeug's handler, with our name, our log, a time limit and a socket that keeps its word."""

    timeout = IDLE_S
    # A picture is two writes; without this the second waits up to 40 ms for the receipt of the first.
    disable_nagle_algorithm = True
    sys_version = ""
    error_content_type = "text/plain; charset=utf-8"
    error_message_format = "%(code)d %(message)s\n"

    def version_string(self) -> str:
        return "framebus"

    def make_environ(self) -> "WSGIEnvironment":
        environ = super().make_environ()
        environ["werkzeug.socket"] = Wire(self.connection)
        return environ

    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002
        log.debug("%s " + message, self.address_string(), *args)
