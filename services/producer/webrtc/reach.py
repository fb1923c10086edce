"""To which addresses a packet may go: to those nearby and to the one who asked, whatever an offer says."""

from collections.abc import Callable
from ipaddress import IPv4Network, IPv6Address, ip_address

Reach = Callable[[str], bool]
"""Whether a packet may go to this address."""

SHARED = IPv4Network("100.64.0.0/10")
"""Of carriers and of private overlays (RFC 6598)."""


def everywhere(host: str) -> bool:
    """Where the operator named servers out there."""
    return True


def reach_of(peer: str) -> Reach:
    """`peer`: the address that asked by HTTP."""
    own = _plain(peer)

    def may_go(host: str) -> bool:
        return is_nearby(host) or (own != "" and _plain(host) == own)

    return may_go


def is_nearby(host: str) -> bool:
    """A private, loopback or link-local address of one machine."""
    try:
        ip = ip_address(_plain(host))
    except ValueError:
        return False
    if ip.is_multicast or ip.is_unspecified or ip.is_reserved:
        return False
    return ip.is_private or ip.is_loopback or ip.is_link_local or ip in SHARED


def _plain(host: str) -> str:
    """One form of each address; empty for what is none."""
    try:
        ip = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    return str(ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else str(ip)
