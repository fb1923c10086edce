"""What Pillow makes of pictures that cannot stay as they are."""

import io
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from libs.common.errors import PermanentError
from libs.common.jpeg_header import read_header
from services.ftp_ingest.pictures import pictures, pillow, refusals
from services.ftp_ingest.pictures.pictures import Picture, Pictures
from tests.ftp_ingest.files import chunk, jpeg, png, turned

SECRET = b"somebody at home"
RED, BLUE, WHITE = (255, 0, 0), (0, 0, 255), (255, 255, 255)


def read(data: bytes) -> Picture:
    return Pictures().read(io.BytesIO(data))


def seen(picture: Picture, x: float, y: float) -> tuple[int, ...]:
    """The colour there, rounded: coding as JPEG changes a little."""
    with Image.open(io.BytesIO(picture.jpeg)) as image:
        assert image.size == (picture.width, picture.height)
        found = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(found, tuple)
    return tuple(round(value / 51) * 51 for value in found)


def saved(image: Image.Image, kind: str = "PNG", **words: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **words)
    return file.getvalue()


def test_our_own_jpegs_are_jpegs() -> None:
    """Those that the other tests make by hand."""
    with Image.open(io.BytesIO(jpeg(3, 640, 360))) as image:
        image.load()
        assert image.size == (640, 360)


def test_a_png_becomes_a_plain_jpeg() -> None:
    """Its texts, times and profiles do not."""
    taken = read(png(64, 48, extra=chunk(b"tEXt", b"Comment\0" + SECRET) + chunk(b"eXIf", SECRET)))
    assert (taken.width, taken.height) == (64, 48)
    assert seen(taken, 0.5, 0.5) == RED
    assert SECRET not in taken.jpeg
    assert read_header(taken.jpeg).orientation == 1


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "I;16"])
def test_every_kind_of_png_is_taken(mode: str) -> None:
    """Grey, palettes, two colours, transparency, 16 bits: white stays white."""
    image = Image.new("I;16", (32, 32), 65_535) if mode == "I;16" else Image.new("RGB", (32, 32), "white").convert(mode)
    assert seen(read(saved(image)), 0.5, 0.5) == WHITE


def test_what_can_be_seen_through_shows_white() -> None:
    """And not the colour that nobody saw."""
    assert seen(read(saved(Image.new("RGBA", (32, 32), (255, 0, 0, 0)))), 0.5, 0.5) == WHITE


@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_orientation_becomes_upright(orientation: int) -> None:
    """The red corner is at the top left, whichever way the picture was stored (EXIF 2.3, 4.6.4)."""
    upright = Image.new("RGB", (64, 32), "white")
    upright.paste(RED, (0, 0, 32, 16))
    back = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(Image.Transpose(back[orientation])) if orientation in back else upright
    data = saved(stored, "JPEG", quality=95)
    taken = read(data[:2] + turned(orientation) + data[2:])
    assert (taken.width, taken.height) == (64, 32)
    assert (seen(taken, 0.2, 0.2), seen(taken, 0.8, 0.8)) == (RED, WHITE)
    assert read_header(taken.jpeg).orientation == 1


def test_too_large_a_jpeg_loses_quality_first_and_size_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """It fits in the end, and is as large as it can be."""
    data = saved(Image.effect_noise((640, 480), 80).convert("RGB"), "JPEG", quality=95)
    monkeypatch.setattr(pictures, "MAX_JPEG_BYTES", 160_000)
    same_size = read(data)
    assert (same_size.width, same_size.height) == (640, 480)
    monkeypatch.setattr(pictures, "MAX_JPEG_BYTES", 30_000)
    smaller = read(data)
    assert 160 < smaller.width < 640
    assert len(smaller.jpeg) <= 30_000


@pytest.mark.parametrize("data", [png(rows=b"\0" + bytes(3)), png(rows=b"\x09" * 39)])
def test_what_cannot_be_decoded_is_refused(data: bytes) -> None:
    """Rows that are missing, filters that do not exist."""
    with pytest.raises(PermanentError) as refused:
        read(data)
    assert refused.value.reason == refusals.BAD


def test_two_are_coded_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A decoded picture is large: how many there are is bounded, not how many come."""
    at_once, most, lock, both = 0, 0, threading.Lock(), threading.Barrier(2)

    def coded(*_: object) -> tuple[bytes, int, int]:
        nonlocal at_once, most
        with lock:
            at_once += 1
            most = max(most, at_once)
        both.wait(10)
        with lock:
            at_once -= 1
        return jpeg(), 64, 48

    monkeypatch.setattr(pillow, "coded_anew", coded)
    busy = Pictures()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: busy.read(io.BytesIO(png())), range(8)))
    assert most == 2
