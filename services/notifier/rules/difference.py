"""What another rules.yaml changes, in words."""

from collections.abc import Iterable, Mapping

from services.notifier.book import Book
from services.notifier.rules.modes import some

NAMED = 20


def difference(before: Book, after: Book) -> str:
    """`rules: new: a; changed: b; gone: c; channels: changed: phone`; empty if it is the same."""
    rules = _changes({rule.name: rule for rule in before.rules}, {rule.name: rule for rule in after.rules})
    channels = _changes(before.channels, after.channels)
    parts = [f"{name}: {text}" for name, text in (("rules", rules), ("channels", channels)) if text]
    if parts or before == after:
        return "; ".join(parts)
    return "other general settings, or another order of rules"


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    kinds: dict[str, Iterable[str]] = {
        "new": after.keys() - before.keys(),
        "changed": {name for name in after if name in before and after[name] != before[name]},
        "gone": before.keys() - after.keys(),
    }
    return "; ".join(f"{kind}: {some(list(names), NAMED)}" for kind, names in kinds.items() if names)
