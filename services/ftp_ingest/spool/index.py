"""What lies in the spool, in memory: counted, and in the order in which it goes to the bus."""

from collections import Counter, deque
from collections.abc import Iterable

from services.ftp_ingest.spool.entries import Entry


class Index:
    """Not for several threads at once: whoever has it locks."""

    def __init__(self) -> None:
        self.files = 0
        self.bytes = 0
        self.bytes_of: Counter[str] = Counter()
        self.waiting_of: Counter[str] = Counter()
        """By camera: how many were not handed out."""
        self._entries: dict[str, Entry] = {}
        """By frame id, oldest first."""
        self._waiting: deque[Entry] = deque()

    def reserve(self, camera: str, size_bytes: int) -> None:
        """Room for what is being written."""
        self.files += 1
        self.bytes += size_bytes
        self.bytes_of[camera] += size_bytes

    def release(self, camera: str, size_bytes: int) -> None:
        """It is not there any more, or was never."""
        self.files -= 1
        self.bytes -= size_bytes
        self.bytes_of[camera] -= size_bytes
        if not self.bytes_of[camera]:
            del self.bytes_of[camera]

    def add(self, entry: Entry) -> None:
        """It is written; room was reserved. It is handed out in its turn, unless it was sent before."""
        self._entries[entry.frame_id] = entry
        if not entry.sent:
            self._waiting.append(entry)
            self.waiting_of[entry.camera] += 1

    def next(self) -> Entry | None:
        """The oldest that was not handed out yet."""
        if not self._waiting:
            return None
        entry = self._waiting.popleft()
        self.waiting_of[entry.camera] -= 1
        return entry

    def put_back(self, entry: Entry) -> None:
        """It is the next one again."""
        self._waiting.appendleft(entry)
        self.waiting_of[entry.camera] += 1

    def replace(self, entry: Entry) -> None:
        """The same, called otherwise."""
        self._entries[entry.frame_id] = entry

    def get(self, frame_id: str) -> Entry | None:
        return self._entries.get(frame_id)

    def remove(self, entry: Entry) -> None:
        if self._entries.pop(entry.frame_id, None) is not None:
            self.release(entry.camera, entry.size_bytes)

    def all(self) -> Iterable[Entry]:
        """Oldest first."""
        return list(self._entries.values())

    def oldest(self) -> Entry | None:
        return next(iter(self._entries.values()), None)
