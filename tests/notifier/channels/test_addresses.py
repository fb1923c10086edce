"""Which addresses a channel may speak to."""

import pytest

from services.notifier.channels.addresses import refusal

PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "::ffff:93.184.216.34", "64:ff9b::5db8:d822"]
OF_THE_SITE = [
    "127.0.0.1",
    "127.9.9.9",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "::1",
    "fd12:3456::1",
    "::ffff:10.1.2.3",
    "::ffff:127.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "198.18.0.1",
    "192.0.2.1",
]
NEVER = {
    "169.254.169.254": "link-local",
    "::ffff:169.254.169.254": "link-local",
    "64:ff9b::a9fe:a9fe": "link-local",
    "169.254.1.1": "link-local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "link-local",
    "fd00:ec2::254": "a cloud's metadata",
    "100.100.100.200": "a cloud's metadata",
    "168.63.129.16": "a cloud's metadata",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "::": "unspecified",
    "::ffff:0.0.0.0": "unspecified",
    "224.0.0.1": "multicast",
    "ff02::1": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "4000::1": "reserved",
}


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_on_the_internet_may_be_asked(address: str) -> None:
    """IPv4 in IPv6 too, where it is public itself."""
    assert refusal(address, private=False) is None


@pytest.mark.parametrize("address", OF_THE_SITE)
def test_what_is_the_sites_own_wants_a_word(address: str) -> None:
    """In every way to write it."""
    assert refusal(address, private=False) == "private"
    assert refusal(address, private=True) is None


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_never_asked(address: str) -> None:
    """Whatever the channel says: there the machine's own keys lie, or nobody at all."""
    assert refusal(address, private=False) == refusal(address, private=True) == NEVER[address]
