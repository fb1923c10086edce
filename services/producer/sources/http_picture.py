"""What an answer of a camera's web server holds: a single picture, a stream of them, or none."""

from collections.abc import Iterable

from av.video.frame import VideoFrame

from services.producer.sources import still_images
from services.producer.sources.http_client import Answer
from services.producer.sources.jpeg_cutter import MOST_BYTES, JpegCutter, TooMuchError
from services.producer.sources.shots import SourceError

STREAMS = ("multipart/", "video/x-mjpeg", "video/x-motion-jpeg", "video/mjpeg")
PAGES = ("text/", "application/json", "application/xml", "application/xhtml")
SOI = b"\xff\xd8"


def is_stream(answer: Answer, head: bytes) -> bool:
    """By what it says, or, where it says nothing of use, by its first bytes `head` and whether it has an end."""
    if answer.kind.startswith(STREAMS):
        return True
    if answer.kind.startswith(("image/", *PAGES)) or still_images.is_decodable(head):
        return False
    return not head.startswith(SOI) or answer.length is None


def single(label: str, answer: Answer, chunks: Iterable[bytes], head: bytes) -> VideoFrame | bytes:
    """The one picture in it: a JPEG as it is, other formats decoded. `head` is the first chunk. Raises SourceError."""
    if answer.kind.startswith(PAGES):
        raise SourceError(f"{label}: a page of text, no picture", "no video")
    picture = _decoded(chunks) if still_images.is_decodable(head) else _jpeg(chunks)
    if picture is None:
        raise SourceError(f"{label}: no whole picture of a kind that is known", "no video")
    return picture


def _jpeg(chunks: Iterable[bytes]) -> bytes | None:
    """It is there with its last byte, whatever length was told."""
    cutter = JpegCutter()
    try:
        return next((jpeg for chunk in chunks for jpeg in cutter.feed(chunk)), None)
    except TooMuchError:
        return None


def _decoded(chunks: Iterable[bytes]) -> VideoFrame | None:
    data = bytearray()
    for chunk in chunks:
        data += chunk
        if len(data) > MOST_BYTES:
            return None
    return still_images.decode(bytes(data))
