"""Where somebody can look: addresses that may stand in a message."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

from libs.common.messages import Notice
from services.notifier.channels.channel import Clip
from services.notifier.own_kinds import SUMMARY, TEST

LONGEST = 2000
FILMS = frozenset({".mp4", ".mkv", ".webm", ".mov", ".ts"})
"""What a clip may be called: the path comes in a message, and any other file is nobody's business."""


def links(viewer: str, notice: Notice) -> dict[str, str]:
    """`viewer` and `recording`; what there is none of is left out."""
    found = {"viewer": _looked_at(viewer, notice), "recording": _recording(notice.data)}
    return {name: url for name, url in found.items() if url}


def clip_of(notice: Notice) -> Clip | None:
    """The recording that completes the message; None where the notice names none that can be sent or linked."""
    told = notice.data.get("clip")
    if not isinstance(told, Mapping):
        return None
    path, url, count = _film(told.get("path")), web(told.get("url")), told.get("bytes")
    if path is None and not url:
        return None
    return Clip(path, url or None, count if isinstance(count, int) and count > 0 else 0)


def web(value: object) -> str:
    """The address if it is one for a browser, without a login in it; else empty."""
    if not isinstance(value, str) or len(value) > LONGEST or not value.isascii() or not value.isprintable():
        return ""
    try:
        parts = urlsplit(value)
        fit = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        return ""
    return value if fit and not set(value) & set(" <>\"'`\\") else ""


def _looked_at(viewer: str, notice: Notice) -> str:
    if not web(viewer):
        return ""
    parts = urlsplit(viewer)
    of_one = notice.kind not in (SUMMARY, TEST) and "channel" not in notice.data
    asked = {"camera": notice.camera} if of_one else {}
    return web(urlunsplit((parts.scheme, parts.netloc, parts.path or "/", urlencode(asked), "")))


def _recording(data: Mapping[str, Any]) -> str:
    clip = data.get("clip")
    return web(clip.get("url")) if isinstance(clip, Mapping) else web(data.get("url"))


def _film(value: object) -> Path | None:
    if not isinstance(value, str) or "\x00" in value or PurePosixPath(value).suffix.lower() not in FILMS:
        return None
    return Path(value)
