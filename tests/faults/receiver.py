"""Somebody who is told by webhook, checks every signature, and may be away for a while."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from libs.ops.ports import free_port
from tests.common.kafka_tools import until

KEY = bytes(range(32))
SECRET = f"whsec_{base64.b64encode(KEY).decode()}"
MOST_SKEW_S = 300
HANGING_S = 25.0


@dataclass(frozen=True)
class Taken:
    """A message that was accepted. `id`: its webhook-id; `kind`: of the event; `at_s`: monotonic."""

    id: str
    kind: str
    event: str
    camera: str
    summary_of: int
    at_s: float


@dataclass
class Receiver:
    """On a port of its own, each visitor in a thread. `taken`: all that it accepted, in that order.

    `away`: how it fails now, "" not at all, "503", "hangs", "hangs up" (which takes the message all the same).
    `on_taken` is called with each before it is answered.
    """

    away: str = ""
    on_taken: Callable[[], None] = lambda: None
    taken: list[Taken] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    """What was not signed as it should be."""
    cut: set[tuple[str, str]] = field(default_factory=set)
    """Camera and id of what it took without saying so."""
    turned_away: int = 0
    port: int = field(default_factory=free_port)
    _back: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def meet(self, visit: BaseHTTPRequestHandler) -> None:
        body = visit.rfile.read(int(visit.headers["content-length"]))
        if not self.away or self.away == "hangs up":
            self._take(visit.headers, body)
        else:
            self.turned_away += 1
        if self.away == "hangs":
            self._back.wait(HANGING_S)
            visit.close_connection = True
        elif self.away == "hangs up":
            visit.close_connection = True
        else:
            visit.send_response(503 if self.away else 200)
            visit.send_header("content-length", "0")
            visit.end_headers()

    def come_back(self) -> None:
        """Whoever hangs is let go, without an answer."""
        self.away = ""
        self._back.set()

    def until_more(self, messages: int, within_s: float) -> float:
        """Wait until so many more were taken; the seconds it took."""
        enough = len(self.taken) + messages
        return until(lambda: len(self.taken) >= enough, within_s)

    def until_summary(self, within_s: float) -> None:
        until(lambda: any(taken.summary_of for taken in self.taken), within_s)

    def _take(self, headers: Mapping[str, str], body: bytes) -> None:
        if not is_signed(headers, body):
            self.wrong.append(body.decode(errors="replace"))
        post: dict[str, Any] = json.loads(body)
        name, kind, data = headers["webhook-id"], post["type"], post["data"]
        with self._lock:
            now_s = time.monotonic()
            self.taken.append(Taken(name, kind, data["event"], data["camera"], data["summary_of"], now_s))
            if self.away:
                self.cut.add((data["camera"], name))
        self.on_taken()


def is_signed(headers: Mapping[str, str], body: bytes) -> bool:
    """Standard Webhooks 1.0: HMAC-SHA256 over id, time and body; the time is about now."""
    name, at, marks = (headers[f"webhook-{part}"] for part in ("id", "timestamp", "signature"))
    mark = base64.b64encode(hmac.new(KEY, f"{name}.{at}.".encode() + body, hashlib.sha256).digest()).decode()
    return f"v1,{mark}" in marks.split(" ") and abs(time.time() - int(at)) < MOST_SKEW_S


@contextmanager
def receiving(receiver: Receiver) -> Iterator[Receiver]:
    """Before it and after it connections to its port are refused."""

    class Hook(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            with suppress(ConnectionError):
                receiver.meet(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", receiver.port), Hook)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
