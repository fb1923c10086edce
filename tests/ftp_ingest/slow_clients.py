"""Clients that take a connection and make no use of it."""

import contextlib
import socket
import threading

from tests.ftp_ingest.ftp_rig import Ftp, Raw

CUT = (OSError, AssertionError, IndexError)
"""What one of them sees that was cut in the middle of something."""


class SlowClients:
    """`silent`: never say anything; `bytes`: one now and then; `login`: as garden, and then a file byte by byte."""

    def __init__(self, ftp: Ftp, kind: str, many_addresses: bool) -> None:
        self._ftp, self._kind, self._many = ftp, kind, many_addresses
        self._clients: list[Raw] = []
        self._dribbling: list[socket.socket] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._dribble)

    def __enter__(self) -> "SlowClients":
        for number in range(200):
            with contextlib.suppress(*CUT):
                self._connect(f"127.0.{number % 50}.{number % 7 + 2}" if self._many else "127.0.0.1")
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        for each in (*self._clients, *self._dribbling):
            each.close()

    def _connect(self, address: str) -> None:
        client = self._ftp.raw(address)
        self._clients.append(client)
        if self._kind == "bytes":
            self._dribbling.append(client.socket)
        elif self._kind == "login":
            client.login("garden")
            self._dribbling.append(client.data(address))
            client.ask("STOR slow.jpg")

    def _dribble(self) -> None:
        while not self._stop.wait(0.2):
            for each in self._dribbling:
                with contextlib.suppress(OSError):
                    each.send(b"x", socket.MSG_DONTWAIT)
