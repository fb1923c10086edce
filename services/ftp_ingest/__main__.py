"""framebus ftp-ingest: wiring."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack

from libs.common import service
from services.ftp_ingest.check import check_ftp
from services.ftp_ingest.counts import Counts
from services.ftp_ingest.drain import Drain
from services.ftp_ingest.entrances import Entrances
from services.ftp_ingest.name_time import Times
from services.ftp_ingest.pictures.pictures import Pictures
from services.ftp_ingest.settings import Settings
from services.ftp_ingest.spool.check import check_spool
from services.ftp_ingest.spool.spool import Spool
from services.ftp_ingest.tray import Tray
from services.ftp_ingest.watch.check import check_watch

TEXT = (
    "Takes pictures that cameras upload by FTP, or that lie in watched folders, and publishes them as stills. "
    "framebus ftp-ingest user lists, adds and removes the cameras that may log in."
)


def serve(settings: Settings, process: service.Service) -> None:
    """Pictures are taken from the first moment on, whether or not the broker is there."""
    clock, counts = process.clock, Counts(process.metrics)
    with ExitStack() as open_now:
        spool = open_now.enter_context(Spool(settings.spool_path, settings.spool_limits(), clock))
        counts.watch(spool.usage)
        tray = Tray(spool, Pictures(), Times(settings.pattern(), clock, counts.disbelieved), counts)
        drain = Drain(settings, process, spool, tray)
        open_now.callback(drain.close)
        entrances = Entrances(settings, process, spool, tray)
        open_now.callback(entrances.close)
        open_now.callback(entrances.stop)
        entrances.start()
        drain.run(entrances.names, entrances.published)


def check(settings: Settings) -> list[str]:
    """Raises FatalError, SettingsError for what would not work."""
    return [*check_ftp(settings), *check_spool(settings), *check_watch(settings.watch_plan(0))]


def main(argv: Sequence[str]) -> int:
    if argv[:1] == ["user"]:
        from services.ftp_ingest import user_command

        return user_command.main(argv[1:])
    return service.main(Settings, "ftp-ingest", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
