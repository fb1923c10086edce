"""A producer whose cameras join: what is served, and how it meets the rest of the process."""

import logging
import secrets
import socket
from dataclasses import replace
from importlib.util import find_spec
from typing import TYPE_CHECKING
from urllib.parse import quote

from libs.common.errors import FatalError
from libs.common.registry.registry import Registry
from libs.common.service import Service
from libs.common.settings_checks import host_port, port_range
from services.producer.orders.hearing import desk_of
from services.producer.plan import Plan
from services.producer.run import cameras_of, publish
from services.producer.settings import Settings
from services.producer.webrtc.ice_servers import IceServers
from services.producer.webrtc.limits import MaxSize
from services.producer.webrtc.seats import Seats
from services.producer.webrtc.sessions import Sessions
from services.producer.webrtc_settings import parse_size

if TYPE_CHECKING:
    from services.producer.webrtc.serving import Opened

log = logging.getLogger(__name__)

LOCAL = ("127.0.0.1", "localhost", "::1", "[::1]")
ANY = ("0.0.0.0", "::", "[::]")  # noqa: S104


def serve_webrtc(settings: Settings, process: Service, template: Plan) -> None:
    """Until stopped. Raises FatalError where the port is not to be had."""
    need_libraries()
    from services.producer.webrtc.serving import Serving

    seats = Seats(lambda camera: replace(template, camera=camera))
    given = settings.given_token()
    serving = Serving(_opened(settings, given or secrets.token_urlsafe(16)), seats, process.clock)
    desk = desk_of(settings, process)
    sessions = Sessions(seats, MaxSize(*parse_size(settings.max_size)), process.clock)
    cameras = cameras_of(settings, process, desk, sessions)
    seats.follow = cameras.follow
    process.health.resting = seats.resting

    def begun(registry: Registry) -> None:
        serving.start(lambda camera: not settings.takeover and registry.elsewhere(camera))
        _tell(settings, serving.port, None if given else serving.token)

    try:
        publish(settings, process, cameras, desk, begun)
    finally:
        serving.stop()


def check_webrtc(settings: Settings) -> list[str]:
    """What would be served. Raises FatalError where the port is not free."""
    need_libraries()
    from services.producer.webrtc.serving import listening

    listening(host_port(settings.listen)).close()
    settings.tls()
    return [
        f"webrtc: a page and WHIP at {_url(settings, host_port(settings.listen)[1])}, at most {settings.max_peers} "
        f"cameras of {settings.max_size}"
    ]


def need_libraries() -> None:
    """Raises FatalError that says how to get them."""
    if missing := [name for name in ("aiohttp", "aiortc") if find_spec(name) is None]:
        raise FatalError(f"webrtc: the package {missing[0]} is missing: pip install 'framebus[producer,webrtc]'")


def _opened(settings: Settings, token: str) -> "Opened":
    from services.producer.webrtc.guest import Terms
    from services.producer.webrtc.serving import Opened

    terms = Terms(
        limit=MaxSize(*parse_size(settings.max_size)),
        servers=IceServers(settings.stun, settings.turn, settings.turn_username or "", settings.turn_login()),
        ports=port_range(settings.udp_ports) if settings.udp_ports else None,
        addresses=settings.address,
    )
    return Opened(
        listen=host_port(settings.listen),
        tls=settings.tls(),
        token=token,
        origins=settings.origin,
        most=settings.max_peers,
        terms=terms,
    )


def _tell(settings: Settings, port: int, token: str | None) -> None:
    """`token`: shown where nobody else knows it."""
    url = _url(settings, port)
    log.info("cameras join at %s%s; WHIP: %s/whip/CAMERA", url, f"/#token={quote(token, '')}" if token else "/", url)
    if settings.tls_certfile is None and host_port(settings.listen)[0] not in LOCAL:
        log.warning("without --tls-certfile browsers give a page of another machine no camera; WHIP works")


def _url(settings: Settings, port: int) -> str:
    host = host_port(settings.listen)[0]
    return f"{'https' if settings.tls_certfile else 'http'}://{socket.gethostname() if host in ANY else host}:{port}"
