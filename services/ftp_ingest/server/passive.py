"""Listens for the data connection that a client opens (PASV, EPSV)."""

import random
import socket
from typing import Any

from services.ftp_ingest.server.library import Acceptor, PassiveDTP

WAIT_S = 30.0


class NoPortError(Exception):
    """All passive ports are in use."""


class Passive(PassiveDTP):  # type: ignore[misc]
    """On one of the passive ports and on no other; whoever comes from another address than the client is shut out."""

    def __init__(self, session: Any, extmode: bool = False) -> None:
        self.cmd_channel, self.log, self.log_exception = session, session.log, session.log_exception
        local = session.socket.getsockname()[0].removeprefix("::ffff:")
        listening = _listening(session, local)
        Acceptor.__init__(self, ioloop=session.ioloop)
        listening.setblocking(False)
        self.set_socket(listening)
        self.accepting = True
        port = listening.getsockname()[1]
        if extmode:
            session.respond(f"229 Entering extended passive mode (|||{port}|).")
        else:
            shown = str(session.shared.limits.masquerade or local)
            session.respond(f"227 Entering passive mode ({shown.replace('.', ',')},{port >> 8},{port & 255}).")
        self.call_later(WAIT_S, self.handle_timeout)

    def handle_accepted(self, connection: socket.socket, address: tuple[str, int]) -> None:
        """Nothing is said about a stranger: an answer nobody asked for would be taken for the next one."""
        if address[0] != self.cmd_channel.remote_ip:
            self.cmd_channel.shared.tallies.connections.labels("foreign-data").inc()
            connection.close()
        else:
            super().handle_accepted(connection, address)
            if self.cmd_channel.connected and self.cmd_channel.data_channel is None:
                self.cmd_channel.no_data_connection()

    def handle_timeout(self) -> None:
        """Nobody came."""
        self.close()
        self.cmd_channel.no_data_connection()


def _listening(session: Any, local: str) -> socket.socket:
    """Raises NoPortError."""
    family = socket.AF_INET6 if ":" in local else socket.AF_INET
    low, high = session.shared.limits.passive_ports
    with session.shared.ports:
        for port in random.sample(range(low, high + 1), high + 1 - low):
            try:
                return socket.create_server((local, port), family=family, backlog=4)
            except OSError:
                continue
    raise NoPortError
