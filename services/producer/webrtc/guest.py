"""One who joined: a page or another sender, with a camera's name, for as long as it stays."""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from libs.common.errors import PermanentError
from libs.common.jpeg_clean import clean
from services.producer.webrtc.border import Border
from services.producer.webrtc.ice_servers import IceServers
from services.producer.webrtc.limits import CONNECT_S, IDLE_S, PAUSE_S, SILENT_S, MaxSize
from services.producer.webrtc.offer import candidates, checked
from services.producer.webrtc.peer import Peer
from services.producer.webrtc.reach import Reach, everywhere, reach_of
from services.producer.webrtc.stream import JPEG, LEFT, REPLACED, Coded, Stream

RATE_S = 5

GONE = "gone"
"""The reason of an error: it was sent away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What counts for all guests."""

    limit: MaxSize = field(default_factory=MaxSize)
    servers: IceServers = field(default_factory=IceServers)
    ports: tuple[int, int] | None = None
    """UDP ports, the first and the last; None: any."""
    addresses: tuple[str, ...] = ()
    """Where this machine is reached, beside its own addresses."""
    connect_s: float = CONNECT_S
    idle_s: float = IDLE_S
    silent_s: float = SILENT_S

    def border(self, address: str) -> Border:
        """For a peer that asked from this address."""
        reach: Reach = everywhere if self.servers.stun or self.servers.turn else reach_of(address)
        return Border(reach, self.ports)


class Guest:
    """For the loop's thread alone."""

    def __init__(self, camera: str, holder: str, stays: bool, terms: Terms, began: Callable[[Stream], None]) -> None:
        """`holder`: who may take its place at once; `stays`: it may offer anew where a stream of it is over; `began`:
        told of each of its streams at its first picture.
        """
        self.camera, self.holder, self._stays = camera, holder, stays
        self.gone: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        """Why it was sent away."""
        self._terms, self._began = terms, began
        self.peer: Peer | None = None
        self._stream: Stream | None = None
        self._since_s = self._joined_s = time.monotonic()
        """When it last had a stream."""
        self._paused_s: float | None = None
        self._before = 0
        """Pictures of its earlier streams."""
        self._counts: deque[int] = deque(maxlen=RATE_S + 1)

    async def offer(self, sdp: str, address: str) -> str:
        """The answer; what it sent before is over. Raises PermanentError ("bad-offer", "gone"), TemporaryError."""
        self._be_here()
        border = self._terms.border(address)
        offer = checked(sdp, border.reach)
        await self._close(REPLACED)
        self._be_here()
        peer = Peer(border, self._terms.servers, f"{self.camera} by WebRTC", self._began)
        self.peer, self._stream = peer, peer.stream
        self.paused(False)
        try:
            answer = await peer.answer(offer, self._terms.addresses)
            self._be_here()
            return answer
        except BaseException:
            await self._close(REPLACED)
            raise

    async def add(self, fragment: str) -> None:
        """More addresses of its peer (trickle ICE). Raises PermanentError ("bad-offer")."""
        if self.peer is not None:
            for mid, candidate in candidates(fragment, self.peer.border.reach):
                await self.peer.add(candidate, mid)

    async def jpeg(self, data: bytes) -> None:
        """A picture of its own. Raises PermanentError."""
        self._be_here()
        cleaned, info = clean(data)
        if info.width * info.height > self._terms.limit.pixels:
            raise PermanentError(
                f"a picture of {info.width}x{info.height}, expected at most {self._terms.limit}", "picture-too-large"
            )
        if self.peer is not None or self._stream is None or self._stream.reason:
            await self._close(REPLACED)
            self._be_here()
            self._stream = Stream(f"{self.camera} by pictures", _no_key, self._began)
        self.paused(False)
        self._stream.put(Coded(JPEG, cleaned, time.monotonic(), key=True))
        self._stream.taken(info.width, info.height)

    def paused(self, yes: bool) -> None:
        """No pictures are to be expected, or they are again."""
        self._paused_s = time.monotonic() if yes else None
        if not yes and self._stream is not None:
            self._stream.last_s = time.monotonic()

    def look(self) -> str:
        """Called each second; why it should go, empty while it may stay."""
        self._counts.append(self.pictures)
        now_s = time.monotonic()
        if self._paused_s is not None and now_s - self._paused_s > PAUSE_S:
            return "paused for long"
        stream = self._stream
        if stream is not None and not stream.reason and (reason := self._lost(stream, now_s)):
            stream.end(reason)
        if stream is not None and stream.reason and not self._stays:
            return stream.reason
        if self._paused_s is not None or (stream is not None and not stream.reason):
            self._since_s = now_s
        return "no picture" if now_s - self._since_s > self._terms.idle_s else ""

    def waited_s(self) -> float:
        """For how long it has been here without a picture ever; 0 for one who sent some."""
        return 0.0 if self.pictures else time.monotonic() - self._joined_s

    def lost(self) -> bool:
        """What it sent is over."""
        return self._stream is not None and bool(self._stream.reason)

    async def clear(self) -> None:
        """Close the connection of what is over."""
        if self.peer is not None and self.lost():
            peer, self.peer = self.peer, None
            await peer.close(LEFT)

    async def leave(self, reason: str) -> None:
        """It is over with it, from the first moment."""
        if not self.gone.done():
            self.gone.set_result(reason)
        await self._close(reason)

    @property
    def pictures(self) -> int:
        return self._before + (self._stream.pictures if self._stream else 0)

    def state(self) -> dict[str, object]:
        """As the page is told it."""
        stream = self._stream
        counts = list(self._counts)
        return {
            "type": "state",
            "state": self.word(),
            "pictures": self.pictures,
            "fps": round((counts[-1] - counts[0]) / (len(counts) - 1), 1) if len(counts) > 1 else 0.0,
            "width": stream.width or None if stream else None,
            "height": stream.height or None if stream else None,
            "text": stream.text if stream else "",
        }

    def word(self) -> str:
        """The state of the link."""
        if self._paused_s is not None:
            return "paused"
        if self._stream is None:
            return "connecting"
        if self._stream.reason:
            return "lost"
        return "connected" if self.peer is None or self.peer.connected else "connecting"

    def _lost(self, stream: Stream, now_s: float) -> str:
        """Why no more is to be expected of the stream."""
        if self.peer is not None and not self.peer.connected:
            over = self.peer.failed or now_s - self.peer.began_s > self._terms.connect_s
            return "no answer" if over else ""
        if self.peer is not None and now_s - self.peer.border.heard_s > self._terms.silent_s:
            return "connection lost"
        return "stalled" if self._paused_s is None and now_s - stream.last_s > self._terms.idle_s else ""

    def _be_here(self) -> None:
        """Raises PermanentError ("gone"): its name may be another one's by now."""
        if self.gone.done():
            raise PermanentError(f"{self.camera}: sent away: {self.gone.result()}", GONE)

    async def _close(self, reason: str) -> None:
        stream, peer, self.peer, self._stream = self._stream, self.peer, None, None
        if stream is not None:
            self._before += stream.pictures
            stream.end(reason)
        if peer is not None:
            await peer.close(reason)


def _no_key() -> None:
    """Every picture is one."""
