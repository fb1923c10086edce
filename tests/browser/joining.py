"""A real server that browsers join as cameras, and what it wrote."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from libs.common import codec
from libs.common.messages import End, Frame, Message
from libs.ops.ports import free_port, is_free

TOKEN = "the-right-token"
ACCEPTED = "Number(document.getElementById('accepted').textContent)"


class JoinServer:
    """`framebus producer webrtc` as a process of its own, on one port for its whole life."""

    def __init__(self, folder: Path, *flags: str) -> None:
        self._folder, self._flags = folder, flags
        self._outs: list[Path] = []
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.start()

    def start(self) -> None:
        """Returns when it listens."""
        listen = ["--listen", f"127.0.0.1:{self.port}", "-t", "-", *self._flags]
        environment = {**os.environ, "FRAMEBUS_JOIN_TOKEN": TOKEN}
        self._outs.append(self._folder / f"{len(self._outs)}.msgpack")
        with self._outs[-1].open("wb") as out:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services", "producer", "webrtc", *listen], stdout=out, env=environment
            )
        until(lambda: not is_free("127.0.0.1", self.port), "the server listens")

    def kill(self) -> None:
        """It loses its power."""
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> int:
        """Its exit status; again, it is the same."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(20)

    def written(self) -> list[Message]:
        """All messages until now, also those of a killed predecessor."""
        streams = [out.read_bytes() for out in self._outs]
        return [codec.decode(value) for stream in streams for value in codec.Splitter().feed(stream)]

    def frames(self, camera: str) -> list[Frame]:
        """Of this camera, in order."""
        return [one for one in self.written() if isinstance(one, Frame) and one.camera == camera]

    def ends(self, camera: str) -> list[End]:
        """Of its boots."""
        return [one for one in self.written() if isinstance(one, End) and one.camera == camera]


def until(fact: Callable[[], bool], words: str, timeout_s: float = 20) -> None:
    """Wait until a function is true."""
    deadline_s = time.monotonic() + timeout_s
    while not fact():
        assert time.monotonic() < deadline_s, f"not within {timeout_s} s: {words}"
        time.sleep(0.05)


def join(page: Page, name: str) -> None:
    """Press Start under this name."""
    page.get_by_label("Camera name").fill(name)
    page.get_by_role("button", name="Start").click()


def accepted(page: Page, more_than: int = 3) -> int:
    """Wait until the server has accepted more pictures than this, as the page says; how many."""
    until(lambda: bool(page.evaluate(f"{ACCEPTED} > {more_than}")), f"more than {more_than} pictures accepted")
    return int(page.evaluate(ACCEPTED))
