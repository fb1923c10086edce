"""One message in one Telegram chat: said, or completed."""

import json
import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from libs.common.errors import PermanentError, TemporaryError
from services.notifier.channels.body import Body
from services.notifier.channels.telegram_api import BotApi, RefusedError
from services.notifier.channels.telegram_parcel import PHOTO, VIDEO, Chat, Parcel

log = logging.getLogger(__name__)

LEAST_S = 1.0
NO_MATTER = ("message is not modified", "message to edit not found", "message can't be edited", "message_id_invalid")
"""Of an edit: it is as it should be, or somebody has deleted it."""
BAD_FILE = ("photo", "image", "video", "media", "file", "too large")
"""It is the picture that is refused, not the message."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A message in a chat, and what it is: text, photo or video."""

    chat: Chat
    message: int
    kind: str


class Chats:
    """`until_s`: when it must be over (monotonic). Raises what BotApi.call raises."""

    def __init__(self, api: BotApi) -> None:
        self._api = api
        self._moved: dict[Chat, int] = {}

    def say(self, chat: Chat, parcel: Parcel, until_s: float) -> Sent:
        """A new message. A group that became a supergroup has another id: it is followed once."""
        at = self._moved.get(chat, chat)
        try:
            return self._said(at, parcel, until_s)
        except RefusedError as error:
            if error.moved_to is None or error.moved_to == at:
                raise
            log.warning("a Telegram group has a new id, put it into the rules: %s is %s now", chat, error.moved_to)
            self._moved[chat] = error.moved_to
            return self._said(error.moved_to, parcel, until_s)

    def complete(self, sent: Sent, parcel: Parcel, until_s: float) -> Sent:
        """Change what is there; a picture does not take the place of a recording."""
        if sent.kind == VIDEO and parcel.kind == PHOTO:
            return sent
        try:
            self._called(parcel, parcel.editing(sent.chat, sent.message, sent.kind), until_s)
        except RefusedError as error:
            if _is(error, NO_MATTER):
                return sent
            if parcel.file is None or not _is(error, BAD_FILE):
                raise
            return self.complete(sent, parcel.without_file(), until_s)
        return Sent(sent.chat, sent.message, sent.kind if parcel.file is None else parcel.kind)

    def _said(self, chat: Chat, parcel: Parcel, until_s: float) -> Sent:
        """Without its picture, if that is what is refused."""
        try:
            result = self._called(parcel, parcel.sending(chat), until_s)
        except RefusedError as error:
            if parcel.file is None or not _is(error, BAD_FILE):
                raise
            return self._said(chat, parcel.without_file(), until_s)
        message = result.get("message_id")
        return Sent(chat, message if isinstance(message, int) else 0, parcel.kind)

    def _called(self, parcel: Parcel, request: tuple[str, Body], until_s: float) -> Mapping[str, Any]:
        left_s = until_s - time.monotonic()
        if left_s < LEAST_S:
            raise TemporaryError(f"{self._api.label}: the other chats took all the time")
        result = self._api.call(*request, left_s)
        parcel.learn(result)
        return result


def handle_of(messages: Iterable[Sent]) -> str:
    """JSON: chat -> [message, kind]; empty where there is none."""
    each = {str(sent.chat): [sent.message, sent.kind] for sent in messages if sent.message}
    return json.dumps(each, separators=(",", ":")) if each else ""


def messages_of(handle: str) -> dict[Chat, Sent]:
    """Raises PermanentError for what is no handle of ours."""
    try:
        each = json.loads(handle)
        found = [Sent(chat_of(chat), int(message), str(kind)) for chat, (message, kind) in each.items()]
    except (ValueError, TypeError, AttributeError):
        raise PermanentError("expected the handle of messages in Telegram") from None
    return {sent.chat: sent for sent in found}


def chat_of(text: str) -> Chat:
    """A number, or the @name of a channel."""
    return text if text.startswith("@") else int(text)


def _is(error: RefusedError, marks: Iterable[str]) -> bool:
    return any(mark in error.description for mark in marks)
