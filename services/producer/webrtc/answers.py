"""What every answer over HTTP carries, and how a refusal is said."""

import re
from collections.abc import Awaitable, Callable

from aiohttp import web

from libs.common.errors import FramebusError, PermanentError, TemporaryError
from services.producer.webrtc.guest import GONE
from services.producer.webrtc.guests import RefusedError
from services.producer.webrtc.offer import BAD_OFFER

CSP = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob: mediastream:",
        "connect-src 'self' {socket}",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(self), display-capture=(self), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
TRUSTED = re.compile(r"(localhost|127(\.[0-9]{1,3}){3}|\[::1\])(:[0-9]{1,5})?")
"""Hosts whose pages browsers trust without TLS: elsewhere they complain of an opener policy, and leave it aside."""
WRONG = {BAD_OFFER: 422, GONE: 409}
STATUS = {"token": 401, "throttled": 429, "name": 400, "taken": 409, "full": 503}
HOST = "abcdefghijklmnopqrstuvwxyz0123456789.-_:[]"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@web.middleware
async def plainly(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refusals become one line of text; whatever else goes wrong tells a stranger nothing."""
    try:
        return await handler(request)
    except FramebusError as error:
        return refusal(error)
    except web.HTTPException as error:
        headers = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else None
        return web.Response(status=error.status, text=f"{error.reason}\n", headers=headers)


def refusal(error: FramebusError) -> web.Response:
    """The status that says it best."""
    headers = {}
    status = 500
    if isinstance(error, RefusedError):
        status = STATUS[error.code]
        if error.retry_s is not None:
            headers["Retry-After"] = str(max(1, round(error.retry_s)))
        if error.code == "token":
            headers["WWW-Authenticate"] = 'Bearer realm="framebus"'
    elif isinstance(error, PermanentError):
        status = WRONG.get(error.reason, 400)
    elif isinstance(error, TemporaryError):
        status, headers["Retry-After"] = 503, str(max(1, round(error.delay_s)))
    return web.Response(status=status, text=f"{error}\n", headers=headers)


async def sign(request: web.Request, response: web.StreamResponse) -> None:
    """Before the headers go out."""
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    host = request.headers.get("Host", "").lower()
    if request.secure or TRUSTED.fullmatch(host):
        response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    scheme = "wss" if request.secure else "ws"
    socket = f"{scheme}://{host}" if host and all(sign in HOST for sign in host) else ""
    response.headers["Content-Security-Policy"] = CSP.format(socket=socket)
    response.headers.pop("Server", None)


def address_of(request: web.Request) -> str:
    """Whence it came."""
    return request.remote or ""
