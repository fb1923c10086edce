"""A live stream that comes faster than it can be coded: the newest pictures win."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise

from libs.common.messages import Frame
from libs.common.testing import FakeClock
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.shots import Shot, Shots, Wants
from services.producer.sources.urls import Source
from services.producer.video.lag import LONGEST_S, Lag
from tests.producer.scripted import FakeWait, image


class Reader:
    """Reads a camera of `fps` on a clock of its own; a picture that is coded takes `coding_s`, decoded `decoding_s`."""

    def __init__(self, fps: float, coding_s: float, decoding_s: float = 0.0, pace: float = 1.0) -> None:
        """`pace`: so many seconds pass for the camera in one of ours."""
        self.clock = FakeClock()
        self.lag = Lag(self.clock.monotonic_s)
        self.coded: list[int] = []
        self.delays_s: list[float] = []
        self._fps, self._coding_s, self._decoding_s, self._pace = fps, coding_s, decoding_s, pace

    def read(self, numbers: range, held_until_s: float = 0.0) -> None:
        """Packets of one after the other, none before `held_until_s`: what a network does that stalls."""
        started_s = self.clock.monotonic_s() - numbers[0] / self._fps if not self.delays_s else self.started_s
        self.started_s = started_s
        for number in numbers:
            there_s = max(number / self._fps, held_until_s) + started_s
            waited_s = max(0.0, there_s - self.clock.monotonic_s())
            self.clock.advance(waited_s)
            self.lag.arrived(number / self._fps * self._pace, waited_s, key=number % 30 == 0)
            self.delays_s.append(self.clock.monotonic_s() - started_s - number / self._fps)
            self.clock.advance(0.0 if self.lag.lost else self._decoding_s)
            if not self.lag.late:
                self.coded.append(number)
                self.clock.advance(self._coding_s)


def test_who_is_quick_enough_codes_all() -> None:
    """Ten minutes, nothing left out."""
    reader = Reader(fps=25, coding_s=0.02)
    reader.read(range(15_000))
    assert len(reader.coded) == 15_000


def test_a_flood_is_thinned_and_the_delay_bounded() -> None:
    """Sixty a second where forty can be coded: about forty are, to the end; the first second is on loan."""
    reader = Reader(fps=60, coding_s=1 / 40)
    reader.read(range(60 * 60))
    assert max(reader.delays_s) < 2.5
    assert 0.8 * 40 * 60 < len(reader.coded) <= 62 * 40
    assert reader.coded[-1] > 60 * 60 - 180


def test_what_cannot_even_be_decoded_is_left_out_up_to_a_key_frame() -> None:
    """Sixty a second, twenty can be decoded."""
    reader = Reader(fps=60, coding_s=0.005, decoding_s=0.05)
    reader.read(range(60 * 60))
    assert max(reader.delays_s) < 4
    assert len(reader.coded) > 300
    begins = [number for before, number in pairwise(reader.coded) if number - before > 30]
    assert begins
    assert all(number % 30 == 0 for number in begins)


def test_what_comes_at_once_after_a_stall_is_coded() -> None:
    """Five seconds of nothing, then all of them: none is lost, because it is caught up with anyway."""
    reader = Reader(fps=25, coding_s=0.01)
    reader.read(range(100))
    reader.read(range(100, 225), held_until_s=9.0)
    reader.read(range(225, 500))
    assert len(reader.coded) == 500


def test_a_clock_that_drifts_or_lies_costs_no_pictures() -> None:
    """A camera's second is not ours: nobody is late who waits for each picture."""
    for pace in (0.9999, 0.97, 1.03, 0.5):
        reader = Reader(fps=10, coding_s=0.02, pace=pace)
        reader.read(range(6000))
        assert len(reader.coded) == 6000


def test_times_that_jump_begin_anew() -> None:
    """Back by an hour, or to none at all."""
    clock = FakeClock()
    lag = Lag(clock.monotonic_s)
    for stamp_s in (5000.0, 5000.1, 1400.0, None, 1400.1, 9999.0):
        clock.advance(0.1)
        lag.arrived(stamp_s, 0.0, key=False)
        assert not lag.late
    assert LONGEST_S == 1.0


def test_what_was_left_out_is_counted_and_has_a_number() -> None:
    """A gap says how many pictures are missing."""

    @contextmanager
    def opened(source: Source, plan: Plan, wants: Wants) -> Iterator[Shots]:
        yield iter([Shot(0.0, image()), Shot(0.1, None, behind=True), Shot(0.2, None), Shot(0.3, image())])

    clock, counted = FakeClock(), list[str]()
    messages = produce(Plan(url="a.mp4", camera="c", speed=0), clock, FakeWait(clock), counted.append, opened)
    assert [message.seq for message in messages if isinstance(message, Frame)] == [0, 2]
    assert counted == ["behind"]
