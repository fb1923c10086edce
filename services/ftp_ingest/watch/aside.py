"""A file that is about to be taken away gets a name that nobody else writes to: so no other is taken in its place."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from services.ftp_ingest.watch.move import move


@contextmanager
def aside(at: int, name: str) -> Iterator[str]:
    """The name, in the open directory `at`, that it has inside; what is left then gets its own back. Raises OSError."""
    hidden = hidden_name(name)
    os.rename(name, hidden, src_dir_fd=at, dst_dir_fd=at)
    try:
        yield hidden
    finally:
        put_back(at, name)


def put_back(at: int, name: str) -> None:
    """If it is aside, perhaps since a process was killed; beside one that has its name by now. Raises OSError."""
    try:
        os.stat(hidden_name(name), dir_fd=at, follow_symlinks=False)
    except FileNotFoundError:
        return
    move(at, hidden_name(name), Path(f"/proc/self/fd/{at}") / name)


def hidden_name(name: str) -> str:
    """Of one length: a name may be as long as names can be."""
    return f".framebus-{hashlib.blake2b(os.fsencode(name), digest_size=16).hexdigest()}"
