"""aiosmtpd, a mail server that others use too: with and without TLS and logins."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from libs.ops.ports import free_port

USER, PASSWORD = "büro", "canary-Pässwort 🚶"


@dataclass
class Mailbox:
    """What came, and how."""

    envelopes: list[Envelope] = field(default_factory=list)
    mails: list[bytes] = field(default_factory=list)
    sessions: list[Session] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.content, bytes)
        self.envelopes.append(envelope)
        self.mails.append(envelope.content)
        self.sessions.append(session)
        return "250 taken"


@dataclass(frozen=True)
class Served:
    """A running server."""

    port: int
    box: Mailbox


@contextmanager
def mail_server(**how: Any) -> Iterator[Served]:
    """On a port of its own; `how` as aiosmtpd's SMTP and Controller take it."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **how)
    controller.start()
    try:
        yield Served(controller.port, box)
    finally:
        controller.stop()


def knows(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    """One user, one password, both UTF-8."""
    right = isinstance(data, LoginPassword) and data == LoginPassword(USER.encode(), PASSWORD.encode())
    return AuthResult(success=right, handled=False)
