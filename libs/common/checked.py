"""What --check says of a service."""

import sys
from collections.abc import Sequence

from libs.common.bus_stream import STREAM
from libs.common.scrub import scrub
from libs.common.settings import ServiceSettings


def checked(settings: ServiceSettings, name: str, found: Sequence[str]) -> int:
    """Show the wiring and what was found, reach the topics; status 1 if something is missing."""
    written = " + ".join((settings.writes(), *settings.also_writes())) or "people"
    lines = [f"{' + '.join(settings.reads()) or 'source'} -> {name} -> {written}", *found]
    wrong: list[str] = []
    inputs = [topic for topic in settings.reads() if topic != STREAM]
    outputs = [topic for topic in (settings.writes(), *settings.also_writes()) if topic not in ("", STREAM)]
    if inputs or outputs:
        from libs.common.kafka_check import check_topics

        topics, wrong = check_topics(settings.kafka(), inputs, outputs)
        lines += topics
    sys.stdout.write(scrub("\n".join(lines + wrong)) + "\n")
    return 1 if wrong else 0
