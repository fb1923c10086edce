"""A real MQTT broker, somebody who listens there, and a wire between it and us that can be cut."""

import socket
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from libs.ops.ports import free_port

SOON_S = 15.0


class Heard(NamedTuple):
    """A message as somebody else got it."""

    topic: str
    payload: bytes
    retained: bool


def wait_until(fact: Callable[[], object], what: str, within_s: float = SOON_S) -> None:
    """Fails if it does not become true."""
    until_s = time.monotonic() + within_s
    while not fact():
        assert time.monotonic() < until_s, f"expected {what} within {within_s:.0f} s"
        time.sleep(0.01)


class Ear:
    """mosquitto_sub: it hears everything, also what was retained before it came."""

    def __init__(self, port: int) -> None:
        words = ["mosquitto_sub", "-p", str(port), "-q", "1", "-t", "#", "-F", "%r\t%t\t%x"]
        self.heard: list[Heard] = []
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if not line.endswith("\n"):
                return  # it was ended in the middle of it
            retained, topic, payload = line.rstrip("\n").split("\t")
            self.heard.append(Heard(topic, bytes.fromhex(payload), retained == "1"))

    def of(self, topic: str) -> list[bytes]:
        """All that came there, in its order."""
        return [each.payload for each in self.heard if each.topic == topic]

    def wait(self, topic: str, count: int = 1) -> bytes:
        """The newest there, once so many came."""
        wait_until(lambda: len(self.of(topic)) >= count, f"{count} messages at {topic}")
        return self.of(topic)[-1]

    def close(self) -> None:
        self._process.kill()
        self._thread.join()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait()


@dataclass
class Mosquitto:
    """On one port for its whole life; `lines` are of its configuration, `persistent`: it keeps what was retained."""

    folder: Path
    lines: Sequence[str] = ("allow_anonymous true",)
    persistent: bool = True
    port: int = field(default_factory=free_port)
    ears: list[Ear] = field(default_factory=list)

    def start(self) -> None:
        """Returns when it listens."""
        kept = [f"persistence {str(self.persistent).lower()}", f"persistence_location {self.folder}/", "user root"]
        config = self.folder / "mosquitto.conf"
        config.write_text("\n".join([f"listener {self.port} 127.0.0.1", *self.lines, *kept, ""]))
        self._process = subprocess.Popen(["mosquitto", "-c", config], stderr=subprocess.DEVNULL)
        wait_until(lambda: not _refuses(self.port), "mosquitto to listen")

    def stop(self) -> None:
        """In order: it writes down what it keeps."""
        self._process.terminate()
        self._process.wait(SOON_S)

    def restart(self) -> None:
        self.stop()
        self.start()

    def ear(self) -> Ear:
        """Returns when it listens."""
        self.say("test/ready", "yes", "-r")
        self.ears.append(Ear(self.port))
        self.ears[-1].wait("test/ready")
        return self.ears[-1]

    def say(self, topic: str, payload: str | bytes, *more: str) -> None:
        """mosquitto_pub: somebody else says something."""
        words = ["mosquitto_pub", "-p", str(self.port), "-q", "1", "-t", topic, "-s" if payload else "-n", *more]
        given = payload.encode() if isinstance(payload, str) else payload
        subprocess.run(words, input=given, check=True, timeout=SOON_S)

    def retained(self) -> dict[str, bytes]:
        """What somebody who comes now is told."""
        ear = self.ear()
        self.say("test/end", "yes")
        ear.wait("test/end")
        return {each.topic: each.payload for each in ear.heard if each.retained and each.topic != "test/ready"}

    def close(self) -> None:
        for ear in self.ears:
            ear.close()
        self._process.kill()
        self._process.wait()


def _refuses(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


class Wire:
    """Passes bytes on between its port and another one, until it is cut: then neither end hears a goodbye."""

    def __init__(self, to: int) -> None:
        self._to, self._open = to, True
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.connections = 0
        self._ends: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    def cut(self) -> None:
        """All connections; new ones are taken."""
        for end in self._ends:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._open = False
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.cut()
        for thread in self._threads:
            thread.join(SOON_S)
        for end in self._ends:
            end.close()

    def _serve(self) -> None:
        while self._open:
            with suppress(OSError):
                near = self._listener.accept()[0]
                far = socket.create_connection(("127.0.0.1", self._to))
                self.connections += 1
                self._ends += [near, far]
                for pair in ((near, far), (far, near)):
                    self._threads.append(threading.Thread(target=_pass_on, args=pair, daemon=True))
                    self._threads[-1].start()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while piece := source.recv(1 << 16):
            target.sendall(piece)
    for end in (source, target):
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
