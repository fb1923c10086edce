"""How kafka-python is set up, for readers, writers and the admin alike. Figures: docs/decisions/kafka-python.md."""

import logging
import socket
import time
from collections.abc import Callable, Mapping
from typing import Any

from kafka.net.compat import KafkaNetClient

from libs.common.errors import FatalError, TemporaryError
from libs.common.kafka_patience import be_patient
from libs.common.kafka_refusals import tell_refusals
from libs.common.kafka_settings import KafkaSettings

log = logging.getLogger(__name__)

PROBE_S = 2.0
SILENT_S = 5.0
RETRY_S = 0.5


class Client(KafkaNetClient):  # type: ignore[misc]
    """The network side of every client of ours."""

    answered_at_s: float = 0.0

    def __init__(self, **configs: Any) -> None:
        super().__init__(**configs)
        be_patient(self._manager)

    def connection_delay(self, node_id: Any) -> float:
        """kafka-python 3.0.12 reads these seconds as ms: its sender would spin while the broker is frozen."""
        return float(max(50, min(1000, super().connection_delay(node_id) * 1000)))

    def silent_s(self) -> float:
        """Seconds since a broker last answered."""
        reads = (conn.transport.last_read for conn in list(self._manager._conns.values()) if conn.connected)
        self.answered_at_s = max([self.answered_at_s, *reads])
        return time.monotonic() - self.answered_at_s


def connect(kind: Callable[..., Any], config: Mapping[str, Any]) -> tuple[Any, Client]:
    """A kafka-python consumer, producer or admin client, and its network side; raises KafkaError.

    kafka-python leaves the thread of a client whose construction failed running, trying for ever.
    """
    clients: list[Client] = []

    def network(**given: Any) -> Client:
        clients.append(Client(**given))
        tell_refusals(clients[-1]._manager)
        return clients[-1]

    try:
        made = kind(**config, kafka_client=network)
        clients[0].answered_at_s = time.monotonic()
        return made, clients[0]
    except BaseException:
        for client in clients:
            client.close()
        raise


def common_config(settings: KafkaSettings, client_id: str) -> dict[str, Any]:
    """Arguments that every kafka-python client gets: reconnect at once, fail early, never DEBUG its passwords."""
    require_crc32c()
    # Below INFO it prints values and passwords; above it repeats every second what our own lines say once.
    talkative = logging.getLogger().level <= logging.DEBUG
    logging.getLogger("kafka").setLevel(logging.INFO if talkative else logging.CRITICAL)
    config: dict[str, Any] = {
        "bootstrap_servers": settings.bootstrap.split(","),
        "client_id": client_id,
        "security_protocol": settings.security_protocol,
        "reconnect_backoff_ms": 50,
        "reconnect_backoff_max_ms": 1000,
        # Also the pulse by which a client notices that the broker is away, and topics that are new.
        "metadata_max_age_ms": 2000,
        "bootstrap_timeout_ms": 5000,
    }
    if settings.sasl_mechanism:
        config |= {
            "sasl_mechanism": settings.sasl_mechanism,
            "sasl_plain_username": settings.sasl_username,
            "sasl_plain_password": settings.sasl_password,
        }
    for name in ("ssl_cafile", "ssl_certfile", "ssl_keyfile"):
        if value := getattr(settings, name):
            config[name] = value
    return config


def require_crc32c() -> None:
    """Without the C module a 200 KB record costs kafka-python 23 ms in pure Python, silently."""
    try:
        import crc32c  # noqa: F401
    except ImportError:
        raise FatalError("the package crc32c is missing: pip install crc32c") from None


def probe(bootstrap: str) -> str:
    """The first address that accepts a connection, cheaper than a client that cannot; raises TemporaryError if none."""
    last: OSError | None = None
    for address in bootstrap.split(","):
        host, _, port = address.strip().rpartition(":")
        try:
            socket.create_connection((host.strip("[]"), int(port)), timeout=PROBE_S).close()
        except OSError as error:
            last = error
        else:
            return address
    raise TemporaryError(f"{last}", RETRY_S)
