"""framebus redact-check over clips whose truth is drawn, against figures that are worked out another way."""

import re
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from libs.common import images
from libs.common.messages import Frame
from tests.camera.clip import write_clip
from tests.camera.people import inside
from tests.camera.scene import Scene
from tests.ops.redact_rig import Check, Checked
from tests.pipeline.chain import framebus, frames_of, messages

SCENE = Scene(seed=7)
COUNT = 60
STANDING = 1
"""The scene's person who never moves."""
WAYS = ("--lookahead", "0.5"), ("--lookahead", "0")
PIPE = ("-i", "-", "-t", "-")
YELLOW = 0, 255, 255


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its truth lies beside it."""
    path = tmp_path_factory.mktemp("scene") / "clip.mp4"
    write_clip(path, SCENE, COUNT)
    return path


@pytest.fixture
def check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Check:
    return Check(tmp_path, capsys)


def lines_of(clip: Path) -> list[list[str]]:
    return [line.split(",") for line in clip.with_suffix(".txt").read_text().splitlines()]


def marks(path: Path, lines: list[list[str]]) -> Path:
    """These lines as a file."""
    path.write_text("".join(",".join(line) + "\n" for line in lines))
    return path


def redacted(clip: Path, detector: list[str], *ways: list[str]) -> list[list[Frame]]:
    """What the same services write, one after the other, for each way of redacting."""
    source = framebus("producer", str(clip), "-t", "-", "--speed", "0")
    detected = framebus("detector", *detector, *PIPE, stdin=source)
    return [frames_of(messages(framebus("redactor", *flags, *PIPE, stdin=detected))) for flags in ways]


def seen(frames: list[Frame]) -> Iterator[tuple[int, int, float]]:
    """(seq, id, share) of everybody, from the pixels alone: nothing in the scene is as dark as a cover."""
    for frame in frames:
        bright = images.decode(frame.image).max(axis=2) > 24
        for person in SCENE.people(frame.seq):
            part = bright[inside(person.box, frame.width, frame.height)]
            if person.visible > 0.1 and part.size:
                yield frame.seq, person.id, float(part.mean())


def area(frames: list[Frame]) -> float:
    """Covered pixels of shown frames, by the message alone."""
    shares = []
    for frame in frames:
        assert frame.redaction is not None
        covered = np.zeros((frame.height, frame.width), bool)
        for x0, y0, x1, y1 in frame.redaction.boxes:
            left, right = round(x0 * frame.width), round(x1 * frame.width)
            covered[round(y0 * frame.height) : round(y1 * frame.height), left:right] = True
        if not frame.redaction.withheld:
            shares.append(covered.mean())
    return float(np.mean(shares))


def longest_run(leaks: list[tuple[int, int]]) -> int:
    """Of (id, seq): the most consecutive ones."""
    runs = groupby(enumerate(sorted(leaks)), key=lambda each: (each[1][0], each[1][1] - each[0]))
    return max((len(list(run)) for _, run in runs), default=0)


def agrees(checked: Checked, number: int, frames: list[Frame]) -> None:
    """Whether one way of the JSON says what these frames show."""
    found = checked.found["ways"][number]
    sights = list(seen(frames))
    assert found["boxes"] == len(sights)
    assert found["visible_10"] == sum(share > 0.1 for _, _, share in sights)
    assert found["visible_50"] == sum(share > 0.5 for _, _, share in sights)
    assert found["visible_10_rate"] == pytest.approx(found["visible_10"] / len(sights))
    longest = longest_run([(who, seq) for seq, who, share in sights if share > 0.1])
    assert (found["longest"] or {"frames": 0})["frames"] == longest
    assert found["covered_area"] == pytest.approx(area(frames))
    reasons = [frame.redaction.reason for frame in frames if frame.redaction and frame.redaction.withheld]
    assert found["withheld_frames"] == {reason: reasons.count(reason) for reason in reasons}
    assert (found["missing_frames"], found["not_black_frames"]) == (0, 0)


def test_the_figures_are_those_of_the_services_with_a_fifth_of_the_frames_missing(
    clip: Path, tmp_path: Path, check: Check
) -> None:
    """With look-ahead and without. Without any hold somebody is seen whenever the detector misses them."""
    found = marks(tmp_path / "found.txt", [line for line in lines_of(clip) if int(line[0]) % 5])
    hold = ("--hold", "0")
    checked = check("--video", clip, "--truth", clip.with_suffix(".txt"), "--detections", found, *hold, *WAYS[0])
    assert checked.status == 0
    ways = (["person", *hold, *way] for way in WAYS)
    for number, frames in enumerate(redacted(clip, ["--backend", f"replay:{found}"], *ways)):
        agrees(checked, number, frames)
    ahead, behind = checked.found["ways"]
    assert behind["visible_10_rate"] >= 0.1
    assert behind["visible_10_rate"] > ahead["visible_10_rate"]
    assert (ahead["delay"], behind["delay"]) == (pytest.approx(0.5, abs=0.11), 0)


def test_the_figures_are_those_of_the_services_with_motion(clip: Path, check: Check) -> None:
    """Which must learn before it can tell, and never finds who stands."""
    checked = check("--video", clip, "--truth", clip.with_suffix(".txt"), "--backend", "motion", *WAYS[0])
    for number, frames in enumerate(redacted(clip, ["--backend", "motion"], *map(list, WAYS))):
        agrees(checked, number, frames)
    assert checked.found["ways"][0]["withheld_frames"]["not-looked"] >= 20
    assert STANDING in {each["id"] for each in checked.found["ways"][0]["people"] if each["visible_10"]}
    assert checked.found["detector"]["models"] == "motion"
    assert (
        min(checked.found["detector"]["cpu_ms_per_frame"], *(it["cpu_ms_per_frame"] for it in checked.found["ways"]))
        > 0
    )


def test_who_is_never_detected_is_found_named_and_shown(clip: Path, tmp_path: Path, check: Check) -> None:
    """Status 1 where a limit was given; the sheet shows them."""
    found = marks(tmp_path / "found.txt", [line for line in lines_of(clip) if int(line[1]) != STANDING])
    sheet = tmp_path / "sheet.jpg"
    truth = clip.with_suffix(".txt")
    checked = check("--video", clip, "--truth", truth, "--detections", found, "--max-leak", "1", "--sheet", sheet)
    assert checked.status == 1
    assert re.fullmatch(r"framebus redact-check: [\d.]+ % of the labelled boxes .* expected at most 1 %\n", checked.err)
    (ahead, _) = checked.found["ways"]
    assert ahead["visible_10_rate"] > 0.05
    assert {leak["id"] for leak in ahead["leaks"]} == {STANDING}
    assert {each["id"] for each in ahead["people"] if each["visible_10"]} == {STANDING}
    worst = ahead["leaks"][0]
    assert tuple(worst["box"]) == next(it.box for it in SCENE.people(worst["frame"] - 1) if it.id == STANDING)
    assert worst["visible"] == 1
    assert worst["frame"] in checked.found["sheet"]
    assert f"id {STANDING}: {len(ahead['leaks'])} of {COUNT} boxes visible" in checked.out
    assert "people can be seen in it: raw" in checked.out
    assert yellow(images.decode(sheet.read_bytes()))


def yellow(image: images.Image) -> int:
    """Pixels as yellow as people are."""
    return int((abs(image.astype(int) - YELLOW).max(axis=2) < 60).sum())


def test_where_everybody_is_detected_nobody_is_seen(clip: Path, tmp_path: Path, check: Check) -> None:
    """Not even in the sheet; and the limit of nobody holds."""
    truth, sheet = clip.with_suffix(".txt"), tmp_path / "sheet.jpg"
    checked = check("--video", clip, "--truth", truth, "--detections", truth, "--max-leak", "0", "--sheet", sheet)
    assert (checked.status, checked.err) == (0, "")
    assert checked.found["ways"][0]["leaks"] == []
    assert not yellow(images.decode(sheet.read_bytes()))


def test_frames_without_a_label_count_for_the_area_alone(clip: Path, tmp_path: Path, check: Check) -> None:
    """Every tenth frame was looked at by whoever wrote the truth."""
    some = marks(tmp_path / "some.txt", [line for line in lines_of(clip) if int(line[0]) % 10 == 1])
    everywhere, sparse = (
        check("--video", clip, "--truth", truth, "--detections", clip.with_suffix(".txt"), "--lookahead", "0").found
        for truth in (clip.with_suffix(".txt"), some)
    )
    assert (sparse["frames"], sparse["labelled_frames"], len(sparse["ways"])) == (COUNT, COUNT // 10, 1)
    assert sparse["ways"][0]["boxes"] < everywhere["ways"][0]["boxes"]
    assert sparse["ways"][0]["covered_area"] == everywhere["ways"][0]["covered_area"]


def test_where_nothing_was_shown_nothing_was_measured(clip: Path, check: Check) -> None:
    """motion does not look for persons, so every frame is withheld: no leak, and no reason to be glad."""
    truth = clip.with_suffix(".txt")
    checked = check("--video", clip, "--truth", truth, "--backend", "motion", "--labels", "person", "--max-leak", "0")
    assert checked.status == 1
    assert "no frame was shown, so nothing was measured (withheld: " in checked.err
    assert "label-not-looked-for" in checked.err


def moved(lines: list[list[str]], by: int) -> list[list[str]]:
    return [[*line[:2], str(int(line[2]) + by), *line[3:]] for line in lines]


def test_the_truth_of_another_clip_is_refused(clip: Path, tmp_path: Path, check: Check) -> None:
    """It labels frames that are not there, or only places outside of the picture."""
    lines = lines_of(clip)
    late = marks(tmp_path / "late.txt", [*lines, [str(COUNT + 1), *lines[0][1:]]])
    wide = marks(tmp_path / "wide.txt", moved(lines, 5000))
    for truth, said in (
        (late, f"labels frame {COUNT + 1}, expected at most {COUNT}"),
        (wide, "no label lies in a picture"),
    ):
        checked = check("--video", clip, "--truth", truth, "--detections", clip.with_suffix(".txt"))
        assert (checked.status, checked.err.count("\n"), checked.found) == (2, 1, {})
        assert f"--truth {truth}: " in checked.err
        assert said in checked.err


def test_what_a_service_refuses_is_said_in_its_own_words(clip: Path, check: Check) -> None:
    """In one line."""
    checked = check("--video", clip, "--truth", clip.with_suffix(".txt"), "--labels", "x" * 65)
    assert (checked.status, checked.out, checked.err.count("\n")) == (2, "", 1)
    assert "the redactor ended with status 2: labels" in checked.err


@pytest.mark.parametrize("content", [b"", b"no video", b"\0" * 100_000], ids=["empty", "words", "zeros"])
def test_a_clip_that_is_none_says_what_was_expected(clip: Path, tmp_path: Path, check: Check, content: bytes) -> None:
    """In one line, status 1."""
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    checked = check("--video", path, "--truth", clip.with_suffix(".txt"))
    assert (checked.status, checked.out, checked.err.count("\n")) == (1, "", 1)
    assert "expected a video" in checked.err


def test_check_shows_what_would_run(clip: Path, check: Check) -> None:
    """The truth is read, the services look at their flags, nothing is judged."""
    checked = check("--video", clip, "--truth", clip.with_suffix(".txt"), "--lookahead", "0.7", "--check")
    assert (checked.status, checked.found) == (0, {})
    assert f"in {COUNT} labelled frames" in checked.out
    assert "lookahead=0.7" in checked.out
