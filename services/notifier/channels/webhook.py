"""Signed webhooks: Standard Webhooks 1.0, https://github.com/standard-webhooks/standard-webhooks."""

import base64
import hashlib
import hmac
import socket
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr

from libs.common.clock import Clock
from libs.common.errors import SettingsError
from libs.common.scrub import hide
from services.notifier.channels.body import as_json
from services.notifier.channels.channel import Note
from services.notifier.channels.content import content
from services.notifier.channels.dial import Resolve
from services.notifier.channels.http_statuses import failure
from services.notifier.channels.settings import Tools
from services.notifier.channels.web import Web
from services.notifier.channels.web_settings import WebSettings
from services.notifier.rules.secrets import secrets_of

PREFIX = "whsec_"
LEAST_BYTES, MOST_BYTES = 24, 64
"""Of a key, as the standard says."""


class Webhook:
    """One POST for each note; every 2xx takes it."""

    def __init__(self, web: Web, keys: tuple[bytes, ...], picture: bool, clock: Clock) -> None:
        self._web, self._keys, self._picture, self._clock = web, keys, picture, clock

    def send(self, note: Note) -> str:
        body = as_json(payload(note, self._picture))
        headers = signed(note.id, self._clock.now_ns() // 10**9, body.head, self._keys)
        answer = self._web.post(body, headers)
        if error := failure(self._web.label, answer.status, answer.headers, self._clock.now_ns()):
            raise error
        return ""

    def close(self) -> None:
        pass


class WebhookSettings(WebSettings):
    """Key and address are secrets: whoever has them can pose as this site, or as the receiver."""

    type: Literal["webhook"] = "webhook"
    url: SecretStr | None = Field(None, description="where to; user:password@ before the host is sent as Basic login")
    url_file: Path | None = Field(None, description="file with the url")
    secret: SecretStr | None = Field(
        None, description="whsec_ and 24 to 64 bytes in base64; several, with spaces between"
    )
    secret_file: Path | None = Field(None, description="file with the secret; several while it is changed, in lines")
    picture: bool = Field(False, description="put the picture into the JSON, as base64: up to 2.8 MB")

    def open(self, tools: Tools) -> Webhook:
        return self.opened(tools)

    def opened(self, tools: Tools, resolve: Resolve = socket.getaddrinfo) -> Webhook:
        """`resolve` stands for the name server."""
        url = secrets_of(self, "url", tools.folder)[0]
        words = " ".join(secrets_of(self, "secret", tools.folder)).split()
        return Webhook(Web(url, self, tools.folder, resolve), tuple(map(key_of, words)), self.picture, tools.clock)

    def secrets(self) -> tuple[str, ...]:
        return ("url", "secret")


def key_of(secret: str) -> bytes:
    """Raises SettingsError, which does not show it."""
    hide(secret)
    hide(coded := secret.removeprefix(PREFIX))
    try:
        key = base64.b64decode(coded + "=" * (-len(coded) % 4), validate=True)
    except ValueError:
        key = b""
    if not secret.startswith(PREFIX) or not LEAST_BYTES <= len(key) <= MOST_BYTES:
        raise SettingsError(f"secret: expected {PREFIX} and {LEAST_BYTES} to {MOST_BYTES} random bytes in base64")
    return key


def signed(message_id: str, at_s: int, body: bytes, keys: tuple[bytes, ...]) -> dict[str, str]:
    """The headers of the standard: one signature for each key, so that a receiver may have the old or the new one."""
    text = f"{message_id}.{at_s}.".encode() + body
    marks = (base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode() for key in keys)
    signatures = " ".join(f"v1,{mark}" for mark in marks)
    return {"webhook-id": message_id, "webhook-timestamp": str(at_s), "webhook-signature": signatures}


def payload(note: Note, picture: bool) -> Mapping[str, Any]:
    """`timestamp`: when it happened, RFC 3339 in UTC."""
    shown = None
    if picture and note.jpeg is not None:
        shown = {"type": "image/jpeg", "base64": base64.b64encode(note.jpeg).decode()}
    data = {"id": note.id, **content(note), "picture": shown}
    return {"type": note.kind, "timestamp": _rfc3339(note.at), "data": data}


def _rfc3339(ns: int) -> str:
    seconds, rest = divmod(ns, 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"
