"""Accepts connections; each is served in a thread of its own."""

import contextlib
import ipaddress
import logging
import socket
import ssl
import threading
from functools import partial
from time import monotonic

from libs.common.clock import Clock
from libs.common.errors import FatalError
from services.ftp_ingest.inbox import Inbox
from services.ftp_ingest.server.door import Door
from services.ftp_ingest.server.limits import Limits
from services.ftp_ingest.server.loop import Loop
from services.ftp_ingest.server.seats import Seats
from services.ftp_ingest.server.session import Session
from services.ftp_ingest.server.shared import Shared
from services.ftp_ingest.server.tallies import Tallies
from services.ftp_ingest.server.users import Users
from services.ftp_ingest.server.visit import Visit

log = logging.getLogger(__name__)
BACKLOG = 128
STOP_S = 4.0
SAY_EVERY_S = 60.0
ANSWERS_BYTES = 16_384
"""So many that a client has not read may wait in the kernel."""
_FULL = b"421 Too many connections.\r\n"


class FtpServer:
    """Hands what is uploaded to the inbox. pyftpdlib's own servers share their state within a process, wait for five
    seconds for each connection when they stop, and refuse the newest when they are full."""

    def __init__(
        self,
        host: str,
        port: int,
        limits: Limits,
        users: Users,
        inbox: Inbox,
        tallies: Tallies,
        clock: Clock,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._host, self._wanted_port, self._users = host, port, users
        self._tallies, self._clock = tallies, clock
        seats = Seats(clock, limits.connections, limits.per_address, limits.per_user)
        self._shared = Shared(limits, inbox, Door(users, clock), seats, tallies, clock, tls)
        self._threads: dict[threading.Thread, Visit] = {}
        self._accepting: threading.Thread | None = None
        self._said_s = float("-inf")
        if tls is not None:
            # A ticket that nobody reads makes the client's end of a data connection look broken.
            tls.num_tickets = 0
            tls.options |= ssl.OP_NO_RENEGOTIATION

    def start(self) -> None:
        """Listens when it returns. Raises FatalError."""
        # Below that pyftpdlib tells what strangers call themselves: it may be a password.
        logging.getLogger("pyftpdlib").setLevel(logging.INFO)
        try:
            self._shared.limits.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._listening = _listening(self._host, self._wanted_port)
        except OSError as error:
            raise FatalError(f"--host {self._host} --port {self._wanted_port}: {error.strerror or error}") from None
        if not self._users.names():
            log.warning("nobody may log in: framebus ftp-ingest user add CAMERA --users %s", self._users.path)
        log.info("FTP on %s port %d, %s", self._host, self.port, self._how_secure())
        self._accepting = threading.Thread(target=self._accept, name="ftp-accept", daemon=True)
        self._accepting.start()

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._listening.getsockname()[1])

    def _how_secure(self) -> str:
        limits = self._shared.limits
        if self._shared.tls is None:
            return "in clear: passwords and pictures, too"
        return "over TLS" if limits.require_tls or limits.implicit_tls else "with TLS for cameras that ask for it"

    def stop(self) -> None:
        """Within five seconds: what lies in the inbox by then is answered, the rest is cut. May be called twice."""
        ends_s = monotonic() + STOP_S
        self._shared.stopping.set()
        if self._accepting is None:
            return
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._accepting.join(STOP_S)
        self._listening.close()
        visits = dict(self._threads)
        for visit in visits.values():
            if not visit.seat.in_hand:
                visit.cut()
        for thread, visit in visits.items():
            thread.join(max(0.0, ends_s - monotonic()))
            visit.cut()

    def _accept(self) -> None:
        while not self._shared.stopping.is_set():
            try:
                connection, address = self._listening.accept()
            except OSError as error:
                if not self._shared.stopping.is_set():
                    self._say(error.strerror or str(error))
                    self._shared.stopping.wait(0.1)
                continue
            try:
                self._admit(connection, address[0].removeprefix("::ffff:"))
            except (OSError, RuntimeError) as error:
                self._say(str(error))
                connection.close()

    def _say(self, why: str) -> None:
        """Where files or threads run out it is so with each one that comes."""
        if self._clock.monotonic_s() - self._said_s >= SAY_EVERY_S:
            self._said_s = self._clock.monotonic_s()
            log.warning("connections are not accepted: %s", why)

    def _admit(self, connection: socket.socket, address: str) -> None:
        """Raises OSError, RuntimeError where sockets or threads run out."""
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ANSWERS_BYTES)
        visit = Visit(connection, address, self._clock.monotonic_s())
        visit.seat.cut = partial(self._displace, visit)
        if not self._shared.seats.admit(visit.seat):
            self._tallies.connections.labels("full").inc()
            _refuse(visit)
            return
        thread = threading.Thread(target=self._serve, args=(visit,), name="ftp-session", daemon=True)
        self._threads[thread] = visit
        self._tallies.connections.labels("accepted").inc()
        try:
            thread.start()
        except RuntimeError:
            self._over(visit, thread)
            raise

    def _displace(self, visit: Visit) -> None:
        self._tallies.connections.labels("displaced").inc()
        visit.cut()

    def _serve(self, visit: Visit) -> None:
        try:
            with Loop() as loop:
                session = Session(visit, self._shared, loop)
                if session.connected:
                    session.handle()
                loop.run()
        except Exception:
            log.exception("a bug: an FTP session ended")
        finally:
            self._over(visit, threading.current_thread())

    def _over(self, visit: Visit, thread: threading.Thread) -> None:
        self._shared.seats.leave(visit.seat)
        visit.release()
        visit.connection.close()
        self._threads.pop(thread, None)


def _listening(host: str, port: int) -> socket.socket:
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    both = family == socket.AF_INET6 and ipaddress.ip_address(address[0]).is_unspecified
    return socket.create_server(address[:2], family=family, backlog=BACKLOG, dualstack_ipv6=both)


def _refuse(visit: Visit) -> None:
    with contextlib.suppress(OSError):
        visit.connection.send(_FULL, socket.MSG_DONTWAIT)
    visit.release()
    visit.connection.close()
