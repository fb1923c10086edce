"""What may disturb in quiet hours."""

from libs.common.messages import Notice
from services.notifier.book import Book
from services.notifier.delivery.kinds import OWN, is_own


def is_urgent(book: Book, notice: Notice) -> bool:
    """By its rule; and what the notifier tells of itself."""
    rule = book.rule(notice.rule)
    return is_own(notice) or (rule is not None and rule.urgent)


def urgent_rules(book: Book) -> frozenset[str]:
    """Nothing of another rule is urgent."""
    return frozenset((OWN, *(rule.name for rule in book.rules if rule.urgent)))
