"""What is taken of those who join, and for how long they are waited for."""

from dataclasses import dataclass

SDP_BYTES = 64 << 10
MOST_MEDIA = 4
"""Parts of an offer: one video, a sound or two."""
MOST_CANDIDATES = 32
OFFERS_AT_ONCE = 4
"""Answered at the same time; each costs a certificate and some sockets."""
CONNECT_S = 15.0
"""Until the connection stands."""
IDLE_S = 30.0
"""Without a picture from one who is not paused."""
SILENT_S = 10.0
"""Without any packet: even a paused one checks the path every few seconds."""
PAUSE_S = 1800.0
BYTES_PER_S = 3_000_000
"""Of one peer, 24 Mbit/s: browsers send 2.5 Mbit/s of 720p. What is more is dropped at the socket."""
MOST_SOURCES = 16
"""Streams that one peer may send (SSRC); for each something is remembered."""
MOST_SENDERS = 256
"""Addresses from which its packets may come: as many for each that it tried."""
JPEG_BYTES = 2 << 20
MAX_FPS = 30
CLOSE_S = 2.0
"""Until a connection is closed; what takes longer is left to end by itself."""


@dataclass(frozen=True, slots=True)
class MaxSize:
    """Of a picture: so many pixels as this width and height make, lying or upright."""

    width: int = 1280
    height: int = 720

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"
