"""TLS with somebody else's server: which certificates count, and what it means that one does not."""

import ssl
from pathlib import Path

from libs.common.errors import PermanentError, SettingsError, TemporaryError
from libs.common.tls_files import client_context

PASSING = (9, 10)
"""X509_V_ERR_CERT_NOT_YET_VALID, _HAS_EXPIRED: a clock will be set, a certificate be renewed."""
PASSING_S = 60.0


def trust(
    folder: Path, cafile: Path | None, certfile: Path | None = None, keyfile: Path | None = None
) -> ssl.SSLContext:
    """TLS 1.2 or newer, certificate and name are checked; relative paths begin at `folder`. Raises SettingsError."""
    files = (folder / file if file else None for file in (cafile, certfile, keyfile))
    try:
        return client_context(*files)
    except SettingsError as error:
        raise SettingsError(str(error).removeprefix("--ssl-")) from None


def untrusted(error: ssl.SSLCertVerificationError, where: str) -> TemporaryError | PermanentError:
    """`where`: the server, as it may be shown."""
    text = f"{where}: its certificate is not trusted ({error.verify_message})"
    if error.verify_code in PASSING:
        return TemporaryError(text, PASSING_S)
    return PermanentError(f"{text}; `cafile` names another authority", reason="certificate")
