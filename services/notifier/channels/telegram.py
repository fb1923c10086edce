"""Telegram, by its Bot API: a message to each chat, completed later with a picture or a recording."""

import logging
import re
import socket
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import BeforeValidator, Field, SecretStr, StringConstraints

from libs.common.errors import PermanentError, SettingsError, TemporaryError
from libs.common.scrub import hide
from services.notifier.channels.channel import Note, PartlySentError
from services.notifier.channels.dial import Resolve
from services.notifier.channels.settings import Tools
from services.notifier.channels.telegram_api import BotApi, RefusedError
from services.notifier.channels.telegram_chats import Chats, Sent, chat_of, handle_of, messages_of
from services.notifier.channels.telegram_parcel import VIDEO, Chat, Parcel, parcel_of
from services.notifier.channels.web import TooLateError, Web
from services.notifier.channels.web_settings import WebSettings
from services.notifier.rules.secrets import secret_of

log = logging.getLogger(__name__)

WITHIN_S = 22.0
"""For all chats of a note together."""
MOST_CHATS = 16
"""So that a handle fits into a notice."""
REMEMBERED = 256
TOKEN = re.compile(r"[0-9]{1,20}:[A-Za-z0-9_-]{20,100}")
CHAT = r"^(-?[0-9]{1,16}|@[A-Za-z][A-Za-z0-9_]{3,31})$"
Act = Callable[[Chat, Parcel, float], Sent]


@dataclass(slots=True)
class Attempt:
    """A note that is not through: by chat, who has it and who refused it for good. `light`: videos took too long."""

    done: dict[Chat, Sent] = field(default_factory=dict)
    refused: dict[Chat, RefusedError] = field(default_factory=dict)
    light: bool = False


class Telegram:
    """A note that some chats have and some do not is sent again to those only."""

    def __init__(self, chats: Chats, to: tuple[Chat, ...], picture: bool, within_s: float = WITHIN_S) -> None:
        self._chats, self._to, self._picture, self._within_s = chats, to, picture, within_s
        self._attempts: OrderedDict[str, Attempt] = OrderedDict()
        self._refusing: set[Chat] = set()

    def send(self, note: Note) -> str:
        return self._each(note, self._to, self._chats.say)

    def edit(self, handle: str, note: Note) -> str:
        there = messages_of(handle)
        return self._each(note, there, lambda chat, *rest: self._chats.complete(there[chat], *rest))

    def close(self) -> None:
        pass

    def _each(self, note: Note, chats: Iterable[Chat], act: Act) -> str:
        attempt, until_s = self._attempt(note), time.monotonic() + self._within_s
        parcel, later = parcel_of(note, self._picture, attempt.light), []
        for chat in [chat for chat in chats if chat not in attempt.done and chat not in attempt.refused]:
            try:
                attempt.done[chat] = act(chat, parcel, until_s)
            except RefusedError as error:
                attempt.refused[chat] = error
            except TemporaryError as error:
                attempt.light = attempt.light or (isinstance(error, TooLateError) and parcel.kind == VIDEO)
                later.append(error)
        if later:
            delay_s = max(error.delay_s for error in later)
            raise PartlySentError(str(later[0]), delay_s, handle_of(attempt.done.values()))
        del self._attempts[note.id]
        return self._accepted(attempt, whole=note.marked)

    def _accepted(self, attempt: Attempt, whole: bool) -> str:
        """One chat that has it is enough; the others are told of in the log, once until they take something again.

        `whole`: no, all of them must.
        """
        for chat, error in attempt.refused.items():
            if whole:
                raise PermanentError(f"chat {chat}: {error}")
            if not attempt.done:
                raise error
            if chat not in self._refusing:
                log.warning("chat %s refuses messages: %s", chat, error)
        self._refusing = (self._refusing | attempt.refused.keys()) - attempt.done.keys()
        return handle_of(attempt.done.values())

    def _attempt(self, note: Note) -> Attempt:
        attempt = self._attempts.setdefault(note.id, Attempt())
        attempt.done = {**(messages_of(note.begun) if note.begun else {}), **attempt.done}
        self._attempts.move_to_end(note.id)
        if len(self._attempts) > REMEMBERED:
            self._attempts.popitem(last=False)
        return attempt


class TelegramSettings(WebSettings):
    """A bot, and whom it writes to; the bot must have been written to, or be in the group, before it may."""

    can_edit: ClassVar[bool] = True

    type: Literal["telegram"] = "telegram"
    token: SecretStr | None = Field(None, description="of the bot, as @BotFather gave it")
    token_file: Path | None = Field(None, description="file with the token")
    chats: tuple[Annotated[str, BeforeValidator(str), StringConstraints(pattern=CHAT)], ...] = Field(
        min_length=1, max_length=MOST_CHATS, description="ids of chats and groups, @names of channels"
    )
    api: str = Field("https://api.telegram.org", description="another server of the Bot API")

    def open(self, tools: Tools) -> Telegram:
        return self.opened(tools)

    def opened(self, tools: Tools, resolve: Resolve = socket.getaddrinfo, within_s: float = WITHIN_S) -> Telegram:
        """`resolve` stands for the name server."""
        token = (secret_of(self, "token", tools.folder) or "").strip()
        if not TOKEN.fullmatch(token):
            raise SettingsError("token: expected digits, a colon and at least 20 letters, digits, - or _")
        hide(token.partition(":")[2])
        web = Web(f"{self.api.rstrip('/')}/bot{token}", self, tools.folder, resolve)
        chats = tuple(dict.fromkeys(chat_of(chat) for chat in self.chats))
        return Telegram(Chats(BotApi(web)), chats, self.picture, within_s)

    def secrets(self) -> tuple[str, ...]:
        return ("token",)
