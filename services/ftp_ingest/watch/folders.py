"""Which camera a file belongs to, by the folder that it lies in."""

import os
from collections.abc import Iterable
from dataclasses import dataclass

from libs.common.errors import SettingsError
from libs.common.names import is_name

UNFINISHED = (".part", ".tmp", "~")
EXPECTED = "expected DIR or CAMERA=DIR"


@dataclass(frozen=True, slots=True)
class Folder:
    """`path`: absolute. `camera`: of all that is in it; None: its first-level folders are named like their cameras."""

    path: str
    camera: str | None


def parse_folder(text: str) -> Folder:
    """`porch=/srv/porch` or `/srv/cameras`; raises ValueError."""
    before, equals, after = text.partition("=")
    if equals and "/" not in before and not before.startswith("."):
        if not is_name(before):
            raise ValueError(f"{EXPECTED}, the name of letters, digits, _ . - (64 at most)")
        return Folder(_absolute(after), before)
    return Folder(_absolute(text), None)


def _absolute(path: str) -> str:
    if not path.strip() or "\0" in path:
        raise ValueError(f"{EXPECTED}, not an empty one")
    return os.path.realpath(os.path.expanduser(path))


def refuse_twice(folders: Iterable[Folder]) -> None:
    """Raises SettingsError where one folder is named more than once, by whatever way."""
    seen: dict[str, Folder] = {}
    for folder in folders:
        if other := seen.get(os.path.realpath(folder.path)):
            raise SettingsError(
                f"--watch {folder.path}: expected each folder once, it is also {other.camera or other.path}"
            )
        seen[os.path.realpath(folder.path)] = folder


def is_left_alone(name: str) -> bool:
    """Hidden, or not finished by whoever writes it: it gets another name when it is."""
    return name.startswith(".") or name.lower().endswith(UNFINISHED)


class Folders:
    """The whole map: the folder that is nearest above a file counts. `without`: nothing in these is anybody's."""

    def __init__(self, folders: Iterable[Folder], without: Iterable[str] = ()) -> None:
        self.roots = tuple(folders)
        self._at: dict[str, Folder | None] = {folder.path: folder for folder in self.roots}
        self._at |= {path: None for path in without if path not in self._at}

    def begins(self, directory: str) -> bool:
        """Whether another entry of the map begins here."""
        return directory in self._at

    def of(self, path: str) -> Folder | None:
        """Of a file, or of a folder in it."""
        while path not in self._at:
            above = os.path.dirname(path)
            if above == path:
                return None
            path = above
        return self._at[path]

    def camera_of(self, directory: str) -> str | None:
        """Whose files lie in this folder; None: nobody's."""
        folder = self.of(directory)
        if folder is None or folder.camera:
            return folder.camera if folder else None
        first = inside(folder, directory).partition("/")[0]
        return first if is_name(first) else None

    def below_camera(self, path: str) -> str:
        """Where a file lies below what is its camera's, `2026/door.jpg`."""
        folder = self.of(path)
        if folder is None:
            return os.path.basename(path)
        within = inside(folder, path)
        return within if folder.camera else within.partition("/")[2]


def inside(folder: Folder, path: str) -> str:
    """The path from this folder on; empty for itself."""
    return path[len(folder.path.rstrip("/")) + 1 :]
