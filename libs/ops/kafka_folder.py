"""The folder of one broker: its configuration, its logs, Kafka's data, and the lock that keeps a second broker out."""

from collections.abc import Mapping
from pathlib import Path

from libs.common.errors import FatalError
from libs.common.lock import Lock
from libs.ops.kafka_config import KAFKA_LOG, LOG4J_PROPERTIES, LOG_DIRS, LOOPBACK, Listeners, address, server_properties
from libs.ops.ports import free_port, is_free


class KafkaFolder:
    """What lies where in it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def log(self) -> Path:
        """Kafka's own log, at most 5 MB; two older ones lie beside it."""
        return self.path / KAFKA_LOG

    @property
    def console(self) -> Path:
        """What Java itself said at the last start."""
        return self.path / "logs" / "java.log"

    @property
    def is_formatted(self) -> bool:
        """Whether Kafka's data is there, with its cluster id."""
        return (self.path / LOG_DIRS / "meta.properties").exists()

    def take(self) -> Lock:
        """Make it, for its owner only (frames lie here), and lock it. Raises FatalError if a broker runs on it."""
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.log.parent.mkdir(exist_ok=True)
            taken = f"another broker runs on {self.path}: stop it, or choose another folder with --data"
            return Lock(self.path / "lock", taken=taken)
        except OSError as error:
            raise FatalError(f"cannot use the data folder {self.path}: {error.strerror}") from None

    def configure(
        self, host: str, port: int, advertise: str, controller_port: int | None, properties: Mapping[str, str]
    ) -> None:
        """Write Kafka's configuration, with these properties over it. Raises FatalError if a port is taken."""
        _require_free("--port", host, port)
        if controller_port is None:
            controller_port = self._kept_controller_port(port)
        else:
            _require_free("--controller-port", LOOPBACK, controller_port)
        listeners = Listeners(host, port, advertise, controller_port)
        (self.path / "server.properties").write_text(server_properties(listeners, properties))
        (self.path / "log4j2.properties").write_text(LOG4J_PROPERTIES)

    def _kept_controller_port(self, clients_port: int) -> int:
        """The port of the last start, else a free one."""
        kept = self.path / "controller_port"
        port = int(kept.read_text()) if kept.exists() else clients_port
        while port == clients_port or not is_free(LOOPBACK, port):
            port = free_port()
        kept.write_text(f"{port}\n")
        return port


def _require_free(flag: str, host: str, port: int) -> None:
    try:
        free = is_free(host, port)
    except OSError as error:
        raise FatalError(f"cannot listen at {address(host, port)}: {error.strerror}") from None
    if not free:
        raise FatalError(f"port {port} at {host} is taken by another program: choose another with {flag}")
