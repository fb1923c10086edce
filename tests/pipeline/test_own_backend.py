"""A function of the operator's own in the chain: what it finds is covered, a frame that it failed at is black."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from libs.common import images
from libs.common.messages import Frame
from tests.pipeline.chain import CLIP, framebus, frames_of, messages

TEXT = """
def look(image, frame):
    print("this does not belong among the messages")
    if 20 <= frame.seq < 23:
        raise RuntimeError("no idea")
    assert image.shape == (288, 384, 3)
    return [{"label": "person", "confidence": 0.9, "box": (0.25, 0.25, 0.5, 0.5)}]

look.labels = ("person",)

def sensor():
    return True
"""


@pytest.fixture(scope="module")
def clip() -> bytes:
    """The first seconds of the demo clip as a stream of messages."""
    return framebus("producer", str(CLIP), "-t", "-", "--speed", "0", "--resize", "0.5", "-n", "street", "-f", "5")


@pytest.fixture
def ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module of the operator's in a folder named in PYTHONPATH."""
    (tmp_path / "ours.py").write_text(TEXT)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))


def through(clip: bytes, *backends: str) -> tuple[list[Frame], list[Frame]]:
    """What comes out of the detector, and what of the redactor behind it."""
    words = [word for backend in backends for word in ("--backend", backend)]
    detected = framebus("detector", *words, "--infer-fps", "0", "-i", "-", "-t", "-", stdin=clip)
    redacted = framebus("redactor", "-i", "-", "-t", "-", "--lookahead", "0", stdin=detected)
    return frames_of(messages(detected)), frames_of(messages(redacted))


@pytest.mark.usefixtures("ours")
def test_what_a_function_finds_is_covered_and_its_failures_are_black(clip: bytes) -> None:
    """The box is solid; where the function raised nobody looked, and nothing is shown."""
    detected, redacted = through(clip, "python:ours:look")
    looked = [each for each in detected if each.verdicts is not None]
    assert {each.verdicts[0].model for each in looked if each.verdicts} == {"python:ours:look"}
    assert {each.seq for each in detected} - {each.seq for each in looked} == {20, 21, 22}
    withheld = {each.seq: each.redaction.reason for each in redacted if each.redaction and each.redaction.withheld}
    assert {withheld.get(seq) for seq in (20, 21, 22)} == {"not-looked"}
    shown = [each for each in redacted if each.redaction and not each.redaction.withheld]
    assert len(shown) > len(redacted) / 2
    for each in shown:
        image = images.decode(each.image)
        assert image[80:136, 104:184].max() < 16
        assert image[200:].max() > 100


@pytest.mark.usefixtures("ours")
def test_a_sensor_that_says_yes_blacks_the_whole_picture(clip: bytes) -> None:
    """`detected` is somewhere in it."""
    detected, redacted = through(clip, "python:ours:sensor")
    assert {(each.label, each.box) for frame in detected for each in frame.detections} == {("detected", (0, 0, 1, 1))}
    assert all(images.decode(each.image).max() < 16 for each in redacted)


def test_none_is_nobody_and_nothing_is_shown(clip: bytes) -> None:
    """Frames pass the detector as they are; the redactor shows none that nobody has looked at."""
    detected, redacted = through(clip, "none")
    sent = frames_of(messages(clip))
    assert [(each.frame_id, each.image, each.verdicts) for each in detected] == [
        (each.frame_id, each.image, None) for each in sent
    ]
    assert {each.redaction.reason for each in redacted if each.redaction} == {"not-looked"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("python:ours:nothing",), "expected a function nothing in ours"),
        (("python:no_such_module:look",), "No module named 'no_such_module'"),
        (("python:ours",), "expected motion, hog, haar"),
        (("rekognition", "--labels", "person"), "--send-raw-to-cloud: expected with --backend rekognition"),
        (("motion", "--fallback", "rekognition"), "fallback"),
        (("motion", "--fallback", "hog"), "expected --cloud-budget"),
        (("motion", "--detect-size", "63"), "detect-size"),
    ],
)
@pytest.mark.usefixtures("ours")
def test_a_backend_that_cannot_be_had_is_one_line_and_status_2(words: tuple[str, ...], said: str) -> None:
    """Before anything is read."""
    command = [sys.executable, "-m", "services", "detector", "-i", "-", "-t", "-", "--backend", *words]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
