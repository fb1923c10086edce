"""Windows of the week: days, midnight, the nights on which the clocks change."""

import os
import subprocess
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from libs.common.errors import SettingsError
from libs.common.hours import Hours, hours

BERLIN = "Europe/Berlin"


def at(text: str) -> int:
    """UTC ns of an ISO time with its offset."""
    return round(datetime.fromisoformat(text).timestamp()) * 1_000_000_000


def hold(text: str, *windows: str, zone: str = BERLIN) -> bool:
    return hours(list(windows), zone, "here").hold(at(text))


@pytest.mark.parametrize(
    ("clock", "holds"), [("08:59:59", False), ("09:00:00", True), ("16:59:59", True), ("17:00:00", False)]
)
def test_a_window_begins_with_its_first_minute_and_ends_before_its_last(clock: str, holds: bool) -> None:
    """By the wall clock of the zone, an hour ahead of UTC in winter."""
    assert hold(f"2026-01-14T{clock}+01:00", "09:00-17:00") == holds


def test_the_zone_counts_and_not_that_of_the_machine() -> None:
    """The same moment is working time in Berlin and night in New York."""
    assert hold("2026-01-14T09:30:00+01:00", "09:00-17:00")
    assert not hold("2026-01-14T09:30:00+01:00", "09:00-17:00", zone="America/New_York")


@pytest.mark.parametrize(
    ("moment", "holds"),
    [
        ("2026-01-16T17:59:00+01:00", False),
        ("2026-01-16T18:00:00+01:00", True),
        ("2026-01-17T05:59:00+01:00", True),
        ("2026-01-17T06:00:00+01:00", False),
        ("2026-01-17T18:00:00+01:00", False),
        ("2026-01-19T05:00:00+01:00", False),
        ("2026-01-12T05:00:00+01:00", False),
    ],
)
def test_a_window_across_midnight_belongs_to_the_day_on_which_it_begins(moment: str, holds: bool) -> None:
    """Friday's lasts into Saturday morning; none begins on Saturday or Sunday, so Monday morning is free."""
    assert hold(moment, "Mon-Fri 18:00-06:00") == holds


@pytest.mark.parametrize("text", ["22:00-06:00", "Mon,Tue,Sun 09:05-24:00"])
def test_windows_are_shown_as_they_could_be_written(text: str) -> None:
    """With the zone: nobody has to guess whose night it is."""
    assert str(hours([text, "12:00-13:00"], BERLIN, "here")) == f"{text}, 12:00-13:00 Europe/Berlin"
    assert str(hours("Sat-Mon 22:00-06:00", BERLIN, "here")) == "Mon,Sat,Sun 22:00-06:00 Europe/Berlin"


def test_sunday_night_lasts_into_monday() -> None:
    """Over the end of the week."""
    assert hold("2026-01-19T02:00:00+01:00", "Sun 22:00-04:00")
    assert not hold("2026-01-20T02:00:00+01:00", "Sun 22:00-04:00")


def test_a_whole_day_has_no_gap_at_midnight() -> None:
    """24:00 and 00:00 both name the end of a day."""
    for text in ("00:00-24:00", "12:00-24:00", "12:00-00:00"):
        assert hold("2026-01-17T23:59:59+01:00", f"Sat {text}")
        assert not hold("2026-01-18T00:00:00+01:00", f"Sat {text}")
    assert hold("2026-01-18T00:00:00+01:00", "Sat,Sun 00:00-24:00")


def test_days_may_be_listed_and_go_over_the_end_of_the_week() -> None:
    """January 12 of 2026 is a Monday."""
    days = [f"2026-01-{12 + day}T12:00:00+01:00" for day in range(7)]
    assert [hold(day, "Sat-Mon,wed 00:00-24:00") for day in days] == [True, False, True, False, False, True, True]
    assert [hold(day, "11:00-13:00") for day in days] == [True] * 7


def test_one_of_several_windows_is_enough() -> None:
    """They add up."""
    windows = ("Mon-Fri 18:00-06:00", "Sat,Sun 00:00-24:00")
    assert hold("2026-01-17T12:00:00+01:00", *windows)
    assert not hold("2026-01-14T12:00:00+01:00", *windows)


def test_when_clocks_go_forward_the_skipped_hour_is_in_no_window() -> None:
    """March 29 of 2026, 02:00 becomes 03:00 in Berlin: the window is an hour shorter, its ends are where they are."""
    window = "01:00-03:30"
    held = [hold(f"2026-03-29T{hour:02}:{minute}:00+00:00", window) for hour in (0, 1) for minute in ("00", "29", "31")]
    assert held == [True, True, True, True, True, False]
    assert not any(hold(f"2026-03-29T{clock}:00+00:00", "02:00-03:00") for clock in ("00:59", "01:00", "01:30"))


def test_when_clocks_go_back_the_doubled_hour_is_in_a_window_twice() -> None:
    """October 25 of 2026, 03:00 becomes 02:00 in Berlin: half past two comes at 00:30 and at 01:30 UTC."""
    held = [hold(f"2026-10-25T{hour:02}:30:00+00:00", "02:00-03:00") for hour in (23, 0, 1, 2)]
    assert held == [False, True, True, False]


@pytest.mark.parametrize(("date", "night_h"), [("2026-03-28", 11), ("2026-10-24", 13), ("2026-06-01", 12)])
def test_a_night_has_the_hours_that_it_has(date: str, night_h: int) -> None:
    """From six to six by the wall clock, in quarters of an hour."""
    night = hours(["18:00-06:00"], BERLIN, "here")
    noon = round(datetime.fromisoformat(f"{date}T12:00:00").replace(tzinfo=ZoneInfo(BERLIN)).timestamp())
    assert sum(night.hold((noon + step * 900) * 1_000_000_000) for step in range(96)) == night_h * 4


WRONG = {
    "sexagesimal": (300, "not '300' (a time without quotes is a number to YAML)"),
    "no list": ({"a": 1}, "expected a list"),
    "none": ([], "0 windows"),
    "nothing": (None, "expected a list"),
    "number": ([1080], "active 1: expected text"),
    "one time": (["18:00"], "active 1: expected text"),
    "short hour": (["6:00-18:00"], "not '6:00-18:00'"),
    "hour 25": (["18:00-25:00"], "00:00 to 24:00"),
    "minute 60": (["18:60-20:00"], "00:00 to 24:00"),
    "24:30": (["18:00-24:30"], "00:00 to 24:00"),
    "from 24:00": (["24:00-06:00"], "00:00 to 24:00"),
    "no length": (["18:00-18:00"], "two different times"),
    "unknown day": (["Mo-Fr 18:00-20:00"], "expected days like Mon-Fri or Sat,Sun, not 'Mo-Fr'"),
    "half a range": (["Mon- 18:00-20:00"], "not 'Mon-'"),
    "double comma": (["Mon,,Tue 18:00-20:00"], "not ''"),
    "second": (["18:00-20:00", "x"], "active 2: expected text"),
    "too many": (["18:00-20:00"] * 65, "65 windows, expected 1 to 64"),
}


@pytest.mark.parametrize(("windows", "said"), WRONG.values(), ids=WRONG.keys())
def test_a_window_that_is_none_is_refused_in_one_line(windows: object, said: str) -> None:
    """Where it stands comes first."""
    with pytest.raises(SettingsError) as refused:
        hours(windows, BERLIN, "--scenes s.yaml: porch")
    line = str(refused.value)
    assert line.startswith("--scenes s.yaml: porch, active")
    assert said in line
    assert "\n" not in line


@pytest.mark.parametrize("zone", [None, "", "Berlin", "Europe", "../etc/passwd", "/etc/localtime", 5, "UTC\0", "CET/x"])
def test_a_time_zone_that_is_none_is_refused(zone: object) -> None:
    """A container's own zone is UTC: nobody shall believe that it is theirs."""
    with pytest.raises(SettingsError, match=r"^here, timezone: expected .*Europe/Berlin"):
        hours(["18:00-06:00"], zone, "here")


def test_time_zones_are_known_on_bare_systems() -> None:
    """The detector brings its own table of them."""
    code = f"from zoneinfo import ZoneInfo; ZoneInfo({BERLIN!r})"
    done = subprocess.run([sys.executable, "-c", code], env={**os.environ, "PYTHONTZPATH": ""}, check=False)
    assert done.returncode == 0


def test_one_window_needs_no_list() -> None:
    """`active: "18:00-06:00"`."""
    assert hours("18:00-06:00", "UTC", "here") == hours(["18:00-06:00"], "UTC", "here")
    assert isinstance(hours("18:00-06:00", "UTC", "here"), Hours)
