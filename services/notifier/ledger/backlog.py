"""How much there is for a channel, counted as it comes: nothing is read for it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backlog:
    """`waiting` with what is claimed, rules of `summaries` in it; `oldest_ns`: when the first of it was noticed (UTC).

    `gathered` for the next summary, by which `rules`, and when the first of it was noticed. None: there is none.
    """

    waiting: int = 0
    summaries: frozenset[str] = frozenset()
    oldest_ns: int | None = None
    gathered: int = 0
    gathered_ns: int | None = None
    rules: frozenset[str] = frozenset()
