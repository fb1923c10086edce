"""Opens a source by its kind."""

from collections.abc import Mapping
from contextlib import AbstractContextManager

from services.producer.plan import Plan
from services.producer.shots import Open, Shots, Wants
from services.producer.sources import Source
from services.producer.video import open_video

OPENERS: Mapping[str, Open] = {"video": open_video}
"""Source.kind -> who opens it."""


def open_source(source: Source, plan: Plan, wants: Wants) -> AbstractContextManager[Shots]:
    """Raises SourceError here and while the pictures are read; a live source that ends in order just ends."""
    return OPENERS[source.kind](source, plan, wants)
