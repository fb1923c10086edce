"""Slows down who tries passwords, by address, within bounded memory."""

from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address, ip_network
from threading import Lock

from libs.common.clock import Clock

LIMIT = 5
WINDOW_S = 60.0
MAX_ADDRESSES = 4096


class Throttle:
    """`limit` attempts in `window_s` are free; then the address waits until the first of them is that long ago."""

    def __init__(
        self, clock: Clock, limit: int = LIMIT, window_s: float = WINDOW_S, max_addresses: int = MAX_ADDRESSES
    ) -> None:
        self._clock, self._limit, self._window_s, self._max_addresses = clock, limit, window_s, max_addresses
        self._attempts: OrderedDict[str, deque[float]] = OrderedDict()
        self._lock = Lock()

    def attempt(self, address: str) -> float:
        """0 if the address may try now, which counts as wrong until `right`; else the seconds it has to wait."""
        now_s = self._clock.monotonic_s()
        with self._lock:
            tries = self._tries(neighbourhood(address))
            wait_s = self._window_s - (now_s - tries[0]) if len(tries) == self._limit else 0.0
            if wait_s <= 0:
                tries.append(now_s)
        return max(0.0, wait_s)

    def right(self, address: str) -> None:
        """The password was right: the address starts anew."""
        with self._lock:
            self._attempts.pop(neighbourhood(address), None)

    def _tries(self, address: str) -> deque[float]:
        tries = self._attempts.setdefault(address, deque(maxlen=self._limit))
        self._attempts.move_to_end(address)
        if len(self._attempts) > self._max_addresses:
            self._attempts.popitem(last=False)
        return tries


def neighbourhood(address: str) -> str:
    """What one attacker has for nothing: an IPv4 address, or the whole /64 of an IPv6 one."""
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address[:64]
    return str(ip_network((ip, 64), strict=False)) if isinstance(ip, IPv6Address) else str(ip)
