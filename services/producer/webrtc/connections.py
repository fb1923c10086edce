"""How many connections there may be, in all and from one address."""

import asyncio
from collections import Counter

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

from libs.common.throttle import neighbourhood

MOST, MOST_FROM_ONE = 256, 64


class Connections:
    """Makes the protocol of each; what is one too many is closed unread."""

    def __init__(self, server: web.Server) -> None:
        self._server = server
        self._open: Counter[str] = Counter()

    def new(self) -> asyncio.Protocol:
        """A connection's."""
        return _Counted(self, self._server())

    def admit(self, address: str) -> bool:
        if self._open.total() >= MOST or self._open[address] >= MOST_FROM_ONE:
            return False
        self._open[address] += 1
        return True

    def left(self, address: str) -> None:
        self._open[address] -= 1
        if not self._open[address]:
            del self._open[address]


class _Counted(asyncio.Protocol):
    """Stands before aiohttp's own until it is known whether there is room."""

    def __init__(self, connections: Connections, inner: RequestHandler) -> None:
        self._connections, self._inner = connections, inner
        self._address: str | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        address = neighbourhood(str((transport.get_extra_info("peername") or ("",))[0]))
        if not self._connections.admit(address):
            transport.close()
            return
        self._address = address
        self._inner.connection_made(transport)

    def connection_lost(self, error: BaseException | None) -> None:
        if self._address is not None:
            self._connections.left(self._address)
            self._inner.connection_lost(error)

    def data_received(self, data: bytes) -> None:
        if self._address is not None:
            self._inner.data_received(data)

    def eof_received(self) -> None:
        if self._address is not None:
            self._inner.eof_received()

    def pause_writing(self) -> None:
        self._inner.pause_writing()

    def resume_writing(self) -> None:
        self._inner.resume_writing()
