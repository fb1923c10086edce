"""What stands between a stranger's packets and the cameras: bounds, borders, and what of an offer is let in."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from libs.common.errors import PermanentError
from services.producer.webrtc.announced import announced
from services.producer.webrtc.border import BORDER, Border
from services.producer.webrtc.limits import BYTES_PER_S, MOST_CANDIDATES, MOST_SENDERS, MOST_SOURCES
from services.producer.webrtc.offer import checked
from services.producer.webrtc.reach import everywhere, reach_of
from services.producer.webrtc.stream import JPEG, MOST_BYTES, MOST_WAITING, Coded, Stream
from tests.producer.webrtc_rig import in_loop

OFFER = "\r\n".join(
    [
        "v=0",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=ice-ufrag:abcd",
        "a=ice-pwd:" + "p" * 22,
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=sendonly",
        "",
    ]
)


def stream(ask_key: Callable[[], None] = lambda: None, began: Callable[[Stream], None] = lambda stream: None) -> Stream:
    return Stream("porch", ask_key, began)


def coded(key: bool = False, size: int = 100, codec: str = "H264") -> Coded:
    return Coded(codec, bytes(size), 0.0, key)


def candidate(host: str, port: int = 9, transport: str = "udp") -> str:
    return f"a=candidate:1 1 {transport} 1 {host} {port} typ host\r\n"


def test_pictures_before_the_first_key_picture_are_left_out_and_counted() -> None:
    """Nothing can be made of them."""
    found, told = stream(), []
    found.put(coded())
    found.put(coded(key=True))
    while (picture := found.take(0)) is not None:
        told.append(picture.key)
    assert (told, found.missed(), found.missed()) == ([True], 1, 0)


def test_what_finds_no_room_takes_all_that_waits_with_it() -> None:
    """And all up to the next key picture, which is asked for."""
    asked: list[str] = []
    found = stream(lambda: asked.append("key"))
    for number in range(MOST_WAITING + 2):
        found.put(coded(key=number == 0))
    assert (found.waiting(), found.missed()) == (0, MOST_WAITING + 2)
    assert found.take(0) is None
    assert asked == ["key"]
    found.put(coded(key=True))
    assert found.waiting() == 1


def test_waiting_pictures_are_bounded_in_bytes() -> None:
    """However few they are."""
    found = stream()
    found.put(coded(key=True, size=MOST_BYTES // 2))
    found.put(coded(size=MOST_BYTES // 2 + 1))
    assert (found.waiting(), found.missed()) == (0, 2)


def test_of_whole_pictures_only_the_newest_waits() -> None:
    """None needs the one before."""
    found = stream()
    for size in (1, 2, 3):
        found.put(coded(key=True, size=size, codec=JPEG))
    picture = found.take(0)
    assert picture is not None
    assert (len(picture.data), found.missed()) == (3, 2)


def test_a_stream_that_is_over_takes_nothing_and_keeps_its_first_reason() -> None:
    """What waits can still be read."""
    began: list[Stream] = []
    found = stream(began=began.append)
    found.put(coded(key=True))
    found.end("left")
    found.end("connection lost", "later")
    found.put(coded())
    assert (found.waiting(), found.reason, found.text, began) == (1, "left", "left", [found])


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("10.0.0.1", True),
        ("192.168.1.4", True),
        ("127.0.0.1", True),
        ("169.254.1.1", True),
        ("100.64.1.1", True),
        ("fe80::1", True),
        ("fd00::1", True),
        ("::ffff:192.168.1.4", True),
        ("9.9.9.9", True),
        ("8.8.8.8", False),
        ("::ffff:8.8.8.8", False),
        ("2001:4860:4860::8888", False),
        ("203.0.113.9", False),
        ("198.51.100.9", False),
        ("198.18.0.1", False),
        ("2001:db8::1", False),
        ("224.0.0.251", False),
        ("ff02::fb", False),
        ("255.255.255.255", False),
        ("0.0.0.0", False),
        ("::", False),
        ("porch.example", False),
        ("", False),
    ],
)
def test_packets_go_nearby_and_to_who_asked(host: str, may: bool) -> None:
    """Who asked has 9.9.9.9."""
    assert reach_of("9.9.9.9")(host) is may


def test_candidates_to_which_nothing_may_go_are_left_out_of_an_offer() -> None:
    """Those of the local network stay, also by the names that browsers hide them behind."""
    near = candidate("192.168.1.4") + candidate("3b1c6a2e-0000-4000-8000-000000000000.local")
    far = candidate("8.8.8.8") + candidate("evil.example") + candidate("10.0.0.1", 0) + candidate("10.0.0.1", 9, "tcp")
    assert checked(OFFER + far + near, reach_of("127.0.0.1")) == OFFER + near
    assert candidate("8.8.8.8") in checked(OFFER + far + near, everywhere)


@pytest.mark.parametrize(
    "offer",
    [
        "",
        "v=0",
        OFFER.replace("m=video", "m=application"),
        OFFER + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n",
        OFFER + "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n" * 4,
        OFFER.replace("abcd", "ab"),
        OFFER.replace("a=ice-pwd", "a=ice-pw"),
        OFFER.replace("sha-256", "md5"),
        OFFER + "a=x\0\r\n",
        OFFER + "a=" + "x" * 3000 + "\r\n",
        OFFER + candidate("10.0.0.1") * (MOST_CANDIDATES + 1),
        OFFER + "a=x\r\n" * 20_000,
    ],
)
def test_what_is_no_offer_of_one_video_is_refused_before_anything_is_made_of_it(offer: str) -> None:
    """In words."""
    with pytest.raises(PermanentError) as refused:
        checked(offer, everywhere)
    assert refused.value.reason == "bad-offer"


def test_an_address_of_the_host_is_told_beside_our_own() -> None:
    """In front of it, with the same port; of its own kind alone."""
    own = "a=candidate:7 1 udp 2130706431 172.17.0.2 50000 typ host"
    told = announced(f"v=0\r\n{own}\r\n", ("192.168.1.10", "fd00::10"))
    assert told == f"v=0\r\na=candidate:50000n0 1 udp 2130771967 192.168.1.10 50000 typ host\r\n{own}\r\n"


class Heard(asyncio.DatagramProtocol):
    """What came."""

    def __init__(self) -> None:
        self.datagrams: list[bytes] = []

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.datagrams.append(data)


def test_sockets_of_a_peer_have_ports_of_the_range_and_no_others() -> None:
    """When all are taken there is none."""

    async def test() -> None:
        border = Border(everywhere, (45_321, 45_322))
        BORDER.set(border)
        loop, ports = asyncio.get_running_loop(), []
        for _ in range(2):
            transport, _ = await loop.create_datagram_endpoint(Heard, local_addr=("127.0.0.1", 0))
            ports.append(transport.get_extra_info("sockname")[1])
        assert sorted(ports) == [45_321, 45_322]
        with pytest.raises(OSError, match="in use"):
            await loop.create_datagram_endpoint(Heard, local_addr=("127.0.0.1", 0))
        border.close()
        await asyncio.sleep(0)

    in_loop(test)


def test_nothing_is_sent_to_where_nothing_may_go() -> None:
    """It is counted; what may go arrives."""

    async def test() -> None:
        border = Border(lambda host: host == "127.0.0.1", None)
        BORDER.set(border)
        loop = asyncio.get_running_loop()
        transport, heard = await loop.create_datagram_endpoint(Heard, local_addr=("127.0.0.1", 0))
        transport.sendto(b"no", ("127.0.0.2", 9))
        transport.sendto(b"yes", transport.get_extra_info("sockname"))
        while not heard.datagrams:
            await asyncio.sleep(0)
        assert (heard.datagrams, border.refused) == ([b"yes"], 1)
        border.close()
        await asyncio.sleep(0)

    in_loop(test)


def test_a_flood_is_cut_at_the_border() -> None:
    """In bytes, in senders, and in streams of media."""
    border, home = Border(everywhere, None), ("127.0.0.1", 9)
    packets = [bytes([128, 96, *[0] * 6]) + number.to_bytes(4, "big") for number in range(3 * MOST_SOURCES)]
    assert sum(border.takes(packet, home) for packet in packets) == MOST_SOURCES
    assert sum(border.takes(b"\0", ("127.0.0.1", port)) for port in range(3 * MOST_SENDERS)) == MOST_SENDERS
    taken = sum(border.takes(bytes(1000), home) for _ in range(3 * BYTES_PER_S // 1000))
    assert taken < 2 * BYTES_PER_S // 1000
