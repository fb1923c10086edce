"""One connection, from outside: where it sits, and how another thread ends it."""

import socket
from threading import Event, Lock

from services.ftp_ingest.server.seats import Seat


class Visit:
    """`gone` is set when it has been cut; whatever its own thread waits for, it need not wait any longer."""

    def __init__(self, connection: socket.socket, address: str, since_s: float) -> None:
        self.connection = connection
        self.gone = Event()
        self.seat = Seat(address, since_s, self.cut, heard_s=since_s)
        self._lock = Lock()
        # TLS takes the first one for itself; and a number that was closed may be another connection's by now.
        self._second = connection.dup()

    def cut(self) -> None:
        """From any thread: its own finds the connection closed."""
        self.gone.set()
        with self._lock:
            if self._second.fileno() >= 0:
                try:
                    self._second.shutdown(socket.SHUT_RDWR)
                except OSError:
                    return

    def release(self) -> None:
        """It is over."""
        with self._lock:
            self._second.close()
