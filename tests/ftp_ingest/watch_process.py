"""A process to be killed: folders are watched into a real spool, and what comes out of it is written into a file.

Arguments: home, what happens afterwards. The file `home/bus` has a line for each picture that was published: its frame
and its number. The bus of this process takes a picture once, whoever sends it again.
"""

import sys
import time
from pathlib import Path

from libs.common.clock import SystemClock
from libs.common.metrics import Metrics
from services.ftp_ingest.counts import Counts
from services.ftp_ingest.name_time import Times
from services.ftp_ingest.pictures.pictures import Pictures
from services.ftp_ingest.spool.limits import MIB, Limits
from services.ftp_ingest.spool.spool import Spool
from services.ftp_ingest.tray import Tray
from services.ftp_ingest.watch.folders import parse_folder
from services.ftp_ingest.watch.plan import Plan
from services.ftp_ingest.watch.watch import Watch
from tests.ftp_ingest.files import number_of


def main(home: Path, after: str) -> None:
    """Until it is killed."""
    clock, metrics = SystemClock(), Metrics()
    counts = Counts(metrics)
    spool = Spool(home / "spool", Limits(64 * MIB, 64 * MIB, 0), clock)
    tray = Tray(spool, Pictures(), Times(None, clock, counts.disbelieved), counts)
    move_to = home / "done" if after == "move" else None
    plan = Plan((parse_folder(f"porch={home}/in"),), after=after, move_to=move_to, existing=True)
    watch = Watch(plan, tray, spool.path, spool.origins(), metrics, clock)
    watch.start()
    with (home / "bus").open("a", buffering=1) as bus:
        before = (home / "bus").read_text()
        while True:
            entry = spool.next(0.05)
            if entry is None:
                continue
            if entry.frame_id not in before:
                bus.write(f"{entry.frame_id} {number_of(spool.read(entry).image)}\n")
            time.sleep(0.003)
            assert entry.origin is not None
            watch.settled(entry.origin, None)
            time.sleep(0.003)
            spool.remove(entry)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
