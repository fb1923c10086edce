"""A real FTP server with an inbox in memory, and what its tests say to it."""

import base64
import ftplib
import io
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Lock
from typing import Any, BinaryIO

import pytest
from werkzeug.security import generate_password_hash

from libs.common.clock import SystemClock
from libs.common.metrics import Metrics
from libs.common.tls_files import server_context
from services.ftp_ingest.inbox import Inbox, Origin
from services.ftp_ingest.pictures.pictures import Pictures
from services.ftp_ingest.pictures.refusals import REASONS
from services.ftp_ingest.server.limits import Limits
from services.ftp_ingest.server.server import FtpServer
from services.ftp_ingest.server.tallies import Tallies
from services.ftp_ingest.server.users import Users, changed

PICTURE = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAA0JCgsKCA0LCgsODg0PEyAVExISEyccHhcgLikxMC4pLSwzOko+MzZGNywtQFdBRkxOUlNSMj5aYV"
    "pQYEpRUk//2wBDAQ4ODhMREyYVFSZPNS01T09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT09PT0//wAARCAAg"
    "ADADASIAAhEBAxEB/8QAHwAAAQUBAQEBAQEAAAAAAAAAAAECAwQFBgcICQoL/8QAtRAAAgEDAwIEAwUFBAQAAAF9AQIDAAQRBRIhMUEGE1FhBy"
    "JxFDKBkaEII0KxwRVS0fAkM2JyggkKFhcYGRolJicoKSo0NTY3ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqDhIWGh4iJipKT"
    "lJWWl5iZmqKjpKWmp6ipqrKztLW2t7i5usLDxMXGx8jJytLT1NXW19jZ2uHi4+Tl5ufo6erx8vP09fb3+Pn6/8QAHwEAAwEBAQEBAQEBAQAAAA"
    "AAAAECAwQFBgcICQoL/8QAtREAAgECBAQDBAcFBAQAAQJ3AAECAxEEBSExBhJBUQdhcRMiMoEIFEKRobHBCSMzUvAVYnLRChYkNOEl8RcYGRom"
    "JygpKjU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6goOEhYaHiImKkpOUlZaXmJmaoqOkpaanqKmqsrO0tba3uLm6wsPExc"
    "bHyMnK0tPU1dbX2Nna4uPk5ebn6Onq8vP09fb3+Pn6/9oADAMBAAIRAxEAPwD06iiigAooooA+bQtOC08LTgtapnUj6LooorI5QooooA+dgtOC"
    "04LTgtNM60f/2Q=="
)
"""48x32, as a camera sends it."""
SECRET = "horse battery"
HASHED = generate_password_hash(SECRET, "scrypt:1024:8:1")
"""A cheap one; it costs what its line says."""


class Box:
    """An inbox that judges as the real one does and keeps what it takes; one camera may be held up."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, bytes]] = []
        self.room, self.error = True, None
        self.error: Exception | None
        self.blocked: set[str] = set()
        self.go_on, self.reached = Event(), Event()
        self._pictures, self._lock = Pictures(lambda: False), Lock()

    def has_room(self, camera: str) -> bool:
        return self.room

    def take(self, camera: str, name: str, file: BinaryIO, origin: Origin | None = None) -> str:
        """Raises `error`, where there is one."""
        if camera in self.blocked:
            self.reached.set()
            assert self.go_on.wait(20)
        if self.error:
            raise self.error
        jpeg = self._pictures.read(file).jpeg
        with self._lock:
            self.taken.append((camera, name, jpeg))
            return f"{camera}/00000001/{len(self.taken)}"


@dataclass
class Ftp:
    """`with Ftp(tmp_path) as ftp:` serves the cameras porch and garden, who have the same password."""

    path: Path
    certificate: tuple[Path, Path] | None = None
    cameras: tuple[str, ...] = ("porch", "garden")
    limits: dict[str, Any] = field(default_factory=dict)
    hashed: str = HASHED
    host: str = "127.0.0.1"
    metrics: Metrics = field(default_factory=Metrics)
    box: Box = field(default_factory=Box)
    inbox: Inbox | None = None

    def __enter__(self) -> "Ftp":
        self.users = self.path / "users"
        with changed(self.users) as made:
            made |= dict.fromkeys(self.cameras, self.hashed)
        tls = server_context(*self.certificate) if self.certificate else None
        self.spool = self.path / "spool"
        limits = Limits(self.spool, **{"passive_ports": (30100, 30499), "wrong_s": 0.05, **self.limits})
        tallies = Tallies(self.metrics, REASONS)
        users, inbox = Users(self.users), self.inbox or self.box
        self.server = FtpServer(self.host, 0, limits, users, inbox, tallies, SystemClock(), tls)
        self.server.start()
        self.port = self.server.port
        return self

    def __exit__(self, *_: object) -> None:
        self.box.go_on.set()
        self.server.stop()

    @property
    def names(self) -> list[str]:
        """Of what was taken."""
        return [name for _, name, _ in self.box.taken]

    def counted(self, kind: str) -> dict[str, int]:
        """What became of uploads, logins or connections, as far as there were any."""
        start = f"framebus_ftp_{kind}_total{{"
        values = self.metrics.values().items()
        return {name.removeprefix(start).rstrip("}"): int(count) for name, count in values if name.startswith(start)}

    def client(self, camera: str | None = "porch", source: str = "", password: str = SECRET) -> ftplib.FTP:
        """Logged in, unless it is nobody."""
        client = ftplib.FTP(timeout=20, source_address=(source, 0) if source else None)
        try:
            client.connect("127.0.0.1", self.port)
            if camera:
                client.login(camera, password)
        except BaseException:
            client.close()
            raise
        return client

    def raw(self, source: str = "") -> "Raw":
        """A connection without a client's manners."""
        return Raw(self.port, source)


class Raw:
    """Says lines, hears lines."""

    def __init__(self, port: int, source: str = "") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), 20, (source, 0) if source else None)
        self.file = self.socket.makefile("rb")
        self.first = self.hear()

    def say(self, text: str | bytes) -> None:
        self.socket.sendall(text if isinstance(text, bytes) else text.encode() + b"\r\n")

    def hear(self) -> str:
        """One line; "" at the end."""
        try:
            return self.file.readline().decode(errors="replace").rstrip("\r\n")
        except ConnectionError:
            return ""

    def ask(self, text: str | bytes) -> str:
        self.say(text)
        return self.hear()

    def login(self, camera: str = "porch") -> "Raw":
        self.ask(f"USER {camera}")
        assert self.ask(f"PASS {SECRET}").startswith("230")
        return self

    def data(self, source: str = "") -> socket.socket:
        """A data connection to where PASV says."""
        numbers = self.ask("PASV").partition("(")[2].partition(")")[0].split(",")
        port = int(numbers[4]) * 256 + int(numbers[5])
        return socket.create_connection(("127.0.0.1", port), 20, (source, 0) if source else None)

    def close(self) -> None:
        self.file.close()
        self.socket.close()

    def __enter__(self) -> "Raw":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def upload(client: ftplib.FTP, name: str = "a.jpg", data: bytes = PICTURE) -> str:
    """The answer; raises ftplib's errors."""
    return client.storbinary(f"STOR {name}", io.BytesIO(data))


def refused(call: Callable[[], object]) -> str:
    """The answer that ftplib raises."""
    with pytest.raises((*ftplib.all_errors,)) as caught:
        call()
    return str(caught.value)


def until(fact: Callable[[], object], seconds: float = 10.0) -> None:
    """Fails where it does not become true."""
    ends = time.monotonic() + seconds
    while not fact():
        assert time.monotonic() < ends, "it did not come true"
        time.sleep(0.01)


def tool(name: str, package: str) -> str:
    """A program of the system; without it the test is left out by name."""
    if not (path := shutil.which(name)):
        pytest.skip(f"{name} is absent: apt-get install {package}")
    return path


def certificate(path: Path) -> tuple[Path, Path]:
    """For 127.0.0.1, and its key."""
    cert, key = path / "cert.pem", path / "key.pem"
    how = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1"]
    names = ["-subj", "/CN=ftp", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)]
    subprocess.run([tool("openssl", "openssl"), *how, *names], check=True, capture_output=True)
    return cert, key


def trusting(cert: Path) -> ssl.SSLContext:
    """A client's."""
    return ssl.create_default_context(cafile=str(cert))
