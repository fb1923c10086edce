"""What every service does around its stage or source: settings, logs, signals, clients, health, exit status."""

import logging
import resource
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TypeVar

from setproctitle import setproctitle

from libs.common import health, logs
from libs.common.arrivals import Arrivals
from libs.common.bus import Reader, Writer
from libs.common.bus_stream import STREAM, StreamReader, StreamWriter
from libs.common.checked import checked
from libs.common.clock import Clock, SystemClock
from libs.common.dead_letters import DeadLetters
from libs.common.errors import FatalError, SettingsError
from libs.common.flags import load
from libs.common.groups import group_of
from libs.common.instances import own_instance
from libs.common.log_handlers import ON_STDERR
from libs.common.malloc import keep_freed_memory
from libs.common.messages import Message
from libs.common.metrics import Metrics
from libs.common.places import Places
from libs.common.publisher import Publisher
from libs.common.runner import Runner
from libs.common.scrub import has_secret, scrub
from libs.common.settings import (
    ReadingSettings,
    ServiceSettings,
    SourceSettings,
    StageSettings,
)
from libs.common.settings_checks import host_port, parse_when
from libs.common.source_runner import Settled, SourceRunner, no_farewell
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

    def run_stages(
        self, settings: StageSettings, stages: Mapping[str, Stage], writer: Writer | None = None, together: bool = False
    ) -> None:
        """Read the input topics, hand each message to its topic's stage, publish, commit; until stopped.

        `writer`: somebody else's, who closes it. `together`: one copy reads the same partition of all input topics.
        """
        group = group_of(self.name, settings)
        with ExitStack() as closing:
            if writer is None:
                if (writer := self.writer(settings.topic)) is None:
                    return
                closing.callback(writer.close)
            if (reader := self._reader(settings.input, group, together)) is None:
                return
            closing.callback(reader.close)
            from_ms = parse_when(settings.from_, self.clock.now_ns() // 1_000_000) if settings.from_ else None
            rule = StartRule(settings.mode, from_ms, max(stage.history_s for stage in stages.values()))
            publisher = self._publisher(writer, settings.topic)
            # Dead letters lie beside their source, wherever the output goes.
            buried = writer if settings.topic != STREAM or group is None else self.writer(settings.input[0])
            if buried is not None and buried is not writer:
                closing.callback(buried.close)
            if publisher.wait_for_topic(self.stop, self.waiting, settings.also_writes()):
                letters = DeadLetters(buried, group, self.name, self.metrics, self.stop, self.waiting)
                self._runner(settings, stages, reader, rule, publisher, letters).run()

    def run_source(
        self,
        settings: SourceSettings,
        messages: Iterator[Message | None],
        live: bool,
        sides: Mapping[type[Message], str | None] | None = None,
        farewell: Callable[[], Iterable[Message]] = no_farewell,
        settled: Settled | None = None,
    ) -> None:
        """Publish what the source yields, until it ends or the service is stopped.

        `sides`: messages of these types go to this topic, None: nowhere. `farewell`: what is said once all is over.
        `settled`: told what became of each frame, where the source keeps them until then.
        """
        if (writer := self.writer(settings.topic, once=settled is not None)) is None:
            return
        publisher = self._publisher(writer, settings.topic)
        try:
            common = (publisher, self.clock, self.metrics, self.health, self.stop)
            SourceRunner(messages, live, *common, sides or {}, farewell, settled).run()
        finally:
            writer.close()

    def watch(self, settings: ReadingSettings, stages: Mapping[str, Stage]) -> None:
        """Read from the end on, without a group: nothing is committed, nothing dead-lettered; until stopped."""
        if (reader := self._reader(settings.input, None)) is not None:
            letters = DeadLetters(None, None, self.name, self.metrics)
            self._runner(settings, stages, reader, StartRule("tail"), None, letters).run()

    @property
    def instance(self) -> str:
        """The name of this copy."""
        return own_instance(self.settings.instance)

    def waiting(self) -> None:
        """Called while there is nothing to do yet: alive, not ready."""
        self.health.turned(ready=False)

    def _runner(
        self,
        settings: ReadingSettings,
        stages: Mapping[str, Stage],
        reader: Reader,
        rule: StartRule,
        publisher: Publisher | None,
        dead_letters: DeadLetters,
    ) -> Runner:
        return Runner(
            stages=stages,
            reader=reader,
            publisher=publisher,
            places=Places(reader, rule, dead_letters.group is not None, self.clock, self.metrics),
            arrivals=Arrivals(self.clock, rule.mode == "latest", settings.cameras, settings.max_age),
            dead_letters=dead_letters,
            clock=self.clock,
            metrics=self.metrics,
            health=self.health,
            watchdog=Watchdog(self.clock, settings.hang_timeout),
            stop=self.stop,
        )

    def _publisher(self, writer: Writer, topic: str) -> Publisher:
        return Publisher(writer, topic, self.name, self.instance, self.clock, self.metrics)

    def _reader(self, topics: tuple[str, ...], group: str | None, together: bool = False) -> Reader | None:
        if topics == (STREAM,):
            return StreamReader(sys.stdin.buffer)
        from libs.common.kafka_check import missing_topics, or_hidden
        from libs.common.kafka_login import wait_for
        from libs.common.kafka_reader import KafkaReader

        kafka, client = self.settings.kafka(), f"framebus-{self.name}"

        def connect() -> Reader:
            for topic in missing_topics(kafka, list(topics)):
                log.warning("waiting for topic %s: nobody has made it yet%s", topic, or_hidden(kafka))
            return KafkaReader(kafka, list(topics), group, self.settings.instance, client, together)

        return wait_for(kafka, connect, self.stop, self.waiting)

    def writer(self, topic: str, once: bool = False) -> Writer | None:
        """Waits for a broker; None if stopped meanwhile. Several threads may use it.

        `once`: this topic, and no other, gets each record once, whatever happens to the broker.
        """
        if topic == STREAM:
            return StreamWriter(sys.stdout.buffer)
        from libs.common.kafka_login import wait_for
        from libs.common.kafka_writers import writer_of

        kafka, client = self.settings.kafka(), f"framebus-{self.name}"
        return wait_for(kafka, lambda: writer_of(kafka, client, topic, once), self.stop, self.waiting)


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
    keep_freed_memory()
    try:
        logs.set_up(name)
        settings, only_check = load(cls, argv, f"framebus {name}", text)
        hide_command_line()
        logs.set_up(f"{name} {settings.name}".strip(), settings, settings.name if _is_source(settings) else None)
        service = _service(name, settings)
        if only_check:
            return checked(settings, name, check(settings))
        serve(settings, service)
    except SettingsError as error:
        return complain(name, error, 2)
    except FatalError as error:
        log.error("%s", error, extra=ON_STDERR)
        return complain(name, error, 1)
    return 0


def complain(name: str, error: Exception, status: int) -> int:
    """One line on stderr, without secrets; returns the exit status."""
    sys.stderr.write(f"framebus {name}: {' '.join(scrub(str(error)).split())}\n")
    return status


def _is_source(settings: ServiceSettings) -> bool:
    return isinstance(settings, SourceSettings)


def show_as(title: str) -> None:
    """In the process list."""
    setproctitle(title)


def hide_command_line() -> None:
    """A password given as an argument leaves the process list: at once in a URL, else when the settings are read."""
    if any(has_secret(word) for word in sys.argv):
        setproctitle(" ".join(["framebus", *(scrub(word) for word in sys.argv[1:])]))


def _service(name: str, settings: ServiceSettings) -> Service:
    stop = stop_on_signals()
    clock, metrics = SystemClock(), Metrics()
    metrics.describe(name, settings.name)
    wiring = {
        "name": settings.name,
        "instance": settings.instance,
        "input": list(settings.reads()),
        "topic": settings.writes(),
    }
    state = health.Health(name, wiring, clock, metrics, is_source=_is_source(settings))
    if settings.http:
        host, port = host_port(settings.http)
        try:
            health.serve(state, host, port)
        except OSError as error:
            raise FatalError(f"--http {settings.http}: {error.strerror}") from None
    return Service(name, settings, clock, metrics, state, stop)
