"""WHIP (RFC 9725): programs such as OBS, FFmpeg and GStreamer join by one POST and leave by one DELETE."""

import asyncio
import re
import secrets
from dataclasses import dataclass, field

from aiohttp import web

from services.producer.webrtc.answers import address_of
from services.producer.webrtc.door import Door
from services.producer.webrtc.guest import Guest
from services.producer.webrtc.guests import Guests, RefusedError
from services.producer.webrtc.limits import SDP_BYTES
from services.producer.webrtc.offer import bad

BODY_S = 10.0
SDP, FRAGMENT = "application/sdp", "application/trickle-ice-sdpfrag"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Location, ETag, Link, Retry-After",
}
"""A page of anywhere may send, if its user gave it the token: no cookie counts here."""
PREFLIGHT = {
    "Access-Control-Allow-Methods": "POST, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, If-Match",
    "Access-Control-Max-Age": "600",
    "Accept-Post": SDP,
}


@dataclass
class Session:
    """One sender's."""

    guest: Guest
    ufrag: str
    name: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    tag: str = field(default_factory=lambda: f'"{secrets.token_urlsafe(8)}"')


class Whip:
    """Its routes."""

    def __init__(self, guests: Guests, door: Door) -> None:
        self._guests, self._door = guests, door
        self._sessions: dict[str, Session] = {}

    def routes(self) -> list[web.RouteDef]:
        one, session = "/whip/{camera}", "/whip/{camera}/{session}"
        return [
            web.post(one, self.join),
            web.patch(session, self.trickle),
            web.delete(session, self.leave),
            web.options(one, self.options),
            web.options(session, self.options),
        ]

    async def options(self, request: web.Request) -> web.Response:
        """Asked by browsers before they send (CORS)."""
        return web.Response(status=204, headers=PREFLIGHT)

    async def join(self, request: web.Request) -> web.Response:
        """POST of an offer: 201 with the answer."""
        address = address_of(request)
        self._check(request)
        offer = await _body(request, SDP)
        guest = await self._guests.enter(request.match_info["camera"], f"whip {address}", address, stays=False)
        try:
            answer = await self._guests.offer(guest, offer, address)
        except BaseException:
            await self._guests.leave(guest, "refused")
            raise
        session = self._remember(Session(guest, _ufrag(offer)))
        headers = {"Location": f"/whip/{guest.camera}/{session.name}", "ETag": session.tag}
        headers |= self._links()
        return web.Response(status=201, body=answer.encode(), headers={**headers, "Content-Type": SDP})

    async def trickle(self, request: web.Request) -> web.Response:
        """PATCH with more addresses; a new start of ICE is refused: a new POST takes over at once."""
        session = self._session(request)
        fragment = await _body(request, FRAGMENT)
        if (tag := request.headers.get("If-Match")) is None:
            raise web.HTTPPreconditionRequired
        ufrag = _ufrag(fragment)
        if tag == "*" or (ufrag and ufrag != session.ufrag):
            raise bad("ICE is not restarted here: POST anew, which takes over at once")
        if tag != session.tag:
            raise web.HTTPPreconditionFailed
        await session.guest.add(fragment)
        return web.Response(status=204)

    async def leave(self, request: web.Request) -> web.Response:
        """DELETE: it is over."""
        session = self._session(request)
        del self._sessions[session.name]
        await self._guests.leave(session.guest)
        return web.Response(status=200)

    def _remember(self, session: Session) -> Session:
        """Until the guest is gone."""
        self._sessions[session.name] = session
        session.guest.gone.add_done_callback(lambda _: self._sessions.pop(session.name, None))
        return session

    def _session(self, request: web.Request) -> Session:
        """Of this path. Raises HTTPNotFound, RefusedError."""
        self._check(request)
        session = self._sessions.get(request.match_info["session"])
        if session is None or session.guest.camera != request.match_info["camera"]:
            raise web.HTTPNotFound
        return session

    def _check(self, request: web.Request) -> None:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise RefusedError("token", "expected the header Authorization: Bearer TOKEN")
        self._door.check(token.strip(), address_of(request))

    def _links(self) -> dict[str, str]:
        """The operator's ICE servers, as RFC 9725 tells of them."""
        servers = self._guests.terms().servers
        links = [f'<{servers.stun}>; rel="ice-server"'] if servers.stun else []
        if servers.turn:
            login = f'username="{servers.username}"; credential="{servers.password}"; credential-type="password"'
            links.append(f'<{servers.turn}>; rel="ice-server"; {login}')
        return {"Link": ", ".join(links)} if links else {}


async def allow_pages(request: web.Request, response: web.StreamResponse) -> None:
    """CORS, for what is WHIP."""
    if request.path.startswith("/whip/"):
        response.headers.update(CORS)


async def _body(request: web.Request, kind: str) -> str:
    """Raises HTTPUnsupportedMediaType, HTTPRequestEntityTooLarge, HTTPRequestTimeout, HTTPBadRequest."""
    if request.content_type != kind:
        raise web.HTTPUnsupportedMediaType(reason=f"expected Content-Type: {kind}")
    try:
        async with asyncio.timeout(BODY_S):
            data = b""
            while len(data) <= SDP_BYTES and not request.content.at_eof():
                data += await request.content.read(SDP_BYTES + 1 - len(data))
        if len(data) > SDP_BYTES:
            raise web.HTTPRequestEntityTooLarge(SDP_BYTES, len(data))
        return data.decode()
    except TimeoutError:
        raise web.HTTPRequestTimeout from None
    except UnicodeDecodeError:
        raise web.HTTPBadRequest(reason="expected UTF-8") from None


def _ufrag(text: str) -> str:
    """Of the first part that has one; empty where none has."""
    found = re.search(r"^a=ice-ufrag:(\S{1,256})", text, re.MULTILINE)
    return found[1] if found else ""
