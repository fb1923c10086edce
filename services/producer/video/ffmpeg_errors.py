"""What FFmpeg's errors mean for a source: said without their file name, which holds the password of a camera."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EIO

import av

from services.producer.sources.shots import SourceError
from services.producer.sources.urls import Source


@contextmanager
def errors_told(source: Source, opening: bool = False) -> Iterator[None]:
    """Raises SourceError instead; `opening`: nothing has come of it yet."""
    try:
        yield
    except av.error.FFmpegError as error:
        text, reason = _told(error, source.live, opening)
        raise SourceError(f"{source.label}: {text}", reason) from None


def _told(error: av.error.FFmpegError, live: bool, opening: bool) -> tuple[str, str]:
    if isinstance(error, av.error.ExitError | av.error.TimeoutError):
        return "no answer, no data", "stalled"
    if isinstance(error, av.error.HTTPUnauthorizedError | av.error.HTTPForbiddenError):
        return "user name or password refused", "refused"
    if isinstance(error, av.error.HTTPNotFoundError):
        return "no such stream", "not found"
    text = error.strerror or "FFmpeg failed"
    if isinstance(error, av.error.HTTPError | av.error.HTTPClientError):
        return text, "camera error"
    if not live:
        return text, "read error"
    if opening and isinstance(error, av.error.InvalidDataError):
        return "no answer that a camera would give", "no answer"
    if opening and error.errno == EIO:
        return "no such host, or it breaks off", "unreachable"
    return text, "unreachable" if opening else "connection lost"
