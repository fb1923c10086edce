"""Telegram: recordings, as videos where it takes them, else as links."""

from pathlib import Path

import pytest

from libs.common.errors import TemporaryError
from services.notifier.channels.channel import Clip
from services.notifier.channels.telegram_parcel import MOST_VIDEO_BYTES
from tests.notifier.channels.notes import JPEG, note
from tests.notifier.channels.telegram_rig import MP4, clip, ready, told
from tests.notifier.telegram_stub import silent


def test_a_recording_is_sent_as_a_video(tmp_path: Path) -> None:
    """It can be played while it is loaded."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        phone.send(note(jpeg=JPEG, clip=clip(tmp_path)))
    assert [stub.in_chat(chat)[0].content for chat in (1, 2)] == [MP4, MP4]
    assert stub.calls == [("sendVideo", 1), ("sendVideo", 2)]


def test_a_recording_above_50_mb_is_a_link(tmp_path: Path) -> None:
    """As large as it may be it is sent, with one byte more it is not."""
    large = clip(tmp_path)
    assert large.path is not None
    with large.path.open("r+b") as file:
        file.truncate(MOST_VIDEO_BYTES + 1)
    with ready(tmp_path) as (stub, phone):
        phone.send(note(clip=Clip(large.path, large.url, MOST_VIDEO_BYTES + 1)))
        with large.path.open("r+b") as file:
            file.truncate(MOST_VIDEO_BYTES)
        phone.send(note(id="b", clip=large))
    first, second = stub.in_chat(12345)
    assert first.text.endswith("\nRecording (50 MB): https://cams.example.org/r/1")
    assert (second.kind, len(second.content)) == ("video", MOST_VIDEO_BYTES)


@pytest.mark.parametrize("content", [b"-----BEGIN PRIVATE KEY-----\n", b"root:x:0:0::/root:/bin/sh\n", b"", b"ftyp"])
def test_a_file_that_is_no_recording_is_sent_to_nobody(tmp_path: Path, content: bytes) -> None:
    """Its path comes from a message, and who can write one shall not have our files."""
    with ready(tmp_path) as (stub, phone):
        phone.send(note(clip=clip(tmp_path, content)))
    assert stub.in_chat(12345)[0].kind == "text"


@pytest.mark.parametrize("path", [None, Path("/absent/r.mp4"), Path("/dev/zero"), Path("/tmp"), Path("a\0b")])
def test_a_recording_that_is_elsewhere_is_told_of(tmp_path: Path, path: Path | None) -> None:
    """With a link if there is one."""
    with ready(tmp_path) as (stub, phone):
        phone.send(note(clip=Clip(path, None, 7_000_000)))
    assert stub.in_chat(12345)[0].text.endswith("There is a recording (7 MB).")


def test_a_recording_that_is_too_large_for_a_server_in_between_leaves_the_text(tmp_path: Path) -> None:
    """It knows nothing of Telegram's answers."""
    with ready(tmp_path) as (stub, phone):
        stub.ways.append(lambda stub, visit: visit.answer(413, b"<html>no</html>"))
        phone.send(note(clip=clip(tmp_path)))
    (shown,) = stub.in_chat(12345)
    assert shown.text.endswith("\nRecording (0 MB): https://cams.example.org/r/1")


def test_a_picture_goes_with_the_link_to_a_recording(tmp_path: Path) -> None:
    """What cannot be shown moving is shown standing."""
    with ready(tmp_path) as (stub, phone):
        phone.send(note(jpeg=JPEG, clip=Clip(None, "https://cams.example.org/r/1", 60_000_000)))
    (shown,) = stub.in_chat(12345)
    assert (shown.kind, shown.content) == ("photo", JPEG)
    assert shown.text.endswith("\nRecording (60 MB): https://cams.example.org/r/1")


def test_a_link_is_never_cut_off(tmp_path: Path) -> None:
    """However long the rest is."""
    with ready(tmp_path) as (stub, phone):
        phone.send(note(text="x" * 5000, clip=Clip(None, "https://cams.example.org/r/1", 60_000_000)))
    assert stub.in_chat(12345)[0].text.endswith("…\nRecording (60 MB): https://cams.example.org/r/1")


def test_a_video_that_takes_too_long_is_a_link_the_next_time(tmp_path: Path) -> None:
    """Else a line that is too slow for it would hold up all that comes behind."""
    with ready(tmp_path, within_s=1.2) as (stub, phone):
        stub.ways.append(silent)
        recording = clip(tmp_path)
        told(TemporaryError, lambda: phone.send(note(clip=recording)))
        phone.send(note(clip=recording))
    (shown,) = stub.in_chat(12345)
    assert shown.kind == "text"
    assert shown.text.endswith("https://cams.example.org/r/1")
