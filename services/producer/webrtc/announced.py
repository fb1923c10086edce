"""The addresses that an answer names: where this machine is reached, which in a container is not where it is."""

from collections.abc import Sequence
from ipaddress import ip_address

LESS = 1 << 16
"""So much less urgent is what stands behind the address that was named."""


def announced(sdp: str, addresses: Sequence[str]) -> str:
    """Each host candidate once more with each of these addresses of its kind, in front of itself."""
    lines: list[str] = []
    for line in sdp.split("\r\n"):
        lines += [*_named(line, addresses), line]
    return "\r\n".join(lines)


def _named(line: str, addresses: Sequence[str]) -> list[str]:
    parts = line.split(" ")
    if not line.startswith("a=candidate:") or parts[6:8] != ["typ", "host"]:
        return []
    version = ip_address(parts[4]).version
    mine = [each for each in addresses if ip_address(each).version == version and each != parts[4]]
    urgency = [str(int(parts[3]) + LESS * (len(mine) - at)) for at in range(len(mine))]
    return [
        " ".join([f"a=candidate:{parts[5]}n{at}", *parts[1:3], urgency[at], each, *parts[5:]])
        for at, each in enumerate(mine)
    ]
