"""What is counted and said of watched files: each reason once, with the first file of it."""

import logging

from libs.common.metrics import Metrics, Reasons
from services.ftp_ingest.pictures import refusals

log = logging.getLogger(__name__)

NO_CAMERA, LINK, NO_FILE, UNREADABLE, BUG = "no-camera", "link", "not-a-file", "unreadable", "bug"
LEFT = (*refusals.REASONS, NO_CAMERA, LINK, NO_FILE, UNREADABLE, BUG)
MOST_SAID = 1000
LONGEST = 200


class Tally:
    """Several threads at once."""

    def __init__(self, metrics: Metrics) -> None:
        self._taken = metrics.counter("framebus_watch_taken_total", "Files of watched folders that were taken.")
        self._left: Reasons = metrics.reasons(
            "framebus_watch_left_total", "Files of watched folders that were left where they are.", LEFT
        )
        self._said: set[str] = set()
        self._folders: set[str] = set()
        self._unreadable: set[str] = set()

    def taken(self) -> None:
        self._taken.inc()

    def left(self, reason: str, path: str, why: str) -> None:
        """Said with the first file of a reason."""
        self._left.labels(reason).inc()
        self.once(reason, f"{shown(path)}: left where it is, as others like it will be: {why}")

    def not_a_camera(self, folder: str, why: str) -> None:
        """Counted and said once for a folder: whatever is in it."""
        if folder not in self._folders and len(self._folders) < MOST_SAID:
            self._folders.add(folder)
            self._left.labels(NO_CAMERA).inc()
            log.warning("%s: %s", shown(folder), why)

    def unreadable(self, path: str, error: OSError) -> None:
        """Counted once for a file or folder: it is tried again and again."""
        if path not in self._unreadable and len(self._unreadable) < MOST_SAID:
            self._unreadable.add(path)
            self.left(UNREADABLE, path, error.strerror or type(error).__name__)

    def once(self, key: str, text: str) -> None:
        log.log(logging.DEBUG if key in self._said else logging.WARNING, "%s", text)
        if len(self._said) < MOST_SAID:
            self._said.add(key)

    def news(self, key: str) -> None:
        """What happens next under this key is said again."""
        self._said.discard(key)


def shown(path: str) -> str:
    """For a line of a log: whatever somebody called it."""
    text = path.encode("utf-8", "backslashreplace").decode()
    printable = "".join(sign if sign.isprintable() else f"\\x{ord(sign):02x}" for sign in text)
    return printable if len(printable) <= LONGEST else f"…{printable[-LONGEST:]}"
