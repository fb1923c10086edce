"""Little films whose pictures say their number, and what is picked of them."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from services.producer.plan import Plan
from services.producer.sampling import Sampler
from services.producer.sources.shots import MediaTime, Shot
from services.producer.video.decoder import Decoder
from services.producer.video.feed import Feed, Picker
from services.producer.video.pickers import picker_of
from services.producer.video.reference_time import ReferenceTime

WIDTH, HEIGHT, BITS = 128, 64, 8
FPS = 25
CODECS = {"plain": "bframes=0", "b": "bframes=2:b-pyramid=none:b-adapt=0", "pyramid": "bframes=3:b-pyramid=normal"}
"""How x264 is told to code them; `plain` has no pictures that no other refers to."""


def drawn(number: int) -> VideoFrame:
    """Its bits as columns, black and white."""
    grey = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    for bit in range(BITS):
        grey[:HEIGHT, bit * 16 :][:, :16] = 220 if number >> bit & 1 else 30
    return VideoFrame.from_ndarray(grey, "yuv420p")


def number_of(frame: VideoFrame) -> int:
    """What `drawn` drew."""
    luma = np.frombuffer(memoryview(frame.planes[0]), np.uint8).reshape(-1, frame.planes[0].line_size)
    return sum(1 << bit for bit in range(BITS) if luma[HEIGHT // 2, bit * 16 + 8] > 128)


def film(path: Path, count: int = 100, codec: str = "libx264", more: str = CODECS["b"], group: int = 25) -> Path:
    """`count` pictures, 25 a second, a key frame each second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, FPS)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.gop_size = group
        if codec == "libx264":
            stream.options = {"x264-params": f"keyint={group}:min-keyint={group}:scenecut=0:{more}"}
        for number in range(count):
            frame = drawn(number)
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


class CountingDecoder(Decoder):
    """Counts the pictures that FFmpeg decodes."""

    def __init__(self, stream: VideoStream) -> None:
        super().__init__(stream, "film")
        self.decoded: list[int] = []

    def _decoded(self, packet: "Packet[VideoStream] | None") -> list[VideoFrame]:
        frames = super()._decoded(packet)
        self.decoded += [number_of(frame) for frame in frames]
        return frames


class Picked:
    """What a plan makes of a film: each shot, the numbers of the pictures sent, and those that were decoded."""

    def __init__(self, path: Path, plan: Plan, everything: bool = False) -> None:
        """`everything`: decode all, whatever the plan says."""
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            decoder = CountingDecoder(stream)
            feed = Feed(decoder, MediaTime(FPS), ReferenceTime(), Sampler(plan.every, plan.fps).wants)
            picker = picker_of(Plan(url="", camera="c") if everything else plan, feed, stream)
            self.shots = list(_all(picker, container.demux(stream)))
        self.decoded = decoder.decoded
        self.sent = [(round(shot.media_s, 3), number_of(shot.picture)) for shot in self.shots if shot.picture]


def _all(picker: Picker, packets: Iterator["Packet[VideoStream]"]) -> Iterator[Shot]:
    for packet in packets:
        yield from picker.take(packet) if packet.size else picker.finish()
