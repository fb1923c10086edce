"""Files as they are found in the world: damaged, turned, of another kind, made to deceive."""

from pathlib import Path

import av
import numpy as np
import pytest
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from libs.common import images
from libs.common.errors import FatalError
from libs.common.messages import Frame
from libs.common.testing import FakeClock
from services.producer.pictures.resize import parse_resize
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.video.video import MediaTime
from tests.producer.scripted import FakeWait

CLIP = Path("deploy/demo/street.mp4")


def frames_of(path: Path, resize: str = "") -> list[Frame]:
    """All frames of a file."""
    clock = FakeClock()
    plan = Plan(url=str(path), camera="c", speed=0.0, resize=parse_resize(resize) if resize else None)
    return [message for message in produce(plan, clock, FakeWait(clock)) if isinstance(message, Frame)]


def write_video(path: Path, width: int, height: int, codec: str = "mpeg4", rotation: int = 0, count: int = 5) -> Path:
    """A film whose upper left quarter is white."""
    picture = np.zeros((height, width, 3), np.uint8)
    picture[: height // 2, : width // 2] = 255
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, 10)
        assert isinstance(stream, VideoStream)
        stream.width, stream.height = width, height
        stream.pix_fmt = "yuvj420p" if codec == "mjpeg" else "yuv420p"
        if rotation:
            stream.set_display_rotation(rotation)
        for _ in range(count):
            container.mux(stream.encode(VideoFrame.from_ndarray(picture, "bgr24").reformat(format=stream.pix_fmt)))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi", "a.ts", "a.mov", "file:b.mp4"])
def test_usual_containers_are_read(tmp_path: Path, name: str) -> None:
    """Five pictures a tenth of a second apart."""
    frames = frames_of(write_video(tmp_path / name, 64, 48))
    assert [frame.captured_at - FakeClock().wall_ns for frame in frames] == [i * 100_000_000 for i in range(5)]


@pytest.mark.parametrize(
    ("rotation", "white"), [(0, (0, 0)), (90, (1, 0)), (-90, (0, 1)), (180, (1, 1))], ids=["0", "90", "-90", "180"]
)
@pytest.mark.parametrize("resize", ["", "0.5"])
def test_a_turned_film_is_sent_upright(tmp_path: Path, rotation: int, white: tuple[int, int], resize: str) -> None:
    """By its display matrix (counter-clockwise); the white quarter goes where a player shows it."""
    frame = frames_of(write_video(tmp_path / "a.mp4", 128, 64, rotation=rotation), resize)[0]
    image = images.decode(frame.image)
    half = 2 if resize else 1
    assert (frame.width * half, frame.height * half) == ((64, 128) if rotation % 180 else (128, 64))
    rows, columns = image.shape[0] // 2, image.shape[1] // 2
    brightness = {(r, c): image[r * rows :][:rows, c * columns :][:, :columns].mean() for r in (0, 1) for c in (0, 1)}
    assert max(brightness, key=lambda place: brightness[place]) == white


def test_a_damaged_film_is_played_without_its_damaged_part(tmp_path: Path) -> None:
    """Packets that cannot be decoded are left out."""
    film = bytearray(CLIP.read_bytes())
    half = len(film) // 2
    film[half : half + 40_000] = b"\xff" * 40_000
    (tmp_path / "b.mp4").write_bytes(film)
    assert 700 < len(frames_of(tmp_path / "b.mp4", "64")) < 795


def test_a_film_cut_off_is_played_to_where_it_breaks(tmp_path: Path) -> None:
    """The clip's first half."""
    (tmp_path / "half.mp4").write_bytes(CLIP.read_bytes()[: CLIP.stat().st_size // 2])
    assert 300 < len(frames_of(tmp_path / "half.mp4", "64")) < 500


@pytest.mark.parametrize("content", [b"", b"no film at all", b"\xff\xd8\xff\xd9" * 99, b"\0" * 99_999])
def test_a_file_that_is_no_film_is_a_clear_error(tmp_path: Path, content: bytes) -> None:
    """One line with its name."""
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(FatalError, match=r"x\.mp4: ."):
        frames_of(tmp_path / "x.mp4")


def test_a_file_that_is_not_there_is_a_clear_error(tmp_path: Path) -> None:
    """Not found, or a folder without pictures."""
    with pytest.raises(FatalError, match=r"nothing\.mp4: No such file"):
        frames_of(tmp_path / "nothing.mp4")
    with pytest.raises(FatalError, match="no picture in it"):
        frames_of(tmp_path)


def test_sound_alone_is_no_film(tmp_path: Path) -> None:
    """Said so."""
    with av.open(str(tmp_path / "a.mkv"), "w") as container:
        stream = container.add_stream("pcm_s16le", 8000, layout="mono")
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), "s16", "mono")
        sound.rate = 8000
        container.mux(stream.encode(sound))
    with pytest.raises(FatalError, match="no video"):
        frames_of(tmp_path / "a.mkv")


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{clip}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile {clip}\n",
        "v=0\no=- 0 0 IN IP4 127.0.0.1\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5000 RTP/AVP 96\na=rtpmap:96 H264/90000\n",
    ],
    ids=["hls", "concat", "sdp"],
)
def test_a_playlist_opens_nothing_else(tmp_path: Path, text: str) -> None:
    """Whatever its name."""
    for name in ("a.m3u8", "a.mp4", "a.sdp"):
        (tmp_path / name).write_text(text.format(clip=CLIP.resolve()))
        with pytest.raises(FatalError):
            frames_of(tmp_path / name)


def test_a_film_of_giant_pictures_is_refused_by_the_decoder(tmp_path: Path) -> None:
    """More than 32 megapixels."""
    with pytest.raises(FatalError, match="no picture can"):
        frames_of(write_video(tmp_path / "a.avi", 8000, 4016, "mjpeg", count=1))


def test_media_time_rises_whatever_the_stream_says() -> None:
    """Missing times, steps back and wild jumps count as one picture."""
    time = MediaTime(rate=10)
    stamps = [5.0, 5.1, 5.1, 4.0, 4.2, None, None, 9.0, 99_999.0, 99_999.5]
    steps = [0, 0.1, 0.1, 0.1, 0.2, 0.1, 0.1, 0.1, 0.1, 0.5]
    expected = np.cumsum(steps).tolist()
    assert [time.at(stamp) for stamp in stamps] == pytest.approx(expected)
