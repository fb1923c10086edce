"""The cameras of one process, published: the same alone and as one of several workers."""

from collections.abc import Iterable, Iterator
from functools import partial

from libs.common import service
from libs.common.clock import Clock
from libs.common.keyed import Gone
from libs.common.messages import Message, Producer
from libs.common.registry.registry import registry_of
from libs.common.registry.state import State
from services.producer.backoff import Wait
from services.producer.fleet.active import in_hours
from services.producer.fleet.cameras import Cameras
from services.producer.orders.desk import Desk
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.settings import Settings
from services.producer.sources.plan_source import source_of
from services.producer.sources.reasons import TROUBLES


def cameras_of(settings: Settings, process: service.Service, desk: Desk) -> Cameras:
    """They do nothing until they are told whom to follow, and are published."""

    def count(reason: str) -> None:
        process.metrics.skipped.labels(reason).inc()

    troubles = process.metrics.reasons("framebus_camera_troubles_total", "What went wrong with cameras.", TROUBLES)

    def trouble(reason: str) -> None:
        troubles.labels(reason).inc()

    def opened(plan: Plan, wait: Wait) -> Iterator[Message]:
        return produce(
            settings.with_video(plan),
            process.clock,
            wait,
            count,
            took=process.metrics.step_s.observe,
            trouble=trouble,
            orders=None if plan.packets_only else desk.of(plan.camera),
        )

    def make(plan: Plan, wait: Wait) -> Iterator[Message]:
        desk.of(plan.camera)
        if plan.active is None:
            return opened(plan, wait)

        off = partial(_off, plan, process.clock)
        return in_hours(plan.active, process.clock, wait, lambda until: opened(plan, until), off)

    def farewell(camera: str) -> Iterable[Message]:
        process.health.forget(camera)
        return (Gone(key=camera),)

    fleet = settings.fleet() is not None
    cameras = Cameras(make, process.health.beat, process.stop, count, fleet, farewell)
    process.health.resting = lambda: cameras.resting(process.clock.now_ns())
    return cameras


def _off(plan: Plan, clock: Clock) -> Iterator[Message]:
    """What is told when it is switched off."""
    return iter(()) if plan.packets_only else State(plan.camera, source_of(plan).scheme, clock).off()


def publish(settings: Settings, process: service.Service, cameras: Cameras, desk: Desk) -> None:
    """Until stopped, or until all have ended. A fleet may get live cameras at any time.

    Raises FatalError where another producer has one of the cameras.
    """
    live = settings.fleet() is not None or any(source_of(plan).live for plan in settings.plans().values())
    sides = settings.sides()
    registry = registry_of(settings.kafka(), sides[Producer], process.instance, process.clock, cameras.names)
    try:
        registry.begin(cameras.names(), settings.takeover)
        desk.remember(registry.paused_before)
        news = desk.completed(cameras.messages(lambda: (*registry.news(), *desk.news())))
        messages = registry.through(news)
        process.run_source(settings, messages, live, sides, registry.over)
    finally:
        registry.close()
