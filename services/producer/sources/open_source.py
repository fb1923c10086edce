"""Opens a source by its kind."""

from collections.abc import Mapping
from contextlib import AbstractContextManager

from services.producer.plan import Plan
from services.producer.sources.folder import open_folder
from services.producer.sources.http_source import open_http
from services.producer.sources.plugin import open_plugin
from services.producer.sources.shots import Open, Shots, Wants
from services.producer.sources.urls import Source
from services.producer.video.video import open_video

OPENERS: Mapping[str, Open] = {"folder": open_folder, "http": open_http, "plugin": open_plugin, "video": open_video}
"""Source.kind -> who opens it."""


def open_source(source: Source, plan: Plan, wants: Wants) -> AbstractContextManager[Shots]:
    """Raises SourceError here and while the pictures are read; a live source that ends in order just ends."""
    return OPENERS[source.kind](source, plan, wants)
