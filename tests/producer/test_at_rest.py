"""Key frames only while nothing moves."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from services.producer.plan import Plan
from services.producer.sources.shots import MediaTime
from services.producer.video.decoder import Decoder
from services.producer.video.feed import Feed
from services.producer.video.pickers import picker_of
from services.producer.video.reference_time import ReferenceTime
from services.producer.video.stir import KeyPictures, PacketSizes

FPS, WIDTH, HEIGHT = 10, 320, 240


def scene(number: int, walker: bool, noise: float = 0.6) -> VideoFrame:
    """A noisy room; someone walks through it."""
    random = np.random.default_rng(number)
    luma = 120 + random.normal(0, noise, (HEIGHT, WIDTH))
    if walker:
        luma[100:160, (number * 6) % 280 :][:, :24] = random.integers(60, 255, (15, 6)).repeat(4, 0).repeat(4, 1)
    planes = np.vstack([np.clip(luma, 0, 255).astype(np.uint8), np.full((HEIGHT // 2, WIDTH), 128, np.uint8)])
    frame = VideoFrame.from_ndarray(planes, "yuv420p")
    frame.pts = number
    return frame


def film(path: Path, seconds: int, walks: range, more: str) -> Path:
    """A key frame every two seconds; `walks`: the seconds in which someone walks."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", FPS)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"preset": "ultrafast", "x264-params": f"keyint=20:min-keyint=20:scenecut=0:{more}"}
        for number in range(seconds * FPS):
            container.mux(stream.encode(scene(number, number // FPS in walks)))
        container.mux(stream.encode(None))
    return path


def sent(path: Path) -> list[float]:
    """Seconds at which pictures were sent; all are asked for."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        feed = Feed(Decoder(stream, "film"), MediaTime(FPS), ReferenceTime(), lambda media_s: True)
        picker = picker_of(Plan(url="", camera="c", key_frames="at-rest"), feed, stream)
        shots = [shot for packet in container.demux(stream) for shot in
                 (picker.take(packet) if packet.size else picker.finish())]  # fmt: skip
    times = [shot.media_s for shot in shots]
    assert times == sorted(set(times))
    assert max(np.diff(times)) < 0.5
    return [shot.media_s for shot in shots if shot.picture is not None]


def between(times: list[float], start_s: float, end_s: float) -> int:
    """How many."""
    return sum(start_s <= time < end_s for time in times)


@pytest.mark.parametrize(("more", "at_once"), [("bframes=0", 3), ("bframes=2:b-adapt=0", 0)])
def test_a_walker_is_seen_in_every_picture_and_an_empty_room_in_key_frames(
    tmp_path: Path, more: str, at_once: int
) -> None:
    """It begins awake, falls asleep, wakes at the next key frame at the latest, sleeps five seconds after movement."""
    times = sent(film(tmp_path / "a.mp4", 50, range(23, 27), more))
    assert between(times, 12, 22) == 5
    assert between(times, 24, 27) == 30
    assert between(times, 23, 24) >= at_once
    assert between(times, 38, 50) == 6


def test_where_the_rate_is_constant_the_next_key_frame_tells(tmp_path: Path) -> None:
    """Packets are of one size then, whatever happens: two seconds may pass."""
    constant = "bframes=0:nal-hrd=cbr:bitrate=300:vbv-maxrate=300:vbv-bufsize=60"
    times = sent(film(tmp_path / "a.mp4", 40, range(23, 29), constant))
    assert between(times, 14, 22) <= 8
    assert between(times, 26, 29) == 30


def test_packets_of_two_sizes_are_no_movement() -> None:
    """B-frames are smaller than P-frames, always."""
    sizes = PacketSizes()
    grown = [sizes.grown(3000 if number % 3 == 0 else 500) for number in range(300)]
    assert not any(grown[60:])
    assert any(sizes.grown(6000) for _ in range(6))


def test_more_light_and_noise_are_no_movement_a_small_thing_is() -> None:
    """One key frame against the one before."""
    pictures = KeyPictures()
    assert pictures.changed(scene(0, walker=False))
    assert not pictures.changed(scene(1, walker=False, noise=12))
    brighter = scene(2, walker=False).to_ndarray()
    brighter[:HEIGHT] += 15
    assert not pictures.changed(VideoFrame.from_ndarray(brighter, "yuv420p"))
    assert pictures.changed(scene(3, walker=True))
    assert pictures.changed(scene(9, walker=True))
