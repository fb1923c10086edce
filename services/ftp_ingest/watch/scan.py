"""Going through folders for pictures that are new: in small steps, and with the oldest of each camera alone in mind."""

import heapq
import os
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from services.ftp_ingest.watch.book import Book
from services.ftp_ingest.watch.files import Look, look_of, opened
from services.ftp_ingest.watch.folders import Folders, is_left_alone
from services.ftp_ingest.watch.pending import MOST_FILES, MOST_OF_A_CAMERA, File
from services.ftp_ingest.watch.tally import Tally

STEP_FILES = 500
MARKED_AT_ONCE = 1000
OTHER_NAME = "expected a camera's name (letters, digits, _ . -, 64 at most): nothing in it is taken"
NO_FOLDER = "files directly in it are nobody's, expected them in folders named like their cameras"


@dataclass
class Places:
    """What is looked through, and who is told of it."""

    folders: Folders
    book: Book
    tally: Tally
    saw: Callable[[str], None]
    """Told each camera that has a folder."""


@dataclass
class Scan:
    """`starts`: folders, with what is below them; `whole`: all there are. `follow` is told each of them first.

    `before_ns`: what was not changed since then (UTC) is no news.
    """

    places: Places
    starts: tuple[str, ...]
    follow: Callable[[str], None]
    whole: bool
    before_ns: int | None = None
    more: set[str] = field(default_factory=set)
    """Cameras of which there is more."""
    _heaps: dict[str, list[tuple[int, str, int]]] = field(default_factory=dict)
    _before: list[tuple[str, Look]] = field(default_factory=list)

    def steps(self) -> Iterator[None]:
        """Gives way every so often."""
        left = list(self.starts)
        seen = 0
        while left:
            for found in self._in(left.pop(), left):
                seen += 1
                if seen % STEP_FILES == 0:
                    yield
                self._judge(*found)
            yield
        self._mark_before()

    def files(self) -> Iterator[File]:
        """What was found; asked for once, at the end."""
        for camera, heap in self._heaps.items():
            for newest_first, path, size_bytes in heap:
                yield File(Look(-newest_first, size_bytes), path, camera)

    def _in(self, directory: str, left: list[str]) -> Iterator[tuple[str, str, os.DirEntry[str]]]:
        """Camera and path of each file; folders in it are added to `left`."""
        folder, camera = self.places.folders.of(directory), self.places.folders.camera_of(directory)
        if folder is None:
            return
        self._begin(directory, camera)
        try:
            with opened(folder, directory) as at, os.scandir(at) as entries:
                for entry in (each for each in entries if not is_left_alone(each.name)):
                    path = os.path.join(directory, entry.name)
                    if entry.is_dir(follow_symlinks=False):
                        self._folder(path, left)
                    elif camera is None:
                        self.places.tally.not_a_camera(directory, NO_FOLDER)
                    else:
                        yield camera, path, entry
        except FileNotFoundError:
            return
        except OSError as error:
            self.places.tally.unreadable(directory, error)

    def _begin(self, directory: str, camera: str | None) -> None:
        if camera is not None:
            self.places.saw(camera)
        self.follow(directory)

    def _folder(self, directory: str, left: list[str]) -> None:
        folders = self.places.folders
        if folders.begins(directory):
            return
        if folders.camera_of(directory) is None:
            self.places.tally.not_a_camera(directory, OTHER_NAME)
        else:
            left.append(directory)

    def _judge(self, camera: str, path: str, entry: "os.DirEntry[str]") -> None:
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError:
            return
        look = look_of(found)
        if self.places.book.has(path, look):
            return
        if self.before_ns is not None and found.st_ctime_ns < self.before_ns:
            self._before.append((path, look))
            if len(self._before) >= MARKED_AT_ONCE:
                self._mark_before()
        else:
            self._new(camera, path, look)

    def _new(self, camera: str, path: str, look: Look) -> None:
        """The newest gives way to older ones."""
        heap = self._heaps.setdefault(camera, [])
        heapq.heappush(heap, (-look.mtime_ns, path, look.size_bytes))
        while len(heap) > min(MOST_OF_A_CAMERA, MOST_FILES // len(self._heaps)):
            heapq.heappop(heap)
            self.more.add(camera)

    def _mark_before(self) -> None:
        self.places.book.leave(self._before)
        self._before = []


def kind_of(found: os.stat_result) -> str:
    """For people."""
    kinds = {stat.S_IFLNK: "a link", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket", stat.S_IFDIR: "a folder"}
    return kinds.get(stat.S_IFMT(found.st_mode), "a device")
