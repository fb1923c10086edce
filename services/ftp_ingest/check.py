"""What --check says of the FTP server."""

import errno
import socket

from libs.common.errors import FatalError
from services.ftp_ingest.server.users import read
from services.ftp_ingest.settings import Settings
from services.ftp_ingest.spool.check import is_in_use


def check_ftp(settings: Settings) -> list[str]:
    """Raises FatalError where it could not listen, SettingsError for users that cannot be read."""
    if not settings.ftp:
        return ["ftp: off"]
    where = f"ftp {settings.host} port {settings.port}"
    users = len(read(settings.users_path))
    secured = "TLS wanted" if settings.require_tls or settings.implicit_tls else "TLS on request"
    tls = secured if settings.tls() is not None else "in clear, no certificate"
    return [f"{where}: {_state(settings)}, {tls}", f"users {settings.users_path}: {users or 'nobody'} may log in"]


def _state(settings: Settings) -> str:
    """The service that runs may be the one that is asked about."""
    try:
        _bind(settings.host, settings.port)
    except OSError as error:
        if error.errno == errno.EADDRINUSE and is_in_use(settings.spool_path):
            return "a process of this spool listens there"
        raise FatalError(f"--host {settings.host} --port {settings.port}: {error.strerror or error}") from None
    return "free"


def _bind(host: str, port: int) -> None:
    family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        tried.bind(address)
        tried.listen(1)
