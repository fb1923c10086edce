"""Notices whether anything in this process, FFmpeg too, opens a file, connects to a port or starts a program."""

import ctypes
import os
import resource
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

IN_ACCESS, IN_OPEN = 0x1, 0x20
LIBC = ctypes.CDLL(None, use_errno=True)


class Watched:
    """A file that nobody is to open, and a port, TCP and UDP, that nobody is to speak to."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary
        self._notes = LIBC.inotify_init1(os.O_NONBLOCK)
        assert LIBC.inotify_add_watch(self._notes, str(canary).encode(), IN_ACCESS | IN_OPEN) > 0
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self._tcp.setblocking(False)
        self._udp.setblocking(False)
        self._children, self._ended = _children(), resource.getrusage(resource.RUSAGE_CHILDREN)

    def seen(self) -> list[str]:
        """What has happened so far: file, tcp, udp, program."""
        return [what for what, happened in self._happened() if happened]

    def _happened(self) -> Iterator[tuple[str, bool]]:
        yield "file", self._file()
        yield "tcp", self._connected()
        yield "udp", self._spoken_to()
        has_ended = resource.getrusage(resource.RUSAGE_CHILDREN) != self._ended
        yield "program", has_ended or not _children() <= self._children

    def _file(self) -> bool:
        try:
            return len(os.read(self._notes, 4096)) >= struct.calcsize("iIII")
        except BlockingIOError:
            return False

    def _connected(self) -> bool:
        try:
            self._tcp.accept()[0].close()
        except BlockingIOError:
            return False
        return True

    def _spoken_to(self) -> bool:
        try:
            return bool(self._udp.recv(1))
        except BlockingIOError:
            return False

    def close(self) -> None:
        os.close(self._notes)
        self._tcp.close()
        self._udp.close()


def _children() -> set[str]:
    """The processes that any thread of this one has started and that still run: a broker of other tests, too."""
    found: set[str] = set()
    for path in Path("/proc/self/task").glob("*/children"):
        with suppress(OSError):  # a thread that has ended meanwhile
            found |= set(path.read_text().split())
    return found


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """With a canary in this folder, which holds a little film, so that even FFmpeg could play it."""
    canary = folder / "canary.mp4"
    canary.write_bytes(Path("deploy/demo/street.mp4").read_bytes())
    made = Watched(canary)
    try:
        yield made
    finally:
        made.close()
