"""The data connection: what comes in goes to an upload, byte for byte."""

import ssl
from contextlib import suppress
from socket import SHUT_RDWR, SO_RCVBUF, SOL_SOCKET, socket
from time import monotonic
from typing import Any

from services.ftp_ingest.server.answers import answer_to
from services.ftp_ingest.server.library import DTPHandler
from services.ftp_ingest.server.tls import WANTS, Tls
from services.ftp_ingest.server.upload import TooLargeError

CHUNK_BYTES = 65_536
KERNEL_BYTES = 2 * CHUNK_BYTES
"""May wait there for each connection; without that the kernel takes megabytes of a file that is too large."""
CHECKS = 8
"""So often within the time in which something must come it is looked whether it did."""
NOT_NOW = (BlockingIOError, InterruptedError, *WANTS)


class Data(Tls, DTPHandler):  # type: ignore[misc]
    """`file_obj` is the upload, or None where a folder is listed."""

    def __init__(self, connection: socket, session: Any) -> None:
        self.session = session
        self.timeout = session.shared.limits.stall_s / CHECKS
        self._heard_s = monotonic()
        with suppress(OSError):
            connection.setsockopt(SOL_SOCKET, SO_RCVBUF, KERNEL_BYTES)
        super().__init__(connection, session)
        if self.connected and session.private:
            self.secure(session.shared.tls)

    def enable_receiving(self, type: str, cmd: str) -> None:  # noqa: A002 - pyftpdlib's name
        """The bytes stay as they are in ASCII mode too, which many clients leave on: a picture has no lines."""
        super().enable_receiving("i", cmd)
        self._heard_s = monotonic()
        self.session.began()
        self.call_later(self.session.shared.limits.transfer_s, self.fail, "426 It took too long.")

    def handle_read_event(self) -> None:
        if self.handshaking:
            super().handle_read_event()
        elif not self.receive:
            self.close()
        else:
            self._receive()

    def _receive(self) -> None:
        try:
            chunk = self.socket.recv(CHUNK_BYTES)
        except NOT_NOW:
            return
        except (OSError, ValueError):
            self.fail("426 The data connection broke.")
            return
        if not chunk:
            self._finish()
            return
        self._heard_s = monotonic()
        self.tot_bytes_received += len(chunk)
        self.session.seat.got_bytes += len(chunk)
        self._keep(chunk)

    def _keep(self, chunk: bytes) -> None:
        try:
            self.file_obj.write(chunk)
        except TooLargeError:
            self.fail(f"552 Expected at most {self.session.shared.limits.max_file_bytes} bytes.", "too-large")
        except OSError as error:
            self.fail(*answer_to(error))

    def _finish(self) -> None:
        """The end came, or looks like it: whether the picture is whole is seen in the picture."""
        self.transfer_finished = True
        self.farewell()
        with suppress(OSError):
            self.socket.shutdown(SHUT_RDWR)
        self._resp = (self.session.deliver(self.file_obj), None)
        self.close()

    def fail(self, answer: str, reason: str = "aborted") -> None:
        """Nothing is taken."""
        if not self._closed:
            self._resp = (answer, None)
            if self.file_obj is not None:
                self.session.shared.tallies.uploads.labels(reason).inc()
            self.close()

    def handle_close(self) -> None:
        """pyftpdlib takes a broken connection for the end of a file."""
        if self.receive:
            self.fail("426 The data connection broke.")
        else:
            super().handle_close()

    def handle_timeout(self) -> None:
        if monotonic() - self._heard_s < self.session.shared.limits.stall_s:
            return
        if self.receive:
            self.fail("426 Nothing came for too long.")
        elif self.producer_fifo:
            self.fail("426 Nothing was read for too long.")
        else:
            # Nothing was asked for yet: an answer now would be taken for the next one.
            self.close()

    def handle_error(self) -> None:
        self.log_exception(self)
        self.fail("451 An error here; nothing was stored.", "error")

    def handshake_failed(self) -> None:
        self.session.shared.tallies.connections.labels("tls-failed").inc()
        self.handshaking = False
        self.fail("522 TLS failed on the data connection.")

    def close(self) -> None:
        if not self._closed:
            self.farewell()
            if self.file_obj is not None and not self._resp:
                self.fail("426 It was aborted.")
                return
            super().close()
            self.session.ended()

    def send(self, data: bytes) -> int:
        try:
            return super().send(data)
        except ssl.SSLError:
            self.handle_close()
            return 0
