"""Decoders in hardware: which there are, and which work."""

import logging
from functools import lru_cache

import av
from av.codec import Codec
from av.codec.hwaccel import HWAccel, hwdevices_available

from libs.common.errors import SettingsError

log = logging.getLogger(__name__)


def parse_hwaccel(text: str) -> tuple[str, str | None]:
    """Name and device of NAME or NAME:DEVICE, such as vaapi:/dev/dri/renderD128. Raises SettingsError."""
    name, _, device = text.partition(":")
    there = hwdevices_available()
    if name not in there:
        raise SettingsError(f"hwaccel: {name[:20]!r}, expected one that FFmpeg has here: {', '.join(there) or 'none'}")
    return name, device or None


@lru_cache
def hwaccel_of(text: str) -> HWAccel | None:
    """For `av.open`, which decodes in software what the hardware cannot. None, said once, where it does not work."""
    name, device = parse_hwaccel(text)
    hwaccel = HWAccel(name, device, allow_software_fallback=True)
    try:
        hwaccel.create(Codec("h264", "r"))
    except NotImplementedError:
        log.warning("--hwaccel %s: not for H.264", name)
    except (av.error.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "no such device"
        log.warning("--hwaccel %s does not work here (%s): decoding in software", name, reason)
        return None
    return hwaccel
