"""All that rules.yaml says, checked: a new one takes the place of the old one while the service runs."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.notifier.channels.settings import ChannelSettings
from services.notifier.rules.rule import Rule


@dataclass(frozen=True)
class Book:
    """`rules` in the order of the file, `channels` by name."""

    rules: tuple[Rule, ...]
    channels: Mapping[str, ChannelSettings]
    timezone: str = "UTC"
    site: str = ""
    """The name of the place, in subjects."""
    viewer: str = ""
    """Address of the viewer, for links."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Templates for all channels: `subject`, `text`, `html`."""

    def rule(self, name: str) -> Rule | None:
        """None: it is in the file no more, or never was: what the notifier tells of itself has no rule."""
        return next((rule for rule in self.rules if rule.name == name), None)
