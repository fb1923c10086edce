"""Who makes room when all seats are taken."""

import pytest

from libs.common.testing import FakeClock
from services.ftp_ingest.server.seats import Seat, Seats


class Room:
    """Three seats, two of an address, two of a user; `cut` are those that had to go."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.seats = Seats(self.clock, most=3, per_address=2, per_user=2)
        self.cut: list[str] = []

    def seat(self, name: str, address: str = "", user: str | None = None, **fields: object) -> Seat:
        """A second later than the one before; not admitted yet."""
        self.clock.advance(1)
        now_s = self.clock.monotonic_s()
        seat = Seat(address or name, now_s, lambda: self.cut.append(name), user, heard_s=now_s)
        for field, value in fields.items():
            setattr(seat, field, value)
        return seat

    def full(self, *seats: Seat) -> None:
        assert all(self.seats.admit(seat) for seat in seats)
        assert self.cut == []


def test_strangers_go_first_the_oldest_before_the_others() -> None:
    """Whoever waits longest for a login will not log in."""
    room = Room()
    room.full(room.seat("camera", user="porch"), room.seat("old"), room.seat("young"))
    room.clock.advance(60)
    assert room.seats.admit(room.seat("newest"))
    assert room.seats.admit(room.seat("another"))
    assert room.cut == ["old", "young"]
    assert len(room.seats) == 3


def test_a_silent_session_goes_before_a_slow_one_and_a_busy_one_stays() -> None:
    """A kilobyte a second is the least that counts as an upload."""
    room = Room()
    began = {"transfer_since_s": room.clock.monotonic_s()}
    slow, busy = room.seat("slow", user="a", **began, got_bytes=90), room.seat("busy", user="b", **began)
    room.full(busy, slow, room.seat("silent", user="c"))
    room.clock.advance(100)
    busy.got_bytes = 1 << 20
    for name in ("first", "second"):
        newcomer = room.seat(name, user="d", in_hand=True)
        assert room.seats.admit(newcomer)
    assert room.cut == ["silent", "slow"]
    assert not room.seats.admit(room.seat("third"))
    assert room.cut == ["silent", "slow"]


def test_who_has_just_said_something_stays() -> None:
    """Between two commands of an upload nobody is cut for a newcomer."""
    room = Room()
    room.full(room.seat("a", user="a"), room.seat("b", user="b"), room.seat("c", user="c"))
    for seat in room.seats._taken:
        seat.heard_s = room.clock.monotonic_s()
    assert not room.seats.admit(room.seat("newest"))


def test_an_address_makes_room_among_its_own() -> None:
    """Other addresses lose nothing to it."""
    room = Room()
    room.full(room.seat("other"), room.seat("one", "near"), room.seat("two", "near"))
    assert room.seats.admit(room.seat("three", "near"))
    assert room.cut == ["one"]


@pytest.mark.parametrize("in_hand", [False, True])
def test_a_user_makes_room_among_its_own(in_hand: bool) -> None:
    """Also where the others were heard a moment ago; not where a picture of each is being taken."""
    room = Room()
    old, other = (room.seat(name, user="porch", in_hand=in_hand) for name in ("old", "other"))
    newest = room.seat("newest")
    room.full(old, other, newest)
    assert room.seats.log_in(newest, "porch") is not in_hand
    assert room.cut == ([] if in_hand else ["old"])
    assert newest.user == (None if in_hand else "porch")


def test_who_leaves_leaves_room() -> None:
    """Once, however often it is said."""
    room = Room()
    first = room.seat("first")
    room.full(first, room.seat("second"), room.seat("third"))
    room.seats.leave(first)
    room.seats.leave(first)
    assert room.seats.admit(room.seat("fourth"))
    assert room.cut == []
