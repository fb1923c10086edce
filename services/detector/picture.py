"""One frame's picture, or a part of it: decoded at most once at each size that a backend asks for."""

from libs.common import images
from libs.common.images import Image, JpegInfo
from libs.common.messages import Box, Frame

SCALES = (8, 4, 2, 1)
"""Fractions of each side at which a JPEG can be decoded for less than the whole."""

WHOLE: Box = (0.0, 0.0, 1.0, 1.0)
PixelBox = tuple[int, int, int, int]
"""Left, top, right, bottom in pixels; right and bottom are outside."""


class Picture:
    """What a backend looks at. Boxes it finds are in 0..1 of this part; `back` makes them boxes of the whole frame."""

    def __init__(self, frame: Frame, info: JpegInfo | None = None) -> None:
        """`info`: what the header of the frame's JPEG says, where somebody has read it already."""
        self.frame = frame
        self._info = info
        self._pixels: PixelBox = (0, 0, frame.width, frame.height)
        self._decoded: dict[tuple[int, bool], Image] = {}

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels, undiminished."""
        left, top, right, bottom = self._pixels
        return right - left, bottom - top

    @property
    def is_whole(self) -> bool:
        return self.size == (self.frame.width, self.frame.height)

    def part(self, box: Box) -> "Picture":
        """The part of the frame that a box (0..1 of the whole frame) touches, out to whole blocks of 8 pixels."""
        width, height = self.frame.width, self.frame.height
        part = Picture(self.frame, self._info)
        left, top = (int(low * side) // 8 * 8 for low, side in zip(box[:2], (width, height), strict=True))
        part._pixels = (
            min(left, (width - 1) // 8 * 8),
            min(top, (height - 1) // 8 * 8),
            min(width, max(left + 8, -int(-box[2] * width // 8) * 8)),
            min(height, max(top + 8, -int(-box[3] * height // 8) * 8)),
        )
        part._decoded = self._decoded
        return part

    def image(self, longer_side: int | None = None) -> Image:
        """(H, W, 3) uint8 BGR at the smallest of 1, 1/2, 1/4, 1/8 whose longer side has so many pixels.

        None: undiminished. A picture that has fewer pixels is not enlarged. Raises PermanentError where it cannot be
        decoded. The array may be shared: do not write into it.
        """
        return self._at(self._scale(longer_side), gray=False)

    def gray(self, longer_side: int | None = None) -> Image:
        """The brightness alone, (H, W) uint8; otherwise like `image`."""
        return self._at(self._scale(longer_side), gray=True)

    def jpeg(self) -> bytes:
        """The frame's own bytes, undecoded; a part of it is coded anew."""
        return self.frame.image if self.is_whole else images.encode(self.image())

    def back(self, box: Box) -> Box:
        """A box of this part as a box of the whole frame."""
        left, top, right, bottom = self._pixels
        wide, high = right - left, bottom - top
        x0, y0, x1, y1 = box
        width, height = self.frame.width, self.frame.height
        return (
            (left + x0 * wide) / width,
            (top + y0 * high) / height,
            (left + x1 * wide) / width,
            (top + y1 * high) / height,
        )

    def into(self, box: Box) -> Box | None:
        """What of a box of the whole frame lies in this part, as a box of the part; None: nothing of it."""
        if self.is_whole:
            return box
        left, top, right, bottom = self._pixels
        wide, high, width, height = right - left, bottom - top, self.frame.width, self.frame.height
        x0, x1 = ((x * width - left) / wide for x in (box[0], box[2]))
        y0, y1 = ((y * height - top) / high for y in (box[1], box[3]))
        if x0 >= 1 or y0 >= 1 or x1 <= 0 or y1 <= 0:
            return None
        return max(0.0, x0), max(0.0, y0), min(1.0, x1), min(1.0, y1)

    def _scale(self, longer_side: int | None) -> int:
        if longer_side is None:
            return 1
        return next(scale for scale in SCALES if scale == 1 or max(self.size) / scale >= longer_side)

    def _at(self, scale: int, gray: bool) -> Image:
        if (scale, gray) not in self._decoded:
            decode = images.decode_gray if gray else images.decode
            self._decoded[scale, gray] = decode(self.frame.image, scale, self._info)
        left, top, right, bottom = self._pixels
        return self._decoded[scale, gray][top // scale : -(-bottom // scale), left // scale : -(-right // scale)]
