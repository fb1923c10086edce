"""TCP ports of this machine, below the range that the system hands out by itself."""

import errno
import secrets
import socket

HIGHEST = 32767
_LOWEST = 10000


def free_port() -> int:
    """A port below 32768 that nothing on the loopback address listens at right now."""
    while True:
        port = _LOWEST + secrets.randbelow(HIGHEST + 1 - _LOWEST)
        if is_free("127.0.0.1", port):
            return port


def is_free(host: str, port: int) -> bool:
    """Whether nothing listens at host:port. Raises OSError if we could not listen there for another reason."""
    family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind, proto) as probe:
        # As Java does: connections of an earlier server that still linger are no obstacle.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            return False
    return True
