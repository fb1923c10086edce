"""Who joins may be anybody: no memory without a bound, no packet to the Internet, and the good ones are unaffected."""

import gc
import random
import socket
import sys
import time
from collections import Counter
from contextlib import suppress
from ipaddress import ip_address
from typing import Any

import aiohttp
import psutil
from aiortc import RTCPeerConnection

from libs.common.messages import Status
from services.producer.webrtc.guest import Terms
from tests.producer.webrtc_broken import mutated
from tests.producer.webrtc_rig import LOGIN, Numbered, Sender, Server, offer_without_media, post, run, serving, until

SOON = Terms(connect_s=0.5)
OWN = psutil.Process()
sent_to: set[str] = set()
asked_for: set[str] = set()


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """Every address to which this process sends a packet or connects, every name that it looks up."""
    if event in ("socket.sendto", "socket.connect") and isinstance(arguments[1], tuple):
        sent_to.add(str(arguments[1][0]))
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        asked_for.add(str(arguments[0]))


sys.addaudithook(_watch)


def udp_sockets() -> int:
    return len(OWN.net_connections("udp"))


def peers() -> int:
    """Connections of aiortc that still are in memory."""
    gc.collect()
    return sum(type(each) is RTCPeerConnection for each in gc.get_objects())


async def flood(server: Server, offers: int, round_: int) -> Counter[int]:
    """Offers of nobody, from many addresses; at no time more than 16 have sockets."""
    offer, answers = await offer_without_media(), Counter[int]()
    own = udp_sockets()
    each = own + 16 * (1 + len([name for found in psutil.net_if_addrs().values() for name in found]))
    for number in range(offers):
        answers[(await post(server, f"camera-{number}", offer, f"127.0.{round_}.{number // 20 + 2}"))[0]] += 1
        assert udp_sockets() <= each
    return answers


def test_a_hundred_offers_without_media_leave_nothing_behind() -> None:
    """At most 16 at a time; the sockets, the objects and the memory of all are given back."""

    async def test() -> None:
        with serving(SOON) as server:
            before, had = udp_sockets(), peers()
            memory: list[int] = []
            for round_ in (1, 2):
                answers = await flood(server, 100, round_)
                assert set(answers) == {201, 503}, answers
                await until(lambda: udp_sockets() <= before, "all sockets closed")
                await until(lambda: peers() <= had, "all connections forgotten")
                memory.append(OWN.memory_info().rss)
            assert not server.messages
            assert memory[1] - memory[0] <= 20 << 20

    run(test())


def test_broken_offers_are_answered_and_leave_nothing_behind() -> None:
    """Whatever they say: an answer or a refusal in words, never an error of ours."""

    async def test() -> None:
        with serving(SOON) as server:
            before, had, chance = udp_sockets(), peers(), random.Random(7)
            offer = await offer_without_media()
            answers = Counter[int]()
            for number in range(200):
                place = number // 40
                answers[(await post(server, f"camera-{place}", mutated(chance, offer), f"127.0.3.{place + 2}"))[0]] += 1
            assert set(answers) <= {201, 422}
            assert answers[422] > 50
            await until(lambda: udp_sockets() <= before, "all sockets closed")
            await until(lambda: peers() <= had, "all connections forgotten")

    run(test())


def test_no_packet_goes_to_an_address_out_there_whatever_an_offer_says() -> None:
    """Neither of its candidates, nor of those that come later, and no server is asked for our address."""

    async def test() -> None:
        with serving(SOON) as server:
            sender = Sender(server, "porch")
            offer = await sender.offer()
            far = "".join(
                f"a=candidate:{at} 1 udp {2**31 - at} {host} 9 typ {kind}\r\n"
                for at, (host, kind) in enumerate(
                    [("8.8.8.8", "host"), ("2001:4860:4860::8888", "host"), ("9.9.9.9", "srflx"), ("224.0.0.9", "host")]
                )
            )
            sent_to.clear()
            asked_for.clear()
            kind = {"Content-Type": "application/trickle-ice-sdpfrag"}
            async with aiohttp.ClientSession(headers=LOGIN) as web:
                url = f"{server.url}/whip/porch"
                text = offer.replace("a=end-of-candidates", far + "a=end-of-candidates")
                async with web.post(url, data=text, headers={"Content-Type": "application/sdp"}) as answer:
                    assert answer.status == 201
                    where, tag = server.url + answer.headers["Location"], answer.headers["ETag"]
                    await sender.answered(await answer.text())
                async with web.patch(where, data="a=mid:0\r\n" + far, headers={**kind, "If-Match": tag}) as answer:
                    assert answer.status == 204
            await until(lambda: server.frames("porch"), "pictures")
            await sender.close()
            assert sent_to
            assert [each for each in sent_to if ip_address(each).is_global or ip_address(each).is_multicast] == []
            assert asked_for <= {"127.0.0.1"}

    run(test())


def test_who_sends_4k_is_sent_away_and_the_others_go_on() -> None:
    """Its pictures are never decoded."""

    async def test() -> None:
        with serving() as server:
            good, large = Sender(server, "porch"), Sender(server, "large", "H264", Numbered(3840, 2160))
            await good.start()
            await until(lambda: len(server.frames("porch")) >= 5, "pictures")
            await large.start()
            await until(lambda: server.of(Status, "large"), "a state")
            assert server.of(Status, "large")[-1].error == "no video"
            assert not server.frames("large")
            before = len(server.frames("porch"))
            await until(lambda: len(server.frames("porch")) >= before + 5, "pictures go on")
            assert len({frame.boot for frame in server.frames("porch")}) == 1
            await large.close()
            await good.close()

    run(test())


def test_the_seventeenth_waits_while_all_sixteen_send() -> None:
    """503, and when to come again. Two of two here."""

    async def test() -> None:
        with serving(most=2) as server:
            senders = [Sender(server, f"camera-{number}") for number in range(2)]
            for sender in senders:
                await sender.start()
            await until(lambda: all(server.frames(f"camera-{number}") for number in range(2)), "pictures of both")
            assert (await post(server, "porch", await offer_without_media()))[0] == 503
            for sender in senders:
                await sender.close()

    run(test())


def test_guessing_tokens_by_whip_is_slowed_down() -> None:
    """Per address: another one is served."""

    async def test() -> None:
        with serving(SOON) as server:
            offer = await offer_without_media()
            tries = [(await post(server, "porch", offer, Authorization="Bearer wrong"))[0] for _ in range(6)]
            assert tries == [401] * 5 + [429]
            assert (await post(server, "porch", offer))[0] == 429
            assert (await post(server, "porch", offer, "127.0.0.2"))[0] == 201

    run(test())


def test_a_body_without_end_is_cut_off() -> None:
    """At the limit, whatever its length was said to be."""

    async def endless() -> Any:
        while True:
            yield b"a=x\r\n" * 1000

    async def test() -> None:
        with serving() as server:
            began_s = time.monotonic()
            with suppress(aiohttp.ClientConnectionError):  # it may be closed while we still send
                assert (await post(server, "porch", endless()))[0] == 413
            assert time.monotonic() - began_s < 10

    run(test())


def test_slow_connections_of_one_address_do_not_keep_others_out() -> None:
    """Two hundred that never end their request; one from elsewhere is answered at once."""

    async def test() -> None:
        with serving() as server:
            slow = [socket.create_connection(("127.0.0.1", server.serving.port)) for _ in range(200)]
            for each in slow:
                each.sendall(b"GET / HTTP/1.1\r\nX: ")
            began_s = time.monotonic()
            connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
            async with aiohttp.ClientSession(connector=connector) as web, web.get(f"{server.url}/") as answer:
                assert answer.status == 200
                assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
            assert time.monotonic() - began_s < 2
            for each in slow:
                each.close()

    run(test())


def test_files_beside_the_page_are_not_served() -> None:
    """Only what lies in its folder, by plain names."""

    async def test() -> None:
        with serving() as server:
            async with aiohttp.ClientSession() as web:
                for path in ("/static/../peer.py", "/static/%2e%2e%2fpeer.py", "/static/none.js", "/page/", "/static/"):
                    async with web.get(server.url + path) as answer:
                        assert answer.status == 404, path

    run(test())
