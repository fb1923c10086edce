"""From the spool to the bus: what one process of ftp-ingest does with the pictures that it took."""

import threading
from collections.abc import Callable, Collection, Iterator
from itertools import chain

from libs.common import service
from libs.common.bus import Reader
from libs.common.bus_stream import STREAM
from libs.common.messages import Message, Producer
from libs.common.registry.registry import registry_of
from services.ftp_ingest.cameras import Cameras
from services.ftp_ingest.inbox import Published
from services.ftp_ingest.ingest import Found, Ingest
from services.ftp_ingest.sent_before import SentBefore, span_of
from services.ftp_ingest.settings import Settings
from services.ftp_ingest.spool.alive import Alive
from services.ftp_ingest.spool.kept import kept_of
from services.ftp_ingest.spool.leaving import Leaving
from services.ftp_ingest.spool.spool import Spool
from services.ftp_ingest.tray import Tray


class Drain:
    """Brings what lies in the spool to the bus, from the moment it is made until it is closed."""

    def __init__(self, settings: Settings, process: service.Service, spool: Spool, tray: Tray) -> None:
        """Raises FatalError where pictures are to be kept and cannot be."""
        self._settings, self._process, self._spool, self._tray = settings, process, spool, tray
        self._leaving = Leaving(spool, kept_of(settings.keep_path), process.clock)
        self._alive = Alive(spool.path, process.clock)
        self._over = threading.Event()
        process.health.resting = lambda: True

    def run(self, names: Callable[[], Collection[str]], published: Published) -> None:
        """Until stopped. Raises FatalError where another producer has one of the cameras."""
        settings, process = self._settings, self._process
        sides = settings.sides()
        cameras = Cameras(names, process.clock, settings.silent_after)
        beat, removed = process.health.beat, self._tray.removed
        ingest = Ingest(self._spool, self._leaving, cameras, self._found(), beat, published, removed)
        registry = registry_of(settings.kafka(), sides[Producer], process.instance, process.clock, cameras.names)

        def farewell() -> Iterator[Message]:
            # What comes now would be a picture of a boot that has ended.
            self._tray.close()
            return chain(ingest.farewell(), registry.over())

        try:
            registry.begin(cameras.names(), settings.takeover)
            messages = registry.through(ingest.messages(registry.news))
            process.run_source(settings, messages, False, sides, farewell, ingest.settled)
        finally:
            registry.close()

    def _found(self) -> Found:
        """What the last process had sent."""
        left = [entry for entry in self._spool.left if not entry.sent]
        if not left or self._settings.topic == STREAM:
            return set
        span = span_of(left, self._alive.last_ns)
        looking = SentBefore(self._connect, self._settings.topic, left, span, self._over)
        looking.start()
        return lambda: looking.found

    def _connect(self) -> Reader:
        from libs.common.kafka_tail import tail_of

        return tail_of(self._settings.kafka(), self._settings.topic, "framebus-ftp-ingest-back")()[0]

    def close(self) -> None:
        self._over.set()
        self._alive.close()
