"""A channel's URL in parts, checked."""

import base64
import re
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from libs.common.errors import SettingsError

HOST = re.compile(r"[A-Za-z0-9_.-]{1,253}|[0-9A-Fa-f:.]{2,45}")
PLAIN = re.compile(r"[!-~]*")
HIDDEN_SIGNS = re.compile(r"[\x00-\x20\x7f]")
PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class UrlParts:
    """Where requests go. `label` is all of it that may be shown; `path` has the query too; `login`: Authorization."""

    label: str
    host: str
    port: int
    tls: bool
    path: str = field(repr=False)
    login: str | None = field(repr=False)


def url_parts(url: str, http: bool) -> UrlParts:
    """`http`: TLS may be left out. Raises SettingsError, which does not show the URL."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").encode("idna").decode()
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        raise SettingsError("url: expected a host, and a port from 1 to 65535") from None
    _check(url, parts, host, http)
    label = host if port == PORTS[parts.scheme] else f"{host}:{port}"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return UrlParts(label, host, port, parts.scheme == "https", path, _login(parts))


def _check(url: str, parts: SplitResult, host: str, http: bool) -> None:
    if parts.scheme not in PORTS:
        raise SettingsError("url: expected one that begins with https://")
    if parts.scheme == "http" and not http:
        raise SettingsError("url: expected https://; if it is meant to go without TLS, say `http: true`")
    if not HOST.fullmatch(host):
        raise SettingsError("url: expected the name or the address of a host behind https://")
    if HIDDEN_SIGNS.search(url) or not PLAIN.fullmatch(parts.path + parts.query):
        raise SettingsError("url: expected no spaces and no signs beyond ASCII behind the host: percent-encode them")


def _login(parts: SplitResult) -> str | None:
    """RFC 7617."""
    if parts.username is None:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"
