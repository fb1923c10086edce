"""Files that are to be taken: some wait until they were still for a while, the others stand in line."""

import heapq
from collections import Counter, deque
from dataclasses import dataclass

from services.ftp_ingest.watch.files import Look

MOST_FILES = 50_000
MOST_OF_A_CAMERA = 5_000
STILL_S = 1.0
"""A file of which nobody said that it is finished must have been the same for so long."""


@dataclass(frozen=True, slots=True, order=True)
class File:
    """As it was when it was looked at. `tries`: how often it was refused as it is."""

    look: Look
    path: str
    camera: str
    tries: int = 0


class Pending:
    """Of each camera oldest first, the cameras in turn. What has no room is missed: a later scan finds it."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, File]] = []
        self._lines: dict[str, list[File]] = {}
        self._turns: deque[str] = deque()
        self._not_before_s: dict[str, float] = {}
        self._file_of: dict[str, File] = {}
        """By path: what is in here. Another one of that path that is still in a heap has been replaced."""
        self._count: Counter[str] = Counter()
        self.missed: set[str] = set()
        """Cameras of which there is more: until it was looked for, nothing newer of them gets in."""

    def __len__(self) -> int:
        return len(self._file_of)

    def get(self, path: str) -> File | None:
        """As it is in here; None: it is not."""
        return self._file_of.get(path)

    def until_still(self, file: File, now_s: float) -> None:
        """It gets into line when it has been as it is for a while."""
        self.wait(file, now_s + STILL_S)

    def wait(self, file: File, due_s: float) -> None:
        """It gets into line then."""
        if self._enter(file):
            heapq.heappush(self._waiting, (due_s, file))

    def add(self, file: File) -> None:
        """Into line."""
        if self._enter(file):
            self._line(file)

    def again(self, file: File, not_before_s: float) -> None:
        """It came out and could not be taken: back to its place, and none of its camera comes out before."""
        self._not_before_s[file.camera] = not_before_s
        self._put(file)
        self._line(file)

    def next(self, now_s: float) -> File | None:
        """The oldest one of the camera whose turn it is."""
        while self._waiting and self._waiting[0][0] <= now_s:
            self._line(heapq.heappop(self._waiting)[1])
        for camera in list(self._turns):
            self._turns.rotate(-1)
            if self._not_before_s.get(camera, 0.0) <= now_s and (file := self._pop(camera)):
                return file
        return None

    def due_s(self) -> float:
        """When there may be something to do."""
        in_line = (self._not_before_s.get(camera, 0.0) for camera in self._turns)
        return min([*in_line, *(due_s for due_s, _ in self._waiting[:1])], default=float("inf"))

    def wants_more(self) -> bool:
        """Whether it is time to look for what was missed."""
        return len(self) < MOST_FILES // 2 and any(not self._count[camera] for camera in self.missed)

    def _enter(self, file: File) -> bool:
        full = len(self) >= MOST_FILES or self._count[file.camera] >= MOST_OF_A_CAMERA
        if full and file.path not in self._file_of:
            self.missed.add(file.camera)
            return False
        self._put(file)
        return True

    def _put(self, file: File) -> None:
        self._count[file.camera] += file.path not in self._file_of
        self._file_of[file.path] = file

    def _line(self, file: File) -> None:
        if file.camera not in self._lines:
            self._lines[file.camera] = []
            self._turns.append(file.camera)
        line = self._lines[file.camera]
        heapq.heappush(line, file)
        if len(line) > 100 + 2 * self._count[file.camera]:
            line[:] = sorted(filter(self._is_valid, set(line)))

    def _is_valid(self, file: File) -> bool:
        return self._file_of.get(file.path) is file

    def _pop(self, camera: str) -> File | None:
        """A camera without any has no turn."""
        line = self._lines[camera]
        while line:
            if self._is_valid(file := heapq.heappop(line)):
                del self._file_of[file.path]
                self._count[camera] -= 1
                return file
        del self._lines[camera]
        self._turns.remove(camera)
        return None
