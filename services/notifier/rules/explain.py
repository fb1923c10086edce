"""What rules would do about what has happened: one line for each happening, without telling anybody."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.happening import Happening
from services.notifier.plain_text import safe_line
from services.notifier.rules.judge import Judge, Verdict

SECOND_NS = 1_000_000_000
NAMED = 2
"""So many rules are named that nearly fired."""
WIDEST, LONGEST = 40, 400


@dataclass
class Playback:
    """A Clock for what is over: it is as late as the newest happening so far, and never goes back."""

    at: int = 0

    def now_ns(self) -> int:
        return self.at

    def monotonic_s(self) -> float:
        return self.at / SECOND_NS


class NothingTold:
    """A past in which nobody was told anything."""

    def find(self, notice_id: str) -> Notice | None:
        return None

    def last(self, rule: str, camera: str, label: str, kind: str) -> Notice | None:
        return None


def explained(book: Book, happenings: Iterable[Happening]) -> Iterator[tuple[Happening, list[Verdict]]]:
    """Each with the verdicts of all rules, as if it were judged when it happened; in the order in which they are given.

    Cooldowns begin with the first of them.
    """
    clock = Playback()
    judge = Judge(clock, NothingTold())
    for happening in happenings:
        clock.at = max(clock.at, happening.at)
        yield happening, judge.judge(book, happening)


def lines(book: Book, happenings: Sequence[Happening]) -> Iterator[str]:
    """A table for people: when (in the book's time zone), camera, kind, label, and which rules fire or why none."""
    zone = ZoneInfo(book.timezone)
    found = [
        ((_when(each, zone), each.camera, each.kind, each.label or "-"), outcome(verdicts))
        for each, verdicts in explained(book, happenings)
    ]
    heads = ("when", "camera", "kind", "label")
    rows = [*([(heads, "what")] if found else []), *found]
    widths = [min(WIDEST, max(len(row[column]) for row, _ in rows)) for column in range(len(heads))] if rows else []
    for row, text in rows:
        cells = [safe_line(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield f"{'  '.join(cells)}  {safe_line(text, LONGEST)}"


def outcome(verdicts: Sequence[Verdict]) -> str:
    """`night -> phone, office`, or why no rule fires: those that came nearest first."""
    if firing := [verdict for verdict in verdicts if verdict.fires]:
        return "; ".join(f"{each.rule.name} -> {', '.join(each.rule.channels)}{_beside(each)}" for each in firing)
    if not verdicts:
        return "nobody is told: there is no rule"
    near = sorted(verdicts, key=lambda each: -each.asked)
    if len(near) > 1 and len({each.why for each in near}) == 1:
        return f"nobody is told: {near[0].why}"
    named = "; ".join(f"{each.rule.name}: {each.why}" for each in near[:NAMED])
    more = len(near) - NAMED
    return f"nobody is told: {named}" + (f"; and {more} rule{'s' if more > 1 else ''} more" if more > 0 else "")


def _beside(verdict: Verdict) -> str:
    return f" (and {verdict.meanwhile} before it)" if verdict.meanwhile else ""


def _when(happening: Happening, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(happening.at // SECOND_NS, zone):%Y-%m-%d %H:%M:%S}"
