"""Which URLs are sources, and that nothing else is opened."""

import sys
from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from services.producer.sources.urls import read_url


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("street.mp4", "file:street.mp4"),
        ("/videos/a b.mkv", "file:/videos/a b.mkv"),
        ("file:///videos/a%20b.mkv", "file:/videos/a b.mkv"),
        ("file://localhost/x.avi", "file:/x.avi"),
        (r"C:\videos\x.avi", r"file:C:\videos\x.avi"),
        ("./concat:x", "file:./concat:x"),
    ],
)
def test_a_path_is_a_file_and_nothing_else(url: str, target: str) -> None:
    """FFmpeg is told so, and that it may open files only."""
    source = read_url(url)
    assert (source.target, source.live) == (target, False)
    assert source.options["protocol_whitelist"] == "file"
    assert not {"hls", "concat", "dash", "image2", "sdp"} & set(source.options["format_whitelist"].split(","))


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("rtsp://u:p@host:554/x?y=1", "rtsp://u:p@host:554/x?y=1"),
        ("rtsps://host/x", "rtsps://host/x"),
        ("RTSP://Host/X", "rtsp://Host/X"),
    ],
)
def test_a_camera_is_read_over_tcp(url: str, target: str) -> None:
    """The URL goes to FFmpeg as it is, but for the scheme: it knows no capital ones. Files are out of reach."""
    source = read_url(url)
    assert (source.target, source.live, source.format) == (target, True, "rtsp")
    assert source.options["rtsp_transport"] == "tcp"
    assert "file" not in source.options["protocol_whitelist"]


def test_a_folder_is_no_film(tmp_path: Path) -> None:
    """Of pictures, most likely; also as a URL."""
    for url in (str(tmp_path), tmp_path.as_uri()):
        source = read_url(url)
        assert (source.kind, source.scheme, source.target, source.live) == ("folder", "folder", str(tmp_path), False)


@pytest.mark.parametrize(
    ("url", "label"), [("rtmp://u:p@host/live/x", "rtmp://host:1935"), ("RTMPS://host:443/live", "rtmps://host:443")]
)
def test_rtmp_is_read_in_one_form_from_the_network_alone(url: str, label: str) -> None:
    """It has options for files and for waiting for a caller; none is set."""
    source = read_url(url)
    assert (source.scheme, source.format, source.label, source.live) == ("rtmp", "flv", label, True)
    assert source.options["protocol_whitelist"] == f"{label.partition(':')[0]},tcp,tls"


@pytest.mark.parametrize("path", ["cam.m3u8", "live/CAM.M3U8?token=1"])
def test_hls_is_known_by_its_path_and_reads_no_files(path: str) -> None:
    """FFmpeg reads it; a playlist may name what is on the web and nothing else."""
    source = read_url(f"https://u:p@host/{path}")
    assert (source.kind, source.scheme, source.format, source.label) == ("video", "hls", "hls", "https://host:443")
    assert source.options["protocol_whitelist"] == "http,https"
    assert source.bursts


@pytest.mark.parametrize("url", ["http://u:p@host/snapshot.jpg?u=x.m3u8", "https://host:8443"])
def test_other_web_cameras_are_left_to_those_who_look_at_what_comes(url: str) -> None:
    """Pictures, one or many."""
    source = read_url(url)
    assert (source.kind, source.scheme, source.target, source.live) == ("http", "http", url, True)


@pytest.mark.skipif(sys.platform != "linux", reason="device names of Linux")
@pytest.mark.parametrize(
    ("url", "device"),
    [
        ("webcam", "/dev/video0"),
        ("webcam:1", "/dev/video1"),
        ("webcam:/dev/video2", "/dev/video2"),
        ("webcam:/dev/porch", "/dev/porch"),
        ("/dev/video2", "/dev/video2"),
        ("/dev/v4l/by-id/usb-A_B-index0", "/dev/v4l/by-id/usb-A_B-index0"),
    ],
)
def test_a_webcam_is_a_device(url: str, device: str) -> None:
    """By number or by path."""
    source = read_url(url)
    assert (source.target, source.live, source.format) == (device, True, "v4l2")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "srt://host/stream",
        "concat:/etc/passwd|/etc/group",
        "subfile,,start,0,end,9,,:/etc/passwd",
        "pipe:0",
        "data:video/mp4;base64,AAAA",
        "crypto:/etc/passwd",
        "lavfi:testsrc",
        "file://elsewhere/x.mp4",
        "file:",
        "rtsp://",
        "rtsp://host:port/x",
        "rtsp://[half/x",
        "nul\0.mp4",
    ],
)
def test_everything_else_is_refused_in_words(url: str) -> None:
    """With what would have been right."""
    with pytest.raises(SettingsError, match="expected"):
        read_url(url)


@pytest.mark.skipif(sys.platform != "linux", reason="device names of Linux")
@pytest.mark.parametrize("url", ["webcam:front", "webcam:/etc/passwd", "webcam:-1", "webcam:/dev/../etc/passwd"])
def test_a_webcam_is_no_way_to_other_files(url: str) -> None:
    """Only below /dev, and only by a plain name."""
    with pytest.raises(SettingsError):
        read_url(url)


@pytest.mark.parametrize("url", ["rtsp://u:geheim@host/x", "rtsp://u:ge/heim@host/x", "http://u:geheim@host/"])
def test_a_password_is_in_no_text(url: str) -> None:
    """Neither in the label nor in the representation nor in an error."""
    try:
        source = read_url(url)
    except SettingsError as error:
        text = str(error)
    else:
        text = source.label + repr(source)
    assert "heim" not in text
    assert "u:" not in text
