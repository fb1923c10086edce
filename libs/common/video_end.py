"""The end of a boot that has segments and never had a frame."""

from typing import ClassVar

from libs.common.messages import Boot, CameraMessage


class VideoEnd(CameraMessage, frozen=True, kw_only=True):
    """Never on the wire: readers of segments get an End, those of frames get nothing."""

    TYPE: ClassVar[str] = "video-end"

    boot: Boot
    reason: str = ""
