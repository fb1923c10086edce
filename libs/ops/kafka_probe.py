"""Does a Kafka broker answer? One ApiVersions request, written by hand so that no client library is needed here."""

import socket
import struct

# Length, api key 18 (ApiVersions), version 0, correlation id, client id (https://kafka.apache.org/protocol).
_CORRELATION = 1
_CLIENT = b"framebus"
_REQUEST = struct.pack(">hhih", 18, 0, _CORRELATION, len(_CLIENT)) + _CLIENT


def answers(host: str, port: int, timeout_s: float = 1.0) -> bool:
    """True if a broker at host:port serves requests. KRaft opens its port only after it has joined the cluster."""
    try:
        with socket.create_connection((host, port), timeout=timeout_s) as connection:
            connection.sendall(struct.pack(">i", len(_REQUEST)) + _REQUEST)
            reply = connection.makefile("rb").read(10)
    except OSError:
        return False
    if len(reply) < 10:
        return False
    _, correlation, error = struct.unpack(">iih", reply)
    return bool(correlation == _CORRELATION and error == 0)
