"""Frames as the viewer gets them: it passes pictures on unopened, so they need not show anything."""

from libs.common import testing
from libs.common.messages import Frame

START, END = b"\xff\xd8", b"\xff\xd9"
SIZE = bytes.fromhex("ffc0 000b 08 00f0 0140 01 011100")
SCAN = bytes.fromhex("ffda 0008 01 0100 003f00")


def frame(seq: int = 0, **fields: object) -> Frame:
    """A raw frame of 320x240 whose picture is the headers of a JPEG around its number; `fields` replace any field."""
    image = START + SIZE + SCAN + str(seq).encode() + END
    return testing.frame(seq=seq, **{"image": image, **fields})
