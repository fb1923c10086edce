"""A camera that asks for a login, notes it and refuses it: enough of RTSP for that."""

import socketserver
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass
class RefusingCamera:
    """Where it is, and the logins that it was sent."""

    port: int
    logins: list[str] = field(default_factory=list)


@contextmanager
def refusing_camera() -> Iterator[RefusingCamera]:
    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            while head := self._request():
                if login := head.get("authorization"):
                    camera.logins.append(b64decode(login.removeprefix("Basic ")).decode())
                answer = f"RTSP/1.0 401 Unauthorized\r\nCSeq: {head.get('cseq', '1')}\r\n"
                self.wfile.write((answer + 'WWW-Authenticate: Basic realm="cam"\r\n\r\n').encode())

        def _request(self) -> dict[str, str]:
            lines: list[str] = []
            while line := self.rfile.readline().decode().strip():
                lines.append(line)
            pairs = [line.partition(": ") for line in lines]
            return {name.lower(): value for name, _, value in pairs}

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        camera = RefusingCamera(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield camera
        server.shutdown()
