"""What the rules say, for --check: a line for each rule and each channel, without a secret."""

from pathlib import Path

from libs.common.clock import Clock
from libs.common.errors import SettingsError
from libs.common.messages import Message
from services.notifier.book import Book
from services.notifier.channels.settings import ChannelSettings, Tools
from services.notifier.rules.rule import Rule


def check_text(book: Book) -> list[str]:
    return [*map(_of_rule, book.rules), *(_of_channel(name, each) for name, each in book.channels.items())]


def openable(book: Book, folder: Path, clock: Clock) -> None:
    """Raises SettingsError where a channel is not. Those that show how things are would begin with it: they are not."""
    for name, settings in book.channels.items():
        if not settings.watches:
            try:
                settings.open(Tools(name, "check", folder, clock, _nothing, lambda camera, pause: None, dict)).close()
            except SettingsError as error:
                raise SettingsError(f"channel {name}, {error}") from None


def _nothing(topic: str, message: Message) -> None:
    """Nothing is published."""


def _of_rule(rule: Rule) -> str:
    parts = [", ".join(rule.kinds), _labels(rule)]
    parts += [f"at {', '.join(rule.cameras)}"] if rule.cameras else []
    parts += [f"in {', '.join(sorted(rule.zones))}"] if rule.zones else []
    parts += [f"{rule.count} at least"] if rule.count > 1 else []
    parts += [f"confidence {rule.confidence:g}"] if rule.confidence else []
    parts += [f"active {rule.active}"] if rule.active is not None else []
    parts += ["urgent"] if rule.urgent else []
    parts += ["raw pictures too"] if rule.raw else []
    return f"rule {rule.name}: {'; '.join(part for part in parts if part)} -> {', '.join(rule.channels)}"


def _labels(rule: Rule) -> str:
    if rule.alarm is not None:
        return ", ".join(sorted(rule.alarm))
    if rule.new_label is None:
        return ""
    return f"every label but {', '.join(sorted(rule.new_label))}" if rule.new_label else "every label"


def _of_channel(name: str, settings: ChannelSettings) -> str:
    quiet = f", quiet {', '.join(settings.quiet)}" if settings.quiet else ""
    return f"channel {name}: {getattr(settings, 'type', '')}, {settings.limit} messages in {settings.per:g} s{quiet}"
