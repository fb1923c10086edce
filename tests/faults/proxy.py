"""A bad network between services and broker: slow, narrow, breaking off, silent; switchable while it is used.

The broker listens at 127.0.0.1 and tells its clients to come to 127.0.0.2, same port, where the proxy stands:
`Broker(data, host=LOOPBACK, port=port, advertise=PROXY_HOST)`.
"""

import asyncio
import random
import socket
import struct
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from libs.ops.kafka_config import LOOPBACK

PROXY_HOST = "127.0.0.2"
CHUNK_BYTES = 16 << 10
QUEUED_CHUNKS = 16
LOOK_S = 0.02
# Closing with this sends a reset instead of an orderly end.
RESET = struct.pack("ii", 1, 0)


class Requests:
    """Counts the requests in a client's bytes: each is four bytes of length and so many bytes."""

    def __init__(self) -> None:
        self._head = b""
        self._left = 0

    def feed(self, data: bytes) -> int:
        """How many requests begin in these bytes."""
        begun = 0
        while data:
            if self._left:
                taken = min(self._left, len(data))
                self._left, data = self._left - taken, data[taken:]
                continue
            missing = 4 - len(self._head)
            self._head, data = self._head + data[:missing], data[missing:]
            if len(self._head) == 4:
                begun += 1
                self._left, self._head = int.from_bytes(self._head, "big"), b""
        return begun


@dataclass
class Proxy:
    """Faults are attributes. `latency_s`: each way; `reset_share`: of all requests; `bytes_per_s`: each way, all
    connections together; `silent`: nothing passes, new connections are taken and hear nothing.
    """

    port: int
    seed: int
    latency_s: float = 0.0
    reset_share: float = 0.0
    bytes_per_s: float = 0.0
    silent: bool = False
    requests: int = 0
    resets: int = 0
    _free_at_s: dict[bool, float] = field(default_factory=lambda: {True: 0.0, False: 0.0})
    _stop: threading.Event = field(default_factory=threading.Event)
    _listening: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Self:
        self._dice = random.Random(self.seed)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), name="proxy")
        self._thread.start()
        assert self._listening.wait(5)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._stop.set()
        self._thread.join()

    def heal(self) -> None:
        """A good network from now on."""
        self.latency_s = self.reset_share = self.bytes_per_s = 0.0
        self.silent = False

    async def _serve(self) -> None:
        open_ones: set[asyncio.Task[None]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            open_ones.add(task := asyncio.ensure_future(self._connection(reader, writer)))
            task.add_done_callback(open_ones.discard)

        server = await asyncio.start_server(accept, PROXY_HOST, self.port)
        self._listening.set()
        while not self._stop.is_set():
            await asyncio.sleep(LOOK_S)
        server.close()
        for task in list(open_ones):
            task.cancel()
        await asyncio.gather(*open_ones, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Both ways, until one of them ends."""
        writers = [writer]
        try:
            to_read, to_write = await asyncio.open_connection(LOOPBACK, self.port)
            writers.append(to_write)
            ways = [self._pass_on(reader, to_write, Requests()), self._pass_on(to_read, writer, None)]
            tasks = [asyncio.ensure_future(way) for way in ways]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)
        except OSError:
            pass
        finally:
            for each in writers:
                _reset(each)

    async def _pass_on(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, counted: Requests | None
    ) -> None:
        """One way; ends where the connection ends or is to break. Raises OSError where it broke by itself."""
        queue: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(QUEUED_CHUNKS)
        delivery = asyncio.ensure_future(self._deliver(queue, sink, counted is not None))
        now_s = asyncio.get_running_loop().time
        try:
            while not delivery.done() and (data := await source.read(CHUNK_BYTES)):
                breaks = counted is not None and self._breaks(counted.feed(data))
                # Half of the broken requests reach the broker, and only their answer is lost.
                if breaks and self._dice.random() < 0.5:
                    return
                await queue.put((now_s() + self.latency_s, data))
                if breaks:
                    await queue.join()
                    return
        finally:
            delivery.cancel()
            await asyncio.gather(delivery, return_exceptions=True)

    def _breaks(self, requests: int) -> bool:
        self.requests += requests
        hit = sum(self._dice.random() < self.reset_share for _ in range(requests)) > 0
        self.resets += hit
        return hit

    async def _deliver(
        self, queue: "asyncio.Queue[tuple[float, bytes]]", sink: asyncio.StreamWriter, upwards: bool
    ) -> None:
        now_s = asyncio.get_running_loop().time
        while True:
            due_s, data = await queue.get()
            if self.bytes_per_s:
                begins_s = max(now_s(), self._free_at_s[upwards])
                self._free_at_s[upwards] = begins_s + len(data) / self.bytes_per_s
                due_s = max(due_s, self._free_at_s[upwards])
            await asyncio.sleep(due_s - now_s())
            while self.silent:
                await asyncio.sleep(LOOK_S)
            sink.write(data)
            await sink.drain()
            queue.task_done()


def _reset(writer: asyncio.StreamWriter) -> None:
    connection: socket.socket = writer.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
