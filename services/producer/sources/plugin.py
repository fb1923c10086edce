"""Takes the pictures that a plug-in gives."""

import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager

import numpy as np
from av.video.frame import VideoFrame

from services.producer.plan import Plan
from services.producer.sources.plugin_function import called
from services.producer.sources.shots import Shot, Shots, SourceError, Wants
from services.producer.sources.urls import Source


@contextmanager
def open_plugin(source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
    """Raises SourceError while the pictures are read, whatever the function does."""
    with closing(_shots(source, plan.camera, wants)) as shots:
        yield shots


def _shots(source: Source, camera: str, wants: Wants) -> Generator[Shot, None, None]:
    began_s = time.monotonic()
    pictures = _guarded(source.label, called(source.target, camera))
    with closing(pictures):
        for given in pictures:
            media_s = time.monotonic() - began_s
            wanted = given is not None and wants(media_s)
            yield Shot(media_s, _picture(source.label, given) if wanted else None)


def _guarded(label: str, call: Callable[[], object]) -> Generator[object, None, None]:
    """What it gives. Its errors are the camera's trouble, SystemExit too."""
    try:
        pictures = call()
        if not isinstance(pictures, Iterable):
            raise TypeError(f"expected a generator of pictures, got {type(pictures).__name__}")
        try:
            yield from pictures
        finally:
            if callable(close := getattr(pictures, "close", None)):
                close()
    except (Exception, SystemExit) as error:
        raise SourceError(f"{label}: {type(error).__name__}: {str(error)[:200]}", "read error") from error


def _picture(label: str, given: object) -> VideoFrame | bytes:
    if isinstance(given, bytes | bytearray | memoryview):
        return bytes(given)
    if isinstance(given, np.ndarray) and given.dtype == np.uint8 and given.ndim == 3 and given.shape[2] == 3:
        return VideoFrame.from_ndarray(np.ascontiguousarray(given), "bgr24")
    came = f"{given.dtype} {given.shape}" if isinstance(given, np.ndarray) else type(given).__name__
    raise SourceError(f"{label}: expected a JPEG or an array (H, W, 3) uint8, got {came}", "read error")
