"""The packets of a real RTSP camera."""

import threading
from pathlib import Path

import pytest

from libs.common.clock import SystemClock
from libs.common.messages import End, Frame, Message, Segment
from services.producer.plan import Plan
from services.producer.produce import produce
from tests.producer.conftest import RtspCamera
from tests.producer.films import breaks, joined, loudest_hz, packets, pictures, pid


def watched(camera: RtspCamera, path: str, keys: int = 3, **fields: object) -> list[Message]:
    """All messages until so many key segments came; at the last the camera is asked to stop."""
    stop, messages, found = threading.Event(), [], 0
    url = camera.url().replace("/cam", path)
    plan = Plan(**{"url": url, "camera": "porch", "video": True, **fields})  # type: ignore[arg-type]
    for message in produce(plan, SystemClock(), stop.wait):
        messages.append(message)
        found += isinstance(message, Segment) and message.key
        if found == keys:
            stop.set()
    return messages


def segments(messages: list[Message]) -> list[Segment]:
    """Those of them."""
    return [message for message in messages if isinstance(message, Segment)]


@pytest.mark.parametrize("path", ["/cam", "/reordered"])
def test_a_cameras_packets_are_a_film_with_all_pictures(camera: RtspCamera, path: str) -> None:
    """As many as frames, in order, with and without B-frames, parameter sets in the stream or in the SDP alone."""
    found = segments(watched(camera, path))
    assert found[0].key
    assert breaks(joined(found)) == {}
    shown = len(pictures(joined(found)))
    seconds = sum(segment.duration_ns for segment in found) / 1e9
    assert shown == pytest.approx(seconds * 10, abs=3)
    assert shown >= 20


def test_key_segments_begin_when_their_frames_were_captured(camera: RtspCamera) -> None:
    """Every tenth frame is a key one: it and its segment tell the same time, so an archiver can line them up."""
    messages = watched(camera, "/cam")
    captured = [message.captured_at for message in messages if isinstance(message, Frame)]
    begun = [segment.start_at for segment in segments(messages) if segment.key]
    assert begun == pytest.approx(captured[::10][: len(begun)], abs=100_000_000)
    assert len({message.boot for message in messages if isinstance(message, Frame | Segment | End)}) == 1


def test_telephone_sound_is_heard(camera: RtspCamera, tmp_path: Path) -> None:
    """G.711, which a transport stream cannot carry, as AAC."""
    data = joined(segments(watched(camera, "/sound", audio=True)))
    assert loudest_hz(data) == pytest.approx(500, abs=20)
    assert len(pictures(data)) >= 25


def test_a_camera_that_dies_leaves_its_last_packets(camera: RtspCamera) -> None:
    """What came since the last cut is sent before the boot's End."""
    plan = Plan(url=camera.url(), camera="porch", video=True)
    messages, frames = [], 0
    for message in produce(plan, SystemClock(), threading.Event().wait):
        messages.append(message)
        if isinstance(message, Frame):
            frames += 1
            if frames == 15:
                camera.kill()
        if isinstance(message, End):
            break
    camera.start()
    begun = [packet for packet in packets(joined(segments(messages))) if pid(packet) == 0x100 and packet[1] & 0x40]
    assert len(begun) >= 15
