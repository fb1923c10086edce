"""Updates: which message a picture or a clip completes, under the name that the channel gave it."""

from libs.common.messages import Notice
from services.notifier.ids import notice_id
from services.notifier.ledger.ledger import Ledger

STEPS = ("picture", "clip")
"""What a message is completed with; each may give it a new handle."""


def goes_first(ledger: Ledger, notice: Notice) -> Notice:
    """The notice itself, or the one that it completes if that was not tried to the end."""
    first = ledger.find(notice.updates) if notice.updates else None
    return first if first is not None and first.state in ("waiting", "claimed") else notice


def why_not(ledger: Ledger, update: Notice) -> str:
    """Why there is nothing to be completed; empty: there is."""
    first = ledger.find(update.updates or "")
    if first is None:
        return "what it completes is not known any more"
    if first.state != "sent":
        return f"what it completes was {first.state}"
    return "" if handle_of(ledger, update) else "the channel has no name for what it completes"


def handle_of(ledger: Ledger, update: Notice) -> str:
    """The newest handle of the message, empty if it has none."""
    steps = (ledger.find(notice_id(update.event, update.channel, step)) for step in STEPS)
    told = [notice for notice in (ledger.find(update.updates or ""), *steps) if notice and notice.state == "sent"]
    newest = max(told, key=lambda notice: notice.sent_at or 0, default=None)
    return (newest.handle or "") if newest else ""
