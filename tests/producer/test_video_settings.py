"""Which flags for encoded video fit together; what does not is told at the start."""

import re
from pathlib import Path

import pytest

from libs.common.errors import SettingsError
from libs.common.flags import load
from libs.common.messages import Segment
from services.producer.settings import Settings

CLIP = "deploy/demo/street.mp4"


TOPIC = ["--video-topic", "video.source"]


def settings(*words: str) -> Settings:
    """As read from the command line and checked."""
    return load(Settings, words, "framebus producer", "")[0]


def test_video_is_off_unless_a_topic_is_named() -> None:
    """Sound too."""
    found = settings(CLIP)
    assert found.sides()[Segment] is None
    assert "video.source" not in found.also_writes()
    assert not found.plans()["camera"].audio


def test_a_topic_turns_it_on() -> None:
    """It is written, so it is made where it is missing, and checked."""
    found = settings(CLIP, "--video-topic", "video.source", "--audio")
    assert found.sides()[Segment] == "video.source"
    assert "video.source" in found.also_writes()
    assert (found.plans()["camera"].video, found.plans()["camera"].audio) == (True, True)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ([CLIP, "--video-topic", "frames.redacted"], "expected a raw topic"),
        ([CLIP, "--video-topic", "events"], "expected a raw topic"),
        ([CLIP, "--video-topic", "-"], "to the broker alone"),
        ([CLIP, "--video-topic", "frames.source"], "expected a topic of its own"),
        ([CLIP, "--video-topic", "video.source", "-t", "-"], "not with -t -"),
        ([CLIP, "--audio"], "--audio: unused without --video-topic"),
        ([CLIP, "--video-topic", "video.source", "--audio", "--no-video"], "--audio: unused with --no-video"),
        (["webcam", "--video-topic", "video.source"], "camera (webcam) has no packets of video"),
        (["http://user:horse@c/a.jpg", "--video-topic", "video.source"], "camera (http) has no packets of video"),
        (["deploy", "--video-topic", "video.source"], "camera (folder) has no packets of video"),
        ([CLIP, "--video-url", CLIP], "--video-url: unused without --video-topic"),
        ([CLIP, *TOPIC, "--video-url", CLIP, "--no-video"], "--video-url: unused with --no-video"),
        ([CLIP, *TOPIC, "--video-url", "rtsp://user:horse@c/1"], "--video-url: expected two live cameras or two films"),
        (["rtsp://c/1", *TOPIC, "--video-url", CLIP], "--video-url: expected two live cameras or two films"),
        (
            ["rtsp://c/1", *TOPIC, "--video-url", "http://user:horse@c/a.jpg"],
            "--video-url: camera (http) has no packets",
        ),
        (["rtsp://c/1", *TOPIC, "--video-url", "webcam"], "--video-url: camera (webcam) has no packets"),
        (["rtsp://c/1", *TOPIC, "--video-url", "rtsp://user:horse@h:x/1"], "--video-url: no host or port"),
    ],
)
def test_what_does_not_fit_is_told(words: list[str], told: str) -> None:
    """In one line, without a secret."""
    with pytest.raises(SettingsError, match=re.escape(told)) as error:
        settings(*words)
    assert "horse" not in str(error.value)


def test_a_camera_without_packets_may_have_them_elsewhere(tmp_path: Path) -> None:
    """Snapshots to look at, a stream to record; its address is read from a file, as it holds a password."""
    (tmp_path / "main.url").write_text("rtsp://user:horse@c/1\n")
    path = tmp_path / "cameras.yaml"
    path.write_text("video-topic: video.source\ncameras:\n  hall: {url: 'http://c/a.jpg', video-url-file: main.url}\n")
    found = settings("--config", str(path))
    assert found.plans()["hall"].video_url == "rtsp://user:horse@c/1"
    assert "horse" not in repr(found.plans())


def test_cameras_of_a_file_that_have_no_packets_are_left_out_by_name(tmp_path: Path) -> None:
    """The others have segments."""
    path = tmp_path / "cameras.yaml"
    text = "video-topic: video.source\ncameras:\n  yard: {url: 'rtsp://c/1', audio: true}\n  hall: {url: 'http://c/a.jpg'%s}\n"
    path.write_text(text % "")
    with pytest.raises(SettingsError, match="hall \\(http\\) has no packets"):
        settings("--config", str(path))
    path.write_text(text % ", video: false")
    plans = settings("--config", str(path)).plans()
    assert {name: (plan.video, plan.audio) for name, plan in plans.items()} == {
        "yard": (True, True),
        "hall": (False, False),
    }
