"""The way to one channel: opened as the book says, opened anew when the book says something else."""

import logging
from typing import cast

from libs.common.errors import SettingsError, TemporaryError
from services.notifier.channels.channel import Channel, Watching
from services.notifier.channels.settings import ChannelSettings, Tools
from services.notifier.happening import Happening

log = logging.getLogger(__name__)

TRY_AGAIN_S = 60.0


class Door:
    """Used by one thread; `channel` and `settings` may be read by others."""

    def __init__(self, tools: Tools) -> None:
        self.tools = tools
        self.channel: Channel | None = None
        self.settings: ChannelSettings | None = None
        self._asked: ChannelSettings | None = None
        self._trouble: SettingsError | None = None
        self._tried_s = 0.0

    def open(self, settings: ChannelSettings) -> None:
        """Take these settings; nothing is connected yet. Raises SettingsError, and what was open stays open."""
        if settings == self.settings:
            return
        channel = settings.open(self.tools)
        self.close()
        self.channel, self.settings = channel, settings

    def look(self, settings: ChannelSettings) -> None:
        """The same, never raises: what cannot be opened is said once and tried again now and then."""
        now_s = self.tools.clock.monotonic_s()
        if settings == self._asked and (self._trouble is None or now_s - self._tried_s < TRY_AGAIN_S):
            return
        new, self._asked, self._tried_s = settings != self._asked, settings, now_s
        try:
            self.open(settings)
            self._trouble = None
        except SettingsError as error:
            self._trouble = error
            log.log(logging.ERROR if new else logging.DEBUG, "channel %s is not opened: %s", self.tools.name, error)

    def opened(self) -> tuple[Channel, ChannelSettings]:
        """Raises TemporaryError where there is none yet."""
        if self.channel is None or self.settings is None:
            raise TemporaryError(f"not opened: {self._trouble}", TRY_AGAIN_S)
        return self.channel, self.settings

    def observe(self, happening: Happening) -> None:
        """From any thread, never raises: for channels that also show how things are."""
        channel, settings = self.channel, self.settings
        if channel is None or settings is None or not settings.watches:
            return
        try:
            cast(Watching, channel).observe(happening)
        except Exception:
            log.exception("a bug: channel %s cannot show what happened", self.tools.name)

    def close(self) -> None:
        """Never raises."""
        channel, self.channel, self.settings = self.channel, None, None
        if channel is None:
            return
        try:
            channel.close()
        except Exception:
            log.exception("a bug: channel %s cannot be closed", self.tools.name)
