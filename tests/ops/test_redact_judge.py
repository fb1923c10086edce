"""One frame: a pixel is covered if the message says so and the picture shows it."""

import pytest

from libs.common.errors import FatalError
from libs.common.messages import replace
from libs.ops.redact_judge import judge
from tests.ops.redact_rig import HEIGHT, WIDTH, labelled, redacted

COVER = (64, 64, 128, 160)


@pytest.mark.parametrize(
    ("box", "visible"),
    [
        ((64, 64, 128, 160), 0.0),
        ((48, 64, 112, 160), 0.25),
        ((64, 0, 128, 128), 0.5),
        ((160, 64, 200, 160), 1.0),
        ((-1000, 64, 128, 160), 0.5),
    ],
    ids=["under it", "beside it", "above it", "far from it", "clipped to the picture"],
)
def test_what_is_not_covered_is_visible(box: tuple[int, int, int, int], visible: float) -> None:
    """As a share of the labelled box, or of the part of it that lies in the picture."""
    (sight,) = judge(redacted(said=[COVER]), labelled(box)).sights
    assert sight.visible == pytest.approx(visible)


def test_a_cover_that_is_not_in_the_picture_covers_nothing() -> None:
    """The message alone is not believed."""
    found = judge(redacted(said=[COVER], black=[]), labelled(COVER))
    assert found.sights[0].visible == 1
    assert not found.honest
    assert found.area == 0


def test_black_that_nobody_claims_covers_nothing() -> None:
    """It may be the night."""
    found = judge(redacted(said=[], black=[COVER]), labelled(COVER))
    assert found.sights[0].visible == 1
    assert found.honest


def test_of_a_cover_that_is_not_black_only_the_place_counts() -> None:
    """What pixels hide cannot be told from pixels."""
    found = judge(redacted(said=[COVER], black=[], policy="pixelate margin=0.15"), labelled(COVER))
    assert (found.sights[0].visible, found.honest) == (0, True)


def test_a_withheld_frame_is_black_or_it_is_not_honest() -> None:
    """It has no boxes: all of it is said to be black."""
    whole = (0, 0, WIDTH, HEIGHT)
    assert judge(redacted(black=[whole], reason="start"), labelled(COVER)).honest
    bright = judge(redacted(black=[], reason="start"), labelled(COVER))
    assert (bright.honest, bright.sights[0].visible, bright.withheld) == (False, 1, "start")


def test_a_frame_that_was_not_redacted_shows_everybody() -> None:
    """And calls nothing covered."""
    found = judge(replace(redacted(black=[COVER]), redaction=None), labelled(COVER))
    assert (found.honest, found.sights[0].visible) == (False, 1)


def test_the_area_is_what_the_boxes_cover_together() -> None:
    """Not what each covers."""
    found = judge(redacted(said=[(0, 0, 160, 240), (80, 0, 240, 240)]), None)
    assert found.area == pytest.approx(0.75)


def test_a_label_outside_of_the_picture_is_nobody() -> None:
    """Also one without any width."""
    outside = [(400, 0, 500, 100), (-50, 0, 0, 100), (10, 240, 20, 300), (10, 10, 10, 20)]
    assert judge(redacted(), labelled(*outside)).sights == ()


def test_a_picture_that_cannot_be_read_is_an_error() -> None:
    """Of the redactor."""
    with pytest.raises(FatalError, match="cannot be read"):
        judge(replace(redacted(), image=b"\xff\xd8nothing"), None)
