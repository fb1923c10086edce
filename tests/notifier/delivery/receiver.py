"""What somebody at the other end of a channel has."""

from datetime import datetime
from zoneinfo import ZoneInfo

from services.notifier.channels.channel import Note
from tests.notifier.delivery.office_rig import FakeChannel, World


def told(channel: FakeChannel) -> list[str]:
    """All events that the receiver has read of, alone or in summaries."""
    return [event for _, note in channel.taken for event in (note.text.split() if note.summary_of else [note.event])]


def summaries(channel: FakeChannel) -> list[Note]:
    return [note for _, note in channel.taken if note.summary_of]


def most_within(channel: FakeChannel, seconds: float) -> int:
    """The most messages in any span of so many seconds."""
    at = [moment for moment, _ in channel.taken]
    return max(sum(moment <= other < moment + seconds for other in at) for moment in at)


def set_clock(world: World, text: str, zone: str) -> None:
    """The wall clock to this local time."""
    world.clock.wall_ns = int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()) * 10**9
