"""A camera's web server: whether an address gives a stream of JPEG or one picture at a time, its answer says."""

import logging
import time
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import chain

from av.video.frame import VideoFrame

from libs.common.clock import Clock, SystemClock
from services.producer.plan import Plan
from services.producer.sources.http_client import HttpClient
from services.producer.sources.http_picture import is_stream, single
from services.producer.sources.mjpeg import streamed
from services.producer.sources.shots import Shot, Shots, Wants
from services.producer.sources.snapshot import period_s, polled
from services.producer.sources.urls import Source

log = logging.getLogger(__name__)


@contextmanager
def open_http(source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
    """Asks for nothing before a picture is wanted. Raises SourceError while the pictures are read."""
    insecure = plan.tls_insecure and source.target.lower().startswith("https:")
    if insecure:
        _warn(source.label)
    with closing(HttpClient(source.label, source.target, insecure)) as client:
        camera = HttpCamera(source.label, client, wants, SystemClock())
        with closing(camera.shots(period_s(plan))) as shots:
            yield shots


@lru_cache(maxsize=1024)
def _warn(label: str) -> None:
    """Once, however often it is opened."""
    log.warning(
        "%s: --tls-insecure: its certificate is not checked, so others can pose as it and read the login", label
    )


class HttpCamera:
    """One opening of it."""

    def __init__(self, label: str, client: HttpClient, wants: Wants, clock: Clock) -> None:
        self._label, self._client, self._wants, self._clock = label, client, wants, clock
        self._began_s = clock.monotonic_s()
        self._stream: Iterator[bytes] | None = None

    def shots(self, every_s: float) -> Generator[Shot, None, None]:
        """Single pictures until an answer is a stream, and then its pictures."""
        yield from polled(self._one, self._wants, every_s, self._clock, time.sleep)
        wanted = True  # the first one: for it the camera was asked
        for jpeg in streamed(self._label, self._stream or (), self._clock):
            media_s = self._clock.monotonic_s() - self._began_s
            yield Shot(media_s, jpeg if wanted or self._wants(media_s) else None)
            wanted = False

    def _one(self) -> VideoFrame | bytes | None:
        """The picture; None where it is a stream."""
        with self._client.in_time():
            answer = self._client.get()
            head = next(answer.chunks, b"")
            chunks = chain([head], answer.chunks)
            if is_stream(answer, head):
                self._stream = chunks
                return None
            picture = single(self._label, answer, chunks, head)
            self._client.finish()
            return picture
