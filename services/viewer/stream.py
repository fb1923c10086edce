"""The sockets: each open page joins the hub and says what it wants to see and what it has drawn."""

from collections.abc import Callable, Mapping
from functools import partial
from threading import Lock
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO

from libs.common.clock import Clock
from services.viewer.browser import Browser
from services.viewer.guard import Guard
from services.viewer.hub import Hub

MAX_MESSAGE_BYTES = 16 << 10
"""What a page sends is a few words."""


class Line:
    """The way to one page. One event at a time: a picture is two packets, and nothing may come between them."""

    def __init__(self, socketio: SocketIO, sid: str) -> None:
        self._socketio, self._sid = socketio, sid
        self._lock = Lock()

    def frame(self, meta: Mapping[str, Any], jpeg: bytes, drawn: Callable[[], None]) -> None:
        """The event "frame" (meta, JPEG); the page acknowledges it when it has drawn it."""
        with self._lock:
            self._socketio.emit("frame", (meta, jpeg), to=self._sid, callback=lambda *_: drawn())

    def time(self, asked: float, now_ms: float) -> None:
        """The event "time": the viewer's clock, and the page's own word by which it knows its question."""
        with self._lock:
            self._socketio.emit("time", (asked, now_ms), to=self._sid)

    def close(self) -> None:
        """End the connection; a second time does nothing."""
        self._socketio.server.disconnect(self._sid)  # type: ignore[attr-defined]


def attach(app: Flask, guard: Guard, hub: Hub, clock: Clock) -> SocketIO:
    """Sockets for `app`. Origins and sessions are checked before, by the shell, and here again."""
    socketio = SocketIO(
        app,
        async_mode="threading",
        async_handlers=False,  # a page's wishes take effect in the order it sent them
        transports=["websocket"],  # type: ignore[call-arg]
        cors_allowed_origins=[],  # no CORS headers: the shell refuses other origins
        max_http_buffer_size=MAX_MESSAGE_BYTES,
        manage_session=False,
    )
    Stream(socketio, guard, hub, clock)
    return socketio


class Stream:
    """What pages say: connect, choose, time, disconnect."""

    def __init__(self, socketio: SocketIO, guard: Guard, hub: Hub, clock: Clock) -> None:
        self._socketio, self._guard, self._hub, self._clock = socketio, guard, hub, clock
        self._lines: dict[str, Line] = {}
        for event in (self.connect, self.choose, self.time, self.disconnect):
            socketio.on_event(event.__name__, event)

    def connect(self, auth: object = None) -> None:
        """Refused with "login" or "full"; pictures begin at once."""
        visitor = self._guard.visitor()
        if visitor is None:
            raise ConnectionRefusedError("login")
        sid = _sid()
        line = Line(self._socketio, sid)
        alive = partial(self._guard.alive, visitor.id)
        if not self._hub.join(Browser(sid, visitor.user, line.frame, line.close, alive)):
            raise ConnectionRefusedError("full")
        self._lines[sid] = line

    def choose(self, wish: object = None) -> None:
        """The page's wish: {"watching": bool, "camera": str or nil, "topic": str or nil}."""
        if isinstance(wish, dict):
            camera, topic = _text(wish.get("camera")), _text(wish.get("topic"))
            self._hub.choose(_sid(), watching=wish.get("watching") is True, camera=camera, topic=topic)

    def time(self, asked: object = None) -> None:
        """The page asks for the viewer's clock; `asked` comes back with the answer."""
        if isinstance(asked, int | float) and (line := self._lines.get(_sid())):
            line.time(asked, self._clock.now_ns() / 1e6)

    def disconnect(self, *reason: object) -> None:
        self._hub.leave(_sid())
        self._lines.pop(_sid(), None)


def _sid() -> str:
    return str(request.sid)  # type: ignore[attr-defined]


def _text(value: object) -> str | None:
    return value[:256] if isinstance(value, str) else None
