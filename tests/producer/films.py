"""Films for tests of encoded video, and what is in a transport stream."""

import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import av.logging
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from libs.common.messages import Message, Segment
from libs.common.testing import FakeClock
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.producer.scripted import FakeWait

PLAIN = {"bf": "0", "preset": "ultrafast", "sc_threshold": "0"}
REORDERED = {"bf": "2", "b_strategy": "0", "preset": "veryfast", "sc_threshold": "0"}
X265 = {"preset": "ultrafast", "x265-params": "log-level=error:scenecut=0:bframes=2:keyint=10"}
MUCH = {"probesize": "50000000"}
"""Else FFmpeg warns that so large pictures are too few to tell their rate."""
TONE_HZ = 500


@dataclass(frozen=True)
class Film:
    """How to make one: `codec` and `options` are an encoder's."""

    codec: str = "libx264"
    options: dict[str, str] = field(default_factory=lambda: PLAIN)
    count: int = 35
    group: int = 10
    size: tuple[int, int] = (128, 96)
    rate: int = 10
    noise: bool = False
    sound: str | None = None
    sound_rate: int = 8000

    def write(self, path: Path) -> Path:
        """A bar that goes from left to right, and a tone."""
        with av.open(str(path), "w") as container:
            stream = container.add_stream(self.codec, self.rate, options=dict(self.options))
            assert isinstance(stream, VideoStream)
            stream.width, stream.height = self.size
            stream.pix_fmt, stream.gop_size = "yuv420p", self.group
            tone = container.add_stream(self.sound, self.sound_rate, layout="mono") if self.sound else None
            for n in range(self.count):
                container.mux(stream.encode(self._picture(n)))
                if isinstance(tone, AudioStream):
                    container.mux(tone.encode(self._tone(n)))
            container.mux(stream.encode(None))
            if isinstance(tone, AudioStream):
                container.mux(tone.encode(None))
        return path

    def _picture(self, n: int) -> VideoFrame:
        width, height = self.size
        if self.noise:
            noise = np.random.default_rng(n).integers(0, 255, (height * 3 // 2, width), np.uint8)
            return VideoFrame.from_ndarray(noise, "yuv420p")
        image = np.full((height, width, 3), 60, np.uint8)
        image[:, n * 3 % width :][:, :20] = 200
        return VideoFrame.from_ndarray(image, "bgr24").reformat(format="yuv420p")

    def _tone(self, n: int) -> AudioFrame:
        samples = self.sound_rate // self.rate
        at = np.arange(n * samples, (n + 1) * samples) / self.sound_rate
        sound = AudioFrame.from_ndarray((np.sin(2 * np.pi * TONE_HZ * at) * 9000).astype(np.int16)[None], "s16", "mono")
        sound.rate, sound.pts = self.sound_rate, n * samples
        return sound


def messages_of(path: Path, **fields: object) -> list[Message]:
    """All that a file gives, with its segments."""
    clock = FakeClock()
    plan = Plan(**{"url": str(path), "camera": "porch", "speed": 0.0, "video": True, **fields})  # type: ignore[arg-type]
    return list(produce(plan, clock, FakeWait(clock)))


def segments_of(path: Path, **fields: object) -> list[Segment]:
    """Those alone."""
    return [message for message in messages_of(path, **fields) if isinstance(message, Segment)]


def joined(segments: Iterable[Segment]) -> bytes:
    """What an archiver would write into a file."""
    return b"".join(segment.data for segment in segments)


def pictures(source: Path | bytes) -> list[bytes]:
    """The decoded pictures in the order in which they are shown; nothing may be wrong with the stream."""
    level = av.logging.get_level()
    av.logging.set_level(av.logging.WARNING)
    try:
        with av.logging.Capture() as said:
            found = [frame.to_ndarray(format="yuv420p").tobytes() for frame in _frames(source)]
    finally:
        av.logging.set_level(level)
    assert said == []
    return found


def _frames(source: Path | bytes) -> Iterator[VideoFrame]:
    opened = io.BytesIO(source) if isinstance(source, bytes) else str(source)
    with av.open(opened, format="mpegts" if isinstance(source, bytes) else None, options=MUCH) as container:
        container.streams.video[0].codec_context.options = {"err_detect": "explode"}
        last_s = -1.0
        for frame in container.decode(video=0):
            if isinstance(source, bytes):
                assert frame.time is not None
                assert frame.time > last_s
                last_s = frame.time
            yield frame


def packets(data: bytes) -> list[bytes]:
    """Of a transport stream."""
    assert len(data) % 188 == 0
    found = [data[at : at + 188] for at in range(0, len(data), 188)]
    assert {packet[0] for packet in found} <= {0x47}
    return found


def pid(packet: bytes) -> int:
    """Which stream or table it is of."""
    return (packet[1] & 0x1F) << 8 | packet[2]


def breaks(data: bytes) -> Counter[int]:
    """By stream or table, how often its counter does not go on."""
    last: dict[int, int] = {}
    found: Counter[int] = Counter()
    for packet in packets(data):
        count, has_payload = packet[3] & 15, bool(packet[3] & 0x10)
        if has_payload and count != (last.get(pid(packet), count - 1) + 1) & 15:
            found[pid(packet)] += 1
        last[pid(packet)] = count
    return found


def first_picture(data: bytes) -> bytes:
    """As it is coded: what the stream's first packets carry, without their headers (ISO/IEC 13818-1, 2.4.3)."""
    found = b""
    for packet in packets(data):
        begins = bool(packet[1] & 0x40)
        if pid(packet) != 0x100:
            continue
        if begins and found:
            break
        payload = packet[4 + (1 + packet[4] if packet[3] & 0x20 else 0) :]
        found += payload[9 + payload[8] :] if begins else payload
    return found


def loudest_hz(data: bytes) -> float:
    """Of the sound in a transport stream."""
    with av.open(io.BytesIO(data), format="mpegts") as container:
        sounds = list(container.decode(audio=0))
    wave = np.concatenate([frame.to_ndarray().astype(float).mean(axis=0) for frame in sounds])
    strength = np.abs(np.fft.rfft(wave * np.hanning(len(wave))))
    return float(np.fft.rfftfreq(len(wave), 1 / sounds[0].sample_rate)[int(strength.argmax())])
