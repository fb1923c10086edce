"""Sound, by choice."""

import io
from pathlib import Path

import av
import pytest

from tests.producer.films import TONE_HZ, Film, breaks, joined, loudest_hz, pictures, segments_of


@pytest.mark.parametrize(
    ("name", "codec", "rate", "heard"),
    [
        ("a.mp4", "aac", 16_000, "aac"),
        ("a.mov", "pcm_alaw", 8000, "aac"),
        ("u.mov", "pcm_mulaw", 8000, "aac"),
        ("a.mkv", "libopus", 48_000, "aac"),
        ("m.mkv", "mp2", 32_000, "mp2"),
        ("odd.mov", "pcm_s16le", 9000, "aac"),
    ],
)
def test_sound_goes_with_the_pictures(tmp_path: Path, name: str, codec: str, rate: int, heard: str) -> None:
    """At the same time, as long as they, in the same pieces; the pictures stay whole."""
    path = Film(sound=codec, sound_rate=rate).write(tmp_path / name)
    data = joined(segments_of(path, audio=True))
    assert breaks(data) == {}
    assert len(pictures(data)) == 35
    assert loudest_hz(data) == pytest.approx(TONE_HZ, abs=10)
    with av.open(io.BytesIO(data), format="mpegts") as container:
        assert container.streams.audio[0].codec_context.name == heard
        times = [(frame.time, frame.time + frame.samples / frame.sample_rate) for frame in container.decode(audio=0)]
    assert times[0][0] == pytest.approx(1.0, abs=0.15)
    assert times[-1][1] == pytest.approx(4.5, abs=0.3)


def test_sound_stays_away_unless_it_is_asked_for(tmp_path: Path) -> None:
    """No stream for it in the tables."""
    path = Film(sound="aac").write(tmp_path / "a.mp4")
    with av.open(io.BytesIO(joined(segments_of(path))), format="mpegts") as container:
        assert [stream.type for stream in container.streams] == ["video"]


def test_a_film_without_sound_is_one_with_sound_asked_for(tmp_path: Path) -> None:
    """Its segments are the same."""
    path = Film().write(tmp_path / "a.mp4")
    assert joined(segments_of(path, audio=True)) == joined(segments_of(path))


def test_sound_that_ends_early_holds_no_pictures_up(tmp_path: Path) -> None:
    """A microphone that falls silent: the segments come as ever."""
    path = tmp_path / "a.mkv"
    Film(sound="aac", count=35).write(path)
    cut = tmp_path / "cut.mkv"
    with av.open(str(path)) as whole, av.open(str(cut), "w") as out:
        into = {stream.index: out.add_stream_from_template(stream) for stream in whole.streams}
        for packet in whole.demux():
            if packet.dts is None or (packet.stream.type == "audio" and packet.pts * packet.time_base > 1):
                continue
            packet.stream = into[packet.stream_index]
            out.mux(packet)
    segments = segments_of(cut, audio=True)
    assert [segment.key for segment in segments] == [True, False] * 3 + [True]
    assert len(pictures(joined(segments))) == 35
