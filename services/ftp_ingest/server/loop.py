"""What one session waits for: its sockets and its times."""

import heapq

from services.ftp_ingest.server.library import IOLoop, Scheduler, timer

MOST_CANCELLED = 1000
"""Each upload leaves some behind, until their time comes."""


class OneByOne(Scheduler):  # type: ignore[misc]
    """Of two calls that are due, the first may cancel the other: pyftpdlib calls it all the same."""

    def poll(self) -> float | None:
        """Makes the calls that are due; the seconds until the next one."""
        now_s = timer()
        while self._tasks and self._tasks[0].timeout <= now_s:
            call = heapq.heappop(self._tasks)
            if call.cancelled:
                self._cancellations -= 1
            elif call._repush:
                call._repush = False
                heapq.heappush(self._tasks, call)
            else:
                call.call()
        if self._cancellations > MOST_CANCELLED:
            self.reheapify()
        return max(0.0, self._tasks[0].timeout - now_s) if self._tasks else None


class Loop(IOLoop):  # type: ignore[misc]
    """Runs in the session's thread until nothing is left to wait for."""

    def __init__(self) -> None:
        super().__init__()
        self.sched = OneByOne()

    def run(self) -> None:
        wait_s: float | None = 0.0
        while self.socket_map:
            self.poll(wait_s)
            wait_s = self.sched.poll()
