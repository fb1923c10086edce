"""Names, numbers and times of the pictures of one camera."""

import secrets
from dataclasses import dataclass, field

BACK_NS = 2_000_000_000
"""A picture that is older than the last one by more begins a new boot: times only rise in one."""


@dataclass(frozen=True, slots=True)
class Named:
    """What a frame gets: camera/boot/seq is its identity, `at` its time (UTC ns)."""

    boot: str
    seq: int
    at: int


@dataclass
class Boots:
    """The boots of one camera since this process began, one after the other."""

    _boot: str = field(default_factory=lambda: secrets.token_hex(4))
    _next_seq: int = 0
    _last_ns: int = 0

    def name(self, at_ns: int) -> Named:
        """The next picture, which was taken at that time: a moment later, if that is not later than the last one."""
        if at_ns < self._last_ns - BACK_NS:
            self._boot, self._next_seq, self._last_ns = secrets.token_hex(4), 0, 0
        self._last_ns = max(at_ns, self._last_ns + 1)
        self._next_seq += 1
        return Named(self._boot, self._next_seq - 1, self._last_ns)
