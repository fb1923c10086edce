"""The pictures of a camera become JPEGs that may be sent: what is one already is passed on, the others are coded."""

from dataclasses import dataclass

from av.video.frame import VideoFrame

from libs.common import images
from libs.common.errors import PermanentError
from libs.common.jpeg_clean import clean
from libs.common.jpeg_header import MAX_PIXELS, MAX_SIDE, JpegInfo
from libs.common.messages import MAX_JPEG_BYTES
from services.producer.pictures.planes import Planes
from services.producer.pictures.resize import Resize
from services.producer.pictures.stamp import Stamp
from services.producer.pictures.turning import UPRIGHT, Turning, clockwise, oriented
from services.producer.plan import Plan


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG, upright, with its size in pixels. `by`: who coded it, framebus or foreign."""

    jpeg: bytes
    width: int
    height: int
    by: str = "framebus"


def encoder_of(plan: Plan) -> "PictureEncoder":
    """What the plan asks for."""
    stamp = Stamp(plan.caption) if plan.caption else None
    return PictureEncoder(plan.quality, plan.resize, plan.turning, stamp)


class PictureEncoder:
    """Makes the JPEG of a picture: upright, turned, resized, with a caption, full-range 4:2:0, in bands.

    A JPEG that needs none of that is only cleaned: its coding stays what it is.
    """

    def __init__(
        self, quality: int, resize: Resize | None = None, turning: Turning = UPRIGHT, stamp: Stamp | None = None
    ) -> None:
        """`quality`: 1..100 of libjpeg; `turning`: of the upright picture; `resize`: of the turned one."""
        self._qualities = (quality, max(1, quality // 2))
        self._resize, self._turning, self._stamp = resize, turning, stamp
        self._planes = Planes()

    def encode(self, picture: VideoFrame | bytes, captured_at: int = 0) -> Picture:
        """`captured_at` (UTC ns) is what a caption says.

        Raises PermanentError: "bad-picture" for bytes that are no whole JPEG of a kind that we decode,
        "picture-too-large" for too many pixels, "too-large" where even a coarser JPEG has too many bytes.
        """
        if isinstance(picture, bytes):
            return self._of_jpeg(picture, captured_at)
        turning = clockwise(-picture.rotation).then(self._turning)
        return self._coded(picture, self._size(picture.width, picture.height, turning), turning, captured_at)

    def _of_jpeg(self, jpeg: bytes, captured_at: int) -> Picture:
        jpeg, info = clean(jpeg)
        turning = oriented(info.orientation).then(self._turning)
        size = self._size(info.width, info.height, turning)
        if (size, turning, self._stamp) == ((info.width, info.height), UPRIGHT, None) and len(jpeg) <= MAX_JPEG_BYTES:
            return Picture(jpeg, info.width, info.height, by="foreign")
        image = images.decode(jpeg, _scale(info, size), info)
        return self._coded(VideoFrame.from_ndarray(image, "bgr24"), size, turning, captured_at)

    def _coded(self, frame: VideoFrame, size: tuple[int, int], turning: Turning, captured_at: int) -> Picture:
        y, u, v = self._planes.of(frame, *size)
        y, u, v = turning.of(y), turning.of(u), turning.of(v)
        if self._stamp:
            y, u, v = self._stamp.burn((y, u, v), captured_at)
        height, width = y.shape
        for quality in self._qualities:
            jpeg = images.encode_bands(y, u, v, quality)
            if len(jpeg) <= MAX_JPEG_BYTES:
                return Picture(jpeg, width, height)
        raise PermanentError(
            f"a picture of {width}x{height} has {len(jpeg)} bytes at quality {quality}, "
            f"expected at most {MAX_JPEG_BYTES}: --resize",
            "too-large",
        )

    def _size(self, width: int, height: int, turning: Turning) -> tuple[int, int]:
        """What to scale a picture to before it is turned."""
        wide, high = turning.size(width, height)
        if self._resize:
            wide, high = self._resize.of(wide, high)
        if wide * high > MAX_PIXELS or max(wide, high) > MAX_SIDE:
            raise PermanentError(
                f"a picture of {wide}x{high}, expected at most {MAX_PIXELS} pixels: --resize", "picture-too-large"
            )
        return turning.size(wide, high)


def _scale(info: JpegInfo, size: tuple[int, int]) -> int:
    """How much smaller, 1 to 8 times, it can be decoded without falling below the size that is wanted."""
    return next((scale for scale in (8, 4, 2) if info.width >= scale * size[0] and info.height >= scale * size[1]), 1)
