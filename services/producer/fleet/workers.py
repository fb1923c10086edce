"""Runs worker processes, each with a part of the cameras, and starts again what has died."""

import logging
import multiprocessing
import os
import signal
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing.context import SpawnProcess
from typing import Any

from libs.common.errors import FatalError
from libs.common.metrics import side_by_side
from libs.common.service import Service
from services.producer.backoff import Backoff
from services.producer.fleet.shares import shares
from services.producer.fleet.worker import Report, work
from services.producer.plan import Plan
from services.producer.settings import Settings

log = logging.getLogger(__name__)

LOOK_S = 0.2
STOP_S = 8.0
"""Less than the 10 s in which a service stops."""
SILENT_S = 60.0
LONGEST_S = 60.0
IN_ORDER = (None, 0, -signal.SIGTERM)
"""A worker that was stopped before it had begun was ended by the signal itself."""
_CONTEXT = multiprocessing.get_context("spawn")


@dataclass(eq=False)
class Worker:
    """One of them, from the side of its parent; its thread starts it, talks to it and starts it again."""

    number: int
    settings: Settings
    stop: threading.Event
    share: Mapping[str, Plan]
    """Replaced as a whole."""
    report: Report | None = None
    pid: int | None = None
    status: int | None = None
    """With which it ended last."""

    def run(self) -> None:
        """Until stopped."""
        backoff = Backoff(LONGEST_S)
        while not self.stop.is_set():
            self._live(backoff)
            if not self.stop.is_set():
                log.warning("worker %d ended with status %s: it is started again", self.number, self.status)
            self.stop.wait(backoff.next_s())

    def _live(self, backoff: Backoff) -> None:
        """One process, from its start to its end."""
        share, (link, theirs) = self.share, _CONTEXT.Pipe()
        arguments = (self.number, self._settings(share), theirs, os.getpid())
        process = _CONTEXT.Process(target=work, args=arguments, name=f"producer {self.number}", daemon=True)
        process.start()
        self.pid = process.pid
        theirs.close()
        try:
            began_s = heard_s = time.monotonic()
            while not self.stop.is_set() and time.monotonic() - heard_s < SILENT_S:
                if share is not self.share:
                    share = self.share
                    link.send(share)
                if link.poll(LOOK_S):
                    self.report, heard_s = link.recv(), time.monotonic()
                    if self.report.alive and heard_s - began_s > SILENT_S:
                        log.error("worker %d: %s", self.number, self.report.alive)
                        return
                    backoff.reset()
            if not self.stop.is_set():
                log.error("worker %d: nothing heard of it for %.0f s", self.number, SILENT_S)
        except (EOFError, OSError):
            log.debug("worker %d: its end of the pipe is closed", self.number)
        finally:
            self._end(process)
            link.close()

    def _settings(self, share: Mapping[str, Plan]) -> Settings:
        """Of a process that has only these cameras; two processes cannot rotate one file of log lines."""
        file, instance = self.settings.log_file, self.settings.instance
        return self.settings.of_share(share).model_copy(
            update={
                "http": None,
                "instance": f"{instance}-{self.number}" if instance else None,
                "log_file": file.with_name(f"{file.stem}-{self.number}{file.suffix}") if file else None,
            }
        )

    def _end(self, process: SpawnProcess) -> None:
        self.report = self.pid = None
        process.terminate()
        process.join(STOP_S)
        if process.is_alive():
            log.error("worker %d: not stopped after %.0f s: killed", self.number, STOP_S)
            process.kill()
            process.join()
        self.status = process.exitcode


class Workers:
    """All of them. `follow` may be called by any thread."""

    def __init__(self, settings: Settings, process: Service) -> None:
        self._process = process
        self._places: dict[str, int] = {}
        self._workers = [Worker(number, settings, process.stop, {}) for number in range(1, settings.workers + 1)]
        process.health.whole = self

    def follow(self, plans: Mapping[str, Plan]) -> None:
        """Only workers whose part is another one are told."""
        self._places = shares(self._places, plans, len(self._workers))
        for at, worker in enumerate(self._workers):
            share = {name: plan for name, plan in plans.items() if self._places[name] == at}
            if share != worker.share:
                worker.share = share

    def run(self) -> None:
        """Until stopped. Raises FatalError where a worker could not end in order."""
        threads = [threading.Thread(target=worker.run, name=f"worker {worker.number}") for worker in self._workers]
        for thread in threads:
            thread.start()
        self._process.stop.wait()
        for thread in threads:
            thread.join()
        if wrong := [worker for worker in self._workers if worker.status not in IN_ORDER]:
            raise FatalError(f"worker {wrong[0].number} ended with status {wrong[0].status}")

    def alive(self) -> str | None:
        """A worker that is not is started again here: no reason to end the others."""
        return None

    def ready(self) -> str | None:
        """None if all are that have cameras."""
        for worker in self._workers:
            why = worker.report.ready if worker.report else "starts"
            if worker.share and why:
                return f"worker {worker.number}: {why}"
        return None

    def status(self) -> dict[str, Any]:
        """The cameras and counts of all, and who has which."""
        reports = [worker.report.status for worker in self._workers if worker.report]
        cameras = {name: camera for report in reports for name, camera in report["cameras"].items()}
        counts: Counter[str] = Counter()
        for report in reports:
            counts.update({name: value for name, value in report["counts"].items() if "_total" in name})
        workers = {
            worker.number: {"pid": worker.pid, "ready": bool(worker.report and not worker.report.ready)}
            | {"cameras": list(worker.share)}
            for worker in self._workers
        }
        own = {"service": "producer", "ready": self.ready() is None, **self._process.health.wiring}
        return {**own, "cameras": cameras, "counts": dict(counts), "workers": workers}

    def metrics_text(self) -> bytes:
        """Those of all, each with the label worker."""
        return side_by_side({str(worker.number): worker.report.families for worker in self._workers if worker.report})
