"""Which pictures are sent, and that no more are decoded than that takes."""

from itertools import pairwise
from pathlib import Path

import pytest

from services.producer.plan import Plan
from services.producer.sampling import Sampler
from tests.producer.numbered import CODECS, Picked, film


@pytest.mark.parametrize("every", [1, 2, 3, 7, 100])
def test_exactly_one_of_every_n(every: int) -> None:
    """The first one included, whatever their times."""
    sampler = Sampler(every)
    assert [number for number in range(1000) if sampler.wants(number**1.5)] == list(range(0, 1000, every))


@pytest.mark.parametrize(("camera", "fps"), [(25, 10), (25, 25), (30, 7), (60, 0.5), (25, 1 / 3), (10, 50)])
def test_at_most_so_many_per_second_and_no_fewer(camera: int, fps: float) -> None:
    """Over a minute, within one picture."""
    sampler = Sampler(fps=fps)
    sent = sum(sampler.wants(number / camera) for number in range(60 * camera))
    assert sent == pytest.approx(60 * min(fps, camera), abs=1)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
@pytest.mark.parametrize("codec", CODECS)
def test_the_same_pictures_as_if_all_were_decoded(tmp_path: Path, name: str, codec: str) -> None:
    """With B-frames and without: the same numbers at the same times, and a shot for every picture."""
    path = film(tmp_path / name, more=CODECS[codec])
    for every, fps in ((2, None), (3, None), (10, None), (1, 10.0), (1, 3.0), (2, 4.0), (1, 100.0)):
        plan = Plan(url="", camera="c", every=every, fps=fps)
        saving, all_ = Picked(path, plan), Picked(path, plan, everything=True)
        assert saving.sent == all_.sent
        assert [round(shot.media_s, 3) for shot in saving.shots] == [round(shot.media_s, 3) for shot in all_.shots]
        assert len(saving.shots) == 100


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.ts"])
def test_what_nobody_wants_and_none_refers_to_is_not_decoded(tmp_path: Path, name: str) -> None:
    """Of a hundred pictures every tenth is sent; decoded are key frames, P-frames (each third) and B-frames sent."""
    picked = Picked(film(tmp_path / name, more=CODECS["b"]), Plan(url="", camera="c", every=10))
    assert [number for _, number in picked.sent] == list(range(0, 100, 10))
    assert picked.decoded == [number for number in range(100) if number % 25 % 3 == 0 or number % 10 == 0]


def test_b_frames_to_which_others_refer_are_decoded(tmp_path: Path) -> None:
    """The middle one of three."""
    picked = Picked(film(tmp_path / "a.mp4", more=CODECS["pyramid"]), Plan(url="", camera="c", every=10))
    assert [number for _, number in picked.sent] == list(range(0, 100, 10))
    assert 48 <= len(picked.decoded) <= 58


def test_without_such_pictures_all_are_decoded_and_none_is_kept_waiting(tmp_path: Path) -> None:
    """A packet's picture comes before the next packet is read."""
    path = film(tmp_path / "a.mp4", more=CODECS["plain"])
    assert len(Picked(path, Plan(url="", camera="c", every=10)).decoded) == 100


@pytest.mark.parametrize("codec", CODECS)
def test_key_frames_only_decodes_nothing_else(tmp_path: Path, codec: str) -> None:
    """Four of a hundred, each sent when it comes; the others are told of, so that time goes on."""
    picked = Picked(film(tmp_path / "a.mp4", more=CODECS[codec]), Plan(url="", camera="c", key_frames="only"))
    assert picked.sent == [(0, 0), (1, 25), (2, 50), (3, 75)]
    assert picked.decoded == [0, 25, 50, 75]
    times = [shot.media_s for shot in picked.shots]
    assert times == sorted(times)
    assert max(later - time for time, later in pairwise(times)) < 0.5


def test_of_key_frames_too_one_in_n_is_sent(tmp_path: Path) -> None:
    """Key frames are what is counted then."""
    picked = Picked(film(tmp_path / "a.mp4"), Plan(url="", camera="c", key_frames="only", every=3))
    assert [number for _, number in picked.sent] == [0, 75]


@pytest.mark.parametrize("name", ["a.avi", "a.h264"])
@pytest.mark.parametrize("codec", CODECS)
def test_a_film_without_usable_times_is_decoded_whole(tmp_path: Path, name: str, codec: str) -> None:
    """Nothing in it says when its pictures are shown; they are counted as they come out."""
    path = film(tmp_path / name, more=CODECS[codec])
    plan = Plan(url="", camera="c", every=4)
    saving, all_ = Picked(path, plan), Picked(path, plan, everything=True)
    assert saving.sent == all_.sent
    assert [number for _, number in saving.sent] == list(range(0, 100, 4))


@pytest.mark.parametrize("codec", ["b", "pyramid"])
def test_other_containers_with_times_are_no_different(tmp_path: Path, codec: str) -> None:
    """As RTMP cameras send them."""
    path = film(tmp_path / "a.flv", more=CODECS[codec])
    picked = Picked(path, Plan(url="", camera="c", every=4))
    assert [number for _, number in picked.sent] == list(range(0, 100, 4))
    assert len(picked.decoded) < 75


def test_damage_costs_no_more_than_the_damaged_pictures(tmp_path: Path) -> None:
    """Those before and after it are the same as if all were decoded."""
    path = film(tmp_path / "a.ts", more=CODECS["b"])
    film_bytes = bytearray(path.read_bytes())
    start = len(film_bytes) // 2 // 188 * 188
    film_bytes[start : start + 1880] = b"\xff" * 1880
    path.write_bytes(film_bytes)
    sent = [number for _, number in Picked(path, Plan(url="", camera="c", every=2)).sent]
    assert len(sent) >= 30
    assert sent[:10] == list(range(0, 20, 2))
    assert sent == sorted(set(sent))
