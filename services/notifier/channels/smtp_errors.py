"""What went wrong with a mail server: whether to try again, and what to say of it."""

import re
import smtplib
import ssl
from collections.abc import Mapping

from libs.common.errors import PermanentError, TemporaryError
from services.notifier.channels.trust import untrusted
from services.notifier.plain_text import safe_line

MOST_SAID = 160
MOST_NAMED = 3
TOO_LARGE = 552
Refused = Mapping[str, tuple[int, bytes]]
"""Address -> the server's answer to it."""

_ENHANCED = re.compile(rb"[245]\.\d{1,3}\.\d{1,3}(?= |$)")


def problem(error: Exception, where: str) -> TemporaryError | PermanentError:
    """4xx, silence and lost connections pass; 5xx and certificates that do not fit do not. No text holds a secret."""
    if isinstance(error, (TemporaryError, PermanentError)):
        return error
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _by_code(_worst(error.recipients), f"{where} takes none of the recipients: {named(error.recipients)}")
    if isinstance(error, smtplib.SMTPAuthenticationError):
        # Some servers say back what they were told: only the code is repeated.
        said = _ENHANCED.match(_bytes(error.smtp_error))
        return _by_code(
            error.smtp_code, f"{where} refuses the login: {_said(error.smtp_code, said[0] if said else b'')}"
        )
    if isinstance(error, smtplib.SMTPResponseException):
        return _by_code(error.smtp_code, f"{where} answers {_said(error.smtp_code, _bytes(error.smtp_error))}")
    return _of_connection(error, where)


def named(refused: Refused) -> str:
    """Who was refused, and why."""
    each = [f"{safe_line(address, MOST_SAID)} ({_said(*reply)})" for address, reply in refused.items()]
    more = f" and {len(each) - MOST_NAMED} more" if len(each) > MOST_NAMED else ""
    return ", ".join(each[:MOST_NAMED]) + more


def _worst(refused: Refused) -> int:
    """One that may be taken later is worth another try."""
    return min(code for code, _ in refused.values())


def _by_code(code: int, text: str) -> TemporaryError | PermanentError:
    return PermanentError(text) if 500 <= code < 600 else TemporaryError(text)


def _of_connection(error: Exception, where: str) -> TemporaryError | PermanentError:
    if isinstance(error, ssl.SSLCertVerificationError):
        return untrusted(error, where)
    if isinstance(error, ssl.SSLError) and error.reason == "WRONG_VERSION_NUMBER":
        return PermanentError(f"{where} does not begin with TLS: expected `tls: starttls`")
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return PermanentError(f"{where}: {error}")
    return TemporaryError(f"{where}: {safe_line(str(error), MOST_SAID) or type(error).__name__}")


def _said(code: int, text: bytes) -> str:
    line = safe_line(text.decode("utf-8", "replace"), MOST_SAID)
    return f"{code} {line}" if line else str(code)


def _bytes(text: bytes | str) -> bytes:
    return text.encode() if isinstance(text, str) else text
