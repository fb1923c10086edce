"""Puts right what compaction would get wrong: the newest record of a notice is kept, also where it means nothing."""

from dataclasses import dataclass, field

from libs.common import codec
from libs.common.clock import Clock
from libs.common.messages import Notice, replace
from services.notifier.ledger.index import Index
from services.notifier.ledger.standing import CLAIMED

AGAIN_S = 10.0
"""Two copies that disagree must not answer each other without end."""
MOST = 1000


@dataclass
class Truths:
    """What stands below a record without meaning is written once more: a late claim of what was sent, above all."""

    clock: Clock
    _written_s: dict[str, float] = field(default_factory=dict)

    def of(self, index: Index) -> list[tuple[Notice, bytes]]:
        """What is to be written now, and its value; what was written a moment ago comes later, if it is still so."""
        now_s = self.clock.monotonic_s()
        due = [void for void in index.void.values() if now_s - self._written_s.get(void.id, -AGAIN_S) >= AGAIN_S]
        for void in due:
            del index.void[void.id]
        return [(void, value) for void in due if (value := self._value(index, void, now_s)) is not None]

    def _value(self, index: Index, void: Notice, now_s: float) -> bytes | None:
        """None of a claim: its claimant writes soon."""
        entry, standing = index.entry(void.id), index.standing(void.id)
        if standing is None or standing.state == CLAIMED:
            return None
        self._written_s[void.id] = now_s
        if len(self._written_s) > MOST:
            del self._written_s[next(iter(self._written_s))]
        return (
            entry.value if entry is not None else codec.encode(replace(void, state=standing.state, by=None, life=None))
        )
