"""Runs the site in a thread of its own, beside the cameras."""

import asyncio
import logging
import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import cast

from aiohttp import web

from libs.common.clock import Clock
from libs.common.errors import FatalError
from services.producer.webrtc.border import Loop
from services.producer.webrtc.connections import Connections
from services.producer.webrtc.door import Door
from services.producer.webrtc.guest import Terms
from services.producer.webrtc.guests import Guests
from services.producer.webrtc.join import Join
from services.producer.webrtc.library_logs import hush
from services.producer.webrtc.seats import Seats
from services.producer.webrtc.site import site
from services.producer.webrtc.whip import Whip

log = logging.getLogger(__name__)

LOOK_S = 1.0
STOP_S = 5.0
KEEP_ALIVE_S = 15.0
"""In which a request has to be there, and the next one."""
BACKLOG = 64

Elsewhere = Callable[[str], bool]


def nowhere(camera: str) -> bool:
    """No other producer has it."""
    return False


@dataclass(frozen=True, kw_only=True)
class Opened:
    """How it is served."""

    listen: tuple[str, int]
    tls: ssl.SSLContext | None
    token: str = field(repr=False)
    origins: tuple[str, ...]
    most: int
    terms: Terms


class Serving:
    """Begun once the process knows which cameras others have."""

    def __init__(self, opened: Opened, seats: Seats, clock: Clock) -> None:
        """Raises FatalError where the port is not to be had."""
        self._opened, self._seats, self._clock = opened, seats, clock
        self._elsewhere: Elsewhere = nowhere
        self.token = opened.token
        self._socket = listening(opened.listen)
        self.port: int = self._socket.getsockname()[1]
        self._loop = Loop()
        self._loop.set_exception_handler(_unheard)
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="webrtc", daemon=True)

    def start(self, elsewhere: Elsewhere) -> None:
        """`elsewhere`: whether another producer has a camera now."""
        self._elsewhere = elsewhere
        self._thread.start()

    def ask_to_stop(self) -> None:
        """Nobody may join any more, and all are told."""
        with suppress(RuntimeError):  # it has ended by itself
            self._loop.call_soon_threadsafe(self._stop.set)

    def stop(self) -> None:
        """Returns when it has, in a bounded time."""
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        else:
            self._socket.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        hush()
        try:
            self._loop.run_until_complete(self._serve())
        except Exception:
            log.exception("a bug: nobody can join any more")
        finally:
            self._loop.run_until_complete(_end_all())
            self._socket.close()
            self._loop.close()

    async def _serve(self) -> None:
        opened = self._opened
        guests = Guests(opened.terms, opened.most, self._seats, self._elsewhere, self._clock)
        door = Door(opened.token, opened.origins, self._clock)
        runner = web.AppRunner(
            site(Join(guests, door), Whip(guests, door)),
            access_log=None,
            keepalive_timeout=KEEP_ALIVE_S,
            shutdown_timeout=STOP_S / 4,
            handler_cancellation=True,
        )
        await runner.setup()
        connections = Connections(cast(web.Server, runner.server), opened.tls)
        server = await self._loop.create_server(connections.new, sock=self._socket, backlog=BACKLOG)
        try:
            await self._watch(guests)
        finally:
            server.close()
            await guests.close()
            await runner.cleanup()
            connections.close()

    async def _watch(self, guests: Guests) -> None:
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), LOOK_S)
            try:
                await guests.look()
            except Exception:
                log.exception("a bug: those who joined were not looked after this time")


def listening(listen: tuple[str, int]) -> socket.socket:
    """A socket there. Raises FatalError."""
    host, port = listen
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    found = socket.socket(family, socket.SOCK_STREAM)
    try:
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        found.bind((host.strip("[]"), port))
        found.listen(BACKLOG)
    except OSError as error:
        found.close()
        raise FatalError(f"--listen {host}:{port}: {error.strerror or error}") from None
    return found


async def _end_all() -> None:
    """Tasks of libraries that nobody waits for, those that they begin at their end, and what they have open."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_S):
            while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
                for task in tasks:
                    task.cancel()
                await asyncio.wait(tasks)


def _unheard(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What a library's task says when nobody asks it any more: a stranger can make it say much."""
    log.debug("%s: %r", context.get("message"), context.get("exception"))
