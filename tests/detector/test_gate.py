"""The gate: where a second backend looks."""

import pytest

from libs.common.messages import Box, Detection
from libs.common.testing import frame
from services.detector.gate import EVERYWHERE, NOWHERE, Gate, joined


def moving(*boxes: Box) -> list[Detection]:
    return [Detection(label="moving", confidence=1, box=box) for box in boxes]


def opened() -> Gate:
    """One that has looked at the whole picture of seq 0, ten frames a second."""
    gate = Gate(every_s=0.8, regions=2)
    assert gate.where(frame(), moving()) == EVERYWHERE
    gate.looked(frame())
    return gate


def test_where_nothing_is_found_nobody_looks_until_the_time_is_up() -> None:
    """The whole picture again after 0.8 s: cover is never skipped for longer."""
    gate = opened()
    assert [gate.where(frame(seq=seq), ()) for seq in (1, 7)] == [NOWHERE, NOWHERE]
    assert gate.where(frame(seq=8), ()) == EVERYWHERE


def test_around_what_is_found_there_is_room() -> None:
    """A quarter of the picture's side at least, moved back into the picture."""
    (region,) = opened().where(frame(seq=1), moving((0.0, 0.5, 0.02, 0.6)))
    assert region == pytest.approx((0.0, 0.425, 0.25, 0.675))


def test_what_lies_together_is_one_region() -> None:
    """Those whose surroundings touch."""
    assert len(opened().where(frame(seq=1), moving((0.1, 0.1, 0.2, 0.2), (0.2, 0.2, 0.3, 0.3)))) == 1


@pytest.mark.parametrize(
    "boxes",
    [
        [(0.0, 0.0, 0.05, 0.05), (0.9, 0.9, 1.0, 1.0), (0.0, 0.9, 0.05, 1.0)],
        [(0.1, 0.1, 0.7, 0.8)],
    ],
)
def test_many_or_large_regions_are_the_whole_picture(boxes: list[Box]) -> None:
    """More than the cap, or more than they save: nothing is left out."""
    assert opened().where(frame(seq=1), moving(*boxes)) == EVERYWHERE


def test_who_does_not_know_a_still_and_a_new_boot_open_it() -> None:
    """A first backend that is still learning, a picture that stands alone, a camera that came back."""
    gate = opened()
    assert gate.where(frame(seq=1), None) == EVERYWHERE
    assert gate.where(frame(seq=1, still=True), ()) == EVERYWHERE
    assert gate.where(frame(seq=1, boot="00000002"), ()) == EVERYWHERE
    gate.forget("porch")
    assert gate.where(frame(seq=1), ()) == EVERYWHERE


def test_time_that_runs_back_opens_it() -> None:
    """Nobody knows how long ago the last look was."""
    gate = Gate()
    gate.looked(frame(seq=50))
    assert gate.where(frame(seq=40), ()) == EVERYWHERE


def test_joined_boxes_do_not_touch() -> None:
    """A box that bridges two others makes one of all three."""
    assert joined([(0, 0, 0.2, 0.2), (0.6, 0, 0.8, 0.2), (0.1, 0, 0.7, 0.1)]) == [(0, 0, 0.8, 0.2)]
