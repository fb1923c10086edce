"""Reads addresses of the simple case: each becomes what rules.yaml would say of the same channel."""

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from libs.common.errors import SettingsError

Entry = dict[str, Any]
EXPECTED = "expected smtp(s)://, tg://, https://, mqtt(s)://, kafka:TOPIC or an address of apprise"
NUMBER = re.compile(r"-?[0-9]{1,20}")


def entry_of(address: str) -> Entry:
    """Raises SettingsError, which does not show the address: it holds passwords."""
    scheme, colon, rest = address.partition(":")
    if not colon or not rest:
        raise SettingsError(EXPECTED)
    if scheme == "kafka":
        return {"type": "kafka", "topic": rest.removeprefix("//")}
    try:
        return SCHEMES.get(scheme.lower(), _apprise)(urlsplit(address), address)
    except ValueError:
        raise SettingsError(f"an address that begins with {scheme[:20]}: cannot be read, {EXPECTED}") from None


def _smtp(parts: SplitResult, address: str) -> Entry:
    """`smtp://` asks for TLS, `smtps://` begins with it; what stands behind `?` is as in rules.yaml."""
    entry: Entry = {"type": "smtp", "tls": "tls" if parts.scheme == "smtps" else "starttls", **_server(parts)}
    for name, value in parse_qsl(parts.query, strict_parsing=bool(parts.query)):
        entry[name] = [*entry.get(name, []), *value.split(",")] if name in ("to", "cc", "bcc") else value
    return entry


def _telegram(parts: SplitResult, address: str) -> Entry:
    """`tg://TOKEN@CHAT`, several chats with commas; a name of a channel without its @."""
    token, at, chats = address.partition("://")[2].rstrip("/").rpartition("@")
    if not at:
        raise ValueError("no token")
    found = [int(chat) if NUMBER.fullmatch(chat) else f"@{chat}" for chat in chats.split(",")]
    return {"type": "telegram", "token": unquote(token), "chats": found}


def _webhook(parts: SplitResult, address: str) -> Entry:
    """`#whsec_...` behind it is the key of its signature. http is spoken within a site: there addresses are private."""
    if not parts.fragment:
        raise SettingsError("expected the key of a webhook's signature behind its address: #whsec_...")
    entry: Entry = {"type": "webhook", "url": parts._replace(fragment="").geturl(), "secret": parts.fragment}
    return entry if parts.scheme == "https" else entry | {"http": True, "private": True}


def _mqtt(parts: SplitResult, address: str) -> Entry:
    return {"type": "mqtt", "tls": parts.scheme == "mqtts", **_server(parts)}


def _apprise(parts: SplitResult, address: str) -> Entry:
    return {"type": "apprise", "url": address}


def _server(parts: SplitResult) -> Entry:
    """Host, port and login, as far as they are there."""
    if not parts.hostname:
        raise ValueError("no host")
    given = {
        "host": parts.hostname,
        "port": parts.port,
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
    }
    return {name: value for name, value in given.items() if value is not None}


SCHEMES: Mapping[str, Callable[[SplitResult, str], Entry]] = {
    "smtp": _smtp,
    "smtps": _smtp,
    "tg": _telegram,
    "http": _webhook,
    "https": _webhook,
    "mqtt": _mqtt,
    "mqtts": _mqtt,
}
