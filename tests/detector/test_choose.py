"""Backends by their names: each form that exists makes one, and what the flags say reaches it."""

import pytest

from libs.common.errors import SettingsError
from libs.common.messages import Frame
from libs.common.metrics import Metrics
from libs.common.testing import FakeClock, frame
from services.detector import choose
from services.detector.backends.haar import Haar
from services.detector.backends.hog import Hog
from services.detector.backends.motion import Motion
from services.detector.choose import Kit, backends
from services.detector.counts import Counts
from services.detector.names import REST, all_backends, is_backend
from services.detector.picture import Picture
from services.detector.settings import Settings
from tests.detector.stage import stage_of


def kit(**fields: object) -> Kit:
    return Kit(Settings.model_validate(fields), Counts(Metrics()), FakeClock())


class Asked(Picture):
    """A picture that notes the sizes that were asked for."""

    def __init__(self, message: Frame) -> None:
        super().__init__(message)
        self.sides: list[int | None] = []

    def _scale(self, longer_side: int | None) -> int:
        self.sides.append(longer_side)
        return super()._scale(longer_side)


def test_every_kind_of_name_has_a_maker() -> None:
    """`none` makes nobody."""
    assert {*choose.MAKERS, "none"} == {*REST}


@pytest.mark.parametrize(
    "name", ["motion", "hog", "haar", "none", "rekognition", "replay:a.txt", "onnx:m.onnx", "python:a.b_c:look"]
)
def test_a_name_of_the_right_form_is_a_backend(name: str) -> None:
    """Whether its file or function exists is another matter."""
    assert is_backend(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", "Motion", "motion:", "hog:x", "none:", "yolo", "replay", "replay:", "onnx", "rekognition:eu", "python"),
        *("python:", "python:a", "python:a:", "python::f", "python:a.py:1f", "python:a b:f", "python:../a:f"),
    ],
)
def test_a_name_of_another_form_is_none(name: str) -> None:
    """Kinds that take something want it, the others do not."""
    assert not is_backend(name)


def test_a_wrong_name_is_told_with_all_that_there_are() -> None:
    """As they are written."""
    for kind, rest in REST.items():
        assert (f"{kind}:{rest}" if rest else kind) in all_backends()


@pytest.mark.parametrize(("name", "own"), [("motion", 320), ("hog", 1152), ("haar", 480)])
def test_detect_size_says_at_which_size_they_look(name: str, own: int) -> None:
    """Each has its own, unless one is given for all."""
    for size, asked in ((None, own), (96, 96)):
        (backend,) = backends(kit(backend=(name,), detect_size=size))
        picture = Asked(frame())
        backend.look(picture)
        assert picture.sides == [asked]


def test_a_smaller_detect_size_costs_a_smaller_decode() -> None:
    """A model of the background has so many pixels, too."""
    message = frame()
    for side, shape in ((320, (240, 320)), (160, (120, 160)), (80, (60, 80))):
        motion = Motion(side=side)
        for seq in range(30):
            motion.look(Picture(frame(seq=seq)))
        scene = motion._scene(message)
        mask = scene.changed(Picture(frame(seq=30)))
        assert mask is not None
        assert mask.shape == shape
        assert scene.bytes == shape[0] * shape[1] * 100


def test_the_names_stand_for_their_classes() -> None:
    """In the order in which they were named."""
    made = backends(kit(backend=("haar", "motion", "hog")))
    assert [type(each) for each in made] == [Haar, Motion, Hog]


def test_none_passes_frames_on_unlooked() -> None:
    """No verdict is added: who reads it must not think that somebody looked."""
    made = backends(kit(backend=("none",)))
    assert made == ()
    (out,) = list(stage_of(*made).handle(message := frame()))
    assert out.message == message


def test_a_function_that_is_not_there_is_a_wrong_setting() -> None:
    """Told while backends are made, before anything is read."""
    with pytest.raises(SettingsError, match="python:no_such_module:look"):
        backends(kit(backend=("python:no_such_module:look",)))
