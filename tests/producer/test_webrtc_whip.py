"""Programs that send by WHIP are cameras: their pictures come in order, and they come and go in words and states."""

import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import aiohttp
import pytest

from libs.common import images
from libs.common.messages import End, Event, Frame, Status
from services.producer.webrtc.guest import Terms
from tests.producer.webrtc_rig import (
    BITS,
    LOGIN,
    TOKEN,
    Numbered,
    Sender,
    number_of,
    offer_without_media,
    post,
    run,
    serving,
    until,
)

ROOT = Path(__file__).resolve().parents[2]


def numbers(frames: list[Frame]) -> list[int]:
    return [number_of(images.decode(frame.image)) for frame in frames]


@pytest.mark.parametrize("codec", ["VP8", "H264"])
def test_numbered_pictures_arrive_in_order(codec: str) -> None:
    """None twice, none out of order, and the number of each frame is that of its picture."""

    async def test() -> None:
        with serving() as server:
            sender = Sender(server, "porch", codec)
            await sender.start()
            await until(lambda: len(server.frames("porch")) >= 20, "twenty pictures")
            assert await sender.leave() == 200
            await sender.close()
            await until(lambda: server.of(End), "an End")
            frames = server.frames("porch")
            found = numbers(frames)
            assert found == sorted(set(found))
            steps = [after - before for before, after in pairwise(found)]
            assert steps == [after.seq - before.seq for before, after in pairwise(frames)]
            assert server.of(End)[0].last_seq >= frames[-1].seq

    run(test())


def test_who_leaves_is_no_trouble() -> None:
    """One event for the edge, and the state of what ended in order."""

    async def test() -> None:
        with serving() as server:
            sender = Sender(server, "porch")
            await sender.start()
            await until(lambda: server.frames("porch"), "a picture")
            await sender.leave()
            await until(lambda: server.of(Status)[-1].state == "ended", "the state ended")
            await sender.close()
            assert [event.kind for event in server.of(Event)] == ["camera.connected", "camera.disconnected"]
            assert server.of(Event)[-1].text == "left"

    run(test())


def test_who_is_lost_is_told_as_lost() -> None:
    """No packet any more: the camera is disconnected."""

    async def test() -> None:
        with serving(Terms(silent_s=1.0)) as server:
            sender = Sender(server, "porch")
            await sender.start()
            await until(lambda: server.frames("porch"), "a picture")
            for protocol in sender.connection.getTransceivers()[0].sender.transport.transport._connection._protocols:
                protocol.transport.abort()
            await until(lambda: server.of(Status)[-1].state == "disconnected", "the state disconnected")
            assert server.of(Status)[-1].error == "connection lost"
            await sender.close()

    run(test())


def test_several_send_at_once_and_none_is_mixed_up() -> None:
    """Each camera has its own pictures."""

    async def test() -> None:
        with serving() as server:
            codecs = ("VP8", "H264", "VP8", "H264")
            senders = [
                Sender(server, f"camera-{number}", codec, Numbered(first=50 * number))
                for number, codec in enumerate(codecs)
            ]
            for sender in senders:
                await sender.start()
            await until(lambda: all(len(server.frames(f"camera-{n}")) >= 10 for n in range(4)), "ten pictures each")
            for number, sender in enumerate(senders):
                first = numbers(server.frames(f"camera-{number}")[:10])
                assert all(50 * number <= each < 50 * number + 50 for each in first), first
                await sender.close()

    run(test())


def test_a_new_offer_from_the_same_sender_takes_over_at_once() -> None:
    """A program that was restarted need not wait until the old one is given up."""

    async def test() -> None:
        with serving() as server:
            first, second = Sender(server, "porch"), Sender(server, "porch")
            await first.start()
            await until(lambda: server.frames("porch"), "a picture")
            await second.start()
            await until(lambda: len({frame.boot for frame in server.frames("porch")}) == 2, "a second boot")
            assert len(server.of(End)) == 1
            assert not any(status.state == "disconnected" for status in server.of(Status))
            await first.close()
            await second.close()

    run(test())


def test_ffmpeg_sends_by_whip() -> None:
    """A sender that nobody here wrote: FFmpeg's, in a process of its own."""

    async def test() -> None:
        with serving() as server:
            words = ["-m", "tests.producer.whip_sender", f"{server.url}/whip/porch", TOKEN, "40"]
            sender = subprocess.Popen([sys.executable, *words], cwd=ROOT)
            try:
                await until(lambda: len(server.frames("porch")) >= 10, "ten pictures")
                await until(lambda: server.of(Status)[-1].state == "ended", "it left in order")
            finally:
                assert sender.wait(20) == 0
            found = numbers(server.frames("porch"))
            assert found == sorted(set(found))
            assert found[-1] < 1 << BITS

    run(test())


def test_what_is_not_right_gets_the_status_that_says_it() -> None:
    """RFC 9725, section 4; each with a line of text."""

    async def test() -> None:
        with serving(elsewhere=lambda camera: camera == "taken") as server:
            offer = await offer_without_media()
            assert (await post(server, "porch", offer, Authorization="Bearer wrong"))[0] == 401
            assert (await post(server, "porch", offer, **{"Content-Type": "text/plain"}))[0] == 415
            assert (await post(server, "porch", offer + "a=x\r\n" * 20_000))[0] == 413
            assert (await post(server, "porch", "v=0\r\n"))[0] == 422
            assert (await post(server, "-porch", offer))[0] == 400
            status, text = await post(server, "taken", offer)
            assert (status, text.count("\n")) == (409, 1)
            assert "another producer" in text
            async with aiohttp.ClientSession(headers=LOGIN) as web:
                async with web.get(f"{server.url}/whip/porch") as answer:
                    assert (answer.status, answer.headers["Allow"]) == (405, "OPTIONS,POST")
                async with web.delete(f"{server.url}/whip/porch/nobody") as answer:
                    assert answer.status == 404
                async with web.options(f"{server.url}/whip/porch") as answer:
                    assert (answer.status, answer.headers["Accept-Post"]) == (204, "application/sdp")
                    assert answer.headers["Access-Control-Allow-Origin"] == "*"

    run(test())


def test_a_name_that_another_sends_now_is_taken() -> None:
    """By whoever sends from elsewhere; its pictures go on."""

    async def test() -> None:
        with serving() as server:
            sender = Sender(server, "porch")
            await sender.start()
            offer = await offer_without_media()
            status, text = await post(server, "porch", offer, address="127.0.0.2")
            assert (status, "somebody else" in text) == (409, True)
            await until(lambda: len(server.frames("porch")) >= 3, "pictures")
            await sender.close()

    run(test())


def test_more_addresses_are_taken_and_a_new_start_of_ice_is_refused() -> None:
    """422 says so (RFC 9725, section 4.3): the sender posts anew."""

    async def test() -> None:
        with serving() as server:
            sender = Sender(server, "porch")
            await sender.start()
            own = next(line for line in sender.connection.localDescription.sdp.splitlines() if "ice-ufrag" in line)
            more = "a=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n"
            kind = {"Content-Type": "application/trickle-ice-sdpfrag", "If-Match": sender.tag}
            async with aiohttp.ClientSession(headers={**LOGIN, **kind}) as web:
                for fragment, status in ((f"{own}\r\n{more}", 204), (f"a=ice-ufrag:other\r\n{more}", 422)):
                    async with web.patch(sender.location, data=fragment) as answer:
                        assert answer.status == status
                async with web.patch(sender.location, data=more, headers={"If-Match": '"other"'}) as answer:
                    assert answer.status == 412
            await sender.close()

    run(test())


def test_without_a_free_port_the_sender_is_told_to_come_again() -> None:
    """One port is not enough for two on the same address."""

    async def test() -> None:
        with serving(Terms(ports=(45_331, 45_331))) as server:
            offer = await offer_without_media()
            assert [(await post(server, camera, offer))[0] for camera in ("porch", "yard")] == [201, 503]

    run(test())


def test_the_token_is_asked_for() -> None:
    """With the header by which clients learn how."""

    async def test() -> None:
        with serving() as server:
            async with aiohttp.ClientSession() as web, web.post(f"{server.url}/whip/a") as answer:
                assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, 'Bearer realm="framebus"')

    run(test())
