"""The server beside its cameras: it goes on after an error, ends all that was begun, and counts its connections."""

import asyncio
import logging
import shutil
import socket
import ssl
import subprocess
from pathlib import Path

import aiohttp
import pytest

from services.producer.webrtc.connections import MOST_FROM_ONE
from tests.producer.webrtc_rig import run, serving, until


@pytest.fixture
def tls(tmp_path: Path) -> ssl.SSLContext:
    """A server's, for nobody to trust."""
    if not (openssl := shutil.which("openssl")):
        pytest.skip("openssl is absent: apt-get install openssl")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    how = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=porch", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([openssl, *how, *names], check=True, capture_output=True)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return context


async def page(url: str, **headers: str) -> aiohttp.ClientResponse:
    async with aiohttp.ClientSession() as web, web.get(f"{url}/", headers=headers, ssl=False) as answer:
        assert answer.status == 200
        assert b"<title>" in await answer.read()
        return answer


def test_an_error_while_guests_are_looked_after_does_not_end_the_site(caplog: pytest.LogCaptureFixture) -> None:
    """It is told, and the next time is as good as any."""

    async def test() -> None:
        with serving() as server:
            turns: list[int] = []

            def forget() -> None:
                turns.append(1)
                raise RuntimeError("odd")

            server.seats.forget = forget  # type: ignore[method-assign]
            await until(lambda: len(turns) >= 2, "looked after twice")
            await page(server.url)

    run(test())
    told = [each for each in caplog.records if each.levelno >= logging.ERROR]
    assert {each.getMessage() for each in told} == {"a bug: those who joined were not looked after this time"}


def test_what_begins_while_the_server_ends_is_ended_too() -> None:
    """A task that begins another one at its own end."""

    async def test() -> None:
        begun: list[asyncio.Task[None]] = []

        async def wait_for_ever(then: int) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                if then:
                    begin(then - 1)

        def begin(then: int) -> None:
            begun.append(asyncio.get_running_loop().create_task(wait_for_ever(then)))

        with serving() as server:
            server.seats.forget = lambda: begun or begin(2)  # type: ignore[method-assign]
            await until(lambda: begun, "a task")
        assert [task.done() for task in begun] == [True] * 3

    run(test())


@pytest.mark.parametrize(
    ("host", "said"), [("127.0.0.1:8080", True), ("localhost", True), ("[::1]:8080", True), ("porch.example", False)]
)
def test_an_opener_policy_is_said_where_browsers_heed_it(host: str, said: bool) -> None:
    """Over plain HTTP from another machine they complain of it instead."""

    async def test() -> None:
        with serving() as server:
            answer = await page(server.url, Host=host)
            assert ("Cross-Origin-Opener-Policy" in answer.headers) is said

    run(test())


def test_with_tls_an_opener_policy_is_said_everywhere(tls: ssl.SSLContext) -> None:
    """Also by a name."""

    async def test() -> None:
        with serving(tls=tls) as server:
            assert (await page(server.url, Host="porch.example")).headers["Cross-Origin-Opener-Policy"] == "same-origin"

    run(test())


def test_connections_are_counted_before_their_tls(tls: ssl.SSLContext) -> None:
    """One that says nothing takes a place; one too many of an address is closed, and its places are given back."""

    async def test() -> None:
        with serving(tls=tls) as server:
            there = ("127.0.0.1", server.serving.port)
            silent = [socket.create_connection(there, source_address=("127.0.0.2", 0)) for _ in range(MOST_FROM_ONE)]
            with socket.create_connection(there, source_address=("127.0.0.2", 0)) as one_too_many:
                one_too_many.settimeout(3)
                assert await asyncio.to_thread(one_too_many.recv, 1) == b""
            await page(server.url)
            silent[0].setblocking(False)
            with pytest.raises(BlockingIOError):
                silent[0].recv(1)
            for each in silent:
                each.close()
            for _ in range(2 * MOST_FROM_ONE):
                with socket.create_connection(there) as wrong:
                    wrong.sendall(b"GET / HTTP/1.1\r\n\r\n")
                    await asyncio.to_thread(wrong.recv, 1)
            await page(server.url)

    run(test())


def test_a_request_right_behind_the_handshake_is_answered(tls: ssl.SSLContext) -> None:
    """In the same packet as its end, as browsers send it (TLS 1.3)."""

    async def test() -> None:
        with serving(tls=tls) as server:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            inward, outward = ssl.MemoryBIO(), ssl.MemoryBIO()
            client = context.wrap_bio(inward, outward)
            reader, writer = await asyncio.open_connection("127.0.0.1", server.serving.port)
            done = False
            while not done:
                try:
                    client.do_handshake()
                    done = True
                except ssl.SSLWantReadError:
                    writer.write(outward.read())
                    inward.write(await reader.read(65536))
            client.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            writer.write(outward.read())
            answer = b""
            while not answer:
                inward.write(await asyncio.wait_for(reader.read(65536), 10))
                try:
                    answer = client.read(65536)
                except ssl.SSLWantReadError:
                    continue
            assert answer.startswith(b"HTTP/1.1 200")
            writer.close()

    run(test())
