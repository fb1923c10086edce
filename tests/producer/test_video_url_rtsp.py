"""A real camera's two streams: each goes on whatever happens to the other."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from libs.common.messages import End, Frame, Segment, Status
from libs.common.video_end import VideoEnd
from services.producer.plan import Plan
from tests.producer.conftest import RtspCamera
from tests.producer.films import joined, pictures
from tests.producer.fleet_rig import until
from tests.producer.two_streams import Followed, following

WITHIN_S = 30.0


@pytest.fixture
def main_stream(needs_gstreamer: None) -> Iterator[RtspCamera]:
    """What is recorded; `camera` is what is looked at."""
    made = RtspCamera()
    yield made
    made.kill()


def keys(followed: Followed, boot: str) -> list[Segment]:
    """The key segments of a boot."""
    return [segment for segment in followed.segments() if segment.key and segment.boot == boot]


def states(followed: Followed) -> list[str]:
    """As they were told, each only when it changed."""
    told = [message.state for message in list(followed.sent) if isinstance(message, Status)]
    return [state for before, state in pairwise(["", *told]) if state != before]


def test_one_dies_the_other_goes_on(camera: RtspCamera, main_stream: RtspCamera) -> None:
    """The recording stops and begins anew while frames come without a gap; then the other way round."""
    plan = Plan(url=camera.url(), video_url=main_stream.url(), camera="porch", video=True)
    with following(plan) as found:
        until(lambda: found.frames() and len(found.segments()) >= 4, WITHIN_S)
        main_stream.kill()
        until(lambda: found.boots(VideoEnd), WITHIN_S)
        before = len(found.frames())
        main_stream.start()
        until(lambda: len(found.boots(Segment)) == 2, WITHIN_S)
        assert len(found.frames()) > before
        assert [frame.seq for frame in found.frames()] == list(range(len(found.frames())))
        assert (len(found.boots(Frame)), found.boots(End), states(found)) == (1, [], ["connected"])

        second = found.boots(Segment)[1]
        camera.kill()
        until(lambda: states(found) == ["connected", "disconnected"], WITHIN_S)
        camera.start()
        before = len(keys(found, second))
        until(lambda: len(keys(found, second)) >= before + 2, WITHIN_S)
        assert found.boots(Segment)[1:] == [second]
        whole = [segment for segment in found.segments() if segment.boot == second]
        assert len(pictures(joined(whole))) == pytest.approx(sum(each.duration_ns for each in whole) / 1e8, abs=3)
        assert found.counted["unreachable"] + found.counted["connection-lost"] + found.counted["stalled"] >= 2


def test_frames_and_segments_are_lined_up_by_time(camera: RtspCamera) -> None:
    """A key frame, one each second, read twice, was captured at the same time, though the two share no boot."""
    plan = Plan(url=camera.url(), video_url=camera.url(), camera="porch", video=True, key_frames="only")
    with camera.looked_at(), following(plan) as found:
        until(lambda: len([each for each in found.segments() if each.key]) >= 4 and len(found.frames()) >= 4, WITHIN_S)
        captured = [frame.captured_at for frame in found.frames()]
        begun = [segment.start_at for segment in found.segments() if segment.key]
    begun = [at for at in begun if captured[0] - 150_000_000 < at < captured[-1] + 150_000_000]
    assert len(begun) >= 3
    apart = [min(abs(at - each) for each in captured) for at in begun]
    assert max(apart) < 150_000_000
    assert set(found.boots(Frame)).isdisjoint(found.boots(Segment))


def test_a_second_stream_that_is_not_there_is_said_once(camera: RtspCamera, caplog: pytest.LogCaptureFixture) -> None:
    """And counted each time it was tried; frames come."""
    nobody = camera.url("viewer:horse@").replace(str(camera.port), "1")
    plan = Plan(url=camera.url(), video_url=nobody, camera="porch", video=True)
    with following(plan) as found:
        until(lambda: found.counted["unreachable"] >= 3 and found.frames(), WITHIN_S)
    lines = [record.getMessage() for record in caplog.records if "video of its own" in record.getMessage()]
    warned = [record for record in caplog.records if record.levelname == "WARNING"]
    assert len([line for line in lines if "trying again" in line]) == len(lines)
    assert len([record for record in warned if record.getMessage() in lines]) == 1
    assert "horse" not in caplog.text
