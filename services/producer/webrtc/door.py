"""Who may come in at all: the join token, and from which pages."""

import hmac
from ipaddress import ip_address
from socket import gethostname
from urllib.parse import urlsplit

from libs.common.clock import Clock
from libs.common.throttle import Throttle
from services.producer.webrtc.guests import RefusedError


class Door:
    """`origins`: other addresses under which browsers reach the page."""

    def __init__(self, token: str, origins: tuple[str, ...], clock: Clock) -> None:
        self._token = token.encode()
        self._origins = {origin.rstrip("/") for origin in origins}
        self._wrong = Throttle(clock)

    def check(self, token: str, address: str) -> None:
        """Raises RefusedError: `token` for a wrong one, `throttled` after too many."""
        if wait_s := self._wrong.attempt(address):
            raise RefusedError("throttled", f"too many wrong tokens from here, the next try in {wait_s:.0f} s", wait_s)
        if not hmac.compare_digest(token.encode(errors="replace"), self._token):
            raise RefusedError("token", "wrong join token")
        self._wrong.right(address)

    def same_origin(self, origin: str, host: str) -> bool:
        """Whether the page is ours, and its address no stranger's name made to point at us (DNS rebinding)."""
        if origin.rstrip("/") in self._origins:
            return True
        try:
            own = urlsplit(origin).netloc.lower() == host.lower() != ""
            return own and self._known(urlsplit(f"//{host}").hostname)
        except ValueError:  # no address at all, as http://[
            return False

    def _known(self, name: str | None) -> bool:
        named = {urlsplit(origin).hostname for origin in self._origins}
        return name is not None and (name in {"localhost", gethostname().lower()} | named or _is_ip(name))


def _is_ip(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
