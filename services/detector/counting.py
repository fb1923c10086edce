"""What was counted, for people: `2 persons, 1 car`."""

from collections.abc import Mapping, Sequence

from libs.common.messages import Detection
from services.detector.step import Look

MOST_KINDS = 8
MOST_PARENTS = 16
_SPECIAL = {"mouse": "mice", "knife": "knives", "man": "men", "woman": "women", "child": "children"}
_UNCHANGED = ("moving", "detected", "people", "sheep", "deer", "fish", "skis", "scissors")


def counted(looks: Sequence[Look]) -> dict[str, int]:
    """How many of each label: what several backends see of it is the same, so the one that sees most counts."""
    counts: dict[str, int] = {}
    for look in looks:
        for label, found in by_label(look.found).items():
            counts[label] = max(counts.get(label, 0), len(found))
    return counts


def by_label(found: Sequence[Detection]) -> dict[str, list[Detection]]:
    labels: dict[str, list[Detection]] = {}
    for each in found:
        labels.setdefault(each.label, []).append(each)
    return labels


def parents_of(looks: Sequence[Look], label: str) -> list[str]:
    """What this label is a kind of, as the backends say: `vehicle` of `car`."""
    found = (each for look in looks for each in look.found if each.label == label)
    return list(dict.fromkeys(parent for each in found for parent in each.parents))[:MOST_PARENTS]


def surest_of(looks: Sequence[Look], label: str) -> float | None:
    """How sure the surest finding of this label is, whoever found it; None where nobody did."""
    return max((each.confidence for look in looks for each in look.found if each.label == label), default=None)


def text_of(counts: Mapping[str, int], first: str) -> str:
    """The label that it is about comes first, then the most frequent."""
    order = sorted(counts, key=lambda label: (label != first, -counts[label], label))
    parts = [f"{counts[label]} {plural(label) if counts[label] != 1 else label}" for label in order[:MOST_KINDS]]
    if beyond := len(order) - MOST_KINDS:
        parts += [f"{beyond} other labels"] if beyond > 0 else []
    return ", ".join(parts)


def plural(label: str) -> str:
    """Of an English word; what does not end in one of a to z is left as it is."""
    if label in _UNCHANGED or not "a" <= label[-1] <= "z":
        return label
    if label in _SPECIAL:
        return _SPECIAL[label]
    if label.endswith(("s", "x", "z", "ch", "sh")):
        return label + "es"
    if label[-1] == "y" and label[-2:-1] not in tuple("aeiou") and len(label) > 1:
        return label[:-1] + "ies"
    return label + "s"
