"""framebus dead purge: deletes letters, of each partition those from the beginning up to a time. Kafka can no other."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from libs.common.bus import Place
from libs.common.errors import FatalError
from libs.ops.dead_letter import Choice
from libs.ops.dead_list import Summary
from libs.ops.dead_reader import DeadReader
from libs.ops.dead_text import letters, say


def purge(
    reader: DeadReader, topic: str, choice: Choice, yes: bool, delete: Callable[[Mapping[Place, int]], None]
) -> int:
    """Say what would go; with `yes` let it go. 0 if it is gone, 1 if not. Raises FatalError if it cannot be chosen."""
    until = {place: _end(reader, place, choice.until_ms) for place in reader.ranges}
    summary, others = Summary(topic), 0
    every = replace(choice, until_ms=None)
    for letter in reader.letters():
        if letter.offset < until[letter.place]:
            if every.takes(letter):
                summary.note(letter)
            else:
                others += 1
    unreadable = reader.unreadable[topic]
    if not any(until[place] > first for place, (first, _) in reader.ranges.items()):
        say(f"{topic}: nothing to delete{choice}")
        return 0
    if every != Choice() and others + unreadable:
        raise FatalError(
            f"{topic}: {letters(others + unreadable)} would go along that are not meant{every}: Kafka deletes only "
            "from the beginning up to a time. Expected no choice but --until"
        )
    summary.say(choice, unreadable)
    if not yes:
        say("nothing was deleted; with --yes these are, and nobody can bring them back")
        return 1
    delete({place: offset for place, offset in until.items() if offset > reader.ranges[place][0]})
    say(f"deleted: {letters(summary.count + unreadable)}")
    return 0


def _end(reader: DeadReader, place: Place, until_ms: int | None) -> int:
    """The offset up to which it goes; the first offset if nothing does."""
    first, end = reader.ranges[place]
    return end if until_ms is None else max(first, reader.offset_at(place, until_ms))
