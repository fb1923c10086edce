"""Cameras that upload numbered pictures by FTP and remember which were answered with 226."""

import ftplib
import io
import threading
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from libs.common import codec
from libs.common.kafka_settings import KafkaSettings
from libs.common.messages import End, Frame
from services.ftp_ingest.server import passwords
from services.ftp_ingest.server.users import changed
from tests.common.kafka_tools import reading, until
from tests.ftp_ingest.files import jpeg, number_of, tables

CAMERAS = ("gate", "lane", "porch", "yard")
PASSWORD = "horse battery staple"
WIDE = jpeg(0, 3200, 2400)
"""90 KB."""


def numbered(number: int) -> bytes:
    return WIDE.replace(tables(0), tables(number), 1)


def make_users(path: Path) -> None:
    hashed = passwords.hashed(PASSWORD)
    with changed(path) as users:
        users.update(dict.fromkeys(CAMERAS, hashed))


@dataclass
class Uploader:
    """`per_s` pictures in all, one camera after the other, each in its own thread, until it is left."""

    port: int
    per_s: float = 20.0
    answered: dict[str, list[int]] = field(default_factory=dict)
    """Camera -> numbers of the pictures that were answered with 226, in order."""
    put_off: Counter[str] = field(default_factory=Counter)
    """How often each error was met."""
    slowest_s: float = 0.0
    _numbers: Iterable[int] = field(default_factory=lambda: count(1))
    _stop: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> "Uploader":
        self._threads = [threading.Thread(target=self._run, args=(camera,)) for camera in CAMERAS]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def count(self) -> int:
        return sum(map(len, self.answered.values()))

    def until_more(self, pictures: int) -> None:
        """Wait until so many more were answered."""
        enough = self.count + pictures
        until(lambda: self.count > enough, 30 + pictures / self.per_s * 2)

    def _run(self, camera: str) -> None:
        answered = self.answered.setdefault(camera, [])
        next_s, client = time.monotonic(), ftplib.FTP()
        for number in self._numbers:
            if self._stop.wait(max(0.0, next_s - time.monotonic())):
                break
            next_s = max(next_s + len(CAMERAS) / self.per_s, time.monotonic() - 1)
            began_s = time.monotonic()
            try:
                self._log_in(client, camera)
                if client.storbinary(f"STOR {number}.jpg", io.BytesIO(numbered(number))).startswith("226"):
                    answered.append(number)
                    self.slowest_s = max(self.slowest_s, time.monotonic() - began_s)
            except (OSError, EOFError, ftplib.Error) as error:
                self.put_off[str(error) or type(error).__name__] += 1
                client.close()
                client = ftplib.FTP()
                self._stop.wait(0.05)
        client.close()

    def _log_in(self, client: ftplib.FTP, camera: str) -> None:
        if client.sock is None:
            client.connect("127.0.0.1", self.port, timeout=10)
            client.login(camera, PASSWORD)


@dataclass
class Arrived:
    """What lies on the topic."""

    numbers: dict[str, list[int]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    after_end: list[str] = field(default_factory=list)
    """Frames of boots that had ended."""


def arrived(bootstrap: str, topic: str) -> Arrived:
    """All of it, from the beginning to the end."""
    found, ended = Arrived(), set[tuple[str, str]]()
    with reading(KafkaSettings(bootstrap), [topic]) as reader:
        places = set()
        quiet_s = time.monotonic() + 2
        while time.monotonic() < quiet_s or not places or any(reader.lag(place) != 0 for place in places):
            batch = reader.poll(0.2)
            for place in batch.assigned:
                places.add(place)
                reader.seek(place, 0)
            for record in batch.records:
                quiet_s = time.monotonic() + 1
                message = codec.decode(record.value or b"")
                if isinstance(message, End):
                    ended.add((message.camera, message.boot))
                if isinstance(message, Frame):
                    found.ids.append(message.frame_id)
                    found.numbers.setdefault(message.camera, []).append(number_of(message.image))
                    if (message.camera, message.boot) in ended:
                        found.after_end.append(message.frame_id)
    return found
