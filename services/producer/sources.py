"""What a source's URL means: which kinds there are, and what FFmpeg may do for each of them.

Nothing in a URL, a playlist or a file can make FFmpeg open anything else: every kind has its own list of protocols and
of container formats, without those that name other files (hls, dash, concat, image sequences).
"""

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from libs.common.errors import SettingsError

OPEN_S = 7.0
"""Allowed twice: once for the connection, once until the stream's form is known. A stall is to be noticed in 15 s."""
READ_S = 4.0
"""Silence after which a read is given up. FFmpeg tries twice, so a dead link shows after 8 s (measured: 8.2), which is
below the 10 s in which a service stops."""

FILE_FORMATS = "asf,avi,flv,h264,hevc,ivf,matroska,mjpeg,mov,mpeg,mpegts,mpegvideo,ogg,yuv4mpegpipe"
ALLOWED = "a file, file://PATH, rtsp://HOST/PATH, rtsps://HOST/PATH, webcam or webcam:N"
WEBCAMS = {"linux": ("v4l2", "/dev/video{}"), "darwin": ("avfoundation", "{}:none"), "win32": ("dshow", "video={}")}


@dataclass(frozen=True, slots=True)
class Source:
    """How to open a source: `target`, `format` and `options` are FFmpeg's; `label` is for people, without secrets.

    `kind`: who opens it; `scheme`: what may be told of it anywhere, such as rtsp.
    """

    label: str
    scheme: str
    target: str = field(repr=False)
    live: bool
    format: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    kind: str = "video"


def read_url(url: str) -> Source:
    """Raises SettingsError for anything but the allowed kinds; its text repeats no more than the scheme."""
    if url == "webcam" or url.startswith("webcam:"):
        return _webcam(url.removeprefix("webcam").removeprefix(":") or "0")
    scheme, colon, _ = url.partition(":")
    if not url or not colon or not re.fullmatch(r"[A-Za-z][A-Za-z0-9+.-]+", scheme):
        return _file(url)
    if scheme.lower() in ("rtsp", "rtsps"):
        return _rtsp(url)
    if scheme.lower() == "file":
        return _file(_local_path(url))
    raise SettingsError(f"url: {scheme}: is no source; expected {ALLOWED}")


def _file(path: str) -> Source:
    if not path or "\0" in path:
        raise SettingsError(f"url: nothing to read; expected {ALLOWED}")
    options = {"protocol_whitelist": "file", "format_whitelist": FILE_FORMATS}
    return Source(path, "file", "file:" + path, live=False, options=options)


def _local_path(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        raise SettingsError("url: no file URL; expected file:///PATH") from None
    if parts.netloc not in ("", "localhost"):
        raise SettingsError("url: a file of another machine; expected file:///PATH")
    return unquote(parts.path)


def _rtsp(url: str) -> Source:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host:
        raise SettingsError("url: no host or no port number in it; expected rtsp://USER:PASSWORD@HOST:PORT/PATH")
    options = {
        "rtsp_transport": "tcp",
        "protocol_whitelist": "rtsp,rtsps,tcp,tls,crypto",
        "format_whitelist": "rtsp",
        "timeout": str(round(READ_S * 1e6)),
        "fflags": "nobuffer",
        "fpsprobesize": "0",  # else FFmpeg looks at three seconds of video before the first picture
    }
    return Source(f"{parts.scheme}://{host}:{port or 554}", "rtsp", url, live=True, format="rtsp", options=options)


def _webcam(name: str) -> Source:
    if sys.platform not in WEBCAMS:
        raise SettingsError(f"url: no webcams on {sys.platform}")
    driver, pattern = WEBCAMS[sys.platform]
    device = pattern.format(name) if name.isdecimal() or sys.platform == "win32" else name
    if sys.platform == "linux" and not re.fullmatch(r"/dev/(v4l/by-\w+/)?\w[\w.:-]*", device):
        raise SettingsError("url: no webcam; expected webcam, webcam:N or webcam:/dev/videoN")
    return Source(
        f"webcam {device}", "webcam", device, live=True, format=driver, options={"protocol_whitelist": "file"}
    )
