"""Times by the clock on the wall of a zone, spans and sizes."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services.notifier.text.times import moment, size, span, zone_or_utc


def ns(text: str) -> int:
    """Of a time in UTC."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * 1_000_000_000


@pytest.mark.parametrize(
    ("utc", "zone", "said"),
    [
        ("2026-10-25T00:30:00", "Europe/Berlin", "2026-10-25 02:30:00 CEST"),
        ("2026-10-25T01:30:00", "Europe/Berlin", "2026-10-25 02:30:00 CET"),
        ("2026-03-29T00:59:59", "Europe/Berlin", "2026-03-29 01:59:59 CET"),
        ("2026-03-29T01:00:00", "Europe/Berlin", "2026-03-29 03:00:00 CEST"),
        ("2026-11-01T05:30:00", "America/New_York", "2026-11-01 01:30:00 EDT"),
        ("2026-11-01T06:30:00", "America/New_York", "2026-11-01 01:30:00 EST"),
        ("2026-01-01T00:00:00", "Asia/Kolkata", "2026-01-01 05:30:00 IST"),
        ("2026-01-01T00:00:00", "America/Sao_Paulo", "2025-12-31 21:00:00 -03"),
        ("2026-01-01T00:00:00", "UTC", "2026-01-01 00:00:00 UTC"),
    ],
)
def test_a_moment_is_told_by_the_clock_on_the_wall_and_its_zone(utc: str, zone: str, said: str) -> None:
    """So the hour that comes twice can be told from itself, and the day is that of the place."""
    assert str(moment(ns(utc), ZoneInfo(zone))) == said


def test_any_time_of_a_message_can_be_told() -> None:
    """The ends of what the field takes."""
    assert moment(0, UTC).date == "1970-01-01"
    assert moment(2**63 - 1, UTC).date == "2262-04-11"


@pytest.mark.parametrize("name", [None, "", "Nowhere/At_all", "../../etc/passwd"])
def test_without_a_good_zone_it_is_utc(name: str | None) -> None:
    """Whoever is to be told is told."""
    assert zone_or_utc(name) == UTC


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (0.9, "0 s"),
        (45, "45 s"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (3661, "1 h 1 min"),
        (273_600, "3 d 4 h"),
    ],
)
def test_a_span_has_its_two_largest_units(seconds: float, said: str) -> None:
    """Nobody wants the seconds of a day."""
    assert span(round(seconds * 1e9)) == said


@pytest.mark.parametrize(("count", "said"), [(10, "1 kB"), (12_400_000, "12.4 MB"), (2_000_000_000, "2.0 GB")])
def test_a_size_is_told_in_thousands(count: int, said: str) -> None:
    """As phones and mail programs do."""
    assert size(count) == said
