"""When a picture was taken, as its name says, and when that is not believed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from libs.common.testing import FakeClock
from services.ftp_ingest.name_time import FUTURE, NOT_IN_THE_NAME, PAST, NamePattern, Times

BERLIN = ZoneInfo("Europe/Berlin")
COMPACT = "%Y%m%d%H%M%S"


def at(text: str) -> int:
    """UTC ns of an ISO time in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1e6) * 1000


def utc(pattern: str) -> NamePattern:
    return NamePattern(pattern, ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        (COMPACT, "porch_20260131123456.jpg", "2026-01-31T12:34:56"),
        (COMPACT, "01_20260131123456_MOTION_DETECTION.jpg", "2026-01-31T12:34:56"),
        ("%Y-%m-%d_%H-%M-%S", "cam 2026-01-31_12-34-56.JPG", "2026-01-31T12:34:56"),
        ("%Y%m%d%H%M%S%f", "20260131123456789.jpg", "2026-01-31T12:34:56.789"),
        ("%y%m%d%H%M", "260131_2601311234.jpg", "2026-01-31T12:34:00"),
        ("%Y-%m-%d/001/jpg/%H/%M/%S", "2026-01-31/001/jpg/12/34/56[M][0@0][0].jpg", "2026-01-31T12:34:56"),
        ("%Y%j%H%M", "2026031_20260311234.jpg", "2026-01-31T12:34:00"),
    ],
)
def test_a_time_is_found_anywhere_in_the_name(pattern: str, name: str, expected: str) -> None:
    """As cameras of several makers write it."""
    assert utc(pattern).find(name) == at(expected)


@pytest.mark.parametrize(
    "name", ["porch.jpg", "", "20261331123456.jpg", "20260131246060.jpg", "120260131123456.jpg", "202601311234567.jpg"]
)
def test_digits_that_are_no_time_are_none(name: str) -> None:
    """A thirteenth month, a longer number."""
    assert utc(COMPACT).find(name) is None


def test_the_last_one_in_the_name_counts() -> None:
    """Folders stand before the file."""
    assert utc(COMPACT).find("20250101000000/20260131123456.jpg") == at("2026-01-31T12:34:56")


def test_the_clock_of_the_camera_is_that_of_its_zone() -> None:
    """In summer and in winter; what it shows twice is the first of the two."""
    berlin = NamePattern(COMPACT, BERLIN)
    assert berlin.find("20260131123456") == at("2026-01-31T11:34:56")
    assert berlin.find("20260731123456") == at("2026-07-31T10:34:56")
    assert berlin.find("20261025023000") == at("2026-10-25T00:30:00")


@pytest.mark.parametrize("pattern", ["", "photo", "%H%M%S", "%Y%m%d", "%Y%m%d%H%M%Y", "%A%Y%m%d%H%M", "%Y%m%d%H%M%"])
def test_a_pattern_that_gives_no_time_is_refused(pattern: str) -> None:
    """At the start, not with the first picture."""
    with pytest.raises(ValueError, match="expected"):
        utc(pattern)


def test_times_that_cannot_be_are_counted_and_not_believed() -> None:
    """A camera whose clock was never set, or runs ahead: the time of the arrival is told."""
    clock, said = FakeClock(wall_ns=at("2026-01-31T12:00:00")), list[str]()
    times = Times(utc(COMPACT), clock, said.append)
    for name in ("20260131120600.jpg", "19991231235959.jpg", "porch.jpg"):
        assert times.of(name) == clock.now_ns()
    assert said == [FUTURE, PAST, NOT_IN_THE_NAME]
    assert times.of("20260131120400.jpg") == at("2026-01-31T12:04:00")
    assert times.of("20200131120400.jpg") == at("2020-01-31T12:04:00")
    assert len(said) == 3


def test_without_a_pattern_it_is_the_time_of_the_arrival() -> None:
    """And nothing is counted."""
    clock, said = FakeClock(), list[str]()
    assert Times(None, clock, said.append).of("20260131120000.jpg") == clock.now_ns()
    assert said == []
