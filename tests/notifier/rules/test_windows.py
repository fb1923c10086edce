"""When rules are active: by the wall clock of their zone, over midnight, and on the nights on which clocks change."""

from pathlib import Path

import pytest

from tests.notifier.rules.happenings import at, happening
from tests.notifier.rules.judging import why

NIGHT = 'active: "22:00-06:00"'
FRIDAY = 'active: "Fri 22:00-06:00"'
WORK = 'active: ["Mon-Fri 08:00-12:00", "Mon-Fri 13:00-17:00"]'
DOUBLED = 'active: "02:00-03:00"'
ROUND_THE_CHANGE = 'active: "01:30-03:30"'

WINDOWS: tuple[tuple[str, str, bool], ...] = (
    (NIGHT, "2026-01-14T21:59:59+01:00", False),
    (NIGHT, "2026-01-14T22:00:00+01:00", True),
    (NIGHT, "2026-01-14T23:59:59+01:00", True),
    (NIGHT, "2026-01-15T00:00:00+01:00", True),
    (NIGHT, "2026-01-15T05:59:59+01:00", True),
    (NIGHT, "2026-01-15T06:00:00+01:00", False),
    (NIGHT, "2026-01-14T21:30:00+00:00", True),
    (NIGHT, "2026-07-14T20:00:00+00:00", True),
    (NIGHT, "2026-07-14T19:59:59+00:00", False),
    (FRIDAY, "2026-01-16T22:00:00+01:00", True),
    (FRIDAY, "2026-01-17T05:59:59+01:00", True),
    (FRIDAY, "2026-01-16T05:00:00+01:00", False),
    (FRIDAY, "2026-01-17T22:30:00+01:00", False),
    (FRIDAY, "2026-01-18T05:00:00+01:00", False),
    (WORK, "2026-01-14T11:59:59+01:00", True),
    (WORK, "2026-01-14T12:30:00+01:00", False),
    (WORK, "2026-01-14T13:00:00+01:00", True),
    (WORK, "2026-01-17T13:00:00+01:00", False),
    ('active: "00:00-24:00"', "2026-01-14T00:00:00+01:00", True),
    ('active: "Sat,Sun 00:00-24:00"', "2026-01-18T23:59:59+01:00", True),
    ('active: "Sat,Sun 00:00-24:00"', "2026-01-19T00:00:00+01:00", False),
    ('active: "Sun 23:00-01:00"', "2026-01-19T00:30:00+01:00", True),
    # October 25 of 2026, 03:00 becomes 02:00: half past two comes at 00:30 and at 01:30 UTC.
    (DOUBLED, "2026-10-24T23:30:00+00:00", False),
    (DOUBLED, "2026-10-25T00:30:00+00:00", True),
    (DOUBLED, "2026-10-25T01:30:00+00:00", True),
    (DOUBLED, "2026-10-25T02:00:00+00:00", False),
    (NIGHT, "2026-10-25T00:30:00+00:00", True),
    (NIGHT, "2026-10-25T04:59:59+00:00", True),
    (NIGHT, "2026-10-25T05:00:00+00:00", False),
    # March 29 of 2026, 02:00 becomes 03:00: at 00:59:59 UTC it is 01:59:59, a second later 03:00:00.
    (DOUBLED, "2026-03-29T00:59:59+00:00", False),
    (DOUBLED, "2026-03-29T01:00:00+00:00", False),
    (ROUND_THE_CHANGE, "2026-03-29T00:30:00+00:00", True),
    (ROUND_THE_CHANGE, "2026-03-29T01:00:00+00:00", True),
    (ROUND_THE_CHANGE, "2026-03-29T01:29:59+00:00", True),
    (ROUND_THE_CHANGE, "2026-03-29T01:30:00+00:00", False),
    (NIGHT, "2026-03-29T03:59:59+00:00", True),
    (NIGHT, "2026-03-29T04:00:00+00:00", False),
    # The rule's own zone comes first.
    (f"{NIGHT}, timezone: UTC", "2026-01-14T21:30:00+00:00", False),
    (f"{NIGHT}, timezone: America/New_York", "2026-01-15T03:00:00+00:00", True),
)
"""A rule in Europe/Berlin, a moment, whether it fires. January 14 of 2026 is a Wednesday."""


@pytest.mark.parametrize(("rule", "moment", "fires"), WINDOWS)
def test_a_rule_is_active_by_its_wall_clock(rule: str, moment: str, fires: bool, tmp_path: Path) -> None:
    """That of the moment at which it happened, not of the moment at which it is judged."""
    assert why(tmp_path, rule, happening(at=at(moment))) == ("" if fires else "not active at this time")
