"""What a summary tells: lines that can be read, and every event counted."""

from typing import Any
from zoneinfo import ZoneInfo

from libs.common.messages import Notice
from services.notifier.text.summary_lines import MOST_LINES, between, grouped
from tests.notifier.text.notices import AT, notice, told

BERLIN = ZoneInfo("Europe/Berlin")
MINUTE_NS = 60_000_000_000


def members(count: int, **fields: Any) -> list[Notice]:
    """One a minute."""
    known: dict[str, Any] = {"label": "person"}
    return [notice(at=AT + turn * MINUTE_NS, id=f"{turn:032x}", **(known | fields)) for turn in range(count)]


def test_the_same_label_of_a_camera_is_one_line_with_count_and_times() -> None:
    """By the clock of the place."""
    (group,) = grouped(members(12), BERLIN)
    assert group.line == "Person at porch, 12 times, 23:13:20 to 23:24:20"


def test_one_alone_has_one_time() -> None:
    """And is not counted."""
    (group,) = grouped(members(1), BERLIN)
    assert group.line == "Person at porch, 23:13:20"


def test_times_have_dates_where_the_night_has_two() -> None:
    """Midnight comes 47 minutes later."""
    (group,) = grouped(members(60), BERLIN)
    assert group.line == "Person at porch, 60 times, 2023-11-14 23:13:20 to 2023-11-15 00:12:20"


def test_cameras_that_fail_come_before_what_was_seen_and_that_by_its_number() -> None:
    """What matters most is not cut off."""
    cats, cars = members(2, label="cat"), members(5, label="car")
    gone = members(1, kind="camera.disconnected", label=None, text="stalled")
    assert [group.what for group in grouped([*cats, *cars, *gone], BERLIN)] == [
        "Camera porch is gone: it is connected and silent",
        "Car at porch",
        "Cat at porch",
    ]


def test_what_a_cooldown_left_out_counts_too() -> None:
    """A summary says what happened, not how many messages there would have been."""
    (group,) = grouped(members(2, meanwhile=10), BERLIN)
    assert group.count == 22


def test_a_long_summary_ends_with_how_many_more() -> None:
    """Forty cameras, three events each: thirty lines, and thirty events beyond them."""
    many = [member for camera in range(40) for member in members(3, camera=f"cam-{camera:02}")]
    note = told(notice("summary", members=tuple(str(number) for number in range(120))), members=many, timezone="UTC")
    listed = [line for line in note.text.splitlines() if line.startswith("- ")]
    assert len(listed) == MOST_LINES + 1
    assert listed[-1] == "- and 30 more"
    assert note.subject == "120 events at 40 cameras, 2023-11-14 22:13:20 to 22:15:20 UTC"
    assert "and 30 more" in note.html
    assert note.summary_of == 120


def test_members_that_the_ledger_has_no_more_are_counted() -> None:
    """The notice itself says how many there are."""
    note = told(notice("summary", members=("a", "b", "c")), members=members(1))
    assert note.subject.startswith("3 events at porch")
    assert "- and 2 more" in note.text


def test_a_summary_of_which_nothing_is_left_is_told() -> None:
    """Never silent."""
    note = told(notice("summary", members=("a",)))
    assert note.subject == "1 event, 2023-11-14 22:13:20 UTC"
    assert note.text == "- and 1 more"


def test_a_thousand_members_at_one_camera_are_one_line() -> None:
    """A flood is told in a breath."""
    note = told(notice("summary", members=tuple(map(str, range(1000)))), members=members(1000))
    assert [line[:2] for line in note.text.splitlines()] == ["- "]
    assert "1000 times" in note.text


def test_a_night_with_a_change_of_the_clock_has_both_zones() -> None:
    """Half past two comes twice."""
    first = 1_792_888_200_000_000_000
    assert between([notice(at=first), notice(at=first + 60 * MINUTE_NS)], BERLIN) == (
        "2026-10-25 02:30:00 CEST to 02:30:00 CET"
    )
