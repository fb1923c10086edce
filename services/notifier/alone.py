"""What is still known of happenings of which one half was decided alone: enough for rules if the other one comes."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any, NamedTuple

from services.notifier.happening import Happening

MOST = 2000
MOST_BYTES = 4 << 20
MOST_ITEMS = 64
LONGEST_NAME = 1024
MOST_VALUES, LONGEST_VALUE = 16, 128
"""Of an event's own data; what is longer no text of ours says."""
BESIDE_BYTES, OF_EACH_BYTES = 1024, 100
"""About what a half takes beside its texts, and each of these beside its letters."""


class Half(NamedTuple):
    """By the event, by the frame; both, once the late one has come too."""

    told: Happening | None
    shown: Happening | None


@dataclass
class Alone:
    """By the event's id; the oldest goes first."""

    most: int = MOST
    most_bytes: int = MOST_BYTES
    used_bytes: int = 0
    _halves: OrderedDict[str, Half] = field(default_factory=OrderedDict)

    def keep(self, event: str, told: Happening | None, shown: Happening | None) -> None:
        """Without what rules do not ask for. Of an event without a frame nothing comes later."""
        if shown is None and (told is None or told.frame_id is None):
            return
        self._drop(event)
        half = self._halves[event] = Half(told and _short(told), shown and _short(shown))
        self.used_bytes += _size(half)
        while len(self._halves) > self.most or self.used_bytes > self.most_bytes:
            self._drop(next(iter(self._halves)))

    def get(self, event: str) -> Half:
        return self._halves.get(event, Half(None, None))

    def _drop(self, event: str) -> None:
        if (half := self._halves.pop(event, None)) is not None:
            self.used_bytes -= _size(half)


def _short(happening: Happening) -> Happening:
    own = {label: count for label, count in happening.counts.items() if label == happening.label}
    return replace(
        happening,
        seen=tuple(
            replace(each, zones=_names(each.zones), parents=_names(each.parents))
            for each in happening.seen[:MOST_ITEMS]
        ),
        counts=own | dict(islice(happening.counts.items(), MOST_ITEMS)),
        zones=_names(happening.zones),
        data=_data(happening.data, [parent for each in happening.seen[:1] for parent in _names(each.parents)]),
    )


def _data(data: Mapping[str, Any], parents: list[str]) -> dict[str, Any]:
    """Numbers and short texts, which sentences are made of; whether parents are known is asked for."""
    plain = {name: value for name, value in data.items() if _is_plain(value) and len(name) <= LONGEST_VALUE}
    return dict(islice(plain.items(), MOST_VALUES)) | ({"parents": parents} if "parents" in data else {})


def _is_plain(value: object) -> bool:
    return isinstance(value, int | float) or (isinstance(value, str) and len(value) <= LONGEST_VALUE)


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name for name in names if len(name) <= LONGEST_NAME)


def _size(half: Half) -> int:
    return BESIDE_BYTES + sum(
        OF_EACH_BYTES + len(text) for each in half if each is not None for text in (each.text, *_texts(each))
    )


def _texts(happening: Happening) -> Iterable[str]:
    yield from (*happening.zones, *happening.counts, *happening.data, *map(str, happening.data.values()))
    for seen in happening.seen:
        yield from (seen.label, *seen.zones, *seen.parents)
