"""Mail through a server that speaks SMTP (RFC 5321), its own port for submission most of all (RFC 6409).

A connection for each mail: alerts are rarer than the minutes after which servers hang up, and one that died unnoticed
would cost an attempt.
"""

import logging
import smtplib
import ssl
import time
from typing import Literal

from libs.common.clock import Clock
from libs.common.errors import PermanentError, TemporaryError
from services.notifier.channels.channel import Note
from services.notifier.channels.dial import Dialler
from services.notifier.channels.mail import mail, message_id, without_picture
from services.notifier.channels.settings import Tools
from services.notifier.channels.smtp_errors import TOO_LARGE, Refused, named, problem
from services.notifier.channels.smtp_line import SmtpLine
from services.notifier.channels.smtp_settings import SmtpLogin, is_here
from services.notifier.channels.trust import trust
from services.notifier.rules.secrets import secret_of

log = logging.getLogger(__name__)

SEND_S, LEAVE_S = 20.0, 2.0
"""Together below the time after which a claim is lost."""
MOST_HANDLE = 500
"""Half of what a notice can hold."""


class SmtpSettings(SmtpLogin):
    """Mail by SMTP."""

    type: Literal["smtp"]

    def open(self, tools: Tools) -> "Smtp":
        context = trust(tools.folder, self.cafile) if self.tls != "none" else None
        return Smtp(tools.name, self, secret_of(self, "password", tools.folder), context, tools.clock)


class Smtp:
    """One mail to all; whom the server refuses is named in the log and in the handle, the others have it."""

    def __init__(
        self, name: str, settings: SmtpLogin, password: str | None, context: ssl.SSLContext | None, clock: Clock
    ) -> None:
        self._name, self._settings, self._password, self._context = name, settings, password, context
        self._clock = clock
        self._where = f"[{settings.host}]:{settings.at}" if ":" in settings.host else f"{settings.host}:{settings.at}"
        self._dialler = Dialler(self._where, settings.host, settings.at, private=True)
        self._too_slow: str | None = None
        """The note whose picture took all of the time: without it there will be another try, else never an end."""

    def send(self, note: Note) -> str:
        """The mail's Message-ID, and who did not get it; the picture is left out where the server takes less."""
        line = None
        try:
            line = self._line(time.monotonic() + SEND_S)
            refused = self._deliver(line, note)
        except (OSError, TemporaryError, PermanentError) as error:
            if line is not None and line.is_late and line.has_begun:
                self._too_slow = note.id
            raise problem(error, self._where) from None
        finally:
            if line is not None:
                line.leave(LEAVE_S)
        return self._handle(note, refused)

    def close(self) -> None:
        """Nothing is open between two mails."""

    def _line(self, until_s: float) -> SmtpLine:
        settings = self._settings
        direct = self._context if settings.tls == "tls" else None
        line = SmtpLine(self._dialler, settings.host, settings.at, until_s, direct)
        try:
            if settings.tls == "starttls":
                line.starttls(context=self._context)
            line.ehlo_or_helo_if_needed()
            if settings.username and self._password:
                self._log_in(line, settings.username, self._password)
        except Exception:
            line.leave(LEAVE_S)
            raise
        return line

    def _log_in(self, line: SmtpLine, username: str, password: str) -> None:
        """What the settings call this machine may be another one after all."""
        if self._context is None and not is_here(str(line.connection.getpeername()[0])):
            raise PermanentError(f"{self._where} is not this machine: no password goes there without TLS")
        line.log_in(username, password)

    def _deliver(self, line: SmtpLine, note: Note) -> Refused:
        if note.jpeg is None:
            return self._hand_over(line, note)
        if note.id != self._too_slow:
            try:
                return self._hand_over(line, note)
            except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
                if error.smtp_code != TOO_LARGE:
                    raise
        log.warning("channel %s: the picture was left out, it is too large for the way to %s", self._name, self._where)
        return self._hand_over(line, without_picture(note))

    def _hand_over(self, line: SmtpLine, note: Note) -> Refused:
        settings = self._settings
        data = mail(note, settings, self._clock.now_ns())
        if len(data) > line.takes_bytes:
            raise smtplib.SMTPDataError(TOO_LARGE, f"{len(data)} bytes; it takes {line.takes_bytes}".encode())
        options = () if settings.is_ascii else ("SMTPUTF8", "BODY=8BITMIME")
        if options and not line.has_extn("smtputf8"):
            raise smtplib.SMTPNotSupportedError("expected SMTPUTF8, for addresses that are not ASCII")
        return line.sendmail(settings.sender.spec, settings.recipients, data, options)

    def _handle(self, note: Note, refused: Refused) -> str:
        handle = message_id(note, self._settings)
        if not refused:
            return handle
        if note.marked:
            raise PermanentError(f"{self._where} took a mail, but not for {named(refused)}")
        log.warning("channel %s: %s took a mail, but not for %s", self._name, self._where, named(refused))
        return f"{handle}; not for {', '.join(refused)}"[:MOST_HANDLE]
