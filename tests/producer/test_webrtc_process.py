"""`framebus producer webrtc` as a process: what it tells, how it ends, and what it says where something is missing."""

import asyncio
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from libs.common import codec, images
from libs.common.messages import End, Frame
from libs.common.testing import picture
from libs.ops.ports import free_port
from tests.producer.webrtc_rig import TOKEN

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def producer(*flags: str, **variables: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Writes to a pipe."""
    words = [sys.executable, "-m", "services", "producer", "webrtc", "-t", "-", *flags]
    environment = {**os.environ, **variables}
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=ROOT)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


async def join(pid: int, url: str, token: str, pictures: int) -> int | None:
    """Sends so many pictures, then stops the server; returns how the socket was closed."""
    async with aiohttp.ClientSession() as web, web.ws_connect(f"{url}/join", headers={"Origin": url}) as joined:
        await joined.send_json({"type": "hello", "token": token, "camera": "porch", "client": "c" * 16})
        for _ in range(pictures):
            await joined.send_bytes(images.encode(picture(320, 160)))
            while (await joined.receive_json(timeout=20))["type"] != "accepted":
                pass
        os.kill(pid, signal.SIGTERM)
        async for _ in joined:
            pass
        return joined.close_code


def test_a_stop_ends_the_boot_tells_the_page_and_is_status_0() -> None:
    """The made-up token stands in the link, behind a #, which no browser sends to anyone; an empty one is none."""
    with producer("--listen", "127.0.0.1:0", FRAMEBUS_JOIN_TOKEN="") as process:
        assert process.stderr is not None
        line = process.stderr.readline().decode()
        found = re.search(r"(http://127\.0\.0\.1:\d+)/#token=([A-Za-z0-9_-]{20,})", line)
        assert found, line
        assert asyncio.run(join(process.pid, found[1], found[2], 5)) == 1001
        out, err = process.communicate(timeout=20)
        assert process.returncode == 0, err
    messages = [codec.decode(each) for each in codec.Splitter().feed(out)]
    frames, ends = ([each for each in messages if isinstance(each, kind)] for kind in (Frame, End))
    assert frames
    assert [(end.camera, end.boot, end.last_seq) for end in ends] == [("porch", frames[0].boot, frames[-1].seq)]


def test_a_given_token_is_told_to_nobody() -> None:
    """Who gave it knows it."""
    with producer("--listen", "127.0.0.1:0", FRAMEBUS_JOIN_TOKEN=TOKEN) as process:
        assert process.stderr is not None
        line = process.stderr.readline().decode()
        assert "/whip/CAMERA" in line
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert TOKEN.encode() not in out + err + line.encode()


def test_what_is_no_request_is_no_line_in_the_log() -> None:
    """Anybody could fill a disk with it, and with what stands in it."""
    with producer("--listen", "127.0.0.1:0", FRAMEBUS_JOIN_TOKEN=TOKEN) as process:
        assert process.stderr is not None
        found = re.search(rb"127\.0\.0\.1:(\d+)/whip", process.stderr.readline())
        assert found
        for lines in (
            b"GET / HTTP/1.1\r\nA : CANARY\r\n",
            b"GET /" + b"CANARY" * 2000 + b" HTTP/1.1\r\n",
            b"CANARY\r\n",
        ):
            with socket.create_connection(("127.0.0.1", int(found[1])), 10) as client:
                client.sendall(lines + b"Host: x\r\n\r\n")
                assert client.recv(12)[-4:] == b" 400"
        process.terminate()
        _, err = process.communicate(timeout=20)
    assert b"CANARY" not in err
    assert b"Traceback" not in err


def test_check_says_what_would_be_served() -> None:
    """And that the port is taken, where it is."""
    port = free_port()
    words = [sys.executable, "-m", "services", "producer", "webrtc", "-t", "-", "--check"]
    done = subprocess.run([*words, "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, f"http://127.0.0.1:{port}" in done.stdout + done.stderr) == (0, True)
    with producer("--listen", f"127.0.0.1:{port}") as process:
        assert process.stderr is not None
        process.stderr.readline()
        done = subprocess.run([*words, "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert f"--listen 127.0.0.1:{port}: Address already in use" in done.stderr


def test_without_the_library_one_line_says_what_to_install() -> None:
    """The extra beside the producer's own."""
    code = (
        "import sys; sys.modules['aiortc'] = None; from services.producer.__main__ import main; "
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run([sys.executable, "-c", code, "webrtc", "-t", "-"], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 1
    assert "pip install 'framebus[producer,webrtc]'" in done.stderr
    assert "Traceback" not in done.stderr
