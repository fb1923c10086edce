"""The times in a transport stream rise, whatever the source says."""

from itertools import pairwise

import numpy as np

from services.producer.segments.media_ticks import FIRST, LONGEST_GAP, TICKS, Stamps

STEP = TICKS // 10


def decoded(*read: int | None) -> list[int]:
    """When pictures are decoded that the source says to be at these times, from the first one on."""
    stamps = Stamps(rate=10)
    return [stamps.picture(at, at)[1] - FIRST for at in read]


def test_a_good_stream_keeps_its_times() -> None:
    """But for where it begins."""
    assert decoded(7_000, 16_000, 25_500, 34_000) == [0, 9_000, 18_500, 27_000]


def test_jumps_become_one_picture() -> None:
    """Back, or further ahead than a minute; what follows is as far apart as the source says."""
    assert decoded(0, STEP, 99 * LONGEST_GAP, 99 * LONGEST_GAP + 500) == [0, STEP, 2 * STEP, 2 * STEP + 500]
    assert decoded(9 * TICKS, 9 * TICKS + STEP, 0, 700) == [0, STEP, 2 * STEP, 2 * STEP + 700]


def test_a_long_silence_stays_one() -> None:
    """Up to a minute."""
    assert decoded(0, 50 * TICKS) == [0, 50 * TICKS]


def test_the_same_time_twice_makes_nothing_late() -> None:
    """One tick apart; the next picture is where it belongs."""
    assert decoded(0, STEP, STEP, STEP - 1, 2 * STEP) == [0, STEP, STEP + 1, STEP + 2, 2 * STEP]


def test_without_times_pictures_are_as_far_apart_as_the_rate_says() -> None:
    """Files of pictures alone have none."""
    assert decoded(None, None, None) == [0, STEP, 2 * STEP]


def test_pictures_are_shown_when_the_source_says_but_never_before_they_are_decoded() -> None:
    """With B-frames they are shown later; what is wildly wrong is not believed."""
    stamps = Stamps(rate=10)
    shown = [stamps.picture(pts, dts) for pts, dts in [(2000, 0), (5000, 1000), (500, 2000), (10**9, 3000)]]
    assert [pts - dts for pts, dts in shown] == [2000, 4000, 0, 0]


def test_whatever_comes_times_rise_and_fit() -> None:
    """Random times, of which some are none; no gap is longer than a minute."""
    random = np.random.default_rng(6)
    for _ in range(200):
        stamps, last = Stamps(rate=float(random.choice([1, 25, 1000]))), 0
        for value in random.choice([*range(-5, 6), 10**12, -(10**12), 2**62], 50):
            pts = None if random.random() < 0.2 else int(value) * int(random.choice([1, 3600]))
            dts = None if random.random() < 0.2 else int(value)
            shown, at = stamps.picture(pts, dts)
            assert last < at <= shown
            assert not last or at - last <= max(LONGEST_GAP, stamps.step)
            last = at


def test_sound_has_the_time_of_its_picture() -> None:
    """Also after a jump; what is before the first picture, or comes back to where it was, is left out."""
    stamps = Stamps(rate=10)
    assert stamps.sound(0) is None
    stamps.picture(5 * TICKS, 5 * TICKS)
    times = [stamps.sound(5 * TICKS + at) for at in (0, 100, 100, 50, 200)]
    assert times == [FIRST, FIRST + 100, None, None, FIRST + 200]
    stamps.picture(0, 0)
    assert stamps.sound(0) == FIRST + STEP
    assert all(one is None or other is None or one != other for one, other in pairwise(times))
