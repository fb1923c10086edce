"""The page's socket: its first message says who it is, then it offers video or sends pictures, until it closes."""

import asyncio
import json
import logging
import re
import time
from collections import Counter
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from libs.common.errors import FramebusError, PermanentError
from libs.common.throttle import neighbourhood
from services.producer.webrtc.answers import address_of
from services.producer.webrtc.door import Door
from services.producer.webrtc.guest import Guest
from services.producer.webrtc.guests import Guests, RefusedError
from services.producer.webrtc.limits import CLOSE_S, JPEG_BYTES, MAX_FPS, SDP_BYTES
from services.producer.webrtc.stream import LEFT

log = logging.getLogger(__name__)

HELLO_S = 10.0
STATE_S = 1.0
OFFER_S = 1.0
"""Between two offers of one page."""
HEARTBEAT_S = 15.0
SEND_S = 10.0
LONGEST_TEXT = SDP_BYTES + (32 << 10)
STRANGERS, FROM_ONE = 32, 4
"""Sockets that have not said yet who they are, in all and from one address."""
CLOSE = {"token": 4401, "throttled": 4429, "name": 4400, "protocol": 4400, "taken": 4409, "full": 4503, "idle": 4408}
GONE = {
    "replaced": (4409, "replaced", "this camera was joined again from here"),
    "stopping": (WSCloseCode.GOING_AWAY, "stopping", "the server ends"),
}
CLIENT = re.compile(r"[A-Za-z0-9_-]{16,64}")


class ProtocolError(FramebusError):
    """A message that is none of ours."""


class Join:
    """Its route."""

    def __init__(self, guests: Guests, door: Door) -> None:
        self._guests, self._door = guests, door
        self._strangers: Counter[str] = Counter()

    async def socket(self, request: web.Request) -> web.StreamResponse:
        """GET /join, an upgrade to a WebSocket of our own page."""
        if not self._door.same_origin(request.headers.get("Origin", ""), request.headers.get("Host", "")):
            raise web.HTTPForbidden(reason="this page is another site's: name its address with --origin")
        home = neighbourhood(address_of(request))
        if self._strangers.total() >= STRANGERS or self._strangers[home] >= FROM_ONE:
            raise web.HTTPServiceUnavailable(reason="too many sockets")
        socket = web.WebSocketResponse(max_msg_size=JPEG_BYTES + 1, heartbeat=HEARTBEAT_S, compress=False)
        self._strangers[home] += 1
        try:
            await socket.prepare(request)
            guest = await self._welcome(socket, address_of(request))
        except (FramebusError, TimeoutError) as error:
            await _refuse(socket, error)
            return socket
        finally:
            self._strangers[home] -= 1
            self._strangers += Counter()  # without those of whom none is left
        await _Page(self._guests, guest, socket, address_of(request)).serve()
        return socket

    async def _welcome(self, socket: web.WebSocketResponse, address: str) -> Guest:
        """Raises RefusedError, ProtocolError, TimeoutError."""
        message = await socket.receive(HELLO_S)
        if message.type is not WSMsgType.TEXT:
            raise ProtocolError("expected a hello first")
        hello = _read(message.data)
        token, camera, client = (hello.get(key) for key in ("token", "camera", "client"))
        if hello.get("type") != "hello" or not (isinstance(token, str) and isinstance(camera, str)):
            raise ProtocolError("expected a hello with token, camera and client")
        if not isinstance(client, str) or not CLIENT.fullmatch(client):
            raise ProtocolError("client: expected 16 to 64 letters, digits, _ and -")
        self._door.check(token, address)
        return await self._guests.enter(camera, f"page {client}", address, stays=True)


class _Page:
    """One that was welcomed."""

    def __init__(self, guests: Guests, guest: Guest, socket: web.WebSocketResponse, address: str) -> None:
        self._guests, self._guest, self._socket, self._address = guests, guest, socket, address
        self._next_offer_s = self._next_picture_s = 0.0
        self._told: object = None

    async def serve(self) -> None:
        """Until the page, or the server, closes it."""
        await self._send(self._hello())
        news = asyncio.create_task(self._tell())
        gone = asyncio.create_task(self._sent_away())
        try:
            await self._listen()
        except FramebusError as error:
            await _refuse(self._socket, error)
        finally:
            news.cancel()
            gone.cancel()
            reason = LEFT if self._socket.close_code in (1000, 1001, 1005) else "connection lost"
            await self._guests.leave(self._guest, reason)

    async def _listen(self) -> None:
        """Raises ProtocolError."""
        async for message in self._socket:
            if message.type is WSMsgType.BINARY:
                await self._picture(message.data)
            elif message.type is WSMsgType.TEXT:
                await self._heard(_read(message.data))

    async def _heard(self, message: dict[str, Any]) -> None:
        kind = message.get("type")
        if kind == "offer" and isinstance(message.get("sdp"), str):
            await self._offer(message["sdp"])
        elif kind in ("pause", "resume"):
            self._guest.paused(kind == "pause")
            await self._state()
        elif kind != "ping":
            raise ProtocolError("expected offer, pause, resume or a picture")

    async def _offer(self, sdp: str) -> None:
        wait_s = self._next_offer_s - time.monotonic()
        if wait_s > 0:
            await self._send({"type": "refused", "text": "too many offers", "retry_s": round(wait_s, 2)})
            return
        self._next_offer_s = time.monotonic() + OFFER_S
        try:
            answer = await self._guests.offer(self._guest, sdp, self._address)
        except FramebusError as error:
            retry = {"retry_s": error.retry_s} if isinstance(error, RefusedError) else {}
            await self._send({"type": "refused", "text": str(error), **retry})
        else:
            await self._send({"type": "answer", "sdp": answer})

    async def _picture(self, data: bytes) -> None:
        """The answer waits until the next one may come: no page sends faster."""
        try:
            await self._guest.jpeg(data)
        except PermanentError as error:
            await self._send({"type": "refused", "text": str(error)})
            return
        now_s = time.monotonic()
        pause_s = max(0.0, self._next_picture_s - now_s)
        self._next_picture_s = max(now_s, self._next_picture_s) + 1 / MAX_FPS
        await asyncio.sleep(pause_s)
        await self._send({"type": "accepted", "pictures": self._guest.pictures, "interval_ms": 0})

    async def _tell(self) -> None:
        """Each second, and when it is another one."""
        for tick in range(1 << 62):
            await asyncio.sleep(STATE_S / 4)
            if tick % 4 == 3 or self._guest.word() != self._told:
                await self._state()

    async def _state(self) -> None:
        self._told = self._guest.word()
        await self._send(self._guest.state())

    async def _sent_away(self) -> None:
        reason = await asyncio.shield(self._guest.gone)
        code, word, text = GONE.get(reason, (CLOSE["idle"], "idle", f"nothing came: {reason}"))
        await self._send({"type": "error", "code": word, "text": text}, CLOSE_S)
        await self._socket.close(code=code)

    async def _send(self, message: dict[str, object], within_s: float = SEND_S) -> None:
        """One that does not read is given up."""
        try:
            await asyncio.wait_for(self._socket.send_str(json.dumps(message)), within_s)
        except (ConnectionError, TimeoutError, RuntimeError) as error:
            log.debug("%s: not told: %r", self._guest.camera, error)
            await self._socket.close()

    def _hello(self) -> dict[str, object]:
        terms = self._guests.terms()
        return {
            "type": "welcome",
            "camera": self._guest.camera,
            "max_width": terms.limit.width,
            "max_height": terms.limit.height,
            "max_fps": MAX_FPS,
            "ice_servers": terms.servers.for_browsers(),
        }


async def _refuse(socket: web.WebSocketResponse, error: Exception) -> None:
    """Say why, and close."""
    code = error.code if isinstance(error, RefusedError) else "protocol"
    retry = {"retry_s": round(error.retry_s, 1)} if isinstance(error, RefusedError) and error.retry_s else {}
    text = str(error) or "nothing was said in time"
    try:
        await asyncio.wait_for(socket.send_json({"type": "error", "code": code, "text": text, **retry}), SEND_S)
    except (ConnectionError, TimeoutError, RuntimeError) as wrong:
        log.debug("not told: %r", wrong)
    await socket.close(code=CLOSE[code])


def _read(text: str) -> dict[str, Any]:
    """Raises ProtocolError."""
    try:
        found = json.loads(text) if len(text) <= LONGEST_TEXT else None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProtocolError(f"expected a JSON object of at most {LONGEST_TEXT} bytes")
    return found
