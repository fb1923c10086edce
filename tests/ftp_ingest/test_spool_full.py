"""A disk that is really full: nothing half is left, and it goes on when there is room."""

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NoReturn

import pytest

from services.ftp_ingest.inbox import FullError
from services.ftp_ingest.spool.limits import MIB, Limits
from services.ftp_ingest.spool.spool import Spool
from tests.common.small_disk import fill, small_disk
from tests.ftp_ingest.spool_rig import files, spool_in, still, taken_out

SIZE_MIB = 2


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, SIZE_MIB) as folder:
        yield folder


def put_for_ever(spool: Spool) -> NoReturn:
    for seq in count():
        spool.put(still(seq=seq))
    raise AssertionError


def test_a_full_disk_takes_nothing_and_then_again(disk: Path) -> None:
    """What lay in the spool before is still there, and nothing else."""
    with spool_in(disk) as spool:
        spool.put(still())
        ballast = fill(disk, 4096)
        for seq in range(1, 5):
            with pytest.raises(FullError, match=r"No space left on device|--min-free"):
                spool.put(still(seq=seq))
        assert len(files(spool)) == 1
        assert list(spool.path.glob(".partial*")) == []
        ballast.unlink()
        spool.put(still(seq=5))
    with spool_in(disk) as spool:
        assert taken_out(spool) == ["porch/00000001/0", "porch/00000001/5"]


def test_room_is_left_to_others(disk: Path) -> None:
    """Before the disk is full, it is said that there is no room."""
    with spool_in(disk, Limits(free_bytes=MIB)) as spool:
        with pytest.raises(FullError, match="--min-free"):
            put_for_ever(spool)
        assert spool.usage()[0] > 10
        assert os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize >= MIB - 8192
