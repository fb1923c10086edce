"""A process that has a part of the cameras: what it is told, and what it tells, goes through one pipe."""

import ctypes
import logging
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from libs.common import logs
from libs.common.clock import SystemClock
from libs.common.errors import FatalError
from libs.common.health import Health
from libs.common.malloc import keep_freed_memory
from libs.common.metrics import Metrics
from libs.common.service import Service, show_as
from libs.common.stopping import stop_on_signals
from services.producer.orders.hearing import desk_of
from services.producer.run import cameras_of, publish
from services.producer.settings import Settings

log = logging.getLogger(__name__)

REPORT_S = 1.0
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True)
class Report:
    """How a worker is; `families`: its metrics as prometheus-client collects them."""

    alive: str | None
    ready: str | None
    status: dict[str, Any]
    families: list[Any]


def work(number: int, settings: Settings, link: "Connection[Any, Any]", parent: int) -> None:
    """The life of a worker. It gets plans as they change, sends a Report every second, ends with its parent."""
    _die_with(parent)
    show_as(f"framebus producer worker {number}")
    logs.set_up(f"producer {number}", settings)
    keep_freed_memory()
    stop = stop_on_signals()
    for other in (signal.SIGINT, signal.SIGHUP):
        signal.signal(other, signal.SIG_IGN)
    process = _process(settings, stop)
    desk = desk_of(settings, process)
    cameras = cameras_of(settings, process, desk)
    cameras.follow(settings.plans())
    for name, loop in (("plans", _follow), ("report", _report)):
        threading.Thread(target=loop, args=(link, process, cameras), name=name, daemon=True).start()
    try:
        publish(settings, process, cameras, desk)
    except FatalError as error:
        log.error("%s", error)
        sys.exit(1)


def _die_with(parent: int) -> None:
    """Linux kills us when it ends; elsewhere the pipe says so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _process(settings: Settings, stop: threading.Event) -> Service:
    clock, metrics = SystemClock(), Metrics()
    metrics.describe("producer", "")
    health = Health("producer", {"instance": settings.instance}, clock, metrics, is_source=True)
    return Service("producer", settings, clock, metrics, health, stop)


def _follow(link: "Connection[Any, Any]", process: Service, cameras: Any) -> None:
    try:
        while True:
            cameras.follow(link.recv())
    except (EOFError, OSError):
        process.stop.set()


def _report(link: "Connection[Any, Any]", process: Service, cameras: Any) -> None:
    health = process.health
    while not process.stop.wait(REPORT_S):
        families = list(process.metrics.registry.collect())
        try:
            link.send(Report(health.alive(), health.ready(), health.status(), families))
        except OSError:
            return
