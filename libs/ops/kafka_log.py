"""What Kafka and its Java said that tells an operator why it ended."""

import re
from pathlib import Path

_TAIL_BYTES = 64 << 10
_LINES = 4
_LONGEST = 300
_TELLING = re.compile(r"(^\S+ \S+ (ERROR|FATAL) )|^Caused by: |^Exception in |^Error:|Error occurred|OutOfMemory")


def last_words(log: Path, since: int, console: Path) -> list[str]:
    """The last lines that tell something: errors in `log` after byte `since`, else the end of `console`."""
    lines = [line for line in _tail(log, since) if _TELLING.search(line)] or _tail(console, 0)
    return [line[:_LONGEST] for line in lines[-_LINES:]]


def size_of(log: Path) -> int:
    """Bytes in the log so far; 0 if there is none yet."""
    return log.stat().st_size if log.exists() else 0


def _tail(path: Path, since: int) -> list[str]:
    size = size_of(path)
    if not size:
        return []
    with path.open("rb") as file:
        # A log that was rolled over meanwhile is shorter than it was.
        file.seek(max(since if since <= size else 0, size - _TAIL_BYTES))
        return [line for line in file.read().decode(errors="replace").splitlines() if line.strip()]
