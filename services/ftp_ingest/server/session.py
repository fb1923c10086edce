"""The control connection: its life, its login, its bounds."""

# ruff: noqa: N802 - pyftpdlib finds a command by its name

import logging
import sys
from typing import Any

from services.ftp_ingest.server.commands import Commands
from services.ftp_ingest.server.door import Verdict
from services.ftp_ingest.server.hashing import GoneError
from services.ftp_ingest.server.limits import MOST_BEFORE_LOGIN, MOST_PER_S, TRIES
from services.ftp_ingest.server.loop import Loop
from services.ftp_ingest.server.shared import Shared
from services.ftp_ingest.server.visit import Visit

log = logging.getLogger(__name__)
LONGEST_LINE, MOST_UNREAD = 2048, 256
"""Bytes of a command; answers that the client has not read."""


class Session(Commands):
    """In a thread of its own: what takes its time here takes nobody else's."""

    banner = "Ready."
    _in_buffer: Any

    def __init__(self, visit: Visit, shared: Shared, ioloop: Loop) -> None:
        self.visit, self.seat, self.shared = visit, visit.seat, shared
        self.private = self.secured = self._sized = False
        self._over = self.expired = False
        self._heard, self._pace_from_s = 0, shared.clock.monotonic_s()
        self.timeout = shared.limits.idle_s
        super().__init__(visit.connection, shared, ioloop=ioloop)
        self.remote_ip = visit.seat.address
        if self.connected:
            self.set_terminator(b"\n")
            self.call_later(shared.limits.login_s, self._late)
            self.call_later(shared.limits.session_s, self._expire)

    def handle(self) -> None:
        """With implicit TLS the greeting is encrypted, too, and data connections are unless PROT C is said."""
        if self.shared.limits.implicit_tls and self.shared.tls:
            self.secure(self.shared.tls)
        else:
            super().handle()

    def handshake_done(self) -> None:
        if self.shared.limits.implicit_tls:
            self.private = True
            super().handle()

    def handshake_failed(self) -> None:
        self.shared.tallies.connections.labels("tls-failed").inc()
        self.close()

    def collect_incoming_data(self, data: bytes) -> None:
        if self._over:
            return
        self._in_buffer.append(data)
        self._in_buffer_len += len(data)
        if self._in_buffer_len > LONGEST_LINE:
            self.end("500 The command is too long.", "abuse")

    def found_terminator(self) -> None:
        if self._over or self._closed:
            return
        line = b"".join(self._in_buffer).removesuffix(b"\r")
        if not self.decode(line).isprintable():
            self._in_buffer, self._in_buffer_len = [], 0
            self.respond("501 Expected printable text.")
            return
        self._in_buffer = [line]
        self._keep_pace()
        if not self._over:
            super().found_terminator()

    def _keep_pace(self) -> None:
        """A client that never stops asking waits; a stranger is asked to leave."""
        self._heard += 1
        now_s = self.seat.heard_s = self.shared.clock.monotonic_s()
        if not self.authenticated and self._heard > MOST_BEFORE_LOGIN:
            self.end("421 Too many commands without a login.", "abuse")
        elif self._heard % MOST_PER_S == 0:
            self.visit.gone.wait(max(0.0, 1.0 - (now_s - self._pace_from_s)))
            self._pace_from_s = self.shared.clock.monotonic_s()

    def push(self, data: str) -> None:
        """Answers wait for a client that reads them, but not without end."""
        if len(self.producer_fifo) > MOST_UNREAD:
            self._over = True
            self.close()
        elif not self._closed:
            super().push(data)

    def respond(self, resp: str, logfun: Any = None) -> None:
        """One line."""
        super().respond(" ".join(resp.split()), logfun)

    def ftp_PASS(self, line: str) -> None:
        """Wrong ones are answered late, and three are the end."""
        if self.authenticated or not self.username:
            self.respond("503 Log in with USER first." if not self.authenticated else "503 Already logged in.")
            return
        try:
            verdict = self.shared.door.enter(self.username, line, self.remote_ip, self.visit.gone)
        except GoneError:
            self.close()
            return
        if verdict is Verdict.RIGHT and not self.shared.seats.log_in(self.seat, self.username):
            self.shared.tallies.logins.labels("too-many").inc()
            self.end("421 Too many sessions of this camera are at work.")
            return
        self.shared.tallies.logins.labels(verdict.value).inc()
        if verdict is Verdict.RIGHT:
            self.handle_auth_success("/", "", "Welcome.")
        else:
            self._refuse(verdict)

    def _refuse(self, verdict: Verdict) -> None:
        self.attempted_logins += 1
        known = self.shared.door.users.stored(self.username) is not None
        who = self.username if known else "a name that is nobody's"
        log.info("login of %s from %s: %s", who, self.remote_ip, verdict.value)
        self.visit.gone.wait(self.attempted_logins * self.shared.limits.wrong_s)
        answer = "530 Wrong." if verdict is Verdict.WRONG else "530 Too many wrong passwords, try again in a minute."
        self.username = ""
        if self.attempted_logins >= TRIES:
            self.end(answer)
        else:
            self.respond(answer)

    def _late(self) -> None:
        if not self.authenticated:
            self.end("421 Expected a login by now.", "no-login")

    def _expire(self) -> None:
        """A file that is under way may come to its end, for which it has a time of its own."""
        self.expired = True
        if self.seat.transfer_since_s is None:
            self.end("421 The session took too long.", "too-long")

    def handle_timeout(self) -> None:
        self.end("421 Nothing came for too long.", "idle")

    def end(self, answer: str, reason: str | None = None) -> None:
        """The last answer: whatever came behind it is not looked at."""
        if reason:
            self.shared.tallies.connections.labels(reason).inc()
        self._over = True
        if not self.handshaking:
            self.respond(answer)
        self.close()

    def close(self) -> None:
        if not self._closed:
            self._over = True
            self.farewell()
            self._forget_queues()
            super().close()
            # pyftpdlib deletes them, and what still holds this session asks for them.
            self.data_channel = self._in_dtp_queue = self._out_dtp_queue = None
            self.visit.release()

    def log(self, msg: str, logfun: Any = None) -> None:
        """pyftpdlib's lines name paths and passwords: what happened is counted, and `deliver` says it."""

    def logline(self, msg: str, logfun: Any = None) -> None:
        """See `log`."""

    def log_cmd(self, cmd: str, arg: str, respcode: int, respstr: str) -> None:
        log.debug("%s %s: %s", self.seat.user, cmd if cmd in self.proto_cmds else "?", respcode)

    def log_exception(self, instance: object) -> None:
        """Connections break: that is no bug."""
        if isinstance(sys.exc_info()[1], OSError):
            log.debug("a connection broke: %s", sys.exc_info()[1])
        else:
            log.error("a bug in an FTP session", exc_info=True)
