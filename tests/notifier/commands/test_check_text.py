"""What --check says of rules and channels."""

from pathlib import Path

from services.notifier.commands.check_text import check_text
from services.notifier.rules.read import read_book

RULES = """
timezone: Europe/Berlin
channels: {programs: {type: kafka, topic: alerts, quiet: "22:00-06:00"}}
rules:
  - name: night
    cameras: [porch]
    alarm: [person]
    zones: [drive]
    count: 2
    confidence: 0.5
    active: ["Sat,Sun 22:00-06:00", "12:00-13:00"]
    urgent: true
    channels: [programs]
  - {name: all, kinds: "*", channels: [programs]}
"""


def test_a_rule_is_said_with_all_that_it_asks_for(tmp_path: Path) -> None:
    """Also when it is active, by whose clock, and how sure it wants to be."""
    path = tmp_path / "rules.yaml"
    path.write_text(RULES)
    asks = "detection.started; person; at porch; in drive; 2 at least; confidence 0.5"
    active = "active Sat,Sun 22:00-06:00, 12:00-13:00 Europe/Berlin; urgent"
    assert check_text(read_book(path)) == [
        f"rule night: {asks}; {active} -> programs",
        "rule all: * -> programs",
        "channel programs: kafka, 600 messages in 60 s, quiet 22:00-06:00",
    ]
