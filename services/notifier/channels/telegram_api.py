"""Telegram's Bot API (https://core.telegram.org/bots/api): one method at a time, and what its refusals mean."""

import json
from collections.abc import Mapping
from typing import Any

from libs.common.errors import FramebusError, PermanentError, TemporaryError
from services.notifier.channels.body import Body
from services.notifier.channels.http_statuses import LATER, LONGEST_PAUSE_S
from services.notifier.channels.web import Answer, Web
from services.notifier.plain_text import safe_line

MOST_SIGNS = 200
WITHOUT_WORDS = {413: "too large"}
"""From a server in between, which speaks no JSON."""
UNKNOWN_BOT = frozenset({401, 404})


class RefusedError(PermanentError):
    """By this chat, for what it says in `description`; `moved_to`: the id that the chat has now."""

    def __init__(self, text: str, description: str, moved_to: int | None) -> None:
        super().__init__(text)
        self.description, self.moved_to = description.lower(), moved_to


class BotApi:
    """The token is in the path of the URL that `web` was given: it is in no text of ours."""

    def __init__(self, web: Web) -> None:
        self._web = web
        self.label = web.label

    def call(self, method: str, body: Body, within_s: float) -> Mapping[str, Any]:
        """The result, a message. Raises TemporaryError, RefusedError, or PermanentError: whatever the chat."""
        answer = self._web.post(body, {}, f"/{method}", within_s)
        said = _said(answer)
        result = said.get("result")
        if said.get("ok") is True and 200 <= answer.status < 300 and isinstance(result, dict):
            return result
        raise self._failure(answer.status, said)

    def _failure(self, status: int, said: Mapping[str, Any]) -> FramebusError:
        code, description = said.get("error_code"), said.get("description")
        status = code if isinstance(code, int) and code >= 400 else status
        words = description if isinstance(description, str) else WITHOUT_WORDS.get(status, "no reason given")
        text = f"{self.label}: status {status}, {safe_line(words, MOST_SIGNS)}"
        if status in UNKNOWN_BOT:
            return PermanentError(f"{self.label}: status {status}, it knows no such bot: is the token right?")
        if status < 400 or status >= 500 or status in LATER:
            return TemporaryError(text, *_pause(said))
        return RefusedError(text, words, _parameter(said, "migrate_to_chat_id"))


def _said(answer: Answer) -> Mapping[str, Any]:
    try:
        said = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


def _pause(said: Mapping[str, Any]) -> tuple[float, ...]:
    seconds = _parameter(said, "retry_after")
    return (float(min(seconds, LONGEST_PAUSE_S)),) if seconds and seconds > 0 else ()


def _parameter(said: Mapping[str, Any], name: str) -> int | None:
    """Of ResponseParameters; whole numbers are all there is."""
    parameters = said.get("parameters")
    value = parameters.get(name) if isinstance(parameters, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
