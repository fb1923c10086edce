"""Which IP addresses a request may go to: what is reached by it must not depend on what a name or a redirect says."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

NAT64 = ip_network("64:ff9b::/96")
THIS_NETWORK = ip_network("0.0.0.0/8")
SHARED = ip_network("100.64.0.0/10")
"""RFC 6598; private networks of the Tailscale kind too."""
METADATA = frozenset(ip_address(text) for text in ("100.100.100.200", "168.63.129.16", "192.0.0.192", "fd00:ec2::254"))
"""Where clouds tell machines their keys, beside 169.254.169.254, which is link-local."""

Address = IPv4Address | IPv6Address


def refusal(text: str, private: bool) -> str | None:
    """Why nothing may be sent to this address: one or two words; None if it may. `private`: the site's own may too."""
    address = _meant(ip_address(text.partition("%")[0]))
    if never := _never(address):
        return never
    if address.is_loopback or address.is_private or address in SHARED:
        return None if private else "private"
    return None if address.is_global else "not public"


def _meant(address: Address) -> Address:
    """Whom a packet reaches in the end: IPv4 within IPv6, in all its forms."""
    if isinstance(address, IPv4Address):
        return address
    if address in NAT64:
        return IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour or _compatible(address) or address


def _compatible(address: IPv6Address) -> IPv4Address | None:
    """RFC 4291, 2.5.5.1: ::a.b.c.d."""
    number = int(address)
    return IPv4Address(number) if 0xFFFF < number <= 0xFFFF_FFFF else None


def _never(address: Address) -> str | None:
    """What no channel has a reason to speak to, whatever is allowed."""
    if address in METADATA:
        return "a cloud's metadata"
    if address.is_link_local or (isinstance(address, IPv6Address) and address.is_site_local):
        return "link-local"
    if address.is_multicast:
        return "multicast"
    if address.is_unspecified or address in THIS_NETWORK:
        return "unspecified"
    return "reserved" if address.is_reserved and not address.is_loopback else None
