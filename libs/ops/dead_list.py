"""framebus dead list: how many letters, why, since when, of whom."""

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from libs.common.topics import topic_named
from libs.ops.dead_letter import Choice, Letter
from libs.ops.dead_reader import DeadReader
from libs.ops.dead_text import CLASSES, cut, letters, say, say_json, when

MAX_ROWS = 50
MAX_CAMERAS = 1000
SHOWN_CAMERAS = 8
OTHERS = "(others)"


@dataclass
class Row:
    """What one service refused for one reason; times in UTC ms."""

    reason: str
    service: str
    oldest_ms: int
    newest_ms: int
    count: int = 0

    def note(self, letter: Letter) -> None:
        self.count += 1
        self.oldest_ms, self.newest_ms = min(self.oldest_ms, letter.at_ms), max(self.newest_ms, letter.at_ms)


@dataclass
class Summary:
    """Of one topic; as large as it can get whatever the letters say."""

    topic: str
    count: int = 0
    without_value: int = 0
    rows: dict[tuple[str, str], Row] = field(default_factory=dict)
    cameras: Counter[str] = field(default_factory=Counter)

    def note(self, letter: Letter) -> None:
        """Count it."""
        self.count += 1
        self.without_value += letter.has_no_value
        key = (cut(letter.reason, 64), cut(letter.service, 64))
        if key not in self.rows and len(self.rows) >= MAX_ROWS:
            key = (OTHERS, OTHERS)
        self.rows.setdefault(key, Row(*key, letter.at_ms, letter.at_ms)).note(letter)
        camera = letter.camera or "(no camera)"
        self.cameras[camera if camera in self.cameras or len(self.cameras) < MAX_CAMERAS else OTHERS] += 1

    def facts(self, unreadable: int) -> dict[str, Any]:
        """For programs."""
        rows = [asdict(row) | {"oldest": when(row.oldest_ms), "newest": when(row.newest_ms)} for row in self.sorted()]
        told = [{key: row[key] for key in ("reason", "service", "count", "oldest", "newest")} for row in rows]
        counts = {"letters": self.count, "without_value": self.without_value, "unreadable": unreadable}
        kind = topic_named(self.topic).kind
        return {"topic": self.topic, "class": kind, **counts, "reasons": told, "cameras": dict(self.cameras)}

    def say(self, choice: Choice, unreadable: int) -> None:
        """For people."""
        say(f"{self.topic}: {CLASSES[topic_named(self.topic).kind]}; {letters(self.count)}{choice}")
        for row in self.sorted():
            say(f"{row.count:>8}  {row.reason}, by {row.service}, {when(row.oldest_ms)} to {when(row.newest_ms)}")
        if self.cameras:
            shown = [f"{name} {count}" for name, count in self.cameras.most_common(SHOWN_CAMERAS)]
            more = len(self.cameras) - len(shown)
            say(f"          cameras: {', '.join(shown)}{f' and {more} more' if more else ''}")
        if self.without_value:
            say(f"          no value was kept of {self.without_value}: too large for the topic, empty, or unreadable")
        say_unreadable(unreadable)

    def sorted(self) -> list[Row]:
        """The most frequent first."""
        return sorted(self.rows.values(), key=lambda row: -row.count)


def say_unreadable(count: int) -> None:
    """Nothing if there are none."""
    if count:
        say(f"          {count} more could not be read: not written by framebus, or damaged")


def list_letters(reader: DeadReader, topics: list[str], choice: Choice, as_json: bool) -> None:
    """A summary of each topic."""
    summaries = {topic: Summary(topic) for topic in topics}
    for letter in reader.letters(choice.since_ms):
        if choice.takes(letter):
            summaries[letter.place.topic].note(letter)
    for topic, summary in summaries.items():
        if as_json:
            say_json(summary.facts(reader.unreadable[topic]))
        else:
            summary.say(choice, reader.unreadable[topic])
