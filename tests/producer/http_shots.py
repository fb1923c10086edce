"""Taking pictures of a scripted web camera."""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice

from libs.common import images
from libs.common.testing import picture
from services.producer.plan import Plan
from services.producer.sources.open_source import open_source
from services.producer.sources.shots import Shot, Shots, SourceError, Wants
from services.producer.sources.urls import read_url

JPEGS = [images.encode(picture(64, 48, seed)) for seed in range(8)]


def always(media_s: float) -> bool:
    """Every picture is wanted."""
    return True


@contextmanager
def opened(url: str, wants: Wants = always, **fields: object) -> Iterator[Shots]:
    """The source of a camera at this address."""
    plan = Plan(url=url, camera="porch", **fields)  # type: ignore[arg-type]
    with open_source(read_url(url), plan, wants) as shots:
        yield shots


def pictures(url: str, count: int, wants: Wants = always, **fields: object) -> list[object]:
    """The first so many pictures; fields are the plan's."""
    with opened(url, wants, **fields) as shots:
        found = (shot.picture for shot in shots if isinstance(shot, Shot) and shot.picture is not None)
        return list(islice(found, count))


def failure(url: str, **fields: object) -> SourceError:
    """What ends it."""
    try:
        with opened(url, **fields) as shots:
            for _ in shots:
                pass
    except SourceError as error:
        return error
    raise AssertionError("it ended in order")
