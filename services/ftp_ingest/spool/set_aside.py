"""Files of the spool that the bus will never have: they stay where somebody can look at them, a bounded number."""

import logging
from contextlib import suppress
from pathlib import Path

log = logging.getLogger(__name__)

MOST_FILES = 100
MOST_BYTES = 64 << 20


class SetAside:
    """A folder beside the spool's files."""

    def __init__(self, path: Path) -> None:
        """Raises OSError."""
        path.mkdir(mode=0o700, exist_ok=True)
        self._path = path
        self._said: set[str] = set()

    def put(self, file: Path, reason: str, text: str) -> None:
        """Move it there; the oldest leave where there are too many. Says each reason once. Raises OSError."""
        file.rename(self._path / file.name)
        if reason not in self._said:
            log.error("%s: %s, set aside in %s", file.name, text, self._path)
            self._said.add(reason)
        self._bound()

    def _bound(self) -> None:
        found = sorted((path for path in self._path.iterdir() if path.is_file()), key=lambda path: path.name)
        sizes = [path.stat().st_size for path in found]
        while found and (len(found) > MOST_FILES or sum(sizes) > MOST_BYTES):
            with suppress(FileNotFoundError):
                found.pop(0).unlink()
            sizes.pop(0)
