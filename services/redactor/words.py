"""Which labels are to be covered: those named, all but those named, or all."""

from dataclasses import dataclass
from functools import lru_cache

from libs.common.messages import Detection
from services.redactor.verdicts import NONE, Labels

ALL_BUT = "all-but"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the operator's words mean."""

    words: Labels = NONE
    """What is to be covered; empty: every label that any verdict names, without the excepted ones."""
    excepted: Labels = NONE

    def __str__(self) -> str:
        if self.words:
            return ", ".join(sorted(self.words))
        return f"every label but {', '.join(sorted(self.excepted))}" if self.excepted else "every label"

    def labels(self, named: Labels) -> Labels:
        """What must have been looked for, where verdicts name these labels; nothing: then nobody looked for it."""
        return self.words or named - self.excepted

    def covers(self, detection: Detection) -> bool:
        """Whether this one is to be covered; the name of a parent counts.

        `person` covers a `child` whose parent is `person`. `all-but car` covers a `car` whose parent is `person`.
        """
        names = (detection.label, *detection.parents)
        if self.words:
            return not self.words.isdisjoint(names)
        return not self.excepted.issuperset(names)


@lru_cache(maxsize=16)
def wanted_by(words: tuple[str, ...]) -> Wanted:
    """What `person face`, `all-but car dog` or no words mean. Raises ValueError where they mean nothing clear."""
    if any(not word or word != word.lower() for word in words):
        raise ValueError("labels must be lower case and not empty")
    if ALL_BUT not in words:
        return Wanted(words=frozenset(words))
    if words[0] != ALL_BUT or words.count(ALL_BUT) > 1 or len(words) == 1:
        raise ValueError(f"expected {ALL_BUT} once, before the labels that stay visible")
    return Wanted(excepted=frozenset(words[1:]))
