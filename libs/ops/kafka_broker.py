"""A real Apache Kafka in KRaft mode as a child process: for the operator's command, the demo and the tests."""

import os
import signal
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from libs.common.errors import FatalError
from libs.common.lock import Lock
from libs.ops.java import find_java
from libs.ops.kafka_config import LOOPBACK, address
from libs.ops.kafka_folder import KafkaFolder
from libs.ops.kafka_jars import default_cache, fetched_jars, jars_in
from libs.ops.kafka_java import KafkaJava
from libs.ops.kafka_log import last_words, size_of
from libs.ops.kafka_probe import answers

_POLL_S = 0.05
# How each address "everywhere" is reached from this machine.
_EVERYWHERE = {"0.0.0.0": LOOPBACK, "::": "::1"}  # noqa: S104 - only ever the operator's choice


@dataclass
class Broker:
    """One broker on the folder `data`, which keeps its cluster, topics and logs from start to start.

    It listens at `host` (loopback), or, with `advertise`, everywhere, and tells clients to come to that name.
    `properties` go over those of kafka_config, `users` are SCRAM logins (`SCRAM-SHA-512=[name=…,password=…]`) of a
    cluster that is made new. As a context manager it is started and stopped. Start it from a thread that lives as long
    as it: see die_with_parent.
    """

    data: Path
    host: str | None = None
    port: int = 9092
    advertise: str | None = None
    controller_port: int | None = None
    jars: Path | None = None
    mirror: str | None = None
    java: Path | None = None
    heap_mb: int = 256
    properties: Mapping[str, str] = field(default_factory=dict)
    users: Sequence[str] = ()
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)
    _lock: Lock | None = field(default=None, init=False, repr=False)
    _log_start: int = field(default=0, init=False, repr=False)

    @property
    def bootstrap(self) -> str:
        """host:port for clients."""
        return address(self.advertise or self._reach_at, self.port)

    @property
    def pid(self) -> int:
        """The process id of Kafka's Java."""
        return self._running().pid

    @property
    def log(self) -> Path:
        """Kafka's own log."""
        return KafkaFolder(self.data).log

    def start(self, timeout_s: float = 60.0) -> None:
        """Start Kafka and wait until it serves; jars that are missing are fetched first, without a limit in time.

        Raises FatalError, with Kafka's last words where it has any, if it does not serve; then nothing is left running.
        """
        jars = jars_in(self.jars.resolve()) if self.jars else fetched_jars(default_cache(), self.mirror)
        kafka = KafkaJava(find_java(self.java), jars, self.heap_mb)
        if self._process is not None and self._process.poll() is not None:
            self._forget()
        lock = KafkaFolder(self.data).take()
        self._lock = lock
        try:
            self._prepare(kafka)
            self._spawn(kafka, lock)
            self._await_ready(timeout_s)
        except BaseException:
            self.kill()
            raise

    def wait(self) -> int:
        """Wait until Java ends; its exit status, negative for a signal."""
        return self._running().wait()

    def stop(self, timeout_s: float = 30.0) -> None:
        """Stop Kafka in order; nothing happens if it has ended. Raises FatalError if it had to be killed after all."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.send_signal(signal.SIGCONT)
            try:
                self._process.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
                raise FatalError(f"Kafka did not stop within {timeout_s:g} s and was killed: {self.log}") from None
        self._forget()

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would; nothing happens if it has ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._forget()

    def last_words(self) -> list[str]:
        """The last lines of this run that tell why it ended."""
        return last_words(self.log, self._log_start, KafkaFolder(self.data).console)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self.stop()

    @property
    def _listen_at(self) -> str:
        return self.host or (next(iter(_EVERYWHERE)) if self.advertise else LOOPBACK)

    @property
    def _reach_at(self) -> str:
        return _EVERYWHERE.get(self._listen_at, self._listen_at)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise FatalError("the broker is not running")
        return self._process

    def _prepare(self, kafka: KafkaJava) -> None:
        """Configuration at every start; an empty data folder is formatted, once, and keeps its cluster id."""
        folder = KafkaFolder(self.data)
        folder.configure(
            self._listen_at, self.port, self.advertise or self._reach_at, self.controller_port, self.properties
        )
        if folder.is_formatted:
            return
        cluster_id = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        command = kafka.format(cluster_id, self.users)
        done = subprocess.run(command, cwd=self.data, capture_output=True, text=True, start_new_session=True)
        if done.returncode:
            said = (done.stdout + done.stderr).splitlines()
            raise FatalError("\n".join([f"cannot prepare {self.data} for Kafka", *said[-4:]]))

    def _spawn(self, kafka: KafkaJava, lock: Lock) -> None:
        """In a session of its own (the terminal's Ctrl-C is for us), holding the lock for as long as it lives."""
        self._log_start = size_of(self.log)
        with KafkaFolder(self.data).console.open("wb") as console:
            self._process = subprocess.Popen(
                kafka.server(),
                cwd=self.data,
                # glibc's default of eight arenas per core is memory that Java never uses.
                env={"MALLOC_ARENA_MAX": "2", **os.environ},
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=console,
                pass_fds=(lock.fileno,),
                start_new_session=True,
            )

    def _await_ready(self, timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while not answers(self._reach_at, self.port):
            if self._running().poll() is not None:
                raise FatalError("\n".join(["Kafka did not start", *self.last_words(), f"its log: {self.log}"]))
            if time.monotonic() > deadline:
                raise FatalError(f"Kafka did not serve within {timeout_s:g} s; its log: {self.log}")
            time.sleep(_POLL_S)

    def _forget(self) -> None:
        self._process = None
        if self._lock is not None:
            self._lock.close()
            self._lock = None
