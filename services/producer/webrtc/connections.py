"""How many connections there may be, in all and from one address: from their first moment, before TLS."""

import asyncio
import logging
import ssl
from typing import cast

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from libs.common.throttle import neighbourhood

log = logging.getLogger(__name__)

MOST, MOST_FROM_ONE = 256, 64
TLS_S = 10.0
"""In which the TLS of a connection has to stand."""


class Connections:
    """Makes the protocol of each; what is one too many is closed unread."""

    def __init__(self, server: web.Server, tls: ssl.SSLContext | None) -> None:
        self._server, self._tls = server, tls
        self._open: dict[asyncio.Transport, str] = {}
        """Whence each came."""

    def new(self) -> asyncio.Protocol:
        """A connection's."""
        return _Counted(self, self._server(), self._tls)

    def admit(self, transport: asyncio.Transport) -> bool:
        """Whether there is room for it."""
        address = neighbourhood(str((transport.get_extra_info("peername") or ("",))[0]))
        if len(self._open) >= MOST or list(self._open.values()).count(address) >= MOST_FROM_ONE:
            return False
        self._open[transport] = address
        return True

    def left(self, transport: asyncio.Transport) -> None:
        self._open.pop(transport, None)

    def close(self) -> None:
        """Those that are left, without a word more."""
        for transport in list(self._open):
            transport.abort()


class _Counted(asyncio.Protocol):
    """Stands before aiohttp's own until it is known whether there is room, and until TLS stands."""

    def __init__(self, connections: Connections, inner: RequestHandler, tls: ssl.SSLContext | None) -> None:
        self._connections, self._inner, self._tls = connections, inner, tls
        self._plain: asyncio.Transport | None = None
        """Below TLS, once there was room for it."""
        self._securing: asyncio.Task[None] | None = None
        self._begun = False
        """The inner one has its transport."""
        self._early = b""
        """What came together with the end of the handshake."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        plain = cast(asyncio.Transport, transport)
        if not self._connections.admit(plain):
            plain.close()
            return
        self._plain = plain
        if self._tls is None:
            self._begin(plain)
        else:
            plain.pause_reading()
            self._securing = asyncio.create_task(self._secure(plain, self._tls))

    def connection_lost(self, error: BaseException | None) -> None:
        if self._plain is not None:
            self._connections.left(self._plain)
        if self._begun:
            self._inner.connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self._begun:
            self._inner.data_received(data)
        elif self._plain is not None:
            self._early += data

    def eof_received(self) -> None:
        if self._begun:
            self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()

    async def _secure(self, plain: asyncio.Transport, tls: ssl.SSLContext) -> None:
        loop = asyncio.get_running_loop()
        try:
            secure = await loop.start_tls(plain, self, tls, server_side=True, ssl_handshake_timeout=TLS_S)
        except OSError as error:  # of TLS too
            log.debug("no TLS: %r", error)
            self._connections.left(plain)
        else:
            self._begin(cast(asyncio.Transport, secure))

    def _begin(self, transport: asyncio.Transport) -> None:
        self._begun = True
        self._inner.connection_made(transport)
        if self._early:
            self._inner.data_received(self._early)
            self._early = b""
