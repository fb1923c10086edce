"""Frames from one address, segments from another: two films, and neither disturbs the other."""

from pathlib import Path

import pytest

from libs.common.keyed import Gone
from libs.common.messages import End, Event, Frame, Segment, Status
from libs.common.testing import FakeClock
from libs.common.video_end import VideoEnd
from services.producer.plan import Plan
from services.producer.segments.transport_stream import TransportStream
from services.producer.try_camera import try_cameras
from services.producer.video.decoder import Decoder
from tests.producer.films import REORDERED, Film, joined, pictures
from tests.producer.fleet_rig import until
from tests.producer.two_streams import following, to_the_end

SMALL, LARGE = Film(size=(64, 48), count=25), Film(options=REORDERED, size=(320, 240))
BROKEN = b"no film at all " * 100


def plan_of(url: Path, video_url: Path, **fields: object) -> Plan:
    """With segments, as fast as they can."""
    plan = {"url": str(url), "video_url": str(video_url), "camera": "porch", "video": True, "speed": 0.0, **fields}
    return Plan(**plan)  # type: ignore[arg-type]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return SMALL.write(tmp_path / "small.mp4")


@pytest.fixture
def large(tmp_path: Path) -> Path:
    return LARGE.write(tmp_path / "large.mp4")


@pytest.fixture
def long(tmp_path: Path) -> Path:
    """A minute."""
    return Film(size=(64, 48), count=600).write(tmp_path / "long.mp4")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    (tmp_path / "broken.mp4").write_bytes(BROKEN)
    return tmp_path / "broken.mp4"


def test_frames_are_of_one_film_and_segments_of_the_other(small: Path, large: Path) -> None:
    """Picture by picture, from B-frames too; each has a boot of its own, with an end of its own kind."""
    found = to_the_end(plan_of(small, large))
    assert [(frame.width, frame.height) for frame in found.frames()] == [(64, 48)] * 25
    assert pictures(joined(found.segments())) == pictures(large)
    assert found.boots(Frame) == found.boots(End)
    assert found.boots(Segment) == found.boots(VideoEnd)
    assert set(found.boots(Frame)).isdisjoint(found.boots(Segment))
    assert found.failure is None


def test_the_cameras_state_is_that_of_its_frames(small: Path, large: Path) -> None:
    """One event, and the size is that of the pictures that are looked at."""
    found = to_the_end(plan_of(small, large))
    assert [message.kind for message in found.sent if isinstance(message, Event)] == ["camera.connected"]
    states = [message for message in found.sent if isinstance(message, Status)]
    assert (states[0].width, states[0].height) == (64, 48)
    assert [status.state for status in states if status.state != "connected"] == ["ended"]


def test_the_second_stream_is_never_decoded(small: Path, large: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No packet of it comes to a decoder."""
    decoded: list[int] = []
    decode = Decoder.decode
    monkeypatch.setattr(
        Decoder, "decode", lambda self, *given: (decoded.append(self.context.width), decode(self, *given))[1]
    )
    assert pictures(joined(to_the_end(plan_of(small, large)).segments()))
    assert set(decoded) == {64}


def test_a_second_stream_that_cannot_be_read_leaves_the_frames_alone(small: Path, broken: Path) -> None:
    """All of them come; then the process says what was wrong."""
    found = to_the_end(plan_of(small, broken))
    assert len(found.frames()) == 25
    assert found.segments() == []
    assert "broken.mp4" in str(found.failure)


def test_frames_that_cannot_be_read_leave_the_second_stream_alone(broken: Path, large: Path) -> None:
    """And the other way round."""
    found = to_the_end(plan_of(broken, large))
    assert found.frames() == []
    assert pictures(joined(found.segments())) == pictures(large)
    assert "broken.mp4" in str(found.failure)


def test_video_that_no_segment_can_carry_is_said(small: Path, tmp_path: Path) -> None:
    """Else it would be read for nothing."""
    film = Film("mjpeg", {"strict": "unofficial"}).write(tmp_path / "jpegs.avi")
    found = to_the_end(plan_of(small, film))
    assert "no video in it that segments can carry" in str(found.failure)
    assert len(found.frames()) == 25


def test_a_change_touches_the_stream_alone_that_it_is_about(long: Path, large: Path) -> None:
    """New pictures go on beside the old recording; a new recording beside the old pictures."""
    with following(plan_of(long, long, speed=1.0)) as found:
        until(lambda: found.frames() and found.segments())
        found.cameras.follow({"porch": plan_of(long, long, speed=1.0, quality=50)})
        until(lambda: len(found.boots(Frame)) == 2)
        assert len(found.boots(Segment)) == 1
        found.cameras.follow({"porch": plan_of(long, large, speed=1.0, quality=50)})
        until(lambda: len(found.boots(Segment)) == 2)
        assert len(found.boots(VideoEnd)) == 1
        assert len(found.boots(End)) == 1


def test_a_camera_that_is_taken_out_takes_both_with_it(long: Path) -> None:
    """Farewell comes once, after the end of both; without its second address alone there is none."""
    with following(plan_of(long, long, speed=1.0)) as found:
        until(lambda: found.frames() and found.segments())
        found.cameras.follow({"porch": Plan(url=str(long), camera="porch")})
        until(lambda: found.boots(VideoEnd))
        assert not any(isinstance(message, Gone) for message in found.sent)
        found.cameras.follow({"porch": plan_of(long, long, speed=1.0)})
        until(lambda: len(found.boots(Segment)) == 2)
        found.cameras.follow({})
        until(lambda: any(isinstance(message, Gone) for message in found.sent))
        assert isinstance(found.sent[-1], Gone)
        assert found.boots(VideoEnd) == found.boots(Segment)
        assert found.boots(End) == found.boots(Frame)


def test_a_bug_ends_the_boot_of_its_segments(monkeypatch: pytest.MonkeyPatch, long: Path, large: Path) -> None:
    """Readers of segments need not wait for more; it begins anew, and the frames do not notice."""
    put = TransportStream.put
    calls: list[int] = []

    def fails_once(self: TransportStream, packet: object, mark: object) -> object:
        calls.append(1)
        if len(calls) == 20:
            raise ZeroDivisionError
        return put(self, packet, mark)  # type: ignore[arg-type]

    monkeypatch.setattr(TransportStream, "put", fails_once)
    with following(plan_of(long, large, speed=1.0)) as found:
        until(lambda: len(found.boots(Segment)) == 2)
        assert found.boots(VideoEnd) == found.boots(Segment)[:1]
        assert len(found.boots(Frame)) == 1
        assert found.boots(End) == []


def test_check_opens_both(small: Path, large: Path) -> None:
    """A picture of one, a piece of the other."""
    told = try_cameras({"porch": plan_of(small, large)}, FakeClock())
    assert [line.partition(" as ")[2] for line in told] == ["porch: 64x48", "porch: video, h264"]
