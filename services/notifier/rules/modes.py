"""The two ways of saying which labels matter: those that are listed, or all that are not."""

from collections.abc import Collection, Iterable

NAMED = 5


def not_alarm(listed: Collection[str], label: str, parents: Iterable[str]) -> str:
    """Why it is no alarm; empty if the label or one of its parents is listed."""
    return "" if _listed(listed, label, parents) else f"{label} is not in alarm: {some(listed)}"


def not_new(listed: Collection[str], label: str, parents: Iterable[str]) -> str:
    """Why it is nothing new; empty if neither the label nor one of its parents is listed."""
    found = _listed(listed, label, parents)
    if not found:
        return ""
    return f"{label} is in new_label" if found == label else f"{label} is a {found}, which is in new_label"


def some(names: Collection[str], most: int = NAMED) -> str:
    """In alphabetical order, the first few."""
    every = sorted(names)
    return ", ".join(every[:most]) + (f" and {len(every) - most} more" if len(every) > most else "")


def _listed(listed: Collection[str], label: str, parents: Iterable[str]) -> str:
    """The first of the label and its parents that is listed, whatever its case; empty if none is."""
    names = [label, *parents]
    return next((name for name in names if name.lower() in listed), "")
