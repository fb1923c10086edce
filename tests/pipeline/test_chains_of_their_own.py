"""Other wirings than the usual one, made with flags alone."""

from libs.common.messages import End, Frame
from tests.pipeline.chain import CLIP, framebus, frames_of, messages

CLIP_START = ["producer", str(CLIP), "-n", "street", "--speed", "0", "-f", "8", "-t", "-"]


def reasons(stream: bytes) -> set[str | None]:
    return {frame.redaction.reason for frame in frames_of(messages(stream)) if frame.redaction}


def test_a_redactor_without_a_detector_withholds_everything() -> None:
    """And says that nobody has looked."""
    out = framebus("redactor", "-i", "-", "-t", "-", stdin=framebus(*CLIP_START))
    assert len(frames_of(messages(out))) == 100
    assert reasons(out) == {"not-looked"}


def test_a_redactor_for_persons_behind_a_detector_of_movement_withholds_everything() -> None:
    """And says that the label was not looked for."""
    detected = framebus("detector", "-i", "-", "-t", "-", stdin=framebus(*CLIP_START))
    out = framebus("redactor", "person", "-i", "-", "-t", "-", stdin=detected)
    frames = frames_of(messages(out))
    assert all(frame.redaction and frame.redaction.withheld and not frame.detections for frame in frames)
    assert reasons(out) <= {"label-not-looked-for", "not-looked"}
    assert "label-not-looked-for" in reasons(out)


def test_a_second_detector_adds_to_the_first() -> None:
    """Two verdicts, each with its own detections."""
    first = framebus("detector", "-i", "-", "-t", "-", stdin=framebus(*CLIP_START[:-2], "--fps", "1", "-t", "-"))
    both = framebus("detector", "--backend", "hog", "-i", "-", "-t", "-", stdin=first)
    looked_twice = [frame for frame in frames_of(messages(both)) if len(frame.verdicts or ()) == 2]
    assert looked_twice
    for frame in looked_twice:
        assert frame.verdicts is not None
        for found in frame.detections:
            assert found.label in frame.verdicts[found.by].labels


def test_a_stream_that_breaks_off_releases_what_was_held() -> None:
    """The producer was killed: no end came, and nothing stays behind."""
    whole = framebus(*CLIP_START)
    detected = framebus("detector", "-i", "-", "-t", "-", stdin=whole)
    found = messages(detected)
    assert isinstance(found[-1], End)
    from libs.common import codec

    cut = b"".join(codec.encode(message) for message in found[:-1])
    out = messages(framebus("redactor", "moving", "-i", "-", "-t", "-", stdin=cut))
    assert [message.seq for message in out if isinstance(message, Frame)] == list(range(100))
