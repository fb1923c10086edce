"""A scene through the real services in a pipe: nobody can be seen at its end, and every picture says which it is."""

import json
from pathlib import Path

import pytest

from libs.common import images
from libs.common.messages import Frame
from tests.camera import strip
from tests.camera.clip import write_clip
from tests.camera.people import uncovered
from tests.camera.scene import Scene
from tests.pipeline.chain import framebus, frames_of, messages

SCENE = Scene(seed=7)
COUNT = 150
PIPE = ("-i", "-", "-t", "-")


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its truth lies beside it."""
    path = tmp_path_factory.mktemp("scene") / "clip.mp4"
    write_clip(path, SCENE, COUNT)
    return path


def produced(clip: Path, *flags: str) -> bytes:
    return framebus("producer", str(clip), "-t", "-", "--speed", "0", *flags)


def redacted(source: bytes, marks: Path) -> list[Frame]:
    """What comes out of the pipe when the detector finds what the file says."""
    detected = framebus("detector", "--backend", f"replay:{marks}", *PIPE, stdin=source)
    return frames_of(messages(framebus("redactor", "person", *PIPE, stdin=detected)))


def withheld(frame: Frame) -> bool:
    assert frame.redaction is not None
    return frame.redaction.withheld


def seq_in(frame: Frame) -> int | None:
    """What the picture itself says."""
    stamp = strip.read(images.decode(frame.image))
    return stamp.seq if stamp else None


def seen_in(frame: Frame) -> set[int]:
    """Who can be made out, though the camera saw at least a twentieth of them."""
    people = [person.scaled(frame.width / SCENE.width) for person in SCENE.people(frame.seq) if person.visible > 0.05]
    return set(uncovered(images.decode(frame.image), people))


def test_nobody_is_seen_and_no_picture_is_mistaken(clip: Path) -> None:
    """Every frame comes out, none is withheld, every strip can be read."""
    found = redacted(produced(clip), clip.with_suffix(".txt"))
    assert [frame.seq for frame in found] == list(range(COUNT))
    assert [seq_in(frame) for frame in found] == list(range(COUNT))
    assert not any(withheld(frame) for frame in found)
    assert {frame.seq: seen for frame in found if (seen := seen_in(frame))} == {}


def test_everybody_is_seen_before_the_redactor(clip: Path) -> None:
    """Else the test above would prove nothing."""
    for frame in frames_of(messages(produced(clip))):
        assert seq_in(frame) == frame.seq
        assert seen_in(frame) == {person.id for person in SCENE.people(frame.seq) if person.visible > 0.05}


def test_whoever_is_missing_in_the_truth_is_found_in_the_pixels(clip: Path, tmp_path: Path) -> None:
    """The one who stands; now and then somebody else's cover hides them too."""
    lines = clip.with_suffix(".txt").read_text().splitlines(keepends=True)
    (tmp_path / "truth.txt").write_text("".join(line for line in lines if line.split(",")[1] != "1"))
    seen = [seen_in(frame) for frame in redacted(produced(clip), tmp_path / "truth.txt")]
    assert set.union(*seen) == {1}
    assert seen.count({1}) > COUNT / 2


def test_behind_the_end_of_the_truth_pictures_are_withheld(clip: Path, tmp_path: Path) -> None:
    """Nobody looked: neither people nor the strip are in them."""
    lines = clip.with_suffix(".txt").read_text().splitlines(keepends=True)
    (tmp_path / "truth.txt").write_text("".join(line for line in lines if int(line.split(",")[0]) <= 50))
    for frame in redacted(produced(clip), tmp_path / "truth.txt"):
        assert withheld(frame) or frame.seq < 50
        assert seq_in(frame) == (None if withheld(frame) else frame.seq)
        assert not seen_in(frame)


def test_a_smaller_picture_needs_truth_in_shares(clip: Path, tmp_path: Path) -> None:
    """JSON lines know no pixels."""
    path = tmp_path / "truth.jsonl"
    with path.open("w") as marks:
        for seq in range(COUNT):
            for person in SCENE.people(seq):
                sides = SCENE.width, SCENE.height, SCENE.width, SCENE.height
                box = [min(1, max(0, edge / side)) for edge, side in zip(person.box, sides, strict=True)]
                marks.write(json.dumps({"seq": seq, "label": "person", "confidence": 1, "box": box}) + "\n")
    found = redacted(produced(clip, "--resize", "0.5"), path)
    assert [seq_in(frame) for frame in found] == list(range(COUNT))
    assert {frame.width for frame in found} == {SCENE.width // 2}
    assert not any(seen_in(frame) or withheld(frame) for frame in found)
