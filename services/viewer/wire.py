"""A connection as simple-websocket takes it to be: send() sends everything, and two threads may use it at once.

simple-websocket calls send() once and ignores how much of it went out, which cuts large pictures short on a socket
with a time limit and under TLS; and it reads in one thread while it writes in another, which OpenSSL forbids.
"""

import select
import socket
from threading import Lock


class Wire:
    """Wraps a connected socket that has a timeout."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lock = Lock()
        self._pending = getattr(sock, "pending", int)  # TLS may hold decrypted bytes that no poll tells of

    def send(self, data: bytes) -> int:
        """All of it. Raises OSError, TimeoutError too."""
        with self._lock:
            self._sock.sendall(data)
        return len(data)

    def recv(self, size: int) -> bytes:
        """What is there, up to size bytes; waits without the lock. Raises OSError, TimeoutError too."""
        if not self._pending():
            self._wait()
        with self._lock:
            return self._sock.recv(size)

    def fileno(self) -> int:
        return self._sock.fileno()

    def close(self) -> None:
        self._sock.close()

    def _wait(self) -> None:
        poll = select.poll()
        poll.register(self._sock, select.POLLIN)
        timeout_s = self._sock.gettimeout()
        if not poll.poll(None if timeout_s is None else timeout_s * 1000):
            raise TimeoutError("nothing came")
