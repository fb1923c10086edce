"""Which copies share the work."""

from libs.common.bus_stream import STREAM
from libs.common.settings import StageSettings


def group_of(service: str, settings: StageSettings) -> str | None:
    """The consumer group: services between the same topics share the work. A stream has none."""
    if settings.input == (STREAM,):
        return None
    return settings.group or f"framebus.{service}.{'+'.join(settings.input)}-{settings.topic}"
