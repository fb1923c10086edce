"""For --check: one picture of each camera, and a piece of its video where that comes from elsewhere; many at a time."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from libs.common.clock import Clock
from libs.common.errors import FatalError, PermanentError
from services.producer.fleet.streams import packets_of
from services.producer.pictures.pictures import encoder_of
from services.producer.plan import Plan
from services.producer.sources.open_source import open_source
from services.producer.sources.plan_source import source_of
from services.producer.sources.shots import Piece, Shot, SourceError

AT_ONCE = 8
NAMED = 20
PATIENCE_S = 20.0
"""Of a stream without a key frame, nothing can be recorded."""


def try_cameras(plans: Mapping[str, Plan], clock: Clock) -> list[str]:
    """A line for each. Raises FatalError that names those which give none."""
    with ThreadPoolExecutor(AT_ONCE, "check") as pool:
        addresses = [each for plan in plans.values() for each in _addresses(plan)]
        found = list(pool.map(lambda plan: _tried(plan, clock), addresses))
    if wrong := [text for text, well in found if not well]:
        well = f"{len(found) - len(wrong)} of {len(found)} cameras give pictures: " if len(found) > 1 else ""
        raise FatalError(well + "; ".join(wrong[:NAMED]))
    return [text for text, _ in found]


def _addresses(plan: Plan) -> Iterator[Plan]:
    """The same plan, from its secondary URL, too, and what is recorded of it."""
    yield plan
    if plan.secondary_url:
        yield replace(plan, url=plan.secondary_url, secondary_url=None, plugin=None)
    if plan.video_url:
        yield packets_of(plan, plan.video_url)


def _tried(plan: Plan, clock: Clock) -> tuple[str, bool]:
    """Outside of its windows nothing is fetched, not even now."""
    source = source_of(plan)
    if plan.active is not None and not plan.active.hold(clock.now_ns()):
        return f"{source.label} as {plan.camera}: off now, not looked at", True
    try:
        return f"{source.label} as {plan.camera}: {_piece(plan) if plan.packets_only else _size(plan)}", True
    except FatalError as error:
        return str(error) if plan.camera in str(error) else f"{plan.camera}: {error}", False


def _piece(plan: Plan) -> str:
    """How the video is coded."""
    source = source_of(plan)
    try:
        with open_source(source, plan, lambda media_s: False) as shots:
            for shot in shots:
                if isinstance(shot, Piece):
                    return f"video, {shot.codec}"
                if shot.media_s > PATIENCE_S:
                    break
    except SourceError as error:
        raise FatalError(str(error)) from None
    raise FatalError(f"{source.label}: no key frame in its video")


def _size(plan: Plan) -> str:
    source = source_of(plan)
    try:
        with open_source(source, plan, lambda media_s: True) as shots:
            first = next(shot.picture for shot in shots if isinstance(shot, Shot) and shot.picture is not None)
    except (SourceError, StopIteration) as error:
        raise FatalError(str(error) or f"{source.label}: no pictures") from None
    try:
        picture = encoder_of(plan).encode(first)
    except PermanentError as error:
        raise FatalError(f"{source.label}: {error}") from None
    return f"{picture.width}x{picture.height}"
