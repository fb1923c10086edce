"""What becomes of a notice in a courier's hand: its next state, and whether it is a dead letter too."""

from dataclasses import dataclass

from libs.common.errors import PermanentError
from libs.common.messages import Notice, replace
from services.notifier.channels.channel import PartlySentError
from services.notifier.ledger.standing import FINAL
from services.notifier.notices import outline
from services.notifier.plain_text import safe_line

LONGEST_TEXT = 1024
"""Of `handle`, by the contract: a longer one would make the whole notice unreadable."""

LONGEST_ERROR = 300


@dataclass(frozen=True, slots=True)
class Outcome:
    """`notice` is to be written; before that it goes to the dead letters, if there is an error to be buried with.

    `counted`: the word for the metrics.
    """

    notice: Notice
    counted: str
    buried: PermanentError | None = None


def sent(notice: Notice, handle: str, now_ns: int) -> Outcome:
    """It was accepted. A handle that cannot be kept is forgotten: nothing will complete that message."""
    told = replace(notice, state="sent", sent_at=now_ns, handle=_kept(handle), error=None, due_at=0)
    return Outcome(told, "edited" if notice.updates else "sent")


def again(notice: Notice, error: Exception, due_at: int) -> Outcome:
    """It failed, and may work from `due_at` (UTC ns) on; who has it already is kept for the next attempt."""
    handle = _kept(error.handle) if isinstance(error, PartlySentError) else notice.handle
    later = replace(notice, state="waiting", attempts=notice.attempts + 1, due_at=due_at, error=in_words(error))
    return Outcome(replace(later, handle=handle), "failed")


def put_back(notice: Notice) -> Outcome:
    """It was claimed and not tried."""
    return Outcome(replace(notice, state="waiting", due_at=0), "put_back")


def gathered(notice: Notice) -> Outcome:
    """Too late for a message of its own: the next summary tells it."""
    return Outcome(replace(notice, state="gathered", due_at=0), "gathered")


def refused(notice: Notice, error: Exception) -> Outcome:
    """The channel will never take it."""
    reason = error.reason if isinstance(error, PermanentError) else "refused"
    buried = PermanentError(in_words(error), reason)
    return Outcome(replace(notice, state="refused", error=in_words(error), due_at=0), "refused", buried)


def expired(notice: Notice, after_h: float) -> Outcome:
    """It was tried for so many hours."""
    error = PermanentError(f"not accepted for {after_h:.0f} h: {notice.error or 'no answer'}", "expired")
    return Outcome(replace(notice, state="expired", error=in_words(error), due_at=0), "expired", error)


def dropped(notice: Notice, why: str) -> Outcome:
    """It would complete a message that cannot be completed: nothing is lost that was not told otherwise."""
    return Outcome(replace(notice, state="refused", error=why, due_at=0), "dropped")


def _kept(handle: str) -> str | None:
    return handle if 0 < len(handle) <= LONGEST_TEXT and handle.isprintable() else None


def outlined(outcome: Outcome, error: PermanentError) -> Outcome:
    """The log will never take it as it is: its end is written without what may be long, each time with less.

    A notice that was to be tried or told again has its end now. What a summary lists goes last: that would be told once
    more after the next start.
    """
    notice = outline(outcome.notice)
    if notice.state not in FINAL:
        notice = replace(notice, state="refused", error=in_words(error), due_at=0)
    short = replace(notice, handle=None, error=None)
    steps = (notice, short, replace(short, members=()))
    return Outcome(next((step for step in steps if step != outcome.notice), outcome.notice), outcome.counted)


def in_words(error: Exception) -> str:
    """One line without secrets, for people; what a server sent may hold anything."""
    return safe_line(str(error), LONGEST_ERROR) or type(error).__name__
