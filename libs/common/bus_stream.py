"""The bus without a broker: msgpack maps one after the other on stdin and stdout (the topic `-`)."""

import os
import select
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from libs.common.bus import Batch, Commit, Headers, Place, Record, Skipped
from libs.common.codec import Splitter
from libs.common.errors import FatalError, PermanentError

STREAM = "-"
CHUNK_BYTES = 1 << 20
MAX_BATCH = 8
KEPT_BYTES = 32 << 20


@dataclass(slots=True)
class StreamDelivery:
    """Written means delivered."""

    done: bool = True
    error: Exception | None = None


@dataclass
class StreamReader:
    """Reads one stream to its end. What is no msgpack ends it: nobody can tell where the next message begins.

    The last KEPT_BYTES of it (at least the last batch) can be sought again.
    """

    stream: BinaryIO
    _splitter: Splitter = field(default_factory=Splitter)
    _waiting: list[bytes] = field(default_factory=list)
    _offset: int = 0
    _kept: list[bytes] = field(default_factory=list)
    _assigned: bool = False
    _sought: bool = False
    _paused: bool = False
    _closed: bool = False

    place = Place(STREAM, 0)

    def poll(self, timeout_s: float) -> Batch:
        batch = Batch() if self._assigned else Batch(assigned=[self.place])
        self._assigned = True
        if not self._sought or self._paused:
            time.sleep(0 if batch.assigned else timeout_s)
            return batch
        if not self._waiting and not self._closed:
            batch.skipped = self._read(timeout_s)
        values, self._waiting = self._waiting[:MAX_BATCH], self._waiting[MAX_BATCH:]
        for value in values:
            batch.records.append(Record(self.place, self._offset, None, value))
            self._offset += 1
        self._keep(values)
        return batch

    def _keep(self, values: list[bytes]) -> None:
        self._kept += values
        while len(self._kept) > MAX_BATCH and sum(map(len, self._kept)) > KEPT_BYTES:
            self._kept.pop(0)

    def _read(self, timeout_s: float) -> list[Skipped]:
        if not self._splitter.broken and not select.select([self.stream], [], [], timeout_s)[0]:
            return []
        chunk = b"" if self._splitter.broken else os.read(self.stream.fileno(), CHUNK_BYTES)
        try:
            self._waiting += self._splitter.feed(chunk) if chunk else self._splitter.finish()
        except PermanentError as error:
            self._closed = True
            return [Skipped(self.place, self._offset, self._offset, f"unreadable: {error}")]
        self._closed = not chunk
        return []

    def seek(self, place: Place, offset: int) -> None:
        """Back by what is kept; a stream is never skipped forward."""
        self._sought = True
        if 0 < (back := self._offset - offset) <= len(self._kept):
            self._waiting = self._kept[-back:] + self._waiting
            del self._kept[-back:]
            self._offset = offset

    def pause(self, place: Place) -> None:
        self._paused = True

    def resume(self, place: Place) -> None:
        self._paused = False

    def commit(self, commits: Mapping[Place, Commit]) -> bool:
        return True

    def committed(self, place: Place) -> Commit | None:
        return None

    def bounds(self, place: Place) -> tuple[int, int]:
        return 0, self._offset

    def offset_at(self, place: Place, time_ms: int) -> int | None:
        return None

    def lag(self, place: Place) -> int | None:
        return len(self._waiting)

    def connected(self) -> bool:
        return True

    def ended(self) -> bool:
        return self._closed and not self._waiting

    def close(self) -> None:
        self._closed = True


@dataclass
class StreamWriter:
    """Writes one stream. A reader that went away is fatal: nobody listens any more."""

    stream: BinaryIO

    def partitions(self, topic: str) -> int:
        return 1

    def send(self, place: Place, key: bytes | None, value: bytes | None, headers: Headers = ()) -> StreamDelivery:
        try:
            self.stream.write(value or b"")
            self.stream.flush()
        except BrokenPipeError:
            raise FatalError("the reader of the output stream went away") from None
        except OSError as error:
            raise FatalError(f"the output stream cannot be written: {error.strerror}") from None
        return StreamDelivery()

    def full(self) -> bool:
        return False

    def flush(self, timeout_s: float) -> bool:
        return True

    @property
    def window_used_bytes(self) -> int:
        return 0

    def connected(self) -> bool:
        return True

    def close(self) -> None:
        """stdout belongs to the process."""
