"""What is taken as a picture, by its bytes, where Pillow is not installed."""

import io
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest

from libs.common.errors import PermanentError
from libs.common.messages import MAX_JPEG_BYTES
from services.ftp_ingest.pictures import pictures, refusals
from services.ftp_ingest.pictures.pictures import Picture, Pictures
from tests.ftp_ingest.files import chunk, jpeg, number_of, png, segment, turned

SECRET = b"taken at 52.52N 13.40E by somebody"


def read(data: bytes, *, has_pillow: bool = False) -> Picture:
    return Pictures(lambda: has_pillow).read(io.BytesIO(data))


def reason_of(data: bytes) -> str:
    """Why it is not taken."""
    with pytest.raises(PermanentError) as refused:
        read(data)
    return refused.value.reason


def test_a_jpeg_is_taken_as_it_is() -> None:
    """Its coding is not touched; its size is what its header says."""
    taken = read(jpeg(77, 640, 360))
    assert (number_of(taken.jpeg), taken.width, taken.height) == (77, 640, 360)


@pytest.mark.parametrize(
    "data",
    [
        jpeg(extra=segment(0xE1, b"Exif\0\0" + SECRET)),
        jpeg(extra=segment(0xFE, SECRET)),
        jpeg(extra=segment(0xED, b"Photoshop 3.0\0" + SECRET)),
        jpeg(extra=segment(0xE1, b"Exif\0\0" + jpeg(99) + SECRET)),
        jpeg(trailer=SECRET),
        jpeg(trailer=jpeg(99) + SECRET),
    ],
    ids=["exif", "comment", "iptc", "thumbnail", "trailer", "second-picture"],
)
def test_nothing_but_the_picture_survives(data: bytes) -> None:
    """Neither text nor place nor a thumbnail nor what stands behind the end."""
    taken = read(data)
    assert SECRET not in taken.jpeg
    assert taken.jpeg.count(b"\xff\xd8") == 1
    assert taken.jpeg == read(jpeg()).jpeg


def test_a_jpeg_that_was_cut_off_anywhere_is_refused() -> None:
    """A dropped connection looks like the end of a file."""
    whole = jpeg(width=160, height=120, extra=segment(0xE1, b"Exif\0\0" + jpeg(99)))
    for length in range(1, len(whole)):
        assert reason_of(whole[:length]) in (refusals.CUT_OFF, refusals.BAD), length
    assert {reason_of(whole[:length]) for length in range(len(whole) - 200, len(whole))} == {refusals.CUT_OFF}


def test_a_png_that_was_cut_off_anywhere_is_refused() -> None:
    """Before anybody asks whether it could be converted."""
    whole = png()
    assert {reason_of(whole[:length]) for length in range(1, len(whole))} == {refusals.CUT_OFF}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", refusals.EMPTY),
        (b"GIF89a" + bytes(100), refusals.NO_PICTURE),
        (b"\x00" * 4096, refusals.NO_PICTURE),
        (b"<html>", refusals.NO_PICTURE),
        (b"RIFF\0\0\0\0WEBPVP8 ", refusals.NO_PICTURE),
        (jpeg().replace(b"\0\x30\0\x40", b"\xff\xff\xff\xff"), refusals.TOO_MANY_PIXELS),
        (png(width=60_000, height=60_000, rows=b"\0"), refusals.TOO_MANY_PIXELS),
        (png(width=0, rows=b"\0"), refusals.BAD),
        (png().replace(b"IDAT", b"IDAx"), refusals.BAD),
        (jpeg().replace(b"\xff\xc0", b"\xff\xc3"), refusals.BAD),
        (png(extra=chunk(b"IHDR", bytes(13))), refusals.BAD),
    ],
)
def test_what_is_no_picture_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    """One of a few words, for counting."""
    assert reason_of(data) == reason
    assert reason in refusals.REASONS


@pytest.mark.parametrize("data", [png(), jpeg(extra=turned(6)), jpeg(width=2000, height=1600)])
def test_without_pillow_it_says_what_to_install(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """PNG, turned, or too large: nobody here could code it anew."""
    monkeypatch.setattr(pictures, "MAX_JPEG_BYTES", 30_000)
    with pytest.raises(PermanentError, match=r"pip install 'framebus\[png\]'") as refused:
        read(data)
    assert refused.value.reason == refusals.NEEDS_PILLOW


def test_a_large_file_with_a_small_picture_is_taken() -> None:
    """What is too much is not the picture."""
    data = jpeg(5, extra=segment(0xE5, bytes(60_000)) * 40)
    assert len(data) > MAX_JPEG_BYTES
    assert number_of(read(data).jpeg) == 5


def test_an_endless_file_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """However it begins; no more of it is read than may come."""
    monkeypatch.setattr(pictures, "MAX_FILE_BYTES", MAX_JPEG_BYTES + 1000)
    file = io.BytesIO(jpeg()[:-2] + bytes(3 * MAX_JPEG_BYTES))
    with pytest.raises(PermanentError) as refused:
        Pictures(lambda: False).read(file)
    assert refused.value.reason == refusals.TOO_LARGE
    assert file.tell() == MAX_JPEG_BYTES + 1001


def test_a_file_is_read_from_where_it_stands_and_in_pieces() -> None:
    """As a socket or a pipe gives it."""

    class Dripping(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            return super().read(min(size or 0, 7))

    file = Dripping(b"before" + jpeg(8))
    file.seek(6)
    assert number_of(Pictures(lambda: False).read(file).jpeg) == 8


@pytest.fixture
def stuck() -> Iterator[tuple[Pictures, threading.Event]]:
    """Pictures of which two are being coded, until the event is set."""
    free, here = threading.Event(), threading.Semaphore(0)

    def waits() -> bool:
        here.release()
        return not free.wait(10)

    busy = Pictures(waits)
    threads = [threading.Thread(target=_quietly, args=(busy, png())) for _ in range(2)]
    for thread in threads:
        thread.start()
        here.acquire()
    yield busy, free
    free.set()
    for thread in threads:
        thread.join()


def _quietly(busy: Pictures, data: bytes, turn: AbstractContextManager[object] | None = None) -> None:
    try:
        busy.read(io.BytesIO(data), turn or nullcontext())
    except (PermanentError, ImportError):
        return


def test_slow_pictures_of_one_camera_hold_up_no_usual_one(stuck: tuple[Pictures, threading.Event]) -> None:
    """A JPEG that needs no coding goes past them."""
    busy, free = stuck
    assert number_of(busy.read(io.BytesIO(jpeg(3))).jpeg) == 3
    assert not free.is_set()


def test_pillow_is_not_loaded_for_a_jpeg() -> None:
    """It is large, and most cameras never need it."""
    before = set(sys.modules)
    read(jpeg(), has_pillow=True)
    assert "PIL" not in set(sys.modules) - before


def test_one_camera_has_one_slow_picture_at_a_time() -> None:
    """Another one's is coded meanwhile: there is room for two."""
    free, here = threading.Event(), threading.Semaphore(0)

    def waits() -> bool:
        here.release()
        return not free.wait(10)

    busy, own = Pictures(waits), threading.Lock()
    threads = [threading.Thread(target=_quietly, args=(busy, png(), own)) for _ in range(3)]
    other = threading.Thread(target=_quietly, args=(busy, png()))
    for thread in threads:
        thread.start()
    assert here.acquire(timeout=10)
    other.start()
    assert here.acquire(timeout=10)
    assert not here.acquire(blocking=False)
    free.set()
    for thread in (*threads, other):
        thread.join()
