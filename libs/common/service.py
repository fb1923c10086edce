"""What every service does around its stage or source: settings, logs, signals, clients, health, exit status."""

import logging
import os
import resource
import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from setproctitle import setproctitle

from libs.common import health, logs
from libs.common.arrivals import Arrivals
from libs.common.bus import Reader, Writer
from libs.common.bus_stream import STREAM, StreamReader, StreamWriter
from libs.common.clock import Clock, SystemClock
from libs.common.dead_letters import DeadLetters
from libs.common.errors import FatalError, SettingsError
from libs.common.flags import load
from libs.common.messages import Message
from libs.common.metrics import Metrics
from libs.common.places import Places
from libs.common.publisher import Publisher
from libs.common.runner import Runner
from libs.common.scrub import has_secret, scrub
from libs.common.settings import ServiceSettings, host_port, parse_when
from libs.common.source_runner import SourceRunner
from libs.common.stage import Stage
from libs.common.start import StartRule
from libs.common.stopping import stop_on_signals
from libs.common.watchdog import Watchdog

log = logging.getLogger(__name__)
S = TypeVar("S", bound=ServiceSettings)


@dataclass(frozen=True)
class Service:
    """One process of a service: what its stage or source may be given, and what runs it."""

    name: str
    settings: ServiceSettings
    clock: Clock
    metrics: Metrics
    health: health.Health
    stop: threading.Event

    @property
    def group(self) -> str | None:
        """The consumer group: same flags share the work, other flags do not."""
        if self.settings.input == (STREAM,):
            return None
        wires = f"{'+'.join(self.settings.input)}-{self.settings.topic or self.settings.name}"
        return self.settings.group or f"framebus.{self.name}.{wires}"

    @property
    def instance(self) -> str:
        return self.settings.instance or f"{socket.gethostname()}-{os.getpid()}"

    def run_stages(self, stages: Mapping[str, Stage]) -> None:
        """Read the input topics, hand each message to its topic's stage, publish, commit; until stopped."""
        if (writer := self._writer()) is None or (reader := self._reader(self.group)) is None:
            return
        publisher = Publisher(writer, self.settings.topic, self.name, self.instance, self.clock, self.metrics)
        try:
            if publisher.wait_for_topic(self.stop):
                self._runner(stages, reader, publisher, writer).run()
        finally:
            reader.close()
            writer.close()

    def run_source(self, messages: Iterator[Message], live: bool) -> None:
        """Publish what the source yields, until it ends or the service is stopped."""
        if (writer := self._writer()) is None:
            return
        publisher = Publisher(writer, self.settings.topic, self.name, self.instance, self.clock, self.metrics)
        runner = SourceRunner(messages, live, publisher, self.clock, self.metrics, self.health, self.stop)
        try:
            runner.run()
        finally:
            writer.close()

    def watch(self, stages: Mapping[str, Stage]) -> None:
        """Read from the end on, without a group: nothing is committed, nothing dead-lettered; until stopped."""
        if (reader := self._reader(None)) is not None:
            self._runner(stages, reader, None, None).run()

    def _runner(
        self, stages: Mapping[str, Stage], reader: Reader, publisher: Publisher | None, writer: Writer | None
    ) -> Runner:
        settings, group = self.settings, self.group if publisher is not None else None
        from_ms = parse_when(settings.from_, self.clock.now_ns() // 1_000_000) if settings.from_ else None
        history_s = max(stage.history_s for stage in stages.values())
        rule = StartRule(settings.mode if publisher is not None else "tail", from_ms, history_s)
        return Runner(
            stages=stages,
            reader=reader,
            publisher=publisher,
            places=Places(reader, rule, group is not None, self.clock, self.metrics),
            arrivals=Arrivals(self.clock, settings.mode == "latest", settings.cameras, settings.max_age),
            dead_letters=DeadLetters(writer, group, self.name, self.metrics),
            clock=self.clock,
            metrics=self.metrics,
            health=self.health,
            watchdog=Watchdog(self.clock, settings.hang_timeout),
            stop=self.stop,
        )

    def _reader(self, group: str | None) -> Reader | None:
        if self.settings.input == (STREAM,):
            return StreamReader(sys.stdin.buffer)
        from libs.common.kafka_client import wait_for
        from libs.common.kafka_reader import KafkaReader

        kafka, topics, instance = self.settings.kafka(), list(self.settings.input), self.settings.instance
        return wait_for(kafka, lambda: KafkaReader(kafka, topics, group, instance, f"framebus-{self.name}"), self.stop)

    def _writer(self) -> Writer | None:
        if self.settings.topic == STREAM:
            return StreamWriter(sys.stdout.buffer)
        from libs.common.kafka_client import wait_for
        from libs.common.kafka_writer import KafkaWriter

        kafka = self.settings.kafka()
        return wait_for(kafka, lambda: KafkaWriter(kafka, f"framebus-{self.name}"), self.stop)


def main(
    cls: type[S],
    name: str,
    text: str,
    argv: Sequence[str],
    serve: Callable[[S, Service], None],
    check: Callable[[S], list[str]],
) -> int:
    """The whole life of a service process; its exit status: 0 well, 1 could not go on, 2 wrong settings."""
    hide_command_line()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        settings, only_check = load(cls, argv, f"framebus {name}", text)
        logs.set_up(name, settings.log_level, settings.log_format)
        service = _service(name, settings)
        if only_check:
            return _check(settings, service, check)
        serve(settings, service)
    except SettingsError as error:
        return complain(name, error, 2)
    except FatalError as error:
        return complain(name, error, 1)
    return 0


def complain(name: str, error: Exception, status: int) -> int:
    """One line on stderr, without secrets; returns the exit status."""
    sys.stderr.write(f"framebus {name}: {scrub(str(error))}\n")
    return status


def hide_command_line() -> None:
    """A password in a URL given as an argument leaves the process list at once."""
    if any(has_secret(word) for word in sys.argv):
        setproctitle(" ".join(["framebus", *(scrub(word) for word in sys.argv[1:])]))


def _service(name: str, settings: ServiceSettings) -> Service:
    clock, metrics = SystemClock(), Metrics()
    wiring = {"input": list(settings.input), "topic": settings.topic, "mode": settings.mode}
    state = health.Health(name, wiring, clock, metrics)
    if settings.http:
        host, port = host_port(settings.http)
        try:
            health.serve(state, host, port)
        except OSError as error:
            raise FatalError(f"--http {settings.http}: {error.strerror}") from None
    return Service(name, settings, clock, metrics, state, stop_on_signals())


def _check(settings: S, service: Service, check: Callable[[S], list[str]]) -> int:
    """Reach everything that would be used and show the wiring; status 1 if something is missing."""
    lines = [
        f"{' + '.join(settings.input) or 'source'} -> {service.name} -> {settings.topic or 'people'}",
        *check(settings),
    ]
    topics = [topic for topic in (*settings.input, settings.topic) if topic and topic != STREAM]
    missing: list[str] = []
    if topics:
        from libs.common.kafka_check import check_topics

        found, missing = check_topics(settings.kafka(), topics)
        lines += found
    sys.stdout.write("\n".join(lines + missing) + "\n")
    return 1 if missing else 0
