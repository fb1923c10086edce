"""Motion JPEG over HTTP: one picture after the other in an answer that does not end."""

from collections.abc import Iterable, Iterator

from libs.common.clock import Clock
from services.producer.sources.jpeg_cutter import MOST_BYTES, JpegCutter, TooMuchError
from services.producer.sources.shots import SourceError

PICTURE_S = 10.0
"""There must be a whole picture at least so often, however many bytes come: some servers drip."""


def streamed(label: str, chunks: Iterable[bytes], clock: Clock) -> Iterator[bytes]:
    """The whole pictures, as the camera coded them. Raises SourceError where none come."""
    cutter, newest_s = JpegCutter(), clock.monotonic_s()
    try:
        for chunk in chunks:
            for jpeg in cutter.feed(chunk):
                yield jpeg
                newest_s = clock.monotonic_s()
            if clock.monotonic_s() - newest_s > PICTURE_S:
                raise SourceError(f"{label}: data, but no whole picture in {PICTURE_S:g} s", "stalled")
    except TooMuchError:
        raise SourceError(f"{label}: {MOST_BYTES >> 20} MiB without a whole JPEG picture in it", "no video") from None
