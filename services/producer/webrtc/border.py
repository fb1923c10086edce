"""Every UDP socket of a peer: on a port of the range, sending only where it may, taking no more than it should."""

import asyncio
import random
import socket
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, cast

from services.producer.webrtc.limits import BYTES_PER_S, MOST_SENDERS, MOST_SOURCES
from services.producer.webrtc.reach import Reach

Address = tuple[Any, ...]
Protocol = asyncio.DatagramProtocol

RECEIVE_BYTES = 1 << 20
"""In the kernel, for each socket: two key pictures of 720p in small packets."""


class Border:
    """Of one peer, all its sockets together."""

    def __init__(self, reach: Reach, ports: tuple[int, int] | None) -> None:
        """`ports`: the first and the last that may be used; None: any."""
        self.reach, self._ports = reach, ports
        self.heard_s = self._filled_s = time.monotonic()
        """When the newest packet came."""
        self._left = float(BYTES_PER_S)
        self._senders: set[Address] = set()
        self._sources: set[bytes] = set()
        self._open: list[asyncio.DatagramTransport] = []
        self._over = False
        self.starved = False
        """A socket found no port."""
        self.refused = 0
        """Packets that were not sent, and did not come in."""

    def takes(self, data: bytes, sender: Address) -> bool:
        """Whether this packet may come in now."""
        now_s = time.monotonic()
        self._left = min(BYTES_PER_S, self._left + (now_s - self._filled_s) * BYTES_PER_S)
        self._filled_s = now_s
        well = self._left >= len(data) and _is_one_of(self._senders, sender[:2], MOST_SENDERS)
        if not well or (_is_media(data) and not _is_one_of(self._sources, data[8:12], MOST_SOURCES)):
            self.refused += 1
            return False
        self._left -= len(data)
        self.heard_s = now_s
        return True

    def opened(self, transport: asyncio.DatagramTransport) -> None:
        """One more socket of the peer."""
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BYTES)
        self._open.append(transport)
        if self._over:
            self.close()

    def close(self) -> None:
        """No socket stays open, whoever forgot it, nor one that is opened later."""
        self._over = True
        for transport in self._open:
            transport.close()
        self._open.clear()

    def candidates(self) -> list[int]:
        """Ports to try, in this order; 0: any."""
        if self._ports is None:
            return [0]
        first, last = self._ports
        return random.SystemRandom().sample(range(first, last + 1), last + 1 - first)


def _is_one_of(known: set[Any], key: object, most: int) -> bool:
    """Whether it was there before, or there is room for it."""
    if key not in known and len(known) < most:
        known.add(key)
    return key in known


def _is_media(data: bytes) -> bool:
    """RTP, as told from STUN, DTLS and RTCP (RFC 7983, RFC 5761, section 4)."""
    return len(data) >= 12 and 128 <= data[0] <= 191 and not 64 <= data[1] & 127 <= 95


BORDER: ContextVar[Border] = ContextVar("border")
"""The border of whatever is opened in this context."""


class Loop(asyncio.SelectorEventLoop):
    """Gives the sockets that are opened in a peer's context their border."""

    async def create_datagram_endpoint(  # type: ignore[override]
        self, protocol_factory: Callable[[], Protocol], local_addr: Address | None = None, **options: Any
    ) -> tuple[asyncio.DatagramTransport, Protocol]:
        """Raises OSError where no port is free. Sockets that are bound to no address are none of a peer's."""
        border = BORDER.get(None)
        if border is None or local_addr is None:
            return await super().create_datagram_endpoint(protocol_factory, local_addr=local_addr, **options)
        inner = protocol_factory()
        error = OSError("no port in the range")
        for port in border.candidates():
            try:
                outer, _ = await super().create_datagram_endpoint(
                    lambda: _Inward(inner, border), local_addr=(local_addr[0], port), **options
                )
            except OSError as failed:
                error = failed
            else:
                border.opened(outer)
                return _Outward(outer, border), inner
        border.starved = True
        raise error


class _Outward(asyncio.DatagramTransport):
    """What a peer's code sends by."""

    def __init__(self, transport: asyncio.DatagramTransport, border: Border) -> None:
        super().__init__()
        self._transport, self._border = transport, border

    def sendto(self, data: Any, addr: Any = None) -> None:
        if isinstance(addr, tuple) and self._border.reach(addr[0]):
            self._transport.sendto(data, addr)
        else:
            self._border.refused += 1

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Without the socket itself: aioice would make its buffer smaller."""
        return default if name == "socket" else self._transport.get_extra_info(name, default)

    def is_closing(self) -> bool:
        return self._transport.is_closing()

    def close(self) -> None:
        self._transport.close()

    def abort(self) -> None:
        self._transport.abort()


class _Inward(asyncio.DatagramProtocol):
    """What comes in, as much as may."""

    def __init__(self, inner: Protocol, border: Border) -> None:
        self._inner, self._border = inner, border

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._inner.connection_made(_Outward(cast(asyncio.DatagramTransport, transport), self._border))

    def connection_lost(self, error: Exception | None) -> None:
        self._inner.connection_lost(error)

    def datagram_received(self, data: bytes, addr: Address) -> None:
        if self._border.takes(data, addr):
            self._inner.datagram_received(data, addr)

    def error_received(self, error: Exception) -> None:
        self._inner.error_received(error)
