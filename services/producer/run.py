"""The cameras of one process, published: the same alone and as one of several workers."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from libs.common import service
from libs.common.clock import Clock
from libs.common.keyed import Gone
from libs.common.messages import Message, Producer
from libs.common.registry.registry import Registry, registry_of
from libs.common.registry.state import State
from services.producer.backoff import Wait
from services.producer.fleet.active import in_hours
from services.producer.fleet.cameras import Cameras
from services.producer.orders.desk import Desk
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.settings import Settings
from services.producer.sources.open_source import open_source
from services.producer.sources.plan_source import source_of
from services.producer.sources.reasons import TROUBLES
from services.producer.sources.shots import Open
from services.producer.webrtc.sessions import Sessions


def cameras_of(settings: Settings, process: service.Service, desk: Desk, sessions: Sessions | None = None) -> Cameras:
    """They do nothing until they are told whom to follow, and are published. `sessions`: of those that join."""

    def count(reason: str) -> None:
        process.metrics.skipped.labels(reason).inc()

    troubles = process.metrics.reasons("framebus_camera_troubles_total", "What went wrong with cameras.", TROUBLES)

    def trouble(reason: str) -> None:
        troubles.labels(reason).inc()

    def played(plan: Plan, wait: Wait, opener: Open) -> Iterator[Message]:
        return produce(
            settings.with_video(plan),
            process.clock,
            wait,
            count,
            opener,
            took=process.metrics.step_s.observe,
            trouble=trouble,
            orders=None if plan.packets_only else desk.of(plan.camera),
        )

    def opened(plan: Plan, wait: Wait) -> Iterator[Message]:
        return sessions.messages(plan, wait, played) if sessions else played(plan, wait, open_source)

    def make(plan: Plan, wait: Wait) -> Iterator[Message]:
        desk.of(plan.camera)
        if plan.active is None:
            return opened(plan, wait)

        off = partial(_off, plan, process.clock)
        return in_hours(plan.active, process.clock, wait, lambda until: opened(plan, until), off)

    def farewell(camera: str) -> Iterable[Message]:
        process.health.forget(camera)
        return (Gone(key=camera),)

    cameras = Cameras(make, process.health.beat, process.stop, count, settings.many(), farewell)
    process.health.resting = lambda: cameras.resting(process.clock.now_ns())
    return cameras


def _off(plan: Plan, clock: Clock) -> Iterator[Message]:
    """What is told when it is switched off."""
    return iter(()) if plan.packets_only else State(plan.camera, source_of(plan).scheme, clock).off()


def no_one(registry: Registry) -> None:
    """Nobody waits for it."""


def publish(
    settings: Settings,
    process: service.Service,
    cameras: Cameras,
    desk: Desk,
    begun: Callable[[Registry], None] = no_one,
) -> None:
    """Until stopped, or until all have ended. A fleet may get live cameras at any time.

    `begun` is told the registry once it knows which cameras others have.

    Raises FatalError where another producer has one of the cameras.
    """
    live = settings.many() or any(source_of(plan).live for plan in settings.plans().values())
    sides = settings.sides()
    registry = registry_of(settings.kafka(), sides[Producer], process.instance, process.clock, cameras.names)
    try:
        registry.begin(cameras.names(), settings.takeover)
        desk.remember(registry.paused_before)
        begun(registry)
        news = desk.completed(cameras.messages(lambda: (*registry.news(), *desk.news())))
        messages = registry.through(news)
        process.run_source(settings, messages, live, sides, registry.over)
    finally:
        registry.close()
