"""Browsers as cameras in one process: the server as it is, cameras that run, and what they say; and senders for it."""

import asyncio
import ssl
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, TypeVar

import aiohttp
import av
import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription

from libs.common.clock import SystemClock
from libs.common.messages import Frame, Message
from services.producer.backoff import Wait
from services.producer.fleet.cameras import Cameras
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.sources.shots import Open
from services.producer.webrtc.border import Loop
from services.producer.webrtc.guest import Terms
from services.producer.webrtc.seats import Seats
from services.producer.webrtc.serving import Opened, Serving
from services.producer.webrtc.sessions import Sessions

TOKEN = "the right token"
LOGIN = {"Authorization": f"Bearer {TOKEN}"}
SDP = {**LOGIN, "Content-Type": "application/sdp"}
WIDTH, HEIGHT, BITS, FPS = 320, 160, 8, 15
T = TypeVar("T")


class Server:
    """Its port, and all messages of its cameras until now."""

    def __init__(
        self, terms: Terms, most: int, elsewhere: Callable[[str], bool], tls: ssl.SSLContext | None = None
    ) -> None:
        self.messages: list[Message] = []
        self.seats = Seats(lambda camera: Plan(url="webrtc", camera=camera))
        opened = Opened(listen=("127.0.0.1", 0), tls=tls, token=TOKEN, origins=(), most=most, terms=terms)
        self.serving = Serving(opened, self.seats, SystemClock())
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.serving.port}"
        self._stop = threading.Event()
        self._sessions = Sessions(self.seats, terms.limit, SystemClock())
        self._cameras = Cameras(self._make, lambda: None, self._stop, lambda reason: None, fleet=True)
        self.seats.follow = self._cameras.follow
        self._thread = threading.Thread(target=self._run)
        self._thread.start()
        self.serving.start(elsewhere)

    def stop(self) -> None:
        self._stop.set()
        self._thread.join(10)
        self.serving.stop()

    def frames(self, camera: str) -> list[Frame]:
        return [each for each in self.messages if isinstance(each, Frame) and each.camera == camera]

    def of(self, kind: type[T], camera: str = "porch") -> list[T]:
        """Its messages of this type."""
        return [each for each in self.messages if isinstance(each, kind) and getattr(each, "camera", "") == camera]

    def _make(self, plan: Plan, wait: Wait) -> Iterator[Message]:
        def played(plan: Plan, wait: Wait, opener: Open) -> Iterator[Message]:
            return produce(plan, SystemClock(), wait, opener=opener)

        return self._sessions.messages(plan, wait, played)

    def _run(self) -> None:
        self.messages.extend(self._cameras.messages())


@contextmanager
def serving(
    terms: Terms | None = None,
    most: int = 16,
    elsewhere: Callable[[str], bool] = lambda camera: False,
    tls: ssl.SSLContext | None = None,
) -> Iterator[Server]:
    server = Server(terms or Terms(), most, elsewhere, tls)
    try:
        yield server
    finally:
        server.stop()


def run(test: Coroutine[Any, Any, T]) -> T:
    """In a loop of its own, bounded."""
    return asyncio.run(asyncio.wait_for(test, 60))


def in_loop(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """In a loop as the server's, bounded."""
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(asyncio.wait_for(test(), 20))


async def until(fact: Callable[[], object], what: str, within_s: float = 20.0) -> None:
    """Waits for a fact."""
    until_s = time.monotonic() + within_s
    while not fact():
        assert time.monotonic() < until_s, f"not within {within_s} s: {what}"
        await asyncio.sleep(0.02)


class Numbered(MediaStreamTrack):
    """Pictures that say their number in columns, black and white."""

    kind = "video"

    def __init__(self, width: int = WIDTH, height: int = HEIGHT, first: int = 0) -> None:
        super().__init__()
        self.sent = 0
        self._first, self._size = first, (width, height)
        self._began_s = time.monotonic()

    async def recv(self) -> av.VideoFrame:
        await asyncio.sleep(max(0.0, self._began_s + self.sent / FPS - time.monotonic()))
        frame = drawn(self._first + self.sent, *self._size)
        frame.pts, frame.time_base = self.sent, Fraction(1, FPS)
        self.sent += 1
        return frame


def drawn(number: int, width: int = WIDTH, height: int = HEIGHT) -> av.VideoFrame:
    """Its lowest bits."""
    grey = np.full((height * 3 // 2, width), 128, np.uint8)
    for bit in range(BITS):
        grey[:height, bit * width // BITS : (bit + 1) * width // BITS] = 220 if number >> bit & 1 else 30
    return av.VideoFrame.from_ndarray(grey, "yuv420p")


def number_of(image: np.ndarray[Any, Any]) -> int:
    """What `drawn` drew; image (H, W, 3) uint8."""
    width = image.shape[1]
    row = image[image.shape[0] // 2].mean(axis=1)
    return sum(1 << bit for bit in range(BITS) if row[bit * width // BITS + width // BITS // 2] > 128)


class Sender:
    """A peer that sends by WHIP, with aiortc."""

    def __init__(self, server: Server, camera: str, codec: str = "VP8", track: Numbered | None = None) -> None:
        self.track = track or Numbered()
        self.connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self._url = f"{server.url}/whip/{camera}"
        self._root = server.url
        way = self.connection.addTransceiver(self.track, direction="sendonly")
        codecs = RTCRtpSender.getCapabilities("video").codecs
        way.setCodecPreferences([each for each in codecs if each.mimeType == f"video/{codec}"])

    async def offer(self) -> str:
        await self.connection.setLocalDescription(await self.connection.createOffer())
        return self.connection.localDescription.sdp

    async def start(self) -> None:
        """Joins; the server must answer 201."""
        async with aiohttp.ClientSession() as web, web.post(self._url, data=await self.offer(), headers=SDP) as answer:
            assert answer.status == 201, await answer.text()
            self.location = self._root + answer.headers["Location"]
            self.tag = answer.headers["ETag"]
            await self.answered(await answer.text())

    async def answered(self, sdp: str) -> None:
        await self.connection.setRemoteDescription(RTCSessionDescription(sdp, "answer"))

    async def leave(self) -> int:
        """The status of DELETE."""
        async with aiohttp.ClientSession() as web, web.delete(self.location, headers=LOGIN) as answer:
            return answer.status

    async def close(self) -> None:
        await self.connection.close()


async def offer_without_media() -> str:
    """An offer as browsers make it, of somebody who will never send."""
    connection = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    connection.addTransceiver("video", direction="sendonly")
    connection.addTransceiver("audio", direction="sendonly")
    await connection.setLocalDescription(await connection.createOffer())
    sdp = str(connection.localDescription.sdp)
    await connection.close()
    return sdp


async def post(server: Server, camera: str, body: Any, address: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
    """An offer from this address: status and text."""
    connector = aiohttp.TCPConnector(local_addr=(address, 0))
    async with (
        aiohttp.ClientSession(connector=connector) as web,
        web.post(f"{server.url}/whip/{camera}", data=body, headers={**SDP, **headers}) as answer,
    ):
        return answer.status, await answer.text()
