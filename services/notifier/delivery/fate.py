"""What a notice is told instead of being sent, when its turn has come."""

from collections.abc import Callable
from functools import partial

from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.delivery.completing import why_not
from services.notifier.delivery.limits import SECOND_NS, Limits, is_old, is_urgent
from services.notifier.delivery.outcomes import Outcome, dropped, expired, gathered
from services.notifier.ledger.ledger import Ledger
from services.notifier.own_kinds import is_summary

EXPIRY_H = 24

Plan = Callable[[Notice], Outcome]
"""What is done with a notice once it is claimed; never raises."""


def fate(ledger: Ledger, limits: Limits, book: Book, notice: Notice, now_ns: int) -> Plan | None:
    """None: it is to be sent. A summary is never too old for one, so it alone is tried until it expires."""
    if is_summary(notice):
        return partial(expired, after_h=EXPIRY_H) if _is_hopeless(notice, now_ns) else None
    if notice.updates:
        reason = "too late to complete anything" if is_old(notice.noticed_at, now_ns) else why_not(ledger, notice)
        return partial(dropped, why=reason) if reason else None
    disturbs = limits.quiet(book, notice.channel, now_ns) and not is_urgent(book, notice)
    return gathered if disturbs or is_backlog(notice, now_ns) else None


def is_backlog(notice: Notice, now_ns: int) -> bool:
    """Too old for a message of its own."""
    return not is_summary(notice) and not notice.updates and is_old(notice.noticed_at, now_ns)


def _is_hopeless(notice: Notice, now_ns: int) -> bool:
    """Old alone is not enough: the clock may have been set, or nobody was there to try."""
    return notice.attempts > 0 and now_ns - notice.noticed_at > EXPIRY_H * 3600 * SECOND_NS
