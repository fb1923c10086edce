"""The backend `python:`: a function of the operator's own, what it is given and what it may answer."""

import sys
from collections.abc import Callable, Iterator
from importlib import invalidate_caches
from pathlib import Path

import numpy as np
import pytest

from libs.common.errors import PermanentError, SettingsError, TemporaryError
from libs.common.messages import Detection, Frame, Message
from libs.common.testing import frame
from services.detector.backends.answers import WrongAnswerError
from services.detector.backends.function import Function
from services.detector.picture import Picture
from tests.detector.stage import stage_of

Written = Callable[[str], str]
NOT_A_JPEG = b"\xff\xd8 not a picture"


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Writes a module into a folder where Python looks for modules; its path with the function `look`."""
    monkeypatch.syspath_prepend(tmp_path)

    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(text: str) -> str:
        (tmp_path / "ours.py").write_text(text)
        sys.modules.pop("ours", None)
        invalidate_caches()
        return "ours:look"

    yield write
    sys.modules.pop("ours", None)


def answer(written: Written, text: str, labels: str = '("detected",)') -> tuple[Detection, ...] | None:
    """What becomes of a function's answer, given as the text of an expression."""
    head = "import numpy as np\nfrom libs.common.messages import Detection\n"
    path = written(f"{head}def look():\n    return {text}\nlook.labels = {labels}\n")
    return Function(path).look(Picture(frame()))


@pytest.mark.parametrize(
    ("takes", "given"),
    [
        ("image, frame", "(240, 320, 3) uint8 porch/00000001/7"),
        ("frame, image", "(240, 320, 3) uint8 porch/00000001/7"),
        ("image", "(240, 320, 3) uint8 -"),
        ("frame", "- - porch/00000001/7"),
        ("*, image=None", "(240, 320, 3) uint8 -"),
        ("image, strict=True, *more, **others", "(240, 320, 3) uint8 -"),
        ("", "- - -"),
    ],
)
def test_a_function_gets_what_its_signature_takes(
    written: Written, takes: str, given: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """By name, in any order; what it prints does not get among the messages on stdout."""
    said = "print(*((image.shape, image.dtype) if image is not None else '--'), frame.frame_id if frame else '-')"
    body = f"    image, frame = locals().get('image'), locals().get('frame')\n    {said}\n    return False\n"
    backend = Function(written(f"def look({takes}):\n{body}"))
    assert backend.look(Picture(frame(seq=7))) == ()
    out, err = capfd.readouterr()
    assert (out, err) == ("", given + "\n")


def test_the_image_is_that_of_the_picture_at_the_size_asked_for(written: Written) -> None:
    """Reduced while it is decoded, never enlarged."""
    path = written("def look(image):\n    look.shape = image.shape\n    return False\n")
    shapes = []
    for side in (None, 4096, 160, 64):
        backend = Function(path, side)
        backend.look(Picture(frame()))
        shapes.append(sys.modules["ours"].look.shape)
    assert shapes == [(240, 320, 3), (240, 320, 3), (120, 160, 3), (60, 80, 3)]


@pytest.mark.parametrize("takes", ["", "frame"])
def test_a_function_without_image_costs_no_decoding(written: Written, takes: str) -> None:
    """A sensor looks at no picture, so a damaged one does not matter to it."""
    backend = Function(written(f"def look({takes}):\n    return True\n"))
    assert backend.look(Picture(frame(image=NOT_A_JPEG)))
    with pytest.raises(PermanentError):
        Function(written("def look(image):\n    return True\n")).look(Picture(frame(image=NOT_A_JPEG)))


def test_a_function_that_draws_and_writes_changes_nothing(written: Written) -> None:
    """It is given copies: other backends see the picture, and the frame leaves as it came."""
    body = "    image[:] = 0\n    frame.tags['mine'] = 'x'\n    return False\n"
    message, picture = frame(tags={"event": "noon"}), Picture(frame())
    before = picture.image().copy()
    Function(written("def look(image):\n    image[:] = 0\n    return False\n")).look(picture)
    assert np.array_equal(picture.image(), before)
    (out,) = list(stage_of(Function(written(f"def look(image, frame):\n{body}"))).handle(message))
    assert frame_in(out.message).tags == {"event": "noon"}
    assert frame_in(out.message).image == message.image


@pytest.mark.parametrize("yes", ["True", "np.bool_(True)"])
def test_true_is_a_detection_over_the_whole_picture(written: Written, yes: str) -> None:
    """With the only label that the function has; False is a look that found nothing, None is none."""
    assert answer(written, yes) == (Detection(label="detected", confidence=1.0, box=(0, 0, 1, 1)),)
    assert answer(written, yes, '["smoke"]') == (Detection(label="smoke", confidence=1.0, box=(0, 0, 1, 1)),)
    assert answer(written, "False") == ()
    assert answer(written, "None") is None


@pytest.mark.parametrize(
    "text",
    [
        "[(0.1, 0.2, 0.3, 0.4)]",
        "iter([[0.1, 0.2, 0.3, 0.4]])",
        "np.array([[0.1, 0.2, 0.3, 0.4]])",
        "({'box': (0.1, 0.2, 0.3, 0.4)},)",
        "[{'label': 'detected', 'confidence': 1, 'box': (0.1, 0.2, 0.3, 0.4)}]",
        "[Detection(label='detected', confidence=1.0, box=(0.1, 0.2, 0.3, 0.4), by=9, redacted=True)]",
    ],
)
def test_boxes_dicts_and_detections_say_the_same(written: Written, text: str) -> None:
    """What only framebus may say of a detection is left out."""
    assert answer(written, text) == (Detection(label="detected", confidence=1.0, box=(0.1, 0.2, 0.3, 0.4)),)


def test_a_detection_keeps_label_confidence_and_parents(written: Written) -> None:
    """Of those that the function promised to look for."""
    text = "[{'label': 'cat', 'confidence': np.float32(0.5), 'box': (0, 0, 1, 0.5), 'parents': ['animal']}]"
    (found,) = answer(written, text, "('cat', 'dog')") or ()
    assert found == Detection(label="cat", confidence=0.5, box=(0, 0, 1, 0.5), parents=("animal",))


@pytest.mark.parametrize(
    ("text", "expected", "came"),
    [
        ("5", "a bool, None or a list", "int"),
        ("'person'", "a bool, None or a list", "str"),
        ("{'box': (0, 0, 1, 1)}", "a bool, None or a list", "dict"),
        ("(0.1, 0.2, 0.3, 0.4)", "left, top, right, bottom", "float"),
        ("[(0, 0, 1)]", "left, top, right, bottom", "3"),
        ("[(0, 0, 1, 1, 0)]", "left, top, right, bottom", "more"),
        ("[(0, 0, 640, 480)]", "in 0..1", "pixels"),
        ("[(0, 0, float('nan'), 1)]", "in 0..1", "outside"),
        ("[(0, 0, '1', 1)]", "in 0..1", "str"),
        ("[(0.5, 0, 0.4, 1)]", "left, top, right, bottom", "before"),
        ("[{'label': 'detected'}]", "a box", "without"),
        ("[{'box': (0, 0, 1, 1), 'score': 1}]", "confidence", "'score'"),
        ("[{'box': (0, 0, 1, 1), 'confidence': 87}]", "confidence: expected numbers in 0..1", "percent"),
        ("[{'box': (0, 0, 1, 1), 'label': 'cat'}]", "one of detected", "another"),
        ("[{'box': (0, 0, 1, 1), 'parents': 'animal'}]", "parents: expected a list", "str"),
        ("[(0, 0, 1, 1)] * 1001", "at most 1000", "more"),
        ("iter(lambda: (0, 0, 1, 1), None)", "at most 1000", "more"),
    ],
)
def test_another_answer_is_refused_with_what_was_expected(
    written: Written, text: str, expected: str, came: str
) -> None:
    """In words about its form: what it found may not get into the log."""
    with pytest.raises(WrongAnswerError) as refused:
        answer(written, text)
    assert expected in str(refused.value)
    assert came in str(refused.value)
    assert "480" not in str(refused.value)


def test_a_box_without_label_needs_a_function_with_one_label(written: Written) -> None:
    """Nobody guesses which of several it is."""
    with pytest.raises(WrongAnswerError, match="label: expected one of cat, dog, got none"):
        answer(written, "True", "('cat', 'dog')")


def test_who_does_not_see_the_part_speaks_of_the_whole(written: Written) -> None:
    """Behind a gate a function without `image` cannot know which part is meant: its boxes are those of the frame."""
    blind = Function(written("def look(frame):\n    return [(0.6, 0.6, 0.7, 0.7), (0.1, 0.1, 0.2, 0.2)]\n"))
    part = Picture(frame()).part((0.5, 0.5, 1.0, 1.0))
    (found,) = blind.look(part) or ()
    assert part.back(found.box) == pytest.approx((0.6, 0.6, 0.7, 0.7))
    seeing = Function(written("def look(image):\n    return [(0.6, 0.6, 0.7, 0.7)]\n"))
    assert [each.box for each in seeing.look(part) or ()] == [(0.6, 0.6, 0.7, 0.7)]


@pytest.mark.parametrize("error", ["ValueError('no')", "KeyError(1)", "MemoryError()", "SystemExit(3)"])
def test_an_exception_costs_that_one_frame(written: Written, error: str) -> None:
    """It goes on unlooked, the next one is looked at."""
    body = f"    if frame.seq == 1:\n        raise {error}\n    return True\n"
    stage = stage_of(Function(written(f"def look(frame):\n{body}")))
    frames = [frame_in(out.message) for seq in range(3) for out in stage.handle(frame(seq=seq))]
    assert [len(each.detections) for each in frames] == [1, 0, 1]
    assert [each.verdicts is None for each in frames] == [False, True, False]
    assert frames[0].verdicts is not None
    assert frames[0].verdicts[0].model == "python:ours:look"


def test_a_still_waits_where_the_function_says_later(written: Written) -> None:
    """TemporaryError is the function's to raise, too."""
    text = "from libs.common.errors import TemporaryError\ndef look():\n    raise TemporaryError('away')\n"
    stage = stage_of(Function(written(text)))
    with pytest.raises(TemporaryError):
        list(stage.handle(frame(still=True)))
    (out,) = list(stage.handle(frame()))
    assert frame_in(out.message).verdicts is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("look = 5", "expected a function look in ours, found int"),
        ("other = 5", "expected a function look in ours, found nothing"),
        ("raise RuntimeError('no model here')", "RuntimeError: no model here"),
        ("import sys; sys.exit(3)", "SystemExit: 3"),
        ("import not_there_at_all", "No module named 'not_there_at_all'"),
        ("def look(:", "SyntaxError"),
        ("def look(picture): pass", "expected parameters image and frame, or fewer, got picture"),
        ("def look(image, /): pass", "expected parameters image and frame, or fewer, got image"),
        ("def look(): pass\nlook.labels = ('Person',)", "expected a list of lower-case words, got \"('Person',)\""),
        ("def look(): pass\nlook.labels = 'person'", "expected a list of lower-case words"),
        ("def look(): pass\nlook.labels = ()", "expected a list of lower-case words"),
    ],
)
def test_a_function_that_cannot_be_used_is_a_wrong_setting(written: Written, text: str, expected: str) -> None:
    """Told at the start, not at the first frame."""
    with pytest.raises(SettingsError) as refused:
        Function(written(text + "\n"))
    assert expected in str(refused.value)
    assert "--backend python:ours:look" in str(refused.value)


def test_a_module_that_nobody_finds_is_a_wrong_setting() -> None:
    """The line says where Python looks."""
    with pytest.raises(SettingsError, match="installed or in PYTHONPATH"):
        Function("no_such_module:look")


def test_a_name_too_long_for_a_verdict_is_a_wrong_setting() -> None:
    """64 characters, `python:` among them."""
    with pytest.raises(SettingsError, match="at most 64 characters"):
        Function("m" * 60 + ":look")


def frame_in(message: Message) -> Frame:
    assert isinstance(message, Frame)
    return message
