"""Is the service well? Frames flow, not just: the process is up. Served on --http beside the metrics."""

import hmac
import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol

from prometheus_client import generate_latest

from libs.common.clock import Clock
from libs.common.messages import Frame, Message
from libs.common.metrics import Metrics

log = logging.getLogger(__name__)

STUCK_S = 60.0
MAX_CAMERAS = 1000
MAX_BODY_BYTES = 64 << 10


class Pages(Protocol):
    """What the pages show."""

    def alive(self) -> str | None: ...

    def ready(self) -> str | None: ...

    def status(self) -> dict[str, Any]: ...

    def metrics_text(self) -> bytes: ...


@dataclass(frozen=True)
class Posts:
    """Path -> what is done: HTTP status and a line. Without a token nobody may ask."""

    token: str | None = field(repr=False)
    actions: Mapping[str, Callable[[], tuple[int, str]]]

    def answer(self, path: str, header: str) -> tuple[int, str]:
        """`header`: Authorization."""
        if path not in self.actions:
            return 404, f"POST {' '.join(self.actions)}"
        if self.token is None:
            return 403, "expected --http-token-file at the start"
        if not hmac.compare_digest(header.encode(), f"Bearer {self.token}".encode()):
            return 401, "expected the header Authorization: Bearer TOKEN"
        return self.actions[path]()


@dataclass
class Health:
    """Written by the runner's thread, read by the HTTP threads; every field is replaced as a whole."""

    service: str
    wiring: dict[str, Any]
    clock: Clock
    metrics: Metrics
    stuck_s: float = STUCK_S
    is_source: bool = False
    resting: Callable[[], bool] = lambda: False
    """No frame is to come now: nothing is wrong if none does."""
    posts: Posts | None = None
    """What a POST may ask for."""
    whole: Pages | None = None
    """Of a process that runs others: how all of them together are."""
    _turned_at_s: float | None = None
    _flowed_at_s: float = 0.0
    _ready: bool = False
    _captured_at: int | None = None
    _cameras: OrderedDict[str, tuple[str, float]] = field(default_factory=OrderedDict)

    def __post_init__(self) -> None:
        self.metrics.age_s.set_function(self._age_s)

    def turned(self, ready: bool, waiting_for: str = "the broker does not answer") -> None:
        """The loop went round; `ready`: the broker answers and there is something to read or write."""
        self._turned_at_s = self.clock.monotonic_s()
        if ready and not self._ready:
            self.flowed()
        if ready != self._ready:
            log.log(*((logging.INFO, "ready") if ready else (logging.WARNING, f"{waiting_for}: waiting")))
        self._ready = ready

    def beat(self) -> None:
        """The loop waits for a camera and is well."""
        self._turned_at_s = self.clock.monotonic_s()

    def flowed(self) -> None:
        """A message was dealt with: handled or left out on purpose."""
        self._flowed_at_s = self.clock.monotonic_s()

    def handled(self, message: Message) -> None:
        """A message went through."""
        self.flowed()
        if isinstance(message, Frame):
            self._captured_at = message.captured_at
            self._cameras[message.camera] = (message.frame_id, self.clock.monotonic_s())
            self._cameras.move_to_end(message.camera)
            if len(self._cameras) > MAX_CAMERAS:
                self._cameras.popitem(last=False)

    def forget(self, camera: str) -> None:
        """It is none of ours any more."""
        self._cameras.pop(camera, None)

    def _age_s(self) -> float:
        """Rises while nothing comes; NaN before the first frame."""
        at = self._captured_at
        return float("nan") if at is None else (self.clock.now_ns() - at) / 1e9

    def alive(self) -> str | None:
        """None if well; else what is wrong: the loop stands still, or messages wait and none goes through."""
        now_s = self.clock.monotonic_s()
        if self._turned_at_s is None or now_s - self._turned_at_s > self.stuck_s:
            return "the loop stands still"
        if self._ready and self.metrics.waiting() and self._still():
            return "messages wait and none goes through"
        return None

    def _still(self) -> bool:
        """True if nothing was dealt with for long, though it could have been."""
        return self.clock.monotonic_s() - self._flowed_at_s > self.stuck_s

    def ready(self) -> str | None:
        """None if ready; else why not."""
        if not self._ready:
            return self.alive() or "waiting for the broker, or for a topic"
        if self.is_source and not self.resting() and (not self._cameras or self._still()):
            return "no frame comes from the camera"
        return self.alive()

    def status(self) -> dict[str, Any]:
        """For people: the wiring, the counters, each camera's newest frame and how long ago it went through."""
        now_s = self.clock.monotonic_s()
        cameras = {
            name: {"frame_id": frame_id, "seconds_ago": round(now_s - at_s, 1)}
            for name, (frame_id, at_s) in list(self._cameras.items())
        }
        counts = self.metrics.values()
        return {
            "service": self.service,
            "ready": self.ready() is None,
            **self.wiring,
            "cameras": cameras,
            "counts": counts,
        }

    def metrics_text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self.metrics.registry)


def serve(health: Health, host: str, port: int) -> ThreadingHTTPServer:
    """Answer GET /healthz /readyz /metrics /status in threads of their own; raises OSError if the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send(*_answer(health.whole or health, self.path))

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length") or ""
            self.rfile.read(min(int(length), MAX_BODY_BYTES) if length.isdecimal() else 0)
            if health.posts is None:
                self._send(404, "text/plain", b"nothing to POST here\n")
                return
            status, text = health.posts.answer(self.path, self.headers.get("Authorization") or "")
            self._send(status, "text/plain", f"{text}\n".encode())

        def _send(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - overrides http.server's
            log.debug("http %s", args)

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, name="health", daemon=True).start()
    return server


def _answer(health: Pages, path: str) -> tuple[int, str, bytes]:
    if path == "/metrics":
        return 200, "text/plain; version=0.0.4; charset=utf-8", health.metrics_text()
    if path == "/status":
        return 200, "application/json", json.dumps(health.status()).encode()
    checks = {"/healthz": health.alive, "/readyz": health.ready}
    if path not in checks:
        return 404, "text/plain", b"GET /healthz /readyz /metrics /status\n"
    problem = checks[path]()
    return (503, "text/plain", f"{problem}\n".encode()) if problem else (200, "text/plain", b"ok\n")
