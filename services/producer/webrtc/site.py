"""The HTTP side of one process: the page, its socket and WHIP on one port."""

import re
from pathlib import Path

from aiohttp import web

from services.producer.webrtc.answers import plainly, sign
from services.producer.webrtc.join import Join
from services.producer.webrtc.limits import SDP_BYTES
from services.producer.webrtc.whip import Whip, allow_pages

PAGE = Path(__file__).parent / "page"
KINDS = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
FILE = r"/static/{name:[a-z0-9_-]+\.(?:css|js|svg)}"


def site(join: Join, whip: Whip) -> web.Application:
    """All that is served."""
    app = web.Application(middlewares=[plainly], client_max_size=SDP_BYTES)
    app.on_response_prepare.append(sign)
    app.on_response_prepare.append(allow_pages)
    app.add_routes([web.get("/", _index), web.get(FILE, _file), web.get("/join", join.socket), *whip.routes()])
    return app


async def _index(request: web.Request) -> web.Response:
    return _answer(PAGE / "index.html")


async def _file(request: web.Request) -> web.Response:
    name = request.match_info["name"]
    path = PAGE / name
    if not re.fullmatch(r"[a-z0-9_-]+\.[a-z]+", name) or not path.is_file():
        raise web.HTTPNotFound
    return _answer(path)


def _answer(path: Path) -> web.Response:
    return web.Response(body=path.read_bytes(), headers={"Content-Type": KINDS[path.suffix]})
