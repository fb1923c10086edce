"""URLs that would make FFmpeg open something else: none is opened, and each is refused in one line."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import av
import pytest

from libs.common.clock import SystemClock
from libs.common.errors import SettingsError
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.producer.watched import Watched, watched

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="watches by inotify and /proc")

HOSTILE = [
    "concat:{file}",
    "concat:{file}|{file}",
    "concatf:{file}",
    "ffconcat:{file}",
    "pipe:",
    "pipe:0",
    "fd:0",
    "data:video/mp4;base64,geheim",
    "lavfi:movie={file}",
    "lavfi://testsrc",
    "subfile,,start,0,end,999,,:{file}",
    "subfile:{file}",
    "async:{file}",
    "cache:{file}",
    "cache:async:http://127.0.0.1:{port}/",
    "crypto:{file}",
    "crypto+file:{file}",
    "crypto://{file}",
    "hls+http://127.0.0.1:{port}/a.m3u8",
    "hls:{file}",
    "applehttp://127.0.0.1:{port}/a.m3u8",
    "tee:{file}",
    "md5:{file}",
    "file,,blocksize,1:{file}",
    "file:geheim:{file}",
    "tcp://127.0.0.1:{port}",
    "tcp://127.0.0.1:{port}?listen",
    "tls://127.0.0.1:{port}",
    "udp://127.0.0.1:{port}",
    "udplite://127.0.0.1:{port}",
    "rtp://127.0.0.1:{port}",
    "srtp://127.0.0.1:{port}",
    "srt://127.0.0.1:{port}",
    "sctp://127.0.0.1:{port}",
    "unix:{file}",
    "ftp://u:geheim@127.0.0.1:{port}/x",
    "sftp://u:geheim@127.0.0.1:{port}/x",
    "smb://u:geheim@127.0.0.1:{port}/x",
    "gopher://127.0.0.1:{port}/x",
    "gophers://127.0.0.1:{port}/x",
    "mmsh://127.0.0.1:{port}/x",
    "mmst://127.0.0.1:{port}/x",
    "icecast://u:geheim@127.0.0.1:{port}/x",
    "ipfs://geheim",
    "ipns://geheim",
    "rtmpt://127.0.0.1:{port}/a/b",
    "rtmpe://127.0.0.1:{port}/a/b",
    "rtmpte://127.0.0.1:{port}/a/b",
    "ffrtmphttp://127.0.0.1:{port}/a",
    "ffrtmpcrypt://127.0.0.1:{port}/a",
    "httpproxy://127.0.0.1:{port}/127.0.0.1:22",
    "sdp://{file}",
    "sap://127.0.0.1:{port}",
    "prompeg:rtp://127.0.0.1:{port}",
    "exec:touch {file}",
    "exec://127.0.0.1:{port}",
    "ffmpeg:{file}",
    "echo:cat {file}",
    "javascript:geheim",
    "rtmp://127.0.0.1:{port}/app playpath=geheim",
    "rtmp://127.0.0.1:{port}/app\tswfVfy=1",
    "rtmp://127.0.0.1:{port}/app\nlisten=1",
    "rtmp:127.0.0.1:{port}",
    "rtsp://127.0.0.1:{port}/a\r\nSETUP geheim",
    "rtsp://127.0.0.1:{port}/a%0d%0aSETUP%20geheim",
    "rtsp://u%00:geheim@127.0.0.1:{port}/",
    "rtsp://u:ge heim@127.0.0.1:{port}/",
    "rtsp://u:geheim@127.0.0.1\\@127.0.0.1:{port}/",
    "rtsp://127.0.0.1:{port}/\u2028geheim",
    "rtsp://127.0.0.1:{port}/\u202egeheim",
    "rtsp:/127.0.0.1:{port}/x",
    "rtsp:file:{file}",
    "rtsp+http://127.0.0.1:{port}/x",
    "satip://127.0.0.1:{port}/x",
    "rtsp://file,127.0.0.1:{port}/x",
    "rtsp://-i/{file}",
    "http:{file}",
    "http:///{file}",
    "http://127.0.0.1:{port}/a b.m3u8",
    "http://127.0.0.1:{port}/a.m3u8\n#EXTM3U",
    "https://u:geheim@127.0.0.1:{port}\\x/a.m3u8",
    "http://[file:{file}]/a.m3u8",
    "http://127.0.0.1:99999/a.m3u8",
    "file://127.0.0.1/{file}",
    "file:////127.0.0.1/share/geheim.mp4",
    "file:%00{file}",
    "\\\\127.0.0.1\\share\\geheim.mp4",
    "//127.0.0.1/share/geheim.mp4",
    "\\\\.\\pipe\\geheim",
    "/dev/stdin",
    "/dev/fd/0",
    "/dev//tcp/127.0.0.1/{port}",
    "//dev/stdin",
    "/proc/self/fd/0",
    "/proc/self/environ",
    "/sys/kernel/geheim",
    "webcam:{file}",
    "webcam:/dev/../{file}",
    "webcam:0 -f lavfi",
    "webcam:-1",
    "video4linux2:{file}",
    "u:geheim@127.0.0.1:{port}/x",
    "geheim:{file}",
    "film.mp4\n/etc/passwd",
    "rtsp://127.0.0.1:{port}/" + "x" * 5000,
    "x" * 5000,
]


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Watched]:
    """Proved to notice what it is to notice by the tests below."""
    with watched(tmp_path) as made:
        yield made


def test_the_table_is_long() -> None:
    """And says nothing twice."""
    assert len(set(HOSTILE)) == len(HOSTILE) >= 40


@pytest.mark.parametrize("url", HOSTILE, ids=range(len(HOSTILE)))
def test_nothing_is_opened_and_the_error_is_one_line_without_a_secret(trap: Watched, url: str) -> None:
    """Not by the URL's check nor by whoever would read the camera."""
    plan = Plan(url=url.format(file=trap.canary, port=trap.port), camera="c")
    with pytest.raises(SettingsError) as refused:
        next(iter(produce(plan, SystemClock(), lambda seconds: True)))
    text = str(refused.value)
    assert "expected" in text
    assert "geheim" not in text
    assert str(trap.canary) not in text
    assert text.isprintable()
    assert trap.seen() == []


@pytest.mark.parametrize(
    ("url", "what"),
    [
        ("concat:{file}", "file"),
        ("subfile,,start,0,end,999,,:{file}", "file"),
        ("tcp://127.0.0.1:{port}", "tcp"),
        ("rtmp://127.0.0.1:{port}/app playpath=x", "tcp"),
    ],
)
def test_the_trap_notices_what_ffmpeg_would_do_with_them(trap: Watched, url: str, what: str) -> None:
    """So that the test above can fail."""
    with pytest.raises(av.error.FFmpegError):
        av.open(url.format(file=trap.canary, port=trap.port), "r", "ogg", timeout=0.3)
    assert trap.seen() == [what]


def test_the_trap_notices_a_datagram_and_a_program(trap: Watched) -> None:
    """The other two."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as to:
        to.sendto(b"x", ("127.0.0.1", trap.port))
    assert trap.seen() == ["udp"]
    subprocess.run(["/bin/true"], check=True)
    assert trap.seen() == ["program"]
