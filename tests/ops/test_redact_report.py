"""What redact-check says about its figures."""

import json

from libs.ops.redact_figures import figures
from libs.ops.redact_judge import judge
from libs.ops.redact_report import MOST_LEAKS, Result, Way, document, table
from tests.ops.redact_rig import labelled, redacted

COVER, OPEN = (64, 64, 128, 160), (160, 64, 200, 160)


def result(leaks: int, frames: int) -> Result:
    """So many frames in which id 1 is covered and, in the first ones, id 2 is not; the last one is withheld."""
    judged = [
        judge(redacted(seq, said=[COVER]), labelled(COVER, *([OPEN] if seq < leaks else []))) for seq in range(frames)
    ]
    judged.append(judge(redacted(frames, black=[(0, 0, 320, 240)], reason="gap"), labelled(COVER)))
    way = Way("solid lookahead=1", figures(judged, frames + 1, 0), cpu_ms=4.5)
    return Result(
        clip="porch.mp4",
        detector="hog",
        frames=frames + 3,
        fps=10,
        labelled_frames=frames + 1,
        detector_cpu_ms=72.25,
        ways=[way, way],
        sheet=[0],
    )


def rows(text: str) -> dict[str, list[str]]:
    """The cells of the table by the name of their row."""
    cells = [[cell for cell in line.split("  ") if cell] for line in text.splitlines()]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in cells if row}


def test_the_table_has_a_column_for_each_way() -> None:
    """Shares with how many they are, frames as the truth counts them."""
    said = rows(table(result(leaks=2, frames=6)))
    assert said["boxes more than 10 % visible"] == ["22.22% (2)"] * 2
    assert said["boxes more than 50 % visible"] == ["22.22% (2)"] * 2
    assert said["longest visible"] == ["2 frames, 0.2 s (id 2, from 1)"] * 2
    assert said["covered area"] == ["8.0%"] * 2
    assert said["frames withheld"] == ["1: gap 1; 1 boxes in them"] * 2
    assert said["redactor, CPU per frame"] == ["4.50 ms"] * 2
    assert said["detector, CPU per frame"] == ["72.25 ms"] * 2


def test_the_table_says_what_is_not_known_and_who_leaks() -> None:
    """Two frames have no label."""
    text = table(result(leaks=2, frames=6))
    assert text.startswith("porch.mp4: 9 frames, 10 a second; 9 boxes in 7 labelled frames; detector hog\n")
    assert "2 frames are not labelled: " in text
    assert "id 2: 2 of 2 boxes visible\n" in text
    assert "id 1:" not in text


def test_where_nobody_leaks_it_says_so() -> None:
    """Nobody is named."""
    text = table(result(leaks=0, frames=2))
    assert rows(text)["longest visible"] == ["nobody"] * 2
    assert "boxes visible" not in text


def test_the_json_holds_every_figure_and_every_leak() -> None:
    """Rates are shares of 1."""
    found = json.loads(json.dumps(document(result(leaks=2, frames=6))))
    way = found["ways"][0]
    assert found["detector"] == {"models": "hog", "cpu_ms_per_frame": 72.25}
    assert (way["policy"], way["boxes"], way["shown_boxes"], way["visible_10"]) == ("solid lookahead=1", 9, 8, 2)
    assert way["visible_10_rate"] == way["visible_50_rate"] == 2 / 9
    assert way["longest"] == {"id": 2, "frame": 1, "frames": 2, "seconds": 0.2}
    assert way["withheld_frames"] == {"gap": 1}
    assert way["leaks"] == [{"frame": n, "id": 2, "visible": 1.0, "box": list(OPEN)} for n in (1, 2)]
    assert way["people"][0] == {"id": 1, "boxes": 7, "visible_10": 0, "longest": None}
    assert found["sheet"] == [1]


def test_the_json_stays_small() -> None:
    """However many leak, so many single boxes are told."""
    way = document(result(leaks=MOST_LEAKS + 5, frames=MOST_LEAKS + 5))["ways"][0]
    assert (way["visible_10"], len(way["leaks"])) == (MOST_LEAKS + 5, MOST_LEAKS)
