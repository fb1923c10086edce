"""The newest status of each camera, and what is paused of it; followed from the first time that somebody asks."""

import threading
from collections.abc import Callable, Mapping

from libs.common.bus import Reader
from libs.common.follower import Follower
from libs.common.messages import Status

FIRST_LOOK_S = 2.0
"""So long the first one who asks waits at most: a camera that is paused is to be known as such from the start."""


class Statuses:
    """Any thread may ask. `connect`: a reader of the topic; None: there is no such topic."""

    def __init__(self, connect: Callable[[], Reader] | None) -> None:
        self._connect = connect
        self._follower: Follower | None = None
        self._lock = threading.Lock()

    def __call__(self) -> Mapping[str, Status]:
        """By camera; empty until all of the topic was read once."""
        if self._connect is None:
            return {}
        with self._lock:
            if self._follower is None:
                self._follower = Follower(self._connect, (Status,))
                self._follower.first_look(FIRST_LOOK_S)
        rows = self._follower.rows.values()
        return {row.message.camera: row.message for row in rows if isinstance(row.message, Status)}

    def close(self) -> None:
        """Never raises."""
        if self._follower is not None:
            self._follower.close()
