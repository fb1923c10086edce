"""Cameras that give one picture for each request."""

import socket
from itertools import islice

import av
import numpy as np
import pytest
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from libs.common.testing import picture
from services.producer.sources import http_client, jpeg_cutter
from services.producer.sources.shots import Shot
from tests.producer.http_answers import chunked, drip, endless, head, page, raw, sent_on
from tests.producer.http_camera import Answer, HttpCamera, Link, Request
from tests.producer.http_shots import JPEGS, failure, opened, pictures

JPEG = JPEGS[0]
QUICK = {"fps": 50.0}
FOSCAM = "/cgi-bin/CGIProxy.fcgi?cmd=snapPicture2&usr=viewer&pwd=canary"


def coded(codec: str, image: "np.ndarray") -> bytes:
    """An image in another format, by FFmpeg."""
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, VideoCodecContext)
    context.width, context.height = image.shape[1], image.shape[0]
    context.pix_fmt, context.framerate = {"png": "rgb24", "bmp": "bgr24"}[codec], 1
    frame = VideoFrame.from_ndarray(image, "bgr24").reformat(format=context.pix_fmt)
    return b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)])


@pytest.mark.parametrize("path", ["/snapshot.jpg", FOSCAM, "/ISAPI/Streaming/channels/101/picture", "/a%20b?x=%2F"])
def test_a_picture_comes_for_each_request_on_one_connection(path: str) -> None:
    """Of any address, word for word; the same picture again is a picture, too."""
    with HttpCamera(page(JPEG)) as camera:
        assert pictures(camera.url(path), 5, **QUICK) == [JPEG] * 5
        assert camera.paths == [path] * 5
        assert camera.connections() == 1


SINGLE: dict[str, Answer] = {
    "as it should be": page(JPEG),
    "with another type": page(JPEG, "image/jpg; charset=binary"),
    "with an unknown type": page(JPEG, "application/octet-stream"),
    "without a type": raw(b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n" % len(JPEG) + JPEG),
    "without a length": raw(head("200 OK", Content_Type="image/jpeg"), JPEG),
    "a length too large": raw(head("200 OK", Content_Type="image/jpeg", Content_Length=99999), JPEG, hang=True),
    "zeros behind it": page(JPEG + bytes(100)),
    "a newline before it": page(b"\r\n" + JPEG),
    "chunked": chunked([JPEG[:100], JPEG[100:]], "image/jpeg"),
}


@pytest.mark.parametrize("form", SINGLE)
def test_a_picture_is_taken_whole_however_it_is_sent(form: str) -> None:
    """What stands in its header counts less than its own bytes."""
    with HttpCamera(SINGLE[form]) as camera:
        assert pictures(camera.url(), 3, **QUICK) == [JPEG] * 3


def test_chunked_pictures_keep_their_connection_too() -> None:
    """Nothing is left on it."""
    with HttpCamera(SINGLE["chunked"]) as camera:
        pictures(camera.url(), 3, **QUICK)
        assert camera.connections() == 1


@pytest.mark.parametrize("codec", ["png", "bmp"])
def test_other_formats_are_decoded(codec: str) -> None:
    """To the pixel."""
    image = picture(64, 48)
    with HttpCamera(page(coded(codec, image), f"image/{codec}")) as camera:
        (frame,) = pictures(camera.url(), 1)
    assert isinstance(frame, VideoFrame)
    assert np.array_equal(frame.to_ndarray(format="bgr24"), image)


def test_nothing_is_asked_for_while_nothing_is_wanted() -> None:
    """Not even a connection."""
    with HttpCamera(page(JPEG)) as camera, opened(camera.url(), lambda media_s: False, **QUICK) as shots:
        assert [shot.picture for shot in islice(shots, 10) if isinstance(shot, Shot)] == [None] * 10
        assert camera.connections() == 0


FAULTS: dict[str, tuple[Answer, str]] = {
    "silence": (raw(hang=True), "stalled"),
    "a head without end": (endless(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 999), "connection lost"),
    "a dripping head": (drip(b"X-A: b\r\n", 0.005, b"HTTP/1.1 200 OK\r\n"), "stalled"),
    "a dripping picture": (drip(b"x", 0.005, head("200 OK", Content_Type="image/jpeg") + JPEG[:50]), "stalled"),
    "half a picture": (page(JPEG[:-400]), "no video"),
    "half a picture and silence": (raw(head("200 OK", Content_Length=9999), JPEG[:-9], hang=True), "stalled"),
    "a break in it": (raw(head("200 OK", Content_Length=9999), JPEG[:-9]), "connection lost"),
    "nothing": (page(b""), "no video"),
    "no HTTP": (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), "connection lost"),
    "a broken chunk": (raw(head("200 OK", Transfer_Encoding="chunked") + b"zz\r\n" + JPEG), "connection lost"),
    "a broken PNG": (page(coded("png", picture(64, 48))[:-60], "image/png"), "no video"),
    "another kind of picture": (page(b"GIF89a" + bytes(99), "image/gif"), "no video"),
    "a page": (page(b"<html>", "text/html"), "no video"),
    "an error": (page(b"", status="500 canary"), "camera error"),
    "not there": (page(b"", status="404 canary"), "not found"),
    "refused": (page(b"", status="403 canary"), "refused"),
    "a login": (page(b"", status="401 canary"), "refused"),
    "an error that never ends": (endless(head("500 canary", Content_Type="text/html"), b"x" * 65536), "camera error"),
    "sent on for ever": (sent_on("/cam"), "refused"),
    "sent on to a file": (sent_on("file:///etc/passwd"), "refused"),
    "sent on to nowhere": (sent_on(""), "refused"),
    "sent on to nonsense": (sent_on("http://[::canary"), "connection lost"),
    "no end of bytes": (endless(head("200 OK", Content_Type="image/jpeg"), b"x" * 65536), "no video"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_has_its_word_and_tells_no_more_than_the_host(fault: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within the time that an answer has, after three tries where another one might help."""
    monkeypatch.setattr(http_client, "WHOLE_S", 0.15)
    monkeypatch.setattr(jpeg_cutter, "MOST_BYTES", 1 << 18)
    answer, reason = FAULTS[fault]
    with HttpCamera(answer) as camera:
        error = failure(camera.url("/canary?pwd=canary", "viewer:canary@"), **QUICK)
    assert error.reason == reason
    assert str(error).startswith(f"http://127.0.0.1:{camera.port}: ")
    assert "canary" not in str(error)


def test_a_camera_that_is_away_is_unreachable() -> None:
    """Nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    assert failure(f"http://127.0.0.1:{port}/", **QUICK).reason == "unreachable"


def test_two_bad_answers_are_forgiven() -> None:
    """The third one works."""
    with HttpCamera(page(b"", status="503 busy"), raw(b""), page(JPEG)) as camera:
        assert pictures(camera.url(), 2, **QUICK) == [JPEG] * 2


def test_a_connection_that_the_camera_closed_is_made_anew() -> None:
    """As many do after each answer."""

    def answer(request: Request, link: Link) -> None:
        page(JPEG)(request, link)
        link.open = False

    with HttpCamera(answer) as camera:
        assert pictures(camera.url(), 4, **QUICK) == [JPEG] * 4
        assert camera.connections() == 4
