"""The page's socket: who may join, pictures without WebRTC, and what the page is told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from libs.common import images
from libs.common.messages import End, Status
from libs.common.testing import picture
from services.producer.webrtc.guest import Terms
from tests.producer.webrtc_rig import TOKEN, Sender, Server, offer_without_media, run, serving, until

CLIENT = "0123456789abcdef"
JPEG = images.encode(picture(320, 160))


@asynccontextmanager
async def page(server: Server, camera: str = "porch", **hello: Any) -> AsyncIterator[ClientWebSocketResponse]:
    """A socket that has said hello."""
    first = {"type": "hello", "token": TOKEN, "camera": camera, "client": CLIENT} | hello
    async with (
        aiohttp.ClientSession() as web,
        web.ws_connect(f"{server.url}/join", headers={"Origin": server.url}) as socket,
    ):
        await socket.send_json(first)
        yield socket


async def told(socket: ClientWebSocketResponse, kind: str) -> dict[str, Any]:
    """The next message of this type."""
    while True:
        found: dict[str, Any] = await socket.receive_json(timeout=20)
        if found["type"] == kind:
            return found


async def refused(socket: ClientWebSocketResponse) -> tuple[str, int | None]:
    """The code of the error, and with which one it was closed."""
    code = (await told(socket, "error"))["code"]
    while (await socket.receive(timeout=20)).type not in (WSMsgType.CLOSE, WSMsgType.CLOSED):
        pass
    return code, socket.close_code


def test_pictures_of_a_page_are_a_camera() -> None:
    """Each is answered; closing the socket ends the boot and the camera."""

    async def test() -> None:
        with serving() as server:
            async with page(server) as socket:
                welcome = await told(socket, "welcome")
                assert (welcome["max_width"], welcome["max_height"], welcome["ice_servers"]) == (1280, 720, [])
                for number in range(1, 6):
                    await socket.send_bytes(JPEG)
                    assert (await told(socket, "accepted"))["pictures"] == number
                state = await told(socket, "state")
                assert (state["state"], state["width"], state["height"]) == ("connected", 320, 160)
            await until(lambda: server.of(Status) and server.of(Status)[-1].state == "ended", "it ended")
            frames = server.frames("porch")
            assert 0 < len(frames) <= 5
            assert (frames[0].image_by, frames[0].width, frames[0].height) == ("foreign", 320, 160)
            assert len(server.of(End)) == 1

    run(test())


def test_a_picture_that_is_none_is_refused_and_the_socket_stays() -> None:
    """Cut off, no JPEG, too large."""

    async def test() -> None:
        with serving() as server:
            async with page(server) as socket:
                for wrong in (JPEG[:-20], b"", b"GIF89a" + bytes(99), images.encode(picture(1920, 1080))):
                    await socket.send_bytes(wrong)
                    assert (await told(socket, "refused"))["text"]
                await socket.send_bytes(JPEG)
                await told(socket, "accepted")

    run(test())


@pytest.mark.parametrize(
    ("hello", "code", "closed"),
    [
        ({"token": "wrong"}, "token", 4401),
        ({"camera": "../porch"}, "name", 4400),
        ({"camera": "elsewhere"}, "taken", 4409),
        ({"client": "short"}, "protocol", 4400),
        ({"type": "offer"}, "protocol", 4400),
        ({"token": None}, "protocol", 4400),
    ],
)
def test_who_may_not_join_is_told_why(hello: dict[str, Any], code: str, closed: int) -> None:
    """In a word for the page and a sentence for people."""

    async def test() -> None:
        with serving(elsewhere=lambda camera: camera == "elsewhere") as server:
            async with page(server, **hello) as socket:
                assert await refused(socket) == (code, closed)

    run(test())


def test_guessing_tokens_is_slowed_down() -> None:
    """After five wrong ones even the right one waits."""

    async def test() -> None:
        with serving() as server:
            for _ in range(5):
                async with page(server, token="wrong") as socket:
                    assert (await refused(socket))[0] == "token"
            async with page(server) as socket:
                error = await told(socket, "error")
                assert error["code"] == "throttled"
                assert 0 < error["retry_s"] <= 60

    run(test())


@pytest.mark.parametrize("origin", ["", "null", "http://[", "http://evil.example", "http://evil.example:{port}"])
def test_a_page_of_another_site_gets_no_socket(origin: str) -> None:
    """Nor one whose name was made to point at us: the browser says both names alike."""

    async def test() -> None:
        with serving() as server:
            named = origin.format(port=server.serving.port)
            headers = {"Origin": named} | ({"Host": named[7:]} if "{port}" in origin else {})
            async with aiohttp.ClientSession() as web:
                with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
                    await web.ws_connect(f"{server.url}/join", headers=headers)

    run(test())


def test_sockets_that_say_nothing_are_few() -> None:
    """The fifth of one address gets none, that of another does."""

    async def test() -> None:
        with serving() as server:
            async with aiohttp.ClientSession() as web:
                headers = {"Origin": server.url}
                silent = [await web.ws_connect(f"{server.url}/join", headers=headers) for _ in range(4)]
                with pytest.raises(aiohttp.WSServerHandshakeError, match="503"):
                    await web.ws_connect(f"{server.url}/join", headers=headers)
                connector = aiohttp.TCPConnector(local_addr=("127.0.0.2", 0))
                async with aiohttp.ClientSession(connector=connector) as other:
                    await (await other.ws_connect(f"{server.url}/join", headers=headers)).close()
                for each in silent:
                    await each.close()

    run(test())


def test_the_same_page_takes_over_and_another_one_does_not() -> None:
    """A page that was loaded anew is known by its client id."""

    async def test() -> None:
        with serving() as server:
            async with page(server) as first:
                await told(first, "welcome")
                async with page(server, client="f" * 16) as other:
                    assert await refused(other) == ("taken", 4409)
                async with page(server) as second:
                    await told(second, "welcome")
                    assert await refused(first) == ("replaced", 4409)

    run(test())


def test_one_camera_too_many_is_told_so() -> None:
    """And when to come again."""

    async def test() -> None:
        with serving(most=1) as server:
            async with page(server) as first:
                await told(first, "welcome")
                await first.send_bytes(JPEG)
                await told(first, "accepted")
                async with page(server, "garden") as second:
                    error = await told(second, "error")
                    assert (error["code"], error["retry_s"]) == ("full", 30.0)

    run(test())


def test_a_page_that_is_idle_is_sent_away_but_not_one_that_pauses() -> None:
    """It said that none would come."""

    async def test() -> None:
        with serving(Terms(idle_s=1.0)) as server:
            async with page(server, "idle") as idle, page(server, "paused", client="e" * 16) as paused:
                await paused.send_json({"type": "pause"})
                assert (await told(paused, "state"))["state"] == "paused"
                assert await refused(idle) == ("idle", 4408)
                await paused.send_json({"type": "resume"})
                while (await told(paused, "state"))["state"] != "connecting":
                    pass

    run(test())


def test_an_offer_is_answered_and_a_wrong_one_is_refused() -> None:
    """The socket stays, for another one."""

    async def test() -> None:
        with serving() as server:
            async with page(server) as socket:
                await socket.send_json({"type": "offer", "sdp": "v=0"})
                assert "expected one video" in (await told(socket, "refused"))["text"]
                await socket.send_json({"type": "offer", "sdp": await offer_without_media()})
                assert "retry_s" in await told(socket, "refused")

    run(test())


def test_a_page_with_webrtc_is_told_its_state() -> None:
    """Connected, with its size and how many were taken."""

    async def test() -> None:
        with serving() as server:
            sender = Sender(server, "porch")
            async with page(server) as socket:
                await socket.send_json({"type": "offer", "sdp": await sender.offer()})
                await sender.answered((await told(socket, "answer"))["sdp"])
                state = await told(socket, "state")
                while state["pictures"] < 5 or not state["fps"]:
                    state = await told(socket, "state")
                assert (state["state"], state["width"], state["height"]) == ("connected", 320, 160)
            await sender.close()

    run(test())


def test_the_server_ends_and_says_so() -> None:
    """In a bounded time."""

    async def test() -> None:
        with serving() as server:
            async with page(server) as socket:
                await told(socket, "welcome")
                server.serving.ask_to_stop()
                assert await refused(socket) == ("stopping", 1001)

    run(test())
