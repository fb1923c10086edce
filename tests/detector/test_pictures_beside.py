"""`--draw` and `--crops`: pictures that leave beside the frames, on raw topics of their own."""

import numpy as np
import pytest

from libs.common import images
from libs.common.errors import SettingsError
from libs.common.flags import load
from libs.common.messages import Box, Detection, Frame
from libs.common.stage import Out
from libs.common.testing import frame
from services.detector.annotate import Annotate
from services.detector.crops import MOST, Crops
from services.detector.picture import Picture
from services.detector.settings import Settings
from services.detector.step import Look, Sighting, Step
from tests.detector.stage import counts, stage_of

BOX: Box = (0.25, 0.25, 0.5, 0.75)


def found(label: str = "face", confidence: float = 0.93, box: Box = BOX, parents: tuple[str, ...] = ()) -> Detection:
    return Detection(label=label, confidence=confidence, box=box, parents=parents)


def beside(step: Step, *detections: Detection, how: str = "full", **fields: object) -> list[Frame]:
    """What the step puts out beside a frame with these findings."""
    sighting = Sighting(Picture(frame(**fields)), [Look("m", ("face",), how, detections)])
    step.take(sighting)
    assert all(isinstance(out, Out) and out.topic for out in sighting.outs)
    return [out.message for out in sighting.outs if isinstance(out.message, Frame)]


def test_a_drawn_copy_has_a_box_and_keeps_the_rest() -> None:
    """The same frame otherwise; inside the box and far from it the picture is what it was."""
    (drawn,) = beside(Annotate("frames.drawn"), found())
    assert drawn.frame_id == frame().frame_id
    before, after = images.decode(frame().image).astype(int), images.decode(drawn.image).astype(int)
    changed = np.abs(after - before).max(axis=2) > 60
    assert changed[60, 90:150].mean() > 0.9
    assert not changed[100:160, 90:150].any()
    assert not changed[:, 200:].any()


def test_a_carried_frame_has_no_drawn_copy() -> None:
    """Boxes that nobody looked for would lie."""
    assert beside(Annotate("frames.drawn"), how="carried") == []


def test_a_cut_out_shows_what_was_found_with_a_margin() -> None:
    """A still that says which frame it is cut out of, and that nobody has looked at."""
    (cut,) = beside(Crops({"face": "faces"}, counts()), found(), seq=7)
    assert cut.still
    assert cut.verdicts is None
    assert cut.tags == {"crop_of": "porch/00000001/7", "label": "face"}
    assert (cut.width, cut.height) == (97, 145)
    whole = images.decode(frame(seq=7).image)
    assert np.abs(images.decode(cut.image).astype(int) - whole[48:193, 72:169]).mean() < 3


def test_cut_outs_have_an_identity_that_a_repeat_has_too() -> None:
    """Rising within a boot of their own, so that stages take each once."""
    step = Crops({"face": "faces"}, counts())
    many = [found(confidence=sure / 10) for sure in range(3)]
    first, again, later = beside(step, *many, seq=4), beside(step, *many, seq=4), beside(step, *many, seq=5)
    assert [each.frame_id for each in first] == [each.frame_id for each in again]
    seqs = [each.seq for each in first + later]
    assert seqs == sorted(set(seqs))
    assert first[0].boot != frame().boot


def test_only_what_is_asked_for_is_cut_out_and_at_most_sixteen() -> None:
    """By label or parent; the surest ones; a speck is left out."""
    step = Crops({"face": "faces"}, counts())
    assert beside(step, found("dog")) == []
    assert len(beside(step, found("smile", parents=("face",)))) == 1
    assert len(beside(step, *[found()] * 40)) == MOST
    assert beside(step, found(box=(0.5, 0.5, 0.51, 0.51))) == []


def test_they_leave_through_the_stage_on_their_topics() -> None:
    """Behind the frame itself."""
    stage = stage_of(Faces(), steps=(Annotate("drawn"), Crops({"face": "faces"}, counts())))
    assert [out.topic for out in stage.handle(frame())] == [None, "drawn", "faces"]


class Faces:
    """Finds one face."""

    model, labels = "faces", ("face",)

    def look(self, picture: Picture) -> tuple[Detection, ...]:
        return (found(),)

    def learn(self, picture: Picture) -> None:
        """Nothing to learn."""

    def forget(self, camera: str) -> None:
        """Nothing to forget."""


@pytest.mark.parametrize(
    "words",
    [
        ("--draw", "frames.redacted"),
        ("--crops", "face", "frames.redacted"),
        ("--crops", "face", "events.dead", "--events", "none"),
        ("--topic", "frames.redacted"),
    ],
)
def test_what_shows_people_is_not_written_to_a_safe_topic(words: tuple[str, ...]) -> None:
    """Who may read such a topic may not see people."""
    with pytest.raises(SettingsError, match="expected a raw topic"):
        load(Settings, words, "framebus detector", "")


def test_a_label_is_cut_out_for_one_topic() -> None:
    """Of two the first would be left out in silence."""
    with pytest.raises(SettingsError, match="expected each label once"):
        load(Settings, ["--crops", "face", "faces", "--crops", "Face", "others"], "framebus detector", "")
