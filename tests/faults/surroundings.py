"""A chain of detector and redactor in processes of their own, on a broker and a network that may be hurt."""

import os
import secrets
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from libs.common.kafka_admin import ensure_topic
from libs.common.kafka_settings import KafkaSettings
from libs.ops.children import Child
from libs.ops.kafka_broker import Broker
from libs.ops.kafka_config import LOOPBACK
from libs.ops.ports import free_port
from tests.faults.proxy import PROXY_HOST, Proxy

STANDARD = SOURCE, DETECTED, REDACTED = ("frames.source", "frames.detected", "frames.redacted")
READY_S = 30.0


def tell(line: str) -> None:
    """A figure for whoever runs the test with -s, or reads why it failed."""
    sys.stdout.write(f"{line}\n")


def seed() -> int:
    """Of everything random in a test; the next run gets the same with FRAMEBUS_TEST_SEED."""
    chosen = int(os.environ.get("FRAMEBUS_TEST_SEED") or secrets.randbelow(1_000_000))
    tell(f"FRAMEBUS_TEST_SEED={chosen}")
    return chosen


def setting(name: str, short: float) -> float:
    """How long, or how often: `short` in every run, more with FRAMEBUS_TEST_<name>."""
    return float(os.environ.get(f"FRAMEBUS_TEST_{name}", short))


@contextmanager
def behind_proxy(data: Path) -> Iterator[tuple[Broker, Proxy]]:
    """A broker of which all clients are told that it is where the proxy is."""
    port = free_port()
    with Proxy(port, seed()) as proxy, Broker(data, host=LOOPBACK, port=port, advertise=PROXY_HOST) as broker:
        yield broker, proxy


@dataclass
class Chain:
    """Services by name, started and stopped at will; what each of them said lies in `folder`."""

    bootstrap: str
    folder: Path
    topics: tuple[str, str, str] = STANDARD
    running: dict[str, Child] = field(default_factory=dict)

    @property
    def kafka(self) -> KafkaSettings:
        return KafkaSettings(self.bootstrap)

    def start(self, name: str, *flags: str, ready: bool = True) -> Child:
        """Start the service `name`, or `name-X` a further one; its log goes on where an earlier one's stopped."""
        source, detected, redacted = self.topics
        service = name.partition("-")[0]
        wiring = {
            "detector": ["-i", source, "-t", detected],
            "redactor": ["moving", "-i", detected, "-t", redacted],
            "producer": ["-t", source],
        }
        with (self.folder / f"{name}.log").open("ab") as log:
            child = Child.start(service, [*flags, *wiring[service], "--bootstrap", self.bootstrap], log=log)
        self.running[name] = child
        if ready:
            child.wait_ready(READY_S)
        return child

    def said(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def count(self, name: str, metric: str) -> float:
        """A counter or gauge of a running one, as /status names it."""
        status = self.running[name].status()
        return float(status["counts"].get(metric, 0.0)) if status else 0.0

    def check(self) -> None:
        """Nobody has ended; nobody met a bug."""
        for name, child in self.running.items():
            assert child.process.poll() is None, f"{name} ended with {child.process.returncode}: {self.said(name)}"
            assert "Traceback" not in self.said(name)

    def stop(self) -> None:
        for child in reversed(self.running.values()):
            child.process.send_signal(signal.SIGCONT)
            child.stop()


@contextmanager
def chain(bootstrap: str, folder: Path, topics: tuple[str, str, str] = STANDARD) -> Iterator[Chain]:
    """A detector and a redactor, ready; `topics` are the frames before, between and behind them."""
    made = Chain(bootstrap, folder, topics)
    with ExitStack() as stack:
        stack.callback(made.stop)
        for topic in topics:
            ensure_topic(made.kafka, topic)
        for name in ("redactor", "detector"):
            made.start(name, "--instance", "one", ready=False)
        for child in made.running.values():
            child.wait_ready(READY_S)
        yield made
