"""The main job on real parts: a clip, a Kafka, every service in a process of its own."""

from pathlib import Path

import numpy as np
import pytest

from libs.common import images
from libs.common.messages import End, Frame, Message, replace
from libs.ops.kafka_broker import Broker
from tests.detector.clip import read_truth
from tests.pipeline.chain import CLIP, CLIP_FRAMES, framebus, frames_of, messages, pipe, read_until_end, running, write

TRUTH = Path(__file__).parents[1] / "detector" / "street_truth.txt"
BLACK = 24
"""What JPEG leaves of black: values up to this."""


@pytest.fixture(scope="module")
def source() -> bytes:
    """The clip as the producer writes it to stdout, as fast as it can."""
    return framebus("producer", str(CLIP), "-n", "street", "--speed", "0", "-t", "-")


@pytest.fixture(scope="module")
def redacted(source: bytes) -> list[Message]:
    """The clip through the pipe."""
    return messages(pipe(source))


def without_hops(found: list[Message]) -> list[Message]:
    return [replace(message, hops=()) if isinstance(message, Frame) else message for message in found]


def test_every_frame_of_the_clip_comes_out_once_in_order_and_redacted(redacted: list[Message]) -> None:
    """795 in, 795 out, then the end."""
    frames = frames_of(redacted)
    assert [frame.seq for frame in frames] == list(range(CLIP_FRAMES))
    assert all(frame.redaction is not None for frame in frames)
    assert isinstance(redacted[-1], End)
    assert sum(frame.redaction.withheld for frame in frames if frame.redaction) < 40


def test_people_are_covered_in_pixels(redacted: list[Message]) -> None:
    """Of the people marked by hand at least 97 in 100 are black, all but a rim."""
    frames = {frame.seq: frame for frame in frames_of(redacted)}
    hidden = [
        float((images.decode(frames[seq].image)[top : top + height, left : left + width] <= BLACK).all(-1).mean())
        for seq, people in read_truth(TRUTH).items()
        for left, top, width, height in ((max(0, x), max(0, y), w, h) for x, y, w, h in people)
    ]
    assert len(hidden) > 150
    assert np.mean([share >= 0.9 for share in hidden]) >= 0.97


@pytest.mark.alone
def test_the_broker_gives_the_same_messages_as_the_pipe(broker: Broker, source: bytes, redacted: list[Message]) -> None:
    """But for the hops. A detector that has no time to spare looks at fewer frames: nothing runs beside it."""
    a, b, c = (f"chain.{name}" for name in ("source", "detected", "redacted"))
    write(broker.bootstrap, a, source)
    detector = ("detector", ["-i", a, "-t", b, "--events", "chain.events"])
    redactor = ("redactor", ["moving", "-i", b, "-t", c])
    with running(redactor, detector, bootstrap=broker.bootstrap):
        found = read_until_end(broker.bootstrap, c, 120)
    assert len(found) == len(redacted)
    pairs = zip(without_hops(found), without_hops(redacted), strict=True)
    assert [place for place, (ours, theirs) in enumerate(pairs) if ours != theirs] == []
    assert [hop.service for hop in frames_of(found)[0].hops] == ["producer", "detector", "redactor"]


def test_nothing_of_the_source_is_inside(source: bytes, redacted: list[Message]) -> None:
    """No picture, no file name, no unknown field."""
    pictures = {frame.image for frame in frames_of(messages(source))}
    for frame in frames_of(redacted):
        assert frame.redaction is not None
        assert frame.image not in pictures or not (frame.redaction.boxes or frame.redaction.withheld)
        assert b"street.mp4" not in frame.image
        assert images.read_header(frame.image).plain
        assert not frame.tags
