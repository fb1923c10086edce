"""The source: which messages come of which pictures, and when."""

from collections.abc import Iterable
from itertools import islice, pairwise

import numpy as np
import pytest
from av.video.frame import VideoFrame

from libs.common import images
from libs.common.errors import FatalError
from libs.common.messages import End, Frame, Message
from libs.common.testing import FakeClock
from services.producer.pictures.resize import Resize
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.shots import Open
from tests.producer.scripted import FakeWait, Openings, pictured

CLIP = "deploy/demo/street.mp4"
START_NS = FakeClock().wall_ns
TENTH_NS = 100_000_000


@pytest.fixture
def wait() -> FakeWait:
    """Waits without sleeping."""
    return FakeWait(FakeClock())


def play(wait: FakeWait, plan: Plan) -> tuple[list[Frame], list[End]]:
    """All messages of the plan's own source."""
    return split(produce(plan, wait.clock, wait))


def scripted(wait: FakeWait, plan: Plan, opener: Open) -> tuple[list[Frame], list[End]]:
    """All messages of a scripted source."""
    return split(produce(plan, wait.clock, wait, opener=opener))


def split(messages: Iterable[Message]) -> tuple[list[Frame], list[End]]:
    """Frames and ends."""
    every = list(messages)
    return [m for m in every if isinstance(m, Frame)], [m for m in every if isinstance(m, End)]


def tenths(count: int) -> list[float]:
    """Media times of a file with 10 pictures a second."""
    return [i / 10 for i in range(count)]


def plan(**fields: object) -> Plan:
    """A plan for the camera "porch"."""
    return Plan(**{"url": CLIP, "camera": "porch", **fields})  # type: ignore[arg-type]


def test_every_picture_of_the_clip_arrives_once_with_its_time(wait: FakeWait) -> None:
    """795 pictures, a tenth of a second apart to the nanosecond, then the end."""
    frames, ends = play(wait, plan(speed=0.0, resize=Resize(factor=0.25)))
    assert [frame.seq for frame in frames] == list(range(795))
    assert [frame.captured_at - START_NS for frame in frames] == [i * TENTH_NS for i in range(795)]
    assert {(frame.width, frame.height, frame.image_by, frame.camera) for frame in frames} == {
        (192, 144, "framebus", "porch")
    }
    assert [(end.boot, end.last_seq, end.reason) for end in ends] == [(frames[0].boot, 794, "end of file")]
    assert len({frame.image for frame in frames}) == 795


def test_a_picture_is_sent_in_its_own_size_as_a_plain_jpeg(wait: FakeWait) -> None:
    """The header says what the message says."""
    frames, _ = play(wait, plan(speed=0.0, every=795))
    info = images.read_header(frames[0].image)
    assert (info.width, info.height, info.plain) == (frames[0].width, frames[0].height, True) == (768, 576, True)
    assert images.decode(frames[0].image).std() > 30


@pytest.mark.parametrize("every", [1, 2, 3, 7, 10, 39, 40, 41])
def test_one_of_every_n_pictures_is_sent_the_first_one_included(wait: FakeWait, every: int) -> None:
    """Pictures left out on purpose are not counted as captured."""
    frames, _ = scripted(wait, plan(every=every), Openings(wait, tenths(40)))
    assert [frame.captured_at - START_NS for frame in frames] == [i * TENTH_NS for i in range(0, 40, every)]
    assert [frame.seq for frame in frames] == list(range(len(frames)))


@pytest.mark.parametrize(
    ("fps", "sent"),
    [
        (100.0, list(range(40))),
        (10.0, list(range(40))),
        (5.0, list(range(0, 40, 2))),
        (4.0, [0, 3, 5, 8, 10, 13, 15, 18, 20, 23, 25, 28, 30, 33, 35, 38]),
        (1.0, [0, 10, 20, 30]),
        (0.5, [0, 20]),
        (0.1, [0]),
    ],
)
def test_at_most_so_many_pictures_per_second_are_sent(wait: FakeWait, fps: float, sent: list[int]) -> None:
    """Of 10 per second, by the time of the video."""
    frames, _ = scripted(wait, plan(fps=fps), Openings(wait, tenths(40)))
    assert [(frame.captured_at - START_NS) // TENTH_NS for frame in frames] == sent


@pytest.mark.parametrize("speed", [0.5, 1.0, 4.0])
def test_a_file_plays_at_its_speed(wait: FakeWait, speed: float) -> None:
    """Each picture comes exactly when it is due, and that is its time."""
    messages = pictured(produce(plan(speed=speed), wait.clock, wait, opener=Openings(wait, tenths(20))))
    for i, frame in zip(range(20), messages, strict=False):
        assert isinstance(frame, Frame)
        assert frame.captured_at - START_NS == round(i * TENTH_NS / speed)
        assert wait.clock.now_ns() == pytest.approx(frame.captured_at, abs=1000)


def test_a_late_file_catches_up_without_waiting(wait: FakeWait) -> None:
    """A reader that took three seconds finds the next pictures due; their times stay even."""
    frames, _ = scripted(wait, plan(), Openings(wait, [0.0, lambda: wait.clock.advance(3), 0.1, 0.2, 5.0]))
    assert wait.waits_s == pytest.approx([0, 0, 0, 2])
    assert [frame.captured_at - START_NS for frame in frames] == [0, TENTH_NS, 2 * TENTH_NS, 50 * TENTH_NS]


def test_at_speed_zero_nothing_waits(wait: FakeWait) -> None:
    """As fast as it can."""
    scripted(wait, plan(speed=0.0), Openings(wait, tenths(20)))
    assert set(wait.waits_s) == {0.0}


def test_a_stop_ends_the_boot_and_the_iterator(wait: FakeWait) -> None:
    """Between two pictures, with loop too."""
    wait.stop_after = 6
    frames, ends = scripted(wait, plan(loop=True), Openings(wait, tenths(20)))
    assert len(frames) == 5
    assert [(end.last_seq, end.reason) for end in ends] == [(4, "stopped")]


def test_a_loop_is_a_new_boot_each_time(wait: FakeWait) -> None:
    """Counting begins again, time does not."""
    wait.stop_after = 25
    frames, ends = scripted(wait, plan(loop=True), Openings(wait, tenths(10), tenths(10), tenths(10)))
    assert [frame.seq for frame in frames] == [*range(10), *range(10), *range(4)]
    assert [end.reason for end in ends] == ["end of file", "end of file", "stopped"]
    assert len({frame.boot for frame in frames}) == len({end.boot for end in ends}) == 3
    times = [frame.captured_at for frame in frames]
    assert times == sorted(times)


@pytest.mark.parametrize("url", [CLIP, "rtsp://camera/1"])
@pytest.mark.parametrize("step_s", [-3600, 2.5])
def test_a_step_of_the_clock_begins_a_new_boot(wait: FakeWait, url: str, step_s: float) -> None:
    """Old and new times never mix in one boot; the file itself plays on."""

    def step() -> None:
        wait.clock.wall_ns += round(step_s * 1e9)

    script = [0.0, 0.1, step, 0.2, 0.3]
    messages = list(islice(pictured(produce(plan(url=url), wait.clock, wait, opener=Openings(wait, script))), 5))
    kinds = [(type(m).__name__, m.seq if isinstance(m, Frame) else m.reason) for m in messages]
    assert kinds == [("Frame", 0), ("Frame", 1), ("End", "clock step"), ("Frame", 0), ("Frame", 1)]
    assert messages[1].boot == messages[2].boot != messages[3].boot
    third = messages[3]
    assert isinstance(third, Frame)
    assert abs(third.captured_at - START_NS - round(step_s * 1e9)) <= TENTH_NS


def test_a_small_correction_of_the_clock_changes_nothing(wait: FakeWait) -> None:
    """Times follow the monotonic clock within a boot."""

    def slew() -> None:
        wait.clock.wall_ns -= 1_900_000_000

    frames, ends = scripted(wait, plan(), Openings(wait, [0.0, slew, 0.1]))
    assert [frame.captured_at - START_NS for frame in frames] == [0, TENTH_NS]
    assert len(ends) == 1


def test_live_times_are_never_later_than_arrival_and_strictly_rise(wait: FakeWait) -> None:
    """The wall clock at the start plus monotonic time, less the delay that the stream's own pace shows."""
    script = [0.0, 0.1, lambda: wait.clock.advance(0.25), 0.2, 0.5]
    frames, _ = scripted(wait, plan(url="rtsp://camera/1"), Openings(wait, script))
    times = [(frame.captured_at - START_NS) / 1e9 for frame in frames]
    assert times == pytest.approx([0, 1e-9, 0.1, 0.25], abs=1e-4)
    assert all(later > earlier for earlier, later in pairwise(times))


def test_a_lost_camera_ends_its_boot_and_is_opened_again(wait: FakeWait) -> None:
    """For ever, each time as a new boot."""
    scripts = ([0.0, 0.1, "stalled"], "refused", [0.0], [0.0, "connection lost"])
    frames, ends = scripted(wait, plan(url="rtsp://camera/1"), Openings(wait, *scripts))
    assert [frame.seq for frame in frames] == [0, 1, 0, 0]
    assert [(end.last_seq, end.reason) for end in ends] == [
        (1, "stalled"),
        (0, "connection lost"),
        (0, "connection lost"),
    ]
    assert [end.boot for end in ends] == list(dict.fromkeys(frame.boot for frame in frames))


def test_a_stop_while_a_camera_is_away_ends_the_iterator(wait: FakeWait) -> None:
    """Nothing was seen, so there is nothing to end."""
    wait.stop_after = 3
    assert scripted(wait, plan(url="rtsp://c/1"), Openings(wait, *["away"] * 9)) == ([], [])


def test_a_file_that_breaks_off_ends_its_boot_and_the_service(wait: FakeWait) -> None:
    """What came before stays; the operator is told."""
    messages = pictured(produce(plan(), wait.clock, wait, opener=Openings(wait, [0.0, "read error"])))
    assert isinstance(next(messages), Frame)
    assert isinstance(next(messages), End)
    with pytest.raises(FatalError, match="read error"):
        next(messages)


def test_a_picture_too_large_for_a_message_is_dropped_and_counted(wait: FakeWait) -> None:
    """It was captured: its number is missing."""
    noise = np.random.default_rng(0).integers(0, 255, (3000 * 3 // 2, 4000), np.uint8)
    script = [0.0, (0.1, VideoFrame.from_ndarray(noise, "yuvj420p")), 0.2]
    dropped: list[str] = []
    frames, ends = split(produce(plan(), wait.clock, wait, dropped.append, Openings(wait, script)))
    assert [frame.seq for frame in frames] == [0, 2]
    assert dropped == ["too-large"]
    assert ends[0].last_seq == 2


def test_why_pictures_are_left_out_is_said_once(wait: FakeWait, caplog: pytest.LogCaptureFixture) -> None:
    """A camera may give nothing else, for months."""
    script = [0.0, (0.1, b"no picture"), (0.2, b"none either"), 0.3]
    dropped: list[str] = []
    frames, _ = split(produce(plan(), wait.clock, wait, dropped.append, Openings(wait, script)))
    assert (len(frames), dropped) == (2, ["bad-picture", "bad-picture"])
    said = [line.getMessage() for line in caplog.records if line.levelname == "WARNING"]
    assert said == ["left out: not a usable JPEG: no JPEG at all"]


def test_the_time_to_make_a_picture_is_told(wait: FakeWait) -> None:
    """Once for each that is captured."""
    took: list[float] = []
    frames, _ = split(produce(plan(), wait.clock, wait, opener=Openings(wait, tenths(3)), took=took.append))
    assert len(took) == len(frames) > 0
