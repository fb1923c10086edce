"""The outermost layer of the web side: headers on every answer, and no socket for strangers."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from flask import Flask

from services.viewer.guard import Guard
from services.viewer.options import Options
from services.viewer.origin import same_origin

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ]
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with that, browsers send "Origin: null" with a form, and the login would refuse its own page.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


class Shell:
    """WSGI middleware around Flask and the sockets alike."""

    def __init__(self, app: Flask, inner: "WSGIApplication", guard: Guard, options: Options) -> None:
        self._app, self._inner, self._guard, self._origins = app, inner, guard, options.origins

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, _complete(headers), *error)

        if not environ.get("PATH_INFO", "").startswith("/socket.io"):
            return self._inner(environ, start)
        if not self._welcome(environ):
            start("401 Unauthorized", [("Content-Type", "text/plain"), ("Content-Length", "0")])
            return [b""]
        # JPEGs do not get smaller by deflate, it only costs a core: the offer of it is not passed on.
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return self._inner(environ, start)

    def _welcome(self, environ: "WSGIEnvironment") -> bool:
        """Asked before the socket is made, so a stranger costs no thread and no memory."""
        with self._app.request_context(dict(environ)):
            return same_origin(environ, self._origins) and self._guard.visitor() is not None


def _complete(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    given = {name.lower() for name, _ in headers}
    cache = [] if "cache-control" in given else [("Cache-Control", "no-store")]
    return [*headers, *cache, *HEADERS.items()]
