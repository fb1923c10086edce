"""A real RTSP camera for the tests that need one. Without GStreamer they are left out, saying how to get it."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import av
import pytest

from libs.ops.ports import free_port

collect_ignore = [] if find_spec("PIL") else ["test_stamp.py"]
"""Pillow is an extra of its own."""
collect_ignore_glob = [] if find_spec("aiortc") else ["test_webrtc*.py"]
"""So are aiortc and aiohttp."""

PYTHON = "/usr/bin/python3"
PACKAGES = (
    "python3-gi gir1.2-gst-rtsp-server-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good "
    "gstreamer1.0-plugins-ugly gstreamer1.0-plugins-bad"
)
ASK_GSTREAMER = """
import gi
gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gst, GstRtspServer
Gst.init(None)
missing = [name for name in ("videotestsrc", "x264enc", "rtph264pay") if not Gst.ElementFactory.find(name)]
raise SystemExit(len(missing))
"""


class RtspCamera:
    """rtsp_camera.py as a process of its own, on one port for its whole life."""

    def __init__(self, fps: int = 10, login: tuple[str, ...] = ()) -> None:
        self.port = free_port()
        self._arguments = [str(self.port), str(fps), *login]
        self.start()

    def url(self, login: str = "") -> str:
        """The camera's address, with a login like "user:password@"."""
        return f"rtsp://{login}127.0.0.1:{self.port}/cam"

    def start(self) -> None:
        """Returns when it serves."""
        script = Path(__file__).with_name("rtsp_camera.py")
        self._process = subprocess.Popen([PYTHON, script, *self._arguments], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == "ready\n"

    @contextmanager
    def looked_at(self) -> Iterator[None]:
        """Somebody else looks, inside: the server dies of two who begin to look in the same instant as the first."""
        with av.open(self.url(), options={"rtsp_transport": "tcp"}, timeout=10) as stream:
            next(stream.demux(video=0))
            yield

    def freeze(self) -> None:
        """The link stays up and nothing comes."""
        os.kill(self._process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """It goes on."""
        os.kill(self._process.pid, signal.SIGCONT)

    def kill(self) -> None:
        """The camera loses its power."""
        self._process.kill()
        self._process.communicate()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """By this mark the tests that take their time can be left out."""
    for item in items:
        if "needs_gstreamer" in getattr(item, "fixturenames", ()):
            item.add_marker("real_camera")


@pytest.fixture(scope="session")
def needs_gstreamer() -> None:
    """Leaves the test out where GStreamer's RTSP server is not installed."""
    if not Path(PYTHON).exists() or subprocess.run([PYTHON, "-c", ASK_GSTREAMER], capture_output=True).returncode:
        pytest.skip(f"needs GStreamer's RTSP server: apt-get install -y {PACKAGES}")


@pytest.fixture
def camera(needs_gstreamer: None) -> Iterator[RtspCamera]:
    """Ten pictures a second, no login."""
    made = RtspCamera()
    yield made
    made.kill()


@pytest.fixture(params=["basic", "digest"])
def locked_camera(needs_gstreamer: None, request: pytest.FixtureRequest) -> Iterator[RtspCamera]:
    """The same for user "viewer" with the password "horse@battery", asked for in either way."""
    made = RtspCamera(login=("viewer", "horse@battery", request.param))
    yield made
    made.kill()
