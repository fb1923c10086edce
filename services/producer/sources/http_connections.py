"""Connections that can be cut from outside: the library's own time limit begins anew with every byte."""

import socket
from contextlib import suppress
from typing import Any
from weakref import WeakSet

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool

NOTED = "NotedConnection"


class Connections(HTTPAdapter):
    """Those of one client, which makes one request at a time."""

    def __init__(self) -> None:
        self._sockets: WeakSet[socket.socket] = WeakSet()
        super().__init__(pool_connections=4, pool_maxsize=1)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> HTTPConnectionPool:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        if pool.ConnectionCls.__name__ != NOTED:
            pool.ConnectionCls = self._noted(pool.ConnectionCls)
        return pool

    def _noted(self, kind: Any) -> Any:
        """The same class of connections, but their sockets can be found: the library forgets them while it reads."""
        sockets = self._sockets

        def connect(self: Any) -> None:
            kind.connect(self)
            sockets.add(self.sock)

        return type(NOTED, (kind,), {"connect": connect})

    def build_response(self, req: PreparedRequest, resp: Any) -> Response:
        """Without the body where it is no success: that one is of no use, and it might never end."""
        response = super().build_response(req, resp)
        if response.status_code != 200:
            resp.close()
        return response

    def cut(self) -> None:
        """Whoever waits for an answer gets none."""
        for each in list(self._sockets):
            with suppress(OSError):
                # Not SSLSocket's own: it would take the TLS state away under the reader.
                socket.socket.shutdown(each, socket.SHUT_RDWR)
