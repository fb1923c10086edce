"""What a broker answers, in words: who may try again, and who need not."""

import ssl
from typing import Protocol

from libs.common.errors import FramebusError, PermanentError, TemporaryError

VERSION, CLIENT_ID, LOGIN = (132,), (133,), (134, 135)
BUSY = (128, 131, 136, 137, 151)
"""Reason codes of MQTT 5, section 2.4: unspecified, implementation specific, unavailable, busy, quota exceeded."""


class Answer(Protocol):
    """A reason code; its text says the name of the standard."""

    @property
    def value(self) -> int: ...


def no_connection(broker: object, error: Exception) -> FramebusError:
    """There is none, or what came is no MQTT. The system's own words hold no secret of ours."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return TemporaryError(f"{broker}: its certificate was refused ({error.verify_message})", 30)
    if isinstance(error, ssl.SSLError):
        return TemporaryError(f"{broker}: no TLS ({error.reason or 'it ended'}); is that its port for TLS?", 30)
    if isinstance(error, OSError):
        return TemporaryError(f"{broker} cannot be reached: {error.strerror or error}")
    return TemporaryError(f"{broker} does not speak MQTT ({type(error).__name__})", 30)


def connection_lost(broker: object, why: str = "") -> "LostError":
    return LostError(f"{broker}: the connection was lost{why and f' ({why})'}")


def too_large(broker: object, size: int, most: int) -> FramebusError:
    """The library would take all of it into memory."""
    return TemporaryError(f"{broker} sends {size} bytes at once, expected {most} at most", 30)


def refused_login(broker: object, answer: Answer) -> FramebusError:
    if answer.value in LOGIN:
        return RefusedLoginError(f"{broker} refused the login ({answer}): expected another username or password", 30)
    if answer.value in VERSION:
        return PermanentError(f'{broker} does not speak this MQTT ({answer}): expected protocol: "3.1.1"', "login")
    if answer.value in CLIENT_ID:
        return PermanentError(f"{broker} refused the client_id ({answer})", "login")
    return TemporaryError(f"{broker} let nobody in ({answer})")


def refused_message(broker: object, answer: Answer) -> FramebusError:
    if answer.value in BUSY:
        return TemporaryError(f"{broker} did not take the message ({answer})")
    return PermanentError(f"{broker} refused the message ({answer})")


class RefusedLoginError(TemporaryError):
    """Wrong for now: a broker whose list of users is not there yet says the same."""


class LostError(TemporaryError):
    """The connection ended: whether the broker has what was on the way, nobody knows."""
