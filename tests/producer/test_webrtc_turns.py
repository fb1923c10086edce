"""Several join, are sent away and are looked after at the same time: each sees what the others did meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import psutil
import pytest

from libs.common import images
from libs.common.clock import SystemClock
from libs.common.errors import PermanentError
from libs.common.testing import picture
from services.producer.plan import Plan
from services.producer.webrtc.guest import Guest, Terms
from services.producer.webrtc.guests import Guests, RefusedError
from services.producer.webrtc.peer import Peer
from services.producer.webrtc.seats import Seats
from services.producer.webrtc.stream import REPLACED
from tests.producer.webrtc_rig import in_loop, offer_without_media, until

JPEG = images.encode(picture(320, 160))
LONG_AGO = float("-inf")


class Slow:
    """A peer whose end takes as long as it is made to."""

    connected = failed = False

    def __init__(self, closed: Callable[[], Awaitable[object]]) -> None:
        self._closed = closed

    async def close(self, reason: str) -> None:
        await self._closed()


def guests(most: int) -> Guests:
    return Guests(
        Terms(), most, Seats(lambda camera: Plan(url="webrtc", camera=camera)), lambda _: False, SystemClock()
    )


def slow(guest: Guest, closed: Callable[[], Awaitable[object]], monkeypatch: pytest.MonkeyPatch) -> None:
    """It came long ago, sent nothing, and takes its time to go."""
    guest.peer = cast(Peer, Slow(closed))
    monkeypatch.setattr(guest, "_joined_s", LONG_AGO)


def udp_sockets() -> int:
    return len(psutil.Process().net_connections("udp"))


def test_who_join_while_room_is_made_are_no_more_than_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six at once where two idle ones have to go first: two get in, four are told that all is full."""

    async def test() -> None:
        all_of_them, may_close = guests(2), asyncio.Event()
        for number in range(2):
            guest = await all_of_them.enter(f"old-{number}", "page old", "127.0.0.1", True)
            slow(guest, may_close.wait, monkeypatch)
        come = [
            asyncio.create_task(all_of_them.enter(f"new-{number}", "page new", f"127.0.1.{number}", True))
            for number in range(6)
        ]
        await asyncio.sleep(0)
        may_close.set()
        found = await asyncio.gather(*come, return_exceptions=True)
        assert (len(all_of_them), sum(isinstance(each, Guest) for each in found)) == (2, 2)
        assert {each.code for each in found if isinstance(each, RefusedError)} == {"full"}

    in_loop(test)


def test_of_two_who_want_one_name_while_room_is_made_one_gets_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other is told that it is taken."""

    async def test() -> None:
        all_of_them, may_close = guests(1), asyncio.Event()
        slow(await all_of_them.enter("old", "page old", "127.0.0.1", True), may_close.wait, monkeypatch)
        come = [
            asyncio.create_task(all_of_them.enter("porch", f"page {number}", f"127.0.1.{number}", True))
            for number in range(2)
        ]
        await asyncio.sleep(0)
        may_close.set()
        found = await asyncio.gather(*come, return_exceptions=True)
        assert [each.code for each in found if isinstance(each, RefusedError)] == ["taken"]
        assert sum(isinstance(each, Guest) for each in found) == 1

    in_loop(test)


def test_a_picture_of_one_who_was_replaced_does_not_take_its_successors_place() -> None:
    """Neither one that comes later, nor one that waits for the end of what was sent before."""

    async def test() -> None:
        began: list[str] = []
        first = Guest("porch", "page", True, Terms(), lambda stream: began.append(stream.label))
        may_close = asyncio.Event()
        first.peer = cast(Peer, Slow(may_close.wait))
        waiting = asyncio.create_task(first.jpeg(JPEG))
        await asyncio.sleep(0)
        await first.leave(REPLACED)
        may_close.set()
        for late in (waiting, first.jpeg(JPEG)):
            with pytest.raises(PermanentError, match="sent away: replaced"):
                await late
        assert (began, first.pictures) == ([], 0)

    in_loop(test)


def test_an_offer_of_one_who_was_replaced_opens_nothing() -> None:
    """Not even one that was well before."""

    async def test() -> None:
        offer, before = await offer_without_media(), udp_sockets()
        guest = Guest("porch", "page", True, Terms(), lambda stream: None)
        await guest.leave(REPLACED)
        with pytest.raises(PermanentError, match="sent away: replaced"):
            await guest.offer(offer, "127.0.0.1")
        assert (guest.peer, udp_sockets()) == (None, before)

    in_loop(test)


def test_one_who_is_replaced_while_its_offer_is_answered_has_no_socket_left() -> None:
    """Whenever in between it is."""

    async def test() -> None:
        offer = await offer_without_media()
        before = udp_sockets()
        for turns in range(0, 40, 3):
            guest = Guest("porch", "page", True, Terms(), lambda stream: None)
            answer = asyncio.create_task(guest.offer(offer, "127.0.0.1"))
            for _ in range(turns):
                await asyncio.sleep(0)
            await guest.leave(REPLACED)
            await asyncio.wait([answer])
            await until(lambda: udp_sockets() <= before, f"all sockets closed, after {turns} turns")

    in_loop(test)


def test_a_client_that_hangs_up_while_it_leaves_leaves_nothing_behind() -> None:
    """What it began goes on to its end: the sockets are closed, and it is gone."""

    async def test() -> None:
        all_of_them, offer = guests(2), await offer_without_media()
        before = udp_sockets()
        guest = await all_of_them.enter("porch", "whip", "127.0.0.1", False)
        await all_of_them.offer(guest, offer, "127.0.0.1")
        assert udp_sockets() > before
        leaving = asyncio.create_task(all_of_them.leave(guest))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.wait([leaving])
        assert guest.gone.done()
        await until(lambda: udp_sockets() <= before, "all sockets closed")

    in_loop(test)


def test_those_who_are_over_go_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose end takes long keeps nobody."""

    async def test() -> None:
        all_of_them, together = guests(4), asyncio.Barrier(4)
        for number in range(4):
            guest: Any = await all_of_them.enter(f"camera-{number}", "page", "127.0.0.1", True)
            slow(guest, together.wait, monkeypatch)
            monkeypatch.setattr(guest, "_since_s", LONG_AGO)
        await asyncio.wait_for(all_of_them.look(), 10)
        assert len(all_of_them) == 0

    in_loop(test)
