"""The sign of life of the process that has the spool."""

from pathlib import Path

from libs.common.testing import FakeClock
from services.ftp_ingest.spool.alive import FILE, Alive
from tests.ftp_ingest.watch_rig import until


def test_the_next_process_reads_when_the_last_one_was_alive(tmp_path: Path) -> None:
    """From a file of this user alone, beside which nothing is left."""
    clock = FakeClock()
    first = Alive(tmp_path, clock)
    until((tmp_path / FILE).exists)
    first.close()
    after = Alive(tmp_path, clock)
    after.close()
    assert (first.last_ns, after.last_ns) == (None, clock.now_ns())
    assert [(path.name, path.stat().st_mode & 0o777) for path in tmp_path.iterdir()] == [(FILE, 0o600)]


def test_what_is_no_time_is_not_believed(tmp_path: Path) -> None:
    """Half a file, as a machine leaves it that lost its power."""
    (tmp_path / FILE).write_bytes(b"")
    alive = Alive(tmp_path, FakeClock())
    alive.close()
    assert alive.last_ns is None
