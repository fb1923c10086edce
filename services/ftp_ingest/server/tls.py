"""TLS in the middle of a connection that does not block, by the standard library."""

import ssl
from typing import Any

from services.ftp_ingest.server.library import AsyncChat, RetryError

WANTS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Tls(AsyncChat):  # type: ignore[misc]
    """Mixed into a channel of pyftpdlib, before it."""

    socket: Any
    ioloop: Any
    handshaking = False
    secured = False

    def secure(self, context: ssl.SSLContext) -> None:
        """Whatever follows is encrypted; `secured` is True once both sides have agreed."""
        self.handshaking = True
        try:
            self.socket = context.wrap_socket(self.socket, server_side=True, do_handshake_on_connect=False)
        except (OSError, ValueError):
            self.handshake_failed()

    def handshake_done(self) -> None:
        """Both sides have agreed."""

    def handshake_failed(self) -> None:
        """They never will."""
        raise NotImplementedError

    def farewell(self) -> None:
        """Says that nothing more comes, as clients wait for it; they need not have said the same."""
        if self.secured:
            self.secured = False
            try:
                self.socket.unwrap()
            except (OSError, ValueError):
                return

    def readable(self) -> Any:
        return self.handshaking or super().readable()

    def writable(self) -> Any:
        return self.handshaking or super().writable()

    def handle_read_event(self) -> None:
        if self.handshaking:
            self._shake()
        else:
            super().handle_read_event()

    def handle_write_event(self) -> None:
        if self.handshaking:
            self._shake()
        else:
            super().handle_write_event()

    def recv(self, size: int) -> bytes:
        try:
            return bytes(super().recv(size))
        except WANTS:
            raise RetryError from None

    def send(self, data: bytes) -> int:
        try:
            return int(super().send(data))
        except WANTS:
            return 0

    def _shake(self) -> None:
        try:
            self.socket.do_handshake()
        except ssl.SSLWantReadError:
            self.ioloop.modify(self._fileno, self.ioloop.READ)
        except ssl.SSLWantWriteError:
            self.ioloop.modify(self._fileno, self.ioloop.WRITE)
        except (OSError, ValueError):
            self.handshake_failed()
        else:
            self.handshaking, self.secured = False, True
            waiting = self.ioloop.WRITE if self.producer_fifo else 0
            self.ioloop.modify(self._fileno, self._wanted_io_events | waiting)
            self.handshake_done()
