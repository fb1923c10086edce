"""In which ways a source's stream is tried."""

import logging
import os
from pathlib import Path
from typing import Any

import av
import pytest
from av.container import InputContainer

from libs.common.errors import SettingsError
from services.producer.plan import Plan
from services.producer.sources.open_source import open_source
from services.producer.sources.shots import SourceError
from services.producer.sources.urls import read_url
from services.producer.video.hardware import hwaccel_of, parse_hwaccel
from services.producer.video.open_container import open_container

CLIP = "deploy/demo/street.mp4"


class Tries:
    """Notes the options of each; all but the last fail."""

    def __init__(self, failures: int) -> None:
        self.options: list[dict[str, str]] = []
        self._failures = failures

    def __call__(self, *words: str | None, options: dict[str, str], **more: Any) -> InputContainer:
        self.options.append(options)
        if len(self.options) <= self._failures:
            raise av.error.InvalidDataError(1, "no such format")
        return av.open(CLIP)


def tried(url: str, failures: int = 0, **more: Any) -> list[dict[str, str]]:
    """FFmpeg's options, in order."""
    tries = Tries(failures)
    open_container(read_url(url), Plan(url=url, camera="c", **more), tries).close()
    return tries.options


def test_a_webcam_is_asked_for_jpeg_first() -> None:
    """What it codes itself nobody needs to code; raw pictures where it cannot."""
    assert [options.get("input_format") for options in tried("webcam")] == ["mjpeg"]
    assert [options.get("input_format") for options in tried("/dev/video2", failures=1)] == ["mjpeg", None]


def test_a_webcam_that_is_not_there_says_so() -> None:
    """What came of the last try."""
    with pytest.raises(SourceError, match=r"webcam /dev/video63: No such file"), open_any("webcam:63"):
        pass


def open_any(url: str) -> Any:
    """All pictures."""
    return open_source(read_url(url), Plan(url=url, camera="c"), lambda media_s: True)


@pytest.mark.parametrize(
    ("transport", "ffmpeg", "protocols"),
    [("tcp", "tcp", False), ("udp", "udp", True), ("tcp-then-udp", "tcp+udp", True)],
)
def test_rtsp_comes_over_udp_only_where_it_was_asked_for(transport: str, ffmpeg: str, protocols: bool) -> None:
    """And then from nobody but the camera."""
    (options,) = tried("rtsp://host/x", rtsp_transport=transport)
    assert options["rtsp_transport"] == ffmpeg
    assert ("udp" in options["protocol_whitelist"].split(",")) is protocols
    assert ("filter_src" in options.get("rtsp_flags", "")) is protocols


def test_hardware_that_ffmpeg_does_not_know_is_a_wrong_setting() -> None:
    """With what there is."""
    with pytest.raises(SettingsError, match=r"'warp', expected one that FFmpeg has here: \w+"):
        parse_hwaccel("warp:9")
    name = av.codec.hwaccel.hwdevices_available()[0]
    assert parse_hwaccel(f"{name}:/dev/dri/renderD128") == (name, "/dev/dri/renderD128")


def test_hardware_that_does_not_work_is_said_once_and_done_without(caplog: pytest.LogCaptureFixture) -> None:
    """A device that no machine has."""
    hwaccel_of.cache_clear()
    url = f"{av.codec.hwaccel.hwdevices_available()[0]}:999"
    for _ in range(2):
        plan = Plan(url=CLIP, camera="c", hwaccel=url)
        with open_source(read_url(CLIP), plan, lambda media_s: True) as shots:
            assert next(iter(shots))
    assert [record.levelno for record in caplog.records if "hwaccel" in record.message] == [logging.WARNING]


def test_a_pipe_is_no_film(tmp_path: Path) -> None:
    """Else the camera's thread would wait for a writer for ever."""
    os.mkfifo(tmp_path / "a.mp4")
    with pytest.raises(SourceError, match=r"a\.mp4: no file"), open_any(str(tmp_path / "a.mp4")):
        pass
