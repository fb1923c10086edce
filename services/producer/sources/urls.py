"""What a source's URL means: which kinds there are, and what FFmpeg may do for each of them.

Nothing in a URL, a playlist or a file can make FFmpeg open anything else: every kind has its own list of protocols and
of container formats, without those that name other files (dash, concat, image sequences; hls only where it is asked
for, and there without files).
"""

import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from libs.common.errors import SettingsError
from services.producer.sources.url_checks import address_of, local_path, named, path_of, scheme_of

OPEN_S = 7.0
"""Allowed twice: once for the connection, once until the stream's form is known. A stall is to be noticed in 15 s."""
READ_S = 4.0
"""Silence after which a read is given up. FFmpeg tries twice, so a dead link shows after 8 s (measured: 8.2), which is
below the 10 s in which a service stops."""
HLS_READ_S = 20.0
"""A segment is there when it is whole: up to 10 s without a new one are usual."""

FILE_FORMATS = "asf,avi,flv,h264,hevc,ivf,matroska,mjpeg,mov,mpeg,mpegts,mpegvideo,ogg,yuv4mpegpipe"
ALLOWED = (
    "a file, a folder, rtsp://HOST/PATH, rtmp://HOST/PATH, http://HOST/PATH (each also with s: rtsps), webcam, "
    "webcam:N, /dev/videoN or webrtc"
)
WEBRTC = "webrtc"
"""No address of a camera: cameras come by themselves."""
WEBCAMS = {"linux": ("v4l2", "/dev/video{}"), "darwin": ("avfoundation", "{}:none"), "win32": ("dshow", "video={}")}
DEVICE = re.compile(r"/dev/(v4l/by-\w+/)?\w[\w.:-]*")
WEBCAM_PATH = re.compile(r"/dev/(video\d+|v4l/by-\w+/\w[\w.:-]*)")
"""The devices that need no `webcam:` in front."""


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
    read_s: float = READ_S
    """Silence after which a live source is given up."""
    bursts: bool = False
    """Live, but its pictures come some seconds at once: they are handed on at their own pace."""


def read_url(url: str) -> Source:
    """Raises SettingsError for anything but the allowed kinds; its text repeats no more than the scheme."""
    if url == WEBRTC:
        return Source(WEBRTC, WEBRTC, url, live=True, kind=WEBRTC)
    if url == "webcam" or url.startswith("webcam:"):
        return _webcam(url.removeprefix("webcam").removeprefix(":") or "0")
    scheme = scheme_of(url)
    if scheme is None:
        return _path(url)
    if make := SCHEMES.get(scheme.lower()):
        return make(scheme.lower() + url[len(scheme) :])  # FFmpeg knows them in small letters alone
    raise SettingsError(f"url: {named(scheme, url)} is no source; expected {ALLOWED}; for a file of that name ./NAME")


def _path(path: str) -> Source:
    if not path:
        raise SettingsError(f"url: nothing to read; expected {ALLOWED}")
    path = path_of(path)
    if WEBCAM_PATH.fullmatch(path):
        return _webcam(path)
    if re.match(r"/+(dev|proc|sys)(/|$)", path):
        raise SettingsError(f"url: no webcam and no file of a disk; expected {ALLOWED}")
    if Path(path).is_dir():
        return Source(path, "folder", path, live=False, kind="folder")
    options = {"protocol_whitelist": "file", "format_whitelist": FILE_FORMATS}
    return Source(path, "file", "file:" + path, live=False, options=options)


def _file(url: str) -> Source:
    return _path(local_path(url))


def _rtsp(url: str) -> Source:
    at = address_of(url, "rtsp://USER:PASSWORD@HOST:PORT/PATH")
    options = {
        "rtsp_transport": "tcp",
        "protocol_whitelist": "rtsp,rtsps,tcp,tls,crypto",
        "format_whitelist": "rtsp",
        "timeout": str(round(READ_S * 1e6)),
        "fpsprobesize": "0",  # else FFmpeg looks at three seconds of video before the first picture
        "probesize": "32",  # else it looks at eight pictures; none is dropped, the first one is a key frame
    }
    label = f"{_scheme(url)}://{at.host}:{at.port or 554}"
    return Source(label, "rtsp", url, live=True, format="rtsp", options=options)


def _rtmp(url: str) -> Source:
    at = address_of(url, "rtmp://USER:PASSWORD@HOST:PORT/PATH")
    options = {
        "protocol_whitelist": f"{_scheme(url)},tcp,tls",
        "format_whitelist": "flv,live_flv",
        "fpsprobesize": "0",
        "analyzeduration": "2000000",  # else a camera without sound is waited for it for five seconds
    }
    return Source(f"{_scheme(url)}://{at.host}:{at.port or 1935}", "rtmp", url, True, "flv", options)


def _http(url: str) -> Source:
    at = address_of(url, "http://USER:PASSWORD@HOST:PORT/PATH")
    scheme = _scheme(url)
    label = f"{scheme}://{at.host}:{at.port or (443 if scheme == 'https' else 80)}"
    if not at.path.lower().endswith(".m3u8"):
        return Source(label, "http", url, live=True, kind="http")
    options = {
        "protocol_whitelist": "http,https",  # and these are fetched for it: web_files.py
        "format_whitelist": "hls,mpegts,mov",
        "http_persistent": "0",
        "http_multiple": "0",
        "fpsprobesize": "0",
    }
    return Source(label, "hls", url, True, "hls", options, read_s=HLS_READ_S, bursts=True)


def _webcam(name: str) -> Source:
    if sys.platform not in WEBCAMS:
        raise SettingsError(f"url: no webcams on {sys.platform}")
    driver, pattern = WEBCAMS[sys.platform]
    device = pattern.format(name) if name.isdecimal() or sys.platform == "win32" else name
    if sys.platform == "linux" and not DEVICE.fullmatch(device):
        raise SettingsError("url: no webcam; expected webcam, webcam:N or /dev/videoN")
    options = {"protocol_whitelist": "file", "format_whitelist": driver}
    return Source(f"webcam {device}", "webcam", device, live=True, format=driver, options=options)


def _scheme(url: str) -> str:
    return url.partition(":")[0].lower()


SCHEMES: Mapping[str, Callable[[str], Source]] = {
    "file": _file,
    "http": _http,
    "https": _http,
    "rtmp": _rtmp,
    "rtmps": _rtmp,
    "rtsp": _rtsp,
    "rtsps": _rtsp,
}
