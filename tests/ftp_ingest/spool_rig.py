"""A spool in a folder, and what is put into it."""

import io
from pathlib import Path

from libs.common.clock import Clock
from libs.common.messages import Frame
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock
from services.ftp_ingest.counts import Counts
from services.ftp_ingest.inbox import Origin
from services.ftp_ingest.name_time import Times
from services.ftp_ingest.pictures.pictures import Pictures
from services.ftp_ingest.spool.limits import Limits
from services.ftp_ingest.spool.spool import Spool
from services.ftp_ingest.tray import Tray
from tests.ftp_ingest.files import jpeg

ROOMY = Limits(free_bytes=0)


def spool_in(path: Path, limits: Limits = ROOMY, clock: Clock | None = None) -> Spool:
    return Spool(path / "spool", limits, clock or FakeClock())


def tray_of(spool: Spool, metrics: Metrics | None = None, clock: Clock | None = None) -> Tray:
    counts = Counts(metrics or Metrics())
    return Tray(spool, Pictures(lambda: False), Times(None, clock or FakeClock(), counts.disbelieved), counts)


def take(tray: Tray, camera: str = "porch", number: int = 0, name: str = "a.jpg", origin: Origin | None = None) -> str:
    return tray.take(camera, name, io.BytesIO(jpeg(number)), origin)


def still(camera: str = "porch", seq: int = 0, boot: str = "00000001", number: int = 0) -> Frame:
    at = 1_700_000_000_000_000_000 + seq
    picture = jpeg(number)
    return Frame(camera=camera, boot=boot, seq=seq, captured_at=at, width=64, height=48, image=picture, still=True)


def files(spool: Spool) -> list[str]:
    """The names of what lies in it."""
    return sorted(path.name for path in spool.path.iterdir() if path.suffix in (".frame", ".watched", ".sent"))


def taken_out(spool: Spool) -> list[str]:
    """The ids of all that were not handed out yet, in order."""
    found = []
    while (entry := spool.next(0)) is not None:
        found.append(entry.frame_id)
    return found
