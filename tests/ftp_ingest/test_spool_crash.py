"""Whatever step of writing fails, a picture is either safe or not there at all."""

import errno
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.ftp_ingest.inbox import FullError
from tests.ftp_ingest.spool_rig import files, spool_in, still, take, taken_out, tray_of

STEPS = ("open", "write", "fsync", "close", "rename", "fsync of the folder")


class PowerLossError(BaseException):
    """Nothing that the program does afterwards happens."""


def failing(monkeypatch: pytest.MonkeyPatch, step: str, raises: Callable[[], BaseException]) -> None:
    """The next time that step is taken, and from then on."""
    calls: Iterator[bool]
    if step == "rename":
        monkeypatch.setattr(Path, "rename", _raising(raises))
        return
    real: Any = getattr(os, step.split()[0])
    calls = iter([False] if "folder" in step else [])

    def maybe(*args: Any, **words: Any) -> Any:
        if next(calls, True):
            raise raises()
        return real(*args, **words)

    monkeypatch.setattr(os, step.split()[0], maybe)


def _raising(raises: Callable[[], BaseException]) -> Callable[..., Any]:
    def rename(*_: object, **__: object) -> None:
        raise raises()

    return rename


@pytest.mark.parametrize("step", [step for step in STEPS if step != "close"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EIO])
def test_a_disk_that_fails_at_any_step_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str, number: int
) -> None:
    """Whoever sent it is told that there is no room, and it goes on once the disk works again."""
    with spool_in(tmp_path) as spool:
        spool.put(still())
        with monkeypatch.context() as broken:
            failing(broken, step, lambda: OSError(number, os.strerror(number)))
            with pytest.raises(FullError, match=os.strerror(number)):
                spool.put(still(seq=1))
        assert len(list(spool.path.glob("*.frame"))) == len(list(spool.path.glob(".partial*"))) + 1 == 1
        assert spool.usage()[0] == 1
        spool.put(still(seq=2))
        assert taken_out(spool) == ["porch/00000001/0", "porch/00000001/2"]


@pytest.mark.parametrize("step", [step for step in STEPS if step not in ("close", "fsync of the folder")])
def test_a_crash_before_the_rename_leaves_no_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """Nobody was told that it is there; the next process finds only what is whole."""
    spool = spool_in(tmp_path)
    spool.put(still())
    with monkeypatch.context() as broken:
        failing(broken, step, PowerLossError)
        broken.setattr(Path, "unlink", lambda *_, **__: None)
        with pytest.raises(PowerLossError):
            spool.put(still(seq=1))
    spool.close()
    with spool_in(tmp_path) as after:
        assert taken_out(after) == ["porch/00000001/0"]
        assert len(files(after)) == 1
        assert list(after.path.glob(".partial*")) == []


def test_a_number_is_never_used_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A picture that could not be kept leaves a gap, which can be seen, and no second one of its name."""
    with spool_in(tmp_path) as spool:
        tray = tray_of(spool)
        first = take(tray)
        with monkeypatch.context() as broken:
            failing(broken, "fsync", lambda: OSError(errno.EIO, "broken"))
            with pytest.raises(FullError):
                take(tray)
        third = take(tray)
        assert (first.rpartition("/")[2], third.rpartition("/")[2]) == ("0", "2")
        assert taken_out(spool) == [first, third]


def test_what_cannot_be_taken_out_is_said_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The disk has become read-only: the bus has the picture, the next process finds that out for itself."""
    with spool_in(tmp_path) as spool:
        spool.put(still())
        with monkeypatch.context() as broken:
            broken.setattr(Path, "unlink", _raising(lambda: OSError(errno.EROFS, "read-only")))
            for entry in list(spool.entries()):
                spool.remove(entry)
        assert "stays in the spool: read-only" in caplog.text
        spool.put(still(seq=1))
        assert spool.usage()[0] == 1
