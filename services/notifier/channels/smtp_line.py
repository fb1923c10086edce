"""A connection to a mail server that ends in time, whatever the server does."""

import io
import smtplib
import socket
import ssl
import sys
import time
from base64 import b64encode
from typing import Any

from services.notifier.channels.dial import Dialler

MOST_SAID_BYTES = 256 * 1024
"""Of all that a server says in one connection; a usual one says 2 KiB."""
PIECE_BYTES = 16 * 1024
"""One TLS record: each is written within what is left of the time."""


class SmtpLine(smtplib.SMTP):
    """The library's timeout is one for each read and write, so that a server which dribbles can hold it for ever: here
    all of them together end at `until_s` (monotonic). Nothing asks the DNS without an end (EHLO says our address).
    """

    def __init__(self, dialler: Dialler, host: str, port: int, until_s: float, tls: ssl.SSLContext | None) -> None:
        """Connected and greeted. `tls`: from the first byte. Raises what smtplib does, and what the dialler does."""
        self._dialler, self._until_s, self._tls = dialler, until_s, tls
        self.has_begun = False
        """To send a mail itself."""
        super().__init__(host, port, local_hostname="localhost")
        self.local_hostname = _literal(str(self.connection.getsockname()[0]))

    @property
    def is_late(self) -> bool:
        """Nothing more can be said or heard."""
        return time.monotonic() >= self._until_s

    @property
    def connection(self) -> socket.socket:
        """As it is now; raises SMTPServerDisconnected."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("the connection is closed")
        return self.sock

    @property
    def takes_bytes(self) -> int:
        """The largest mail that it says it takes (RFC 1870)."""
        said = self.esmtp_features.get("size", "")
        return int(said) if said.isdecimal() and int(said) else sys.maxsize

    def left_s(self) -> float:
        """Raises TimeoutError when there is none."""
        if self.is_late:
            raise TimeoutError("not done in time")
        return self._until_s - time.monotonic()

    def send(self, s: Any) -> None:
        data = memoryview(s.encode(self.command_encoding) if isinstance(s, str) else s)
        for start in range(0, len(data), PIECE_BYTES):
            self.connection.settimeout(self.left_s())
            try:
                super().send(data[start : start + PIECE_BYTES])
            except smtplib.SMTPServerDisconnected:
                self.left_s()  # says that it was too late, where it was
                raise

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.has_begun = True
        return super().data(msg)

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None:
            self.file = io.BufferedReader(_Heard(self))
        return super().getreply()

    def log_in(self, username: str, password: str) -> None:
        """PLAIN (RFC 4616) or LOGIN; both in UTF-8, which the library's own cannot. Raises what smtplib does."""
        ways = self.esmtp_features.get("auth", "").upper().split()
        if "PLAIN" in ways:
            code, text = self.docmd("AUTH", f"PLAIN {_coded(f'{chr(0)}{username}{chr(0)}{password}')}")
        elif "LOGIN" in ways:
            code, text = self.docmd("AUTH", "LOGIN")
            for word in (username, password):
                code, text = self.docmd(_coded(word)) if code == 334 else (code, text)
        else:
            raise smtplib.SMTPNotSupportedError(f"expected a login by PLAIN or LOGIN, got {' '.join(ways) or 'none'}")
        if code != 235:
            raise smtplib.SMTPAuthenticationError(code, text)

    def leave(self, within_s: float) -> None:
        """Never raises: what was accepted is accepted."""
        self._until_s = min(self._until_s, time.monotonic() + within_s)
        try:
            self.quit()
        except OSError:
            self.close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        """Where smtplib's own SMTP_SSL has its hook, too."""
        connection = self._dialler.connect(self._until_s)
        connection.settimeout(self.left_s())
        return self._tls.wrap_socket(connection, server_hostname=host) if self._tls else connection


class _Heard(io.RawIOBase):
    """What the server says, in time and not without end."""

    def __init__(self, line: SmtpLine) -> None:
        self._line, self._bytes = line, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        if self._bytes > MOST_SAID_BYTES:
            raise OSError("it says too much")
        connection = self._line.connection
        connection.settimeout(self._line.left_s())
        try:
            count = connection.recv_into(buffer)
        except TimeoutError:
            self._line.left_s()
            raise
        self._bytes += count
        return count


def _coded(text: str) -> str:
    return b64encode(text.encode()).decode()


def _literal(address: str) -> str:
    """RFC 5321, 4.1.3."""
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"
