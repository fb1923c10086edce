"""What is to be told and what was, as the topic of notices says it: shared by all copies, ordered by the log."""

from collections.abc import Collection
from typing import Protocol

from libs.common.messages import Notice
from services.notifier.ledger.backlog import Backlog


class Ledger(Protocol):
    """Called from several threads. What it answers is what was read back from the log, not what was hoped for."""

    @property
    def ready(self) -> bool:
        """True once all that the topic holds was read; before that nobody is told anything."""

    def find(self, notice_id: str) -> Notice | None:
        """The newest state of a notice, None if there is none."""

    def due(self, channel: str, now_ns: int, quiet: bool = False) -> Notice | None:
        """The oldest happening's notice of this channel that may be tried now; None: nothing, or one before it waits.

        `quiet`: summaries of nothing urgent are passed over.

        One that another copy has claimed, or wrote a moment ago and will claim itself, is not due yet.
        """

    def backlog(self, channel: str) -> Backlog:
        """How much there is for this channel; costs the same however much that is."""

    def noticed(self, channel: str, since_ns: int) -> int:
        """How many waiting and claimed messages were noticed since then (UTC ns), without updates; as cheap."""

    def waiting(self, channel: str) -> list[Notice]:
        """Waiting and claimed, oldest happening first; a thousand at most, and long to read."""

    def gathered(self, channel: str, rules: Collection[str] | None = None) -> list[Notice]:
        """Those for the channel's next summary, likewise; without what a summary tells already.

        `rules`: of these alone.
        """

    def recent(self, channel: str, since_ns: int) -> int:
        """How many messages this channel was given since then (UTC ns); gathered ones do not count, summaries do."""

    def accepted(self, channel: str) -> Notice | None:
        """What this channel accepted last, by the log, updates too; None: nothing that is still known."""

    def last(self, rule: str, camera: str, label: str, kind: str) -> Notice | None:
        """The newest such happening that this rule has told: for the cooldown after a restart."""

    def told(self, camera: str, from_ns: int, until_ns: int) -> list[Notice]:
        """Of happenings of this camera in that time (UTC ns, both ends too): what was said or will be, each alone.

        No gathered, refused or expired ones, no updates, no summaries: what a recording may complete. Oldest first.
        """

    def sign(self, notice: Notice) -> Notice:
        """As written by us: other copies leave it to us for a moment."""

    def write(self, notice: Notice) -> None:
        """Returns when the log has it. Raises TemporaryError where it does not take it in time."""

    def claim(self, notice: Notice) -> Notice | None:
        """Write that we send it now; the claimed notice if ours came first in the log, None if another copy's did."""

    def bury(self, notice: Notice, error: Exception) -> None:
        """Write it to the dead letters of the topic, with the reason. Raises TemporaryError."""
