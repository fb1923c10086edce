"""JPEGs that are damaged, or hold more than one picture, so that decoders do not agree on what they show."""

import cv2

from tests.privacy.canary_pictures import Image, marked, segment, turned


def odd(somebody: bytes, nobody: bytes, image: Image) -> dict[str, bytes]:
    """Name -> bytes. `somebody` and `nobody` are plain JPEGs of one size, `image` is what the first shows."""
    return {
        **_damaged(somebody),
        **_restarted(image),
        **_doubled(somebody, nobody),
        **{f"turned {orientation}": turned(somebody, orientation) for orientation in range(1, 9)},
        "progressive": _coded(image, cv2.IMWRITE_JPEG_PROGRESSIVE),
        "progressive, coarse scans only": _first_scans(_coded(image, cv2.IMWRITE_JPEG_PROGRESSIVE)),
    }


def hiding(somebody: bytes, nobody: bytes) -> dict[str, bytes]:
    """Pictures that show nobody, and have somebody somewhere in their bytes."""
    return {
        "trailing picture": nobody + somebody,
        "trailing picture without its start": nobody + somebody[2:],
        "thumbnail": nobody[:2] + segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0" + somebody) + nobody[2:],
        "comment": nobody[:2] + segment(0xFE, somebody) + nobody[2:],
        "everywhere": marked(nobody, somebody),
        "more rows than said": _height(somebody, 64),
        "second scan": nobody[:-2] + somebody[_scan_at(somebody) :],
        "second frame header": nobody[:-2] + somebody[2:],
        "more data than needed": nobody[:-2] + somebody[_scan_at(somebody) + 14 :],
    }


def _damaged(jpeg: bytes) -> dict[str, bytes]:
    scan, tables = _scan_at(jpeg) + 14, jpeg.index(b"\xff\xc4")
    middle = (scan + len(jpeg)) // 2
    flipped = bytes(byte ^ 0x55 for byte in jpeg[middle : middle + 40]).replace(b"\xff", b"\xfe")
    return {
        "cut": jpeg[:middle],
        "cut and closed": jpeg[:middle] + b"\xff\xd9",
        "cut early": jpeg[: scan + 20] + b"\xff\xd9",
        "hole": jpeg[:middle] + jpeg[middle + 100 :],
        "noise": jpeg[:middle] + flipped + jpeg[middle + 40 :],
        "no Huffman tables": jpeg[:tables] + jpeg[_scan_at(jpeg) :],
        "no quantisation": jpeg[:20] + jpeg[jpeg.index(b"\xff\xc0") :],
        "restart from nowhere": jpeg[:middle] + b"\xff\xd3" + jpeg[middle:],
        "end in the middle": jpeg[:middle] + b"\xff\xd9" + jpeg[middle:],
        "height in a DNL": _height(jpeg, 0)[:-2] + segment(0xDC, jpeg[_frame_at(jpeg) + 5 :][:2]) + b"\xff\xd9",
        "another height in a DNL": jpeg[:-2] + segment(0xDC, b"\0\x40") + b"\xff\xd9",
        "other colours": jpeg[:2] + segment(0xEE, b"Adobe\0\x64\0\0\0\0\0") + jpeg[2:],
        "filled up": jpeg.replace(b"\xff\xda\0\x0c", b"\xff" * 9 + b"\xda\0\x0c"),
    }


def _restarted(image: Image) -> dict[str, bytes]:
    """A restart after each row of blocks, and what can be wrong with it."""
    jpeg = _coded(image, cv2.IMWRITE_JPEG_RST_INTERVAL, -(-image.shape[1] // 16))
    first, second, third = (jpeg.index(b"\xff" + bytes([number])) for number in (0xD0, 0xD1, 0xD2))
    interval = jpeg.index(b"\xff\xdd") + 4
    swapped = jpeg[:first] + jpeg[second:third] + jpeg[first:second] + jpeg[third:]
    return {
        "restarts": jpeg,
        "restarts swapped": swapped,
        "restart missing": jpeg[:first] + jpeg[second:],
        "restart misnumbered": jpeg[: first + 1] + b"\xd5" + jpeg[first + 2 :],
        "restart twice": jpeg[:second] + jpeg[first:second] + jpeg[second:],
        "restarts of another interval": jpeg[:interval] + b"\0\x05" + jpeg[interval + 2 :],
    }


def _doubled(somebody: bytes, nobody: bytes) -> dict[str, bytes]:
    return {
        "two starts": b"\xff\xd8" + somebody,
        "two starts inside": somebody[:2] + somebody,
        "two pictures": somebody + nobody,
        "same picture twice": somebody * 2,
        "a picture in the scan of another": somebody[:-300] + nobody + somebody[-300:],
    }


def _coded(image: Image, *option: int) -> bytes:
    done, data = cv2.imencode(".jpg", image, [*option, 1][:2])
    assert done
    return bytes(data.tobytes())


def _first_scans(jpeg: bytes) -> bytes:
    """Only what a progressive picture begins with."""
    third = -1
    for _ in range(3):
        third = jpeg.index(b"\xff\xda", third + 1)
    return jpeg[:third] + b"\xff\xd9"


def _frame_at(jpeg: bytes) -> int:
    return jpeg.index(b"\xff\xc0")


def _scan_at(jpeg: bytes) -> int:
    return jpeg.index(b"\xff\xda\0\x0c")


def _height(jpeg: bytes, height: int) -> bytes:
    at = _frame_at(jpeg) + 5
    return jpeg[:at] + height.to_bytes(2, "big") + jpeg[at + 2 :]
