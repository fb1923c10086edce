"""Motion JPEG over HTTP: what servers send, well-formed and otherwise, and which pictures come of it."""

import gc
import os
import threading
from contextlib import suppress
from itertools import islice

import pytest

from services.producer.sources import http_client, jpeg_cutter, mjpeg
from services.producer.sources.shots import Shot, SourceError
from tests.producer.http_answers import BOUNDARY, chunked, drip, endless, head, page, part, raw, stream
from tests.producer.http_camera import Answer, HttpCamera
from tests.producer.http_shots import JPEGS, failure, opened, pictures

MULTIPART = "multipart/x-mixed-replace; boundary=frontier"
FIVE = JPEGS[:5]
HALF = JPEGS[6][: len(JPEGS[6]) // 2]


def no_length(jpeg: bytes) -> bytes:
    """A part whose end only its boundary shows."""
    return f"{BOUNDARY}\r\nContent-Type: image/jpeg\r\n\r\n".encode() + jpeg + b"\r\n"


STREAMS: dict[str, Answer] = {
    "as it should be": stream(map(part, FIVE)),
    "with the dashes in the boundary's name": stream(
        map(part, FIVE), 'multipart/x-mixed-replace; boundary="--frontier"'
    ),
    "without dashes before the boundary": stream(part(jpeg).replace(b"--frontier", b"frontier") for jpeg in FIVE),
    "with another boundary than it says": stream(map(part, FIVE), "multipart/x-mixed-replace; boundary=other"),
    "with no boundary named": stream(map(part, FIVE), "multipart/x-mixed-replace"),
    "without any boundary": stream(FIVE),
    "the first boundary missing": stream([part(FIVE[0]).partition(b"\r\n")[2], *map(part, FIVE[1:])]),
    "no lengths": stream(map(no_length, FIVE)),
    "lengths too large": stream(part(jpeg, len(jpeg) + 5000) for jpeg in FIVE),
    "lengths too small": stream(part(jpeg, 10) for jpeg in FIVE),
    "lengths of nonsense": stream(part(jpeg, -1).replace(b"-1", b"many") for jpeg in FIVE),
    "empty parts": stream(piece for jpeg in FIVE for piece in (part(b""), part(jpeg), part(b"", 0))),
    "newlines alone": stream(part(jpeg).replace(b"\r\n", b"\n") for jpeg in FIVE),
    "more headers": stream(part(jpeg, X_Timestamp="1.5", X_Comment="x" * 5000) for jpeg in FIVE),
    "filled up with zeros": stream(part(jpeg + bytes(500)) for jpeg in FIVE),
    "half pictures in between": stream(piece for jpeg in FIVE for piece in (part(HALF, len(JPEGS[6])), part(jpeg))),
    "half pictures and no boundary": stream(piece for jpeg in FIVE for piece in (HALF, jpeg)),
    "rubbish in between": stream(
        piece for jpeg in FIVE for piece in (b"\xff\xd8\xff\x00 \xff\xd8\xff\xff" * 99, part(jpeg))
    ),
    "byte after byte": stream(bytes([byte]) for byte in b"".join(map(part, FIVE))),
    "chunked": chunked([b"".join(map(part, FIVE))], MULTIPART, end=False),
    "chunked to crumbs": chunked((bytes([byte]) for byte in b"".join(map(part, FIVE))), MULTIPART, end=False),
    "without a type": raw(b"HTTP/1.0 200 OK\r\n\r\n", *map(part, FIVE), hang=True),
    "as something unknown": stream(map(part, FIVE), "application/octet-stream"),
    "as a video": stream(FIVE, "video/x-motion-jpeg"),
    "by HTTP 1.0": raw(head("200 OK", Content_Type=MULTIPART).replace(b"1.1", b"1.0"), *map(part, FIVE), hang=True),
}


@pytest.mark.parametrize("form", STREAMS)
def test_every_whole_picture_arrives_as_the_camera_coded_it(form: str) -> None:
    """To the byte, in order, the last one without waiting for what follows it, and nothing else."""
    with HttpCamera(STREAMS[form]) as camera:
        assert pictures(camera.url(), 5) == FIVE
        assert len(camera.requests) == 1


def test_what_is_not_wanted_is_a_shot_without_a_picture() -> None:
    """For the first one the camera was asked, so somebody wants it; of each that follows it is asked once."""
    asked: list[float] = []

    def wants(media_s: float) -> bool:
        asked.append(media_s)
        return len(asked) % 2 == 1

    with HttpCamera(stream(map(part, FIVE))) as camera, opened(camera.url(), wants) as shots:
        found = list(islice(shots, 5))
    assert [shot.picture for shot in found if isinstance(shot, Shot)] == [FIVE[0], None, FIVE[2], None, FIVE[4]]
    assert len(asked) == 5
    times = [shot.media_s for shot in found]
    assert times == sorted(set(times))
    assert not any(shot.still for shot in found if isinstance(shot, Shot))


def test_a_stream_that_ends_just_ends() -> None:
    """The camera is opened again by whoever reads it."""
    with HttpCamera(stream(map(part, FIVE), hang=False)) as camera:
        assert pictures(camera.url(), 99) == FIVE


def test_a_stream_that_falls_silent_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a cable was pulled: nothing says that the other side is gone."""
    assert http_client.WHOLE_S == 4
    monkeypatch.setattr(http_client, "WHOLE_S", 0.3)
    with HttpCamera(stream([*map(part, FIVE), HALF])) as camera:
        error = failure(camera.url())
    assert (error.reason, str(error)) == ("stalled", f"http://127.0.0.1:{camera.port}: no answer, no data")


def test_a_stream_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes keep coming, and no picture is ever whole."""
    monkeypatch.setattr(mjpeg, "PICTURE_S", 0.3)
    with HttpCamera(drip(b"x" * 99, 0.01, head("200 OK", Content_Type=MULTIPART))) as camera:
        error = failure(camera.url())
    assert error.reason == "stalled"
    assert "no whole picture in 0.3 s" in str(error)


@pytest.mark.parametrize("more", [b"x" * 65536, part(b"") * 500, b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"x" * 65536])
def test_rubbish_without_end_is_given_up(more: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """Text, empty parts, or a picture that never ends: memory stays bounded."""
    monkeypatch.setattr(jpeg_cutter, "MOST_BYTES", 1 << 20)
    with HttpCamera(endless(head("200 OK", Content_Type=MULTIPART), more)) as camera:
        error = failure(camera.url())
    assert error.reason == "no video"


def test_a_page_is_no_camera() -> None:
    """As the login page of a camera whose address is another one."""
    with HttpCamera(page(b"<html>", "text/html; charset=utf-8")) as camera:
        error = failure(camera.url())
    assert error.reason == "no video"
    assert str(error) == f"http://127.0.0.1:{camera.port}: a page of text, no picture"


def test_a_hundred_openings_leave_nothing_behind() -> None:
    """Neither threads nor descriptors, whether they ended by a fault, by a stop, or in order."""
    answers = (
        stream(map(part, FIVE)),
        page(FIVE[0]),
        raw(b""),
        stream(map(part, FIVE), hang=False),
        page(b"", status="404"),
    )
    counts = []
    for round_ in range(2):
        for answer in answers * (1 if round_ == 0 else 20):
            with HttpCamera(answer) as camera, opened(camera.url(), fps=1000.0) as shots, suppress(SourceError):
                list(islice(shots, 3))
        gc.collect()
        counts.append((threading.active_count(), len(os.listdir("/proc/self/fd"))))
    (threads, files), (threads_after, files_after) = counts
    assert (threads_after, files_after) <= (threads, files)
