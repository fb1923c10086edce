"""Whether a file is a new picture: neither done, nor in the spool."""

import hashlib
import os
import threading
from collections import defaultdict
from collections.abc import Iterable

from services.ftp_ingest.inbox import Origin
from services.ftp_ingest.watch.files import Look, times_were_set
from services.ftp_ingest.watch.ledger import LEFT, PUBLISHED, Done, Ledger


def digest_of(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()


class Book:
    """Several threads at once. It remembers as many files as the spool holds, the rest is in the ledger."""

    def __init__(self, ledger: Ledger, in_spool: Iterable[Origin]) -> None:
        self._ledger, self._lock = ledger, threading.Lock()
        self._in_spool: dict[Origin, Done] = {}
        self._origins: defaultdict[str, set[Origin]] = defaultdict(set)
        for origin in in_spool:
            self.begin(origin, None)

    def has(self, path: str, look: Look) -> bool:
        """As it is now."""
        return any(done.look == look for done in self._known(path)) or self._ledger.before_all(look)

    def may_be_touched(self, path: str, found: os.stat_result) -> bool:
        """Whether its time alone may have been set since it was known: who has read it can tell.

        `rsync --inplace` and whatever else copies times does that after the file was closed.
        """
        return times_were_set(found) and any(
            done.digest and done.look.size_bytes == found.st_size for done in self._known(path)
        )

    def is_touched(self, path: str, look: Look, data: bytes) -> bool:
        """Whether it is; then it is known as it is now."""
        digest = digest_of(data)
        if not any(done.digest == digest for done in self._known(path)):
            return False
        now = Done(look, digest)
        with self._lock:
            origins = [it for it in self._origins.get(path, ()) if self._in_spool[it].digest == digest]
            self._in_spool.update(dict.fromkeys(origins, now))
        if not origins:
            self._ledger.put(PUBLISHED, [(path, now)])
        return True

    def begin(self, origin: Origin, digest: bytes | None) -> None:
        """It goes into the spool."""
        with self._lock:
            self._in_spool[origin] = Done(Look(origin.mtime_ns, origin.size_bytes), digest)
            self._origins[str(origin.path)].add(origin)

    def end(self, origin: Origin) -> None:
        """It is no longer there."""
        path = str(origin.path)
        with self._lock:
            self._in_spool.pop(origin, None)
            self._origins[path].discard(origin)
            if not self._origins[path]:
                del self._origins[path]

    def _now(self, origin: Origin) -> Done:
        """How the file of a picture in the spool must look to be the same."""
        with self._lock:
            return self._in_spool.get(origin) or Done(Look(origin.mtime_ns, origin.size_bytes))

    def leave(self, files: Iterable[tuple[str, Look]]) -> None:
        """Until the next start they are no news."""
        self._ledger.put(LEFT, [(path, Done(look)) for path, look in files])

    def published(self, origin: Origin, owed: bool) -> None:
        """For ever; safely on the disk when this returns. `owed`: the file is yet to be taken away."""
        self._ledger.put(PUBLISHED, [(str(origin.path), self._now(origin))], owed)
        self.end(origin)

    def refused(self, origin: Origin) -> None:
        """The bus will not have it."""
        self._ledger.put(LEFT, [(str(origin.path), self._now(origin))])
        self.end(origin)

    def owed(self, most: int) -> list[str]:
        """Files that are yet to be taken away."""
        return self._ledger.owed(most)

    def is_published(self, path: str, look: Look, digest: bytes | None) -> bool:
        """Whether this, by its look or by what is in it, is what the bus has."""
        return any(
            done.look == look or (digest is not None and done.digest == digest) for done in self._ledger.published(path)
        )

    def taken_away(self, path: str) -> None:
        self._ledger.forget(PUBLISHED, [path])

    def stays(self, path: str) -> None:
        """It cannot be taken away."""
        self._ledger.not_owed(path)

    def _known(self, path: str) -> list[Done]:
        with self._lock:
            in_spool = [self._in_spool[origin] for origin in self._origins.get(path, ())]
        return in_spool + self._ledger.done(path)
