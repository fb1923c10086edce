"""framebus ftp-ingest: wiring."""

import sys
from collections.abc import Sequence

from libs.common import service
from services.ftp_ingest.settings import Settings

TEXT = (
    "Takes pictures that cameras upload by FTP, or that lie in watched folders, and publishes them as stills. "
    "framebus ftp-ingest user lists, adds and removes the cameras that may log in."
)


def serve(settings: Settings, process: service.Service) -> None:
    raise NotImplementedError


def check(settings: Settings) -> list[str]:
    return []


def main(argv: Sequence[str]) -> int:
    return service.main(Settings, "ftp-ingest", TEXT, argv, serve, check)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
