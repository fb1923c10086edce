"""What one connection may do, and how many there may be."""

from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path

MOST_BEFORE_LOGIN = 40
"""Commands; a client needs ten."""
MOST_PER_S = 200
"""Commands of one connection; a picture needs six."""
TRIES = 3
"""Wrong passwords in one connection."""


@dataclass(frozen=True, slots=True)
class Limits:
    """As the flags say; `folder`: on whose disk an upload waits for its end; `login_s`: from the connection to the
    right password; `wrong_s`: the first wrong one waits so long for its answer, the next twice as long, and so on."""

    folder: Path
    max_file_bytes: int = 16 << 20
    login_s: float = 15.0
    wrong_s: float = 1.0
    idle_s: float = 60.0
    stall_s: float = 30.0
    transfer_s: float = 300.0
    session_s: float = 3600.0
    connections: int = 64
    per_address: int = 8
    per_user: int = 4
    passive_ports: tuple[int, int] = (30000, 30063)
    masquerade: IPv4Address | None = None
    require_tls: bool = False
    implicit_tls: bool = False
