"""Where pictures come in: the FTP server and watched folders, each if it is wanted."""

import threading

from libs.common import service
from libs.common.errors import PermanentError
from services.ftp_ingest.inbox import Inbox, Origin
from services.ftp_ingest.pictures.refusals import REASONS
from services.ftp_ingest.server.server import FtpServer
from services.ftp_ingest.server.tallies import Tallies
from services.ftp_ingest.server.users import Users
from services.ftp_ingest.settings import Settings
from services.ftp_ingest.spool.limits import MIB
from services.ftp_ingest.spool.spool import Spool
from services.ftp_ingest.watch.watch import Watch

UPLOADS, WATCHED = "uploads", "watched"
"""Folders in the spool: uploads that have not ended, and what is known of watched files."""


class Entrances:
    """Open from `start` on, until the service is asked to stop or `stop` is called."""

    def __init__(self, settings: Settings, process: service.Service, spool: Spool, inbox: Inbox) -> None:
        """Raises SettingsError, FatalError."""
        self._process = process
        self._users: Users | None = None
        self._server = self._ftp(settings, spool, inbox) if settings.ftp else None
        self._watch = self._watched(settings, spool, inbox) if settings.watch else None
        self._asked = threading.Thread(target=self._stop_when_asked, name="stop", daemon=True)

    def _ftp(self, settings: Settings, spool: Spool, inbox: Inbox) -> FtpServer:
        self._users = Users(settings.users_path)
        tallies = Tallies(self._process.metrics, REASONS)
        limits = settings.ftp_limits(spool.path / UPLOADS)
        address = (settings.host, settings.port)
        return FtpServer(*address, limits, self._users, inbox, tallies, self._process.clock, settings.tls())

    def _watched(self, settings: Settings, spool: Spool, inbox: Inbox) -> Watch:
        kept = [settings.keep_path] if settings.keep_path else []
        plan = settings.watch_plan(settings.max_file * MIB, spool.path, *kept)
        metrics, clock = self._process.metrics, self._process.clock
        return Watch(plan, inbox, spool.path / WATCHED, spool.origins(), metrics, clock)

    def start(self) -> None:
        """What comes is taken when it returns. Raises FatalError."""
        if self._server is not None:
            self._server.start()
        if self._watch is not None:
            self._watch.start()
        self._asked.start()

    def names(self) -> frozenset[str]:
        """Of the cameras that may send now."""
        users = self._users.names() if self._users is not None else frozenset[str]()
        return users | (self._watch.cameras() if self._watch is not None else frozenset())

    def published(self, origin: Origin, error: PermanentError | None) -> bool:
        """A Published of inbox.py."""
        return self._watch is None or self._watch.settled(origin, error)

    def _stop_when_asked(self) -> None:
        """At once, while others still wait for the broker: a service has ten seconds to end."""
        self._process.stop.wait()
        self.stop()

    def stop(self) -> None:
        """Nothing comes in any more; may be called twice."""
        if self._server is not None:
            self._server.stop()
        if self._watch is not None:
            self._watch.stop()

    def close(self) -> None:
        """After the last thing was published."""
        if self._watch is not None:
            self._watch.close()
