"""Who may be connected at the same time: when all seats are taken, the newest wins over the useless."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from threading import Lock

from libs.common.clock import Clock

FRESH_S = 2.0
"""So long a connection counts as busy after its last command, or since its transfer began."""
USEFUL_BYTES_PER_S = 1024.0
STRANGER, SILENT, SLOW, FRESH, BUSY = range(5)


@dataclass(eq=False, slots=True)
class Seat:
    """One connection, as its session says; times in seconds of the clock."""

    address: str
    since_s: float
    cut: Callable[[], None]
    user: str | None = None
    heard_s: float = 0.0
    transfer_since_s: float | None = None
    got_bytes: int = 0
    in_hand: bool = False

    def worth(self, now_s: float) -> tuple[int, float]:
        """The least is given up first."""
        if self.in_hand:
            return BUSY, 0.0
        if self.user is None:
            return STRANGER, self.since_s
        if self.transfer_since_s is None:
            return (FRESH if now_s - self.heard_s < FRESH_S else SILENT), self.heard_s
        elapsed_s = now_s - self.transfer_since_s
        if self.got_bytes / max(1.0, elapsed_s) >= USEFUL_BYTES_PER_S:
            return BUSY, 0.0
        return (FRESH if elapsed_s < FRESH_S else SLOW), self.transfer_since_s


@dataclass(eq=False)
class Seats:
    """Several threads at once."""

    clock: Clock
    most: int
    per_address: int
    per_user: int
    _taken: list[Seat] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def admit(self, seat: Seat) -> bool:
        """False where all the others are at work; else one of them may have been cut for it."""
        with self._lock:
            beside = [other for other in self._taken if other.address == seat.address]
            crowd = beside if len(beside) >= self.per_address else self._taken
            full = crowd is beside or len(crowd) >= self.most
            given_up = self._least(crowd, SLOW) if full else None
            if full and given_up is None:
                return False
            self._give_up(given_up)
            self._taken.append(seat)
        if given_up:
            given_up.cut()
        return True

    def log_in(self, seat: Seat, user: str) -> bool:
        """False where all of the user's sessions are at work; else the oldest useless one may have been cut for it:
        a camera that lost its power leaves dead ones behind."""
        with self._lock:
            theirs = [other for other in self._taken if other.user == user]
            full = len(theirs) >= self.per_user
            given_up = self._least(theirs, FRESH) if full else None
            if full and given_up is None:
                return False
            self._give_up(given_up)
            seat.user, seat.heard_s = user, self.clock.monotonic_s()
        if given_up:
            given_up.cut()
        return True

    def leave(self, seat: Seat) -> None:
        """It is over, whoever ended it."""
        with self._lock:
            self._give_up(seat)

    def __len__(self) -> int:
        return len(self._taken)

    def _give_up(self, seat: Seat | None) -> None:
        if seat in self._taken:
            self._taken.remove(seat)

    def _least(self, crowd: Iterable[Seat], most: int) -> Seat | None:
        now_s = self.clock.monotonic_s()
        worth, seat = min(((seat.worth(now_s), seat) for seat in crowd), key=lambda pair: pair[0])
        return seat if worth[0] <= most else None
