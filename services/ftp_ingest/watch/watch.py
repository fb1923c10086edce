"""Watched folders: new pictures in them go into the inbox, and what was published is kept, deleted or moved."""

import logging
import threading
from collections.abc import Iterable
from pathlib import Path

from libs.common.clock import Clock
from libs.common.errors import PermanentError, TemporaryError
from libs.common.metrics import Metrics
from services.ftp_ingest.inbox import Inbox, Origin
from services.ftp_ingest.watch.afterwards import Afterwards
from services.ftp_ingest.watch.book import Book
from services.ftp_ingest.watch.folders import Folders
from services.ftp_ingest.watch.ledger import Ledger
from services.ftp_ingest.watch.patrol import Patrol
from services.ftp_ingest.watch.pending import Pending
from services.ftp_ingest.watch.plan import Plan
from services.ftp_ingest.watch.scan import Places
from services.ftp_ingest.watch.taking import Taking
from services.ftp_ingest.watch.tally import Tally

log = logging.getLogger(__name__)

STOP_S = 1.5
AFTER_AN_ERROR_S = 1.0


class Watch:
    """One thread, and one that the kernel tells, however many folders there are."""

    def __init__(
        self, plan: Plan, inbox: Inbox, ledger_in: Path, in_spool: Iterable[Origin], metrics: Metrics, clock: Clock
    ) -> None:
        """`in_spool`: files whose pictures lie in the spool from before. Raises FatalError."""
        self._tally = tally = Tally(metrics)
        folders = Folders(plan.folders, map(str, plan.without))
        self._named = {folder.camera for folder in plan.folders if folder.camera}
        self._seen: set[str] = set()
        self._stop, self._news = threading.Event(), threading.Event()
        self._ledger = Ledger(ledger_in)
        book, pending = Book(self._ledger, in_spool), Pending()
        self._afterwards = Afterwards(plan, folders, book, tally, self._news)
        taking = Taking(inbox, folders, book, pending, tally, plan.max_file_bytes, clock.monotonic_s)
        places = Places(folders, book, tally, self._seen.add)
        self._patrol = Patrol(plan, places, pending, taking, self._afterwards, self._ledger, clock, self._news)
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        self._thread.start()

    @property
    def begun(self) -> threading.Event:
        """Set once what was there at the start was looked through: what comes now is new."""
        return self._patrol.begun

    def stop(self) -> None:
        """No file is taken any more; `settled` may still be told. Returns at once, or nearly."""
        self._stop.set()
        self._news.set()
        if self._thread.is_alive():
            self._thread.join(STOP_S)

    def close(self) -> None:
        """After the last `settled`."""
        self._ledger.close()

    def cameras(self) -> frozenset[str]:
        """Those that were named, and those that have folders."""
        return frozenset(self._named | self._seen.copy())

    def settled(self, origin: Origin, error: PermanentError | None) -> bool:
        """A Published of inbox.py."""
        return self._afterwards.settled(origin, error)

    def _run(self) -> None:
        self._patrol.begin()
        while not self._stop.is_set():
            try:
                self._patrol.turn()
            except TemporaryError as error:
                self._tally.once("ledger", str(error))
                self._recover()
            except Exception:
                log.exception("a bug: all folders are looked through again")
                self._recover()
        self._patrol.end()

    def _recover(self) -> None:
        self._patrol.recover()
        self._stop.wait(AFTER_AN_ERROR_S)
