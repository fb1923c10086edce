"""What a step keeps of each camera, bounded: who was not heard of for long, or is one too many, is forgotten."""

from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from libs.common.clock import Clock

MOST_CAMERAS = 1000
T = TypeVar("T")


@dataclass(slots=True)
class _Kept(Generic[T]):
    value: T
    asked_s: float


class PerCamera(Generic[T]):
    """One `make()` for each camera, made when it is first asked for."""

    def __init__(self, make: Callable[[], T], clock: Clock, keep_s: float) -> None:
        """`keep_s`: nobody asked for it for so long, and it is forgotten."""
        self._make = make
        self._clock = clock
        self._keep_s = keep_s
        self._kept: OrderedDict[str, _Kept[T]] = OrderedDict()

    def of(self, camera: str) -> T:
        now_s = self._clock.monotonic_s()
        if camera not in self._kept:
            self._kept[camera] = _Kept(self._make(), now_s)
        kept = self._kept[camera]
        kept.asked_s = now_s
        self._kept.move_to_end(camera)
        self._let_go(now_s)
        return kept.value

    def __iter__(self) -> Iterator[T]:
        return iter([kept.value for kept in self._kept.values()])

    def forget(self, camera: str) -> None:
        self._kept.pop(camera, None)

    def _let_go(self, now_s: float) -> None:
        while True:
            camera, oldest = next(iter(self._kept.items()))
            if len(self._kept) <= MOST_CAMERAS and oldest.asked_s >= now_s - self._keep_s:
                return
            del self._kept[camera]
