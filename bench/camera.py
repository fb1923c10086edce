"""The producer's own work: against decoding and coding by hand, and on pictures that a camera has coded already."""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import count, islice
from pathlib import Path

import av
import simplejpeg
from av.video.stream import VideoStream

from bench.compare import Compared, Measured, beside, compare
from libs.common.clock import SystemClock
from libs.common.images import image_crc
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.shots import Shot, Shots, Wants
from services.producer.sources.urls import Source

CLIP = Path(__file__).resolve().parents[1] / "deploy" / "demo" / "street.mp4"
FRAMES = 60
RATE = 25
PASSED_ON_MS = 0.6
METADATA = b"\xff\xe1\x10\x02Exif\0\0" + bytes(4090) + b"\xff\xfe\x00\x10a comment here"
"""As much as a webcam writes."""


def producer_rows() -> list[Compared]:
    """H.264 as it lies there, and at 720p."""
    with tempfile.TemporaryDirectory() as folder:
        larger = Path(folder) / "720p.mp4"
        enlarge(larger, 1280, 720)
        return [
            _decode_and_encode(CLIP, f"producer / decode and encode, {FRAMES} frames", 1.1),
            _decode_and_encode(larger, f"producer / decode and encode, {FRAMES} of 720p", 1.15),
        ]


def _decode_and_encode(clip: Path, name: str, limit: float) -> Compared:
    def ours() -> None:
        frames = produce(Plan(url=str(clip), camera="street", speed=0), SystemClock(), lambda seconds: False)
        for _ in islice(frames, FRAMES):
            pass
        frames.close()

    def bare() -> None:
        with av.open(str(clip)) as opened:
            for picture in islice(opened.decode(video=0), FRAMES):
                simplejpeg.encode_jpeg(picture.to_ndarray(format="bgr24"), 85, "BGR", "420", fastdct=True)

    return compare(name, ours, bare, 1, limit)


def enlarge(target: Path, width: int, height: int) -> None:
    """The first frames of the clip in another size."""
    with av.open(str(CLIP)) as clip, av.open(str(target), "w") as film:
        stream = film.add_stream("libx264", RATE, options={"preset": "veryfast"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number, picture in enumerate(islice(clip.decode(video=0), FRAMES)):
            scaled = picture.reformat(width, height, "yuv420p")
            scaled.pts, scaled.time_base = number, Fraction(1, RATE)
            film.mux(stream.encode(scaled))
        film.mux(stream.encode(None))


def jpeg_source_figure(jpeg: bytes) -> Measured:
    """From the camera's bytes to the message: cleaned, looked through, numbered; beside a checksum of the same."""
    from_camera = jpeg[:2] + METADATA + jpeg[2:]

    @contextmanager
    def opened(source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
        yield (Shot(time.monotonic(), from_camera if wants(number) else None) for number in count())

    frames = produce(Plan(url="rtsp://camera/", camera="street"), SystemClock(), lambda seconds: False, opener=opened)
    for _ in range(10):
        next(frames)

    def bare() -> None:
        image_crc(from_camera)

    return beside("producer of a JPEG source, own step", lambda: next(frames), bare, 300, PASSED_ON_MS)
