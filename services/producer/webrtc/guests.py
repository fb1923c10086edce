"""All who joined: who may come in under which name, and who has to go."""

import asyncio
import gc
import logging
from collections.abc import Callable

from libs.common.clock import Clock
from libs.common.errors import FramebusError
from libs.common.malloc import give_back_freed_memory
from libs.common.names import is_name
from libs.common.throttle import Throttle
from services.producer.webrtc.guest import Guest, Terms
from services.producer.webrtc.limits import OFFERS_AT_ONCE
from services.producer.webrtc.seats import Seats
from services.producer.webrtc.stream import LEFT, REPLACED

log = logging.getLogger(__name__)

JOINS, JOINS_S = 60, 60.0
"""From one address, in so many seconds: a lab's cameras at once, and no flood."""
PATIENCE_S = 5.0
"""So long one who has sent no picture keeps its place, when all are taken."""
OFFER_S = 5.0
"""So long an offer waits for its turn."""
MOST_CLOSED = 16
"""Connections of aiortc that are over and still in memory, 250 KiB each."""
TIDY_LOOKS = 3
"""So many looks after somebody left, the camera's thread has let go of the last pictures, too."""
EXPECTED = "letters, digits, _ . - and no other sign, the first a letter or digit, 64 at most"


class RefusedError(FramebusError):
    """One may not join; `code` is a word for programs: name, taken, full, throttled."""

    def __init__(self, code: str, text: str, retry_s: float | None = None) -> None:
        super().__init__(text)
        self.code, self.retry_s = code, retry_s


class Guests:
    """For the loop's thread alone. `elsewhere`: whether another producer has a camera now."""

    def __init__(self, terms: Terms, most: int, seats: Seats, elsewhere: Callable[[str], bool], clock: Clock) -> None:
        self._terms, self._most, self._seats, self._elsewhere = terms, most, seats, elsewhere
        self._joins = Throttle(clock, JOINS, JOINS_S)
        self._guests: dict[str, Guest] = {}
        self._closed = 0
        self._untidy = 0
        self._offers = asyncio.Semaphore(OFFERS_AT_ONCE)

    async def enter(self, camera: str, holder: str, address: str, stays: bool) -> Guest:
        """A new guest (as `Guest` has it); the same holder's last one is sent away. Raises RefusedError."""
        if not is_name(camera):
            raise RefusedError("name", f"no name of a camera: expected {EXPECTED}")
        if wait_s := self._joins.attempt(address):
            raise RefusedError("throttled", f"too many joins from here, the next in {wait_s:.0f} s", wait_s)
        if self._elsewhere(camera):
            raise RefusedError("taken", f"{camera}: another producer has a camera of this name")
        while camera not in self._guests and len(self._guests) >= self._most:
            await self._make_room()
        last = self._guests.get(camera)  # from here to its new place nobody else gets a turn
        if last is not None and last.holder != holder:
            raise RefusedError("taken", f"{camera}: somebody else sends this camera now")
        guest = Guest(camera, holder, stays, self._terms, lambda stream: self._seats.show(camera, stream))
        self._guests[camera] = guest
        log.debug("%s: joined from %s", camera, address)
        if last is not None:
            await self._send_away(last, REPLACED)
        return guest

    async def _make_room(self) -> None:
        """Who has sent nothing for longest has to go. Raises RefusedError where there is none such."""
        idle = [guest for guest in self._guests.values() if guest.waited_s() > PATIENCE_S]
        if not idle:
            raise RefusedError("full", f"{self._most} cameras have joined already", 30.0)
        await self.leave(max(idle, key=Guest.waited_s), "no picture")

    async def offer(self, guest: Guest, sdp: str, address: str) -> str:
        """Raises RefusedError where too many wait to be answered, and what `Guest.offer` raises."""
        try:
            await asyncio.wait_for(self._offers.acquire(), OFFER_S)
        except TimeoutError:
            raise RefusedError("full", "too many offers at once", 1.0) from None
        try:
            return await guest.offer(sdp, address)
        finally:
            self._offers.release()

    async def leave(self, guest: Guest, reason: str = LEFT) -> None:
        """It goes, or is sent away."""
        if self._guests.get(guest.camera) is guest:
            del self._guests[guest.camera]
            log.log(logging.INFO if guest.pictures else logging.DEBUG, "%s: %s", guest.camera, reason)
        await self._send_away(guest, reason)

    async def _send_away(self, guest: Guest, reason: str) -> None:
        try:
            await guest.leave(reason)
        finally:
            self._closed += 1
            self._untidy = TIDY_LOOKS
        if self._closed >= MOST_CLOSED:
            self._collect()

    async def look(self) -> None:
        """Called each second: whoever is over has to go."""
        over = [(guest, guest.look()) for guest in self._guests.values()]
        await asyncio.gather(*(self.leave(guest, reason) if reason else guest.clear() for guest, reason in over))
        self._seats.forget()
        if self._untidy:
            self._untidy -= 1
            self._collect()
            give_back_freed_memory()

    def _collect(self) -> None:
        """What aiortc leaves behind refers to itself."""
        self._closed = 0
        gc.collect()

    async def close(self) -> None:
        """All have to go, at once."""
        await asyncio.gather(*(self.leave(guest, "stopping") for guest in list(self._guests.values())))

    def __len__(self) -> int:
        return len(self._guests)

    def terms(self) -> Terms:
        return self._terms
