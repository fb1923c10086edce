"""To which addresses a packet may go: to those nearby and to the one who asked, whatever an offer says."""

from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

import ifaddr

Reach = Callable[[str], bool]
"""Whether a packet may go to this address."""

NEARBY = tuple(
    ip_network(each)
    for each in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
        *("127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10"),
        "100.64.0.0/10",
    )
)
"""Private, of this machine, link-local, of carriers and private overlays (RFC 1918, 4193, 6890, 6598). What else Python
calls private, such as the networks for documentation, is sent out by a router like any other."""


def everywhere(host: str) -> bool:
    """Where the operator named servers out there."""
    return True


def reach_of(peer: str) -> Reach:
    """`peer`: the address that asked by HTTP."""
    known = {_plain(peer), *map(_plain, own_addresses())} - {""}

    def may_go(host: str) -> bool:
        return is_nearby(host) or _plain(host) in known

    return may_go


def own_addresses() -> list[str]:
    """Of all interfaces of this machine."""
    every = (address.ip for adapter in ifaddr.get_adapters() for address in adapter.ips)
    return [ip if isinstance(ip, str) else ip[0] for ip in every]


def is_nearby(host: str) -> bool:
    """An address of a network that nobody reaches through the Internet."""
    plain = _plain(host)
    return plain != "" and any(ip_address(plain) in network for network in NEARBY)


def _plain(host: str) -> str:
    """One form of each address; empty for what is none."""
    try:
        ip = ip_address(host.partition("%")[0])
    except ValueError:
        return ""
    return str(ip.ipv4_mapped or ip) if isinstance(ip, IPv6Address) else str(ip)
