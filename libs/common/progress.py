"""How far a place was handled and what is committed. One Progress per assigned place."""

from dataclasses import dataclass, field
from typing import NamedTuple

from libs.common.bus import Commit, Place, Record
from libs.common.messages import Message

CRASH_LOOP_TRIES = 3


class Note(NamedTuple):
    """What a commit says beside its offset: time of the newest record, and how often the group died at `trying`."""

    newest_ms: int = 0
    tries: int = 0
    trying: int = -1

    def __str__(self) -> str:
        return f"{self.newest_ms} {self.tries} {self.trying}"

    @classmethod
    def parse(cls, text: str) -> "Note":
        """An empty note for whatever another program wrote there."""
        try:
            newest_ms, tries, trying = (int(word) for word in text.split(" "))
        except ValueError:
            return cls()
        return cls(newest_ms, tries, trying)


@dataclass(slots=True)
class Input:
    """A record that was handled, what it said and when it came; kept until the group's progress has passed it."""

    record: Record
    message: Message | None
    in_ns: int


@dataclass
class Progress:
    """One place. Offsets below `start` are history; `position` is the next one to remember or to handle.

    `committed` is what lies on the broker as far as we know. `careful`: the last member died before it could commit,
    so each record is announced before it is tried.
    """

    place: Place
    start: int
    note: Note = field(default_factory=Note)
    position: int = -1
    careful: bool = False
    committed: Commit | None = None
    cameras: set[str] = field(default_factory=set)
    inputs: dict[int, Input] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.position = self.start if self.position < 0 else self.position
        self.careful = self.note.tries > 0

    def opening(self) -> Commit:
        """Written when the place is taken over: if nothing else follows, its owner died at once."""
        return Commit(self.start, str(self.note._replace(tries=max(1, self.note.tries))))

    def trying(self, record: Record) -> Commit:
        """Written before a record is tried in careful mode: only the note is new, nothing is passed by it."""
        tries = self.note.tries + 1 if self.note.trying == record.offset else 1
        offset = self.committed.offset if self.committed is not None else self.start
        return Commit(offset, str(self.note._replace(tries=tries, trying=record.offset)))

    def is_crash_loop(self, record: Record) -> bool:
        """True if members of the group died at this very record, again and again."""
        return self.careful and self.note.trying == record.offset and self.note.tries >= CRASH_LOOP_TRIES

    def done(self, entry: Input) -> None:
        """The record was handled, dropped or dead-lettered."""
        self.position = entry.record.offset + 1
        self.note = self.note._replace(newest_ms=entry.record.timestamp_ms)
        self.inputs[id(entry.message) if entry.message is not None else id(entry)] = entry

    def keep_only(self, held: set[int]) -> None:
        """Let go of all inputs but those whose messages have these ids."""
        self.inputs = {key: entry for key, entry in self.inputs.items() if key in held}

    def passed(self) -> Commit:
        """What may be committed: everything before the oldest input that is kept."""
        if self.position <= self.start:
            return Commit(self.start, str(Note(self.note.newest_ms, tries=1)))
        oldest = min((entry.record for entry in self.inputs.values()), key=lambda record: record.offset, default=None)
        if oldest is None:
            return Commit(self.position, str(Note(self.note.newest_ms)))
        return Commit(oldest.offset, str(Note(oldest.timestamp_ms)))

    def stored(self, commit: Commit) -> None:
        """The commit lies on the broker: the record that killed a member, if any, is behind it or comes next."""
        self.careful = self.careful and commit.offset <= max(self.start, self.note.trying)
        self.committed = commit
