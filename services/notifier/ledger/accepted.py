"""What each channel accepted last, by the log: a sender's clock may be set back, and everybody reads the log."""

from dataclasses import dataclass, field

from libs.common.messages import Notice, replace

STEP_MS = 60_000
"""A new record that is older than what was read before it, by so much, comes from a log whose clock was set back.

By less it only came late, from another partition.
"""


@dataclass
class Accepted:
    """The same for all copies once they have read the same."""

    _newest: dict[str, tuple[int, Notice]] = field(default_factory=dict)

    def put(self, notice: Notice, at_ms: int, is_news: bool) -> None:
        """`at_ms`: the log's time of its record, UTC; `is_news`: written while we followed, not before our start."""
        newest_ms, _ = self._newest.get(notice.channel, (at_ms, notice))
        if at_ms >= newest_ms or (is_news and newest_ms - at_ms > STEP_MS):
            outline = replace(notice, text="", data={}, labels={}, counts={}, members=())
            self._newest[notice.channel] = at_ms, outline

    def get(self, channel: str) -> Notice | None:
        _, notice = self._newest.get(channel, (0, None))
        return notice
