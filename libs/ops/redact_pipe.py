"""producer | detector | one redactor for each way of redacting: the real services, without a broker.

One detector feeds all redactors, so that they judge the very same messages. A message is handed on when the one before
was taken, as a camera would: what `hops` say about when it came and went is then true to the message.
"""

import fcntl
import os
import selectors
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO

from libs.common import codec
from libs.common.errors import FatalError, PermanentError, SettingsError
from libs.common.messages import Message
from libs.ops.redact_stage import PipeStage

CHUNK_BYTES = 1 << 20
LOOK_S = 0.0003
WRONG_SETTINGS = 2


@dataclass
class Sink:
    """The stdin of a redactor."""

    stream: IO[bytes]
    gone: threading.Event = field(default_factory=threading.Event)

    def give(self, value: bytes) -> None:
        """Write, and wait until all of it is taken; nothing where nobody reads any more."""
        if self.gone.is_set():
            return
        try:
            self.stream.write(value)
            self.stream.flush()
        except (OSError, ValueError):
            self.gone.set()
        while not self.gone.is_set() and self._waiting_bytes():
            time.sleep(LOOK_S)

    def _waiting_bytes(self) -> int:
        found = fcntl.ioctl(self.stream.fileno(), termios.FIONREAD, bytes(4))
        return int(struct.unpack("i", found)[0])

    def close(self) -> None:
        """No more will come."""
        try:
            self.stream.close()
        except OSError:
            self.gone.set()


class Pipe:
    """Runs the services; everything is stopped when the `with` block is left."""

    def __init__(self, producer: Sequence[str], detector: Sequence[str], redactors: Sequence[Sequence[str]]) -> None:
        """Each with its flags, but for those that connect them."""
        self._flags = producer, detector, redactors
        self._stages: list[PipeStage] = []
        self._broken: PermanentError | None = None

    def __enter__(self) -> "Pipe":
        producer, detector, redactors = self._flags
        self.producer = self._start("producer", producer, subprocess.DEVNULL)
        self.detector = self._start("detector", [*detector, "-i", "-"], self.producer.output)
        # Ours must be closed, or the producer would not learn that the detector has gone.
        self.producer.output.close()
        self.redactors = [self._start("redactor", [*flags, "-i", "-"], subprocess.PIPE) for flags in redactors]
        self._sinks = [Sink(stage.process.stdin) for stage in self.redactors if stage.process.stdin]
        self._pump = threading.Thread(target=self._carry, name="pump", daemon=True)
        self._pump.start()
        return self

    def __exit__(self, *_: object) -> None:
        for sink in self._sinks:
            sink.gone.set()
        for stage in self._stages:
            stage.stop()
        # It reads from the detector: nothing is closed under its hands.
        self._pump.join()
        for stage in self._stages:
            stage.close()

    def messages(self) -> Iterator[tuple[int, Message]]:
        """What comes out of which redactor; when all have ended, FatalError or SettingsError if any part failed."""
        splitters = [codec.Splitter() for _ in self.redactors]
        with selectors.DefaultSelector() as selector:
            for number, stage in enumerate(self.redactors):
                selector.register(stage.output, selectors.EVENT_READ, number)
            while selector.get_map():
                for key, _ in selector.select():
                    chunk = os.read(key.fd, CHUNK_BYTES)
                    if not chunk:
                        selector.unregister(key.fileobj)
                        self._sinks[key.data].gone.set()
                        _must_be_well(self.redactors[key.data])
                    for message in _decoded(splitters[key.data], chunk):
                        self.redactors[key.data].began()
                        yield key.data, message
        self._finish()

    def _start(self, name: str, flags: Sequence[str], stdin: int | IO[bytes]) -> PipeStage:
        stage = PipeStage.start(name, flags, stdin)
        self._stages.append(stage)
        return stage

    def _carry(self) -> None:
        """From the detector to every redactor, in a thread of its own: nobody waits for a reader that waits."""
        splitter = codec.Splitter()
        try:
            while chunk := os.read(self.detector.output.fileno(), CHUNK_BYTES):
                self.detector.began()
                for value in splitter.feed(chunk):
                    for sink in self._sinks:
                        sink.give(value)
        except PermanentError as error:
            self._broken = error
        for sink in self._sinks:
            sink.close()

    def _finish(self) -> None:
        """Of those that failed the last in the pipe is the cause: those before it fail for want of a reader."""
        self._pump.join()
        if self._broken:
            raise FatalError(f"the detector wrote no messages: {self._broken}")
        for stage in reversed(self._stages):
            _must_be_well(stage)


def check(name: str, flags: Sequence[str]) -> str:
    """What `framebus NAME --check` says about these flags; raises SettingsError or FatalError where it complains."""
    stage = PipeStage.start(name, [*flags, "-i", "-", "--check"], subprocess.DEVNULL)
    try:
        said = stage.output.read().decode(errors="replace")
        _must_be_well(stage)
    finally:
        stage.stop()
        stage.close()
    return said


def _must_be_well(stage: PipeStage) -> None:
    if status := stage.wait():
        kind = SettingsError if status == WRONG_SETTINGS else FatalError
        expected = "expected a video that can be played; " if stage.name == "producer" else ""
        raise kind(f"{expected}the {stage.name} ended with status {status}: {stage.last_words()}")


def _decoded(splitter: codec.Splitter, chunk: bytes) -> list[Message]:
    """Raises FatalError for what are no messages."""
    try:
        return [codec.decode(value) for value in (splitter.feed(chunk) if chunk else splitter.finish())]
    except PermanentError as error:
        raise FatalError(f"the redactor wrote no messages: {error}") from None
