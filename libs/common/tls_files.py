"""Certificates and keys in PEM files."""

import ssl
from pathlib import Path

from libs.common.errors import FatalError, SettingsError


def client_context(cafile: Path | None, certfile: Path | None, keyfile: Path | None) -> ssl.SSLContext:
    """For a client: trusts `cafile` (else the system's authorities), shows `certfile`. Raises SettingsError."""
    context = ssl.create_default_context()
    if cafile is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(cafile)
        except (OSError, ValueError) as error:
            raise _wrong("ssl-cafile", cafile, "certificates", error) from None
    if certfile is not None:
        _show(context, certfile, keyfile)
    return context


def server_context(certfile: Path, keyfile: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer with this certificate chain and key (PEM). Raises FatalError if they cannot be used."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certfile, keyfile)
    except (OSError, ssl.SSLError) as error:
        raise FatalError(f"certificate {certfile} with key {keyfile} cannot be used: {error}") from error
    return context


def require_file(flag: str, path: Path | None) -> None:
    """Raise SettingsError if it cannot be read."""
    if path is None:
        return
    try:
        path.open("rb").close()
    except (OSError, ValueError) as error:
        raise _wrong(flag, path, "a readable file", error) from None


def _show(context: ssl.SSLContext, certfile: Path, keyfile: Path | None) -> None:
    require_file("ssl-certfile", certfile)
    require_file("ssl-keyfile", keyfile)
    try:
        # A key with a passphrase would ask for it on the terminal, and wait.
        context.load_cert_chain(certfile, keyfile, password=lambda: b"")
    except (OSError, ValueError) as error:
        flag, path = ("ssl-keyfile", keyfile) if keyfile else ("ssl-certfile", certfile)
        raise _wrong(flag, path, "the certificate's key without a passphrase", error) from None


def _wrong(flag: str, path: Path, expected: str, error: Exception) -> SettingsError:
    plain = isinstance(error, OSError) and not isinstance(error, ssl.SSLError) and error.strerror
    return SettingsError(f"--{flag} {path}: expected {expected} (PEM; {plain or type(error).__name__})")
