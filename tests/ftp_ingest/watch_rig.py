"""Watched folders with an inbox in memory that judges as the real one does."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import pytest

from libs.common.clock import SystemClock
from libs.common.metrics import Metrics
from services.ftp_ingest.inbox import FullError, Origin
from services.ftp_ingest.pictures.pictures import Pictures
from services.ftp_ingest.watch import patrol, pending, taking
from services.ftp_ingest.watch.folders import parse_folder
from services.ftp_ingest.watch.plan import Plan
from services.ftp_ingest.watch.watch import Watch
from tests.ftp_ingest.files import number_of

PATIENCE_S = 20.0


def until(fact: Callable[[], object], limit_s: float = PATIENCE_S) -> None:
    """Waits for it; fails when it does not come."""
    deadline_s = time.monotonic() + limit_s
    while not fact():
        assert time.monotonic() < deadline_s, "it did not come true"
        time.sleep(0.01)


class Box:
    """An inbox: `taken` are camera, name and number of each picture, in order; `full`: nothing gets in."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, str, int]] = []
        self.origins: list[Origin] = []
        self.offered = 0
        self.full = False
        self.error: Exception | None = None
        self.settle: Callable[[Origin], None] | None = None
        self._pictures = Pictures(lambda: False)

    def has_room(self, camera: str) -> bool:
        return True

    def take(self, camera: str, name: str, file: BinaryIO, origin: Origin | None = None) -> str:
        self.offered += 1
        if self.error is not None:
            raise self.error
        if self.full:
            raise FullError("full", delay_s=0.05)
        picture = self._pictures.read(file)
        assert origin is not None
        self.taken.append((camera, name, number_of(picture.jpeg)))
        self.origins.append(origin)
        if self.settle:
            self.settle(origin)
        return f"{camera}/00000001/{len(self.taken)}"

    def numbers(self) -> list[int]:
        return [number for _, _, number in self.taken]


class Rig:
    """One process' worth of watching; another `Rig` on the same folders is the next process."""

    def __init__(self, home: Path, plan: Plan, in_spool: list[Origin] | None = None, acknowledge: bool = True) -> None:
        """`acknowledge`: the bus has each picture at once."""
        self.box, self.metrics = Box(), Metrics()
        self.watch = Watch(plan, self.box, home / "spool", in_spool or [], self.metrics, SystemClock())
        if acknowledge:
            self.box.settle = lambda origin: self.watch.settled(origin, None)

    def left(self) -> dict[str, float]:
        """Reason -> how many files were left."""
        name = "framebus_watch_left_total"
        return {
            key[len(name) + 1 : -1]: value for key, value in self.metrics.values().items() if key.startswith(name + "{")
        }


def plan_of(*folders: str, **others: object) -> Plan:
    """With what is usual for the rest."""
    return replace(Plan(tuple(map(parse_folder, folders))), **others)  # type: ignore[arg-type]


@contextmanager
def watching(home: Path, plan: Plan, in_spool: list[Origin] | None = None, acknowledge: bool = True) -> Iterator[Rig]:
    """Running, and past its first look; it waits less long than in earnest."""
    with pytest.MonkeyPatch.context() as hurried:
        hurried.setattr(pending, "STILL_S", 0.2)
        hurried.setattr(patrol, "ROOTS_EVERY_S", 0.1)
        hurried.setattr(taking, "UNFINISHED_S", 1.0)
        rig = Rig(home, plan, in_spool, acknowledge)
        rig.watch.start()
        try:
            assert rig.watch.begun.wait(PATIENCE_S)
            yield rig
        finally:
            rig.watch.stop()
            rig.watch.close()
