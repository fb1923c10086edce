"""Opens a source's stream with FFmpeg: what is tried, in which order."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import av
from av.container import InputContainer

from services.producer.plan import Plan
from services.producer.sources.urls import OPEN_S, Source
from services.producer.sources.web_files import WebFiles
from services.producer.video.hardware import hwaccel_of

TRANSPORTS: Mapping[str, Mapping[str, str]] = {
    "tcp": {},
    "udp": {"rtsp_transport": "udp", "rtsp_flags": "filter_src"},
    "tcp-then-udp": {"rtsp_transport": "tcp+udp", "rtsp_flags": "prefer_tcp+filter_src"},
}
"""How RTSP brings its packets; over UDP from the camera's own address alone."""

Opener = Callable[..., InputContainer]


def open_container(source: Source, plan: Plan, opener: Opener = av.open) -> InputContainer:
    """Raises FFmpegError, that of the last way that was tried."""
    ways = list(options_of(source, plan))
    for options in ways[:-1]:
        try:
            return _opened(source, plan, options, opener)
        except av.error.FFmpegError:
            continue
    return _opened(source, plan, ways[-1], opener)


def options_of(source: Source, plan: Plan) -> Iterator[Mapping[str, str]]:
    """FFmpeg's, in the order in which they are to be tried: a webcam is asked for JPEG first, which it codes itself."""
    if source.format == "v4l2":
        yield {**source.options, "input_format": "mjpeg"}
    if source.scheme != "rtsp" or plan.rtsp_transport == "tcp":
        yield source.options
        return
    protocols = source.options["protocol_whitelist"] + ",rtp,udp"
    yield {**source.options, **TRANSPORTS[plan.rtsp_transport], "protocol_whitelist": protocols}


def _opened(source: Source, plan: Plan, options: Mapping[str, str], opener: Opener) -> InputContainer:
    more: dict[str, Any] = {"hwaccel": hwaccel_of(plan.hwaccel)} if plan.hwaccel else {}
    if source.scheme == "hls":
        more["io_open"] = WebFiles(source.label, plan.tls_insecure)
    timeout = (OPEN_S, source.read_s + 1) if source.live else None
    return opener(source.target, "r", source.format, options=dict(options), timeout=timeout, **more)
