"""Cameras that a function of the operator's own reads."""

import shutil
import sys
from itertools import islice
from pathlib import Path

import pytest
from av.video.frame import VideoFrame

from libs.common.errors import SettingsError
from libs.common.flags import load
from libs.common.messages import Frame
from libs.common.testing import FakeClock
from services.producer.plan import Plan
from services.producer.produce import produce
from services.producer.settings import Settings
from services.producer.sources.open_source import open_source
from services.producer.sources.plan_source import source_of
from services.producer.sources.shots import Shot, SourceError
from services.producer.sources.urls import read_url
from tests.producer.http_shots import JPEGS, always
from tests.producer.scripted import FakeWait, pictured

ROOT = Path(__file__).resolve().parents[2]
MODULE = """
import numpy as np
from pathlib import Path

JPEG = Path(__file__).with_name("1.jpg").read_bytes()
closed = []

def jpegs(camera):
    closed.clear()
    try:
        while True:
            yield JPEG + camera.encode()
    finally:
        closed.append(True)

def arrays():
    for grey in (0, 100, 200):
        yield np.full((48, 64, 3), grey, np.uint8)

def turned():
    yield np.full((64, 48, 3), 50, np.uint8).swapaxes(0, 1)

def seldom(*, camera="none"):
    return [None, JPEG, None, memoryview(JPEG)]

def breaks():
    yield JPEG
    raise RuntimeError("no camera on this cable")

def leaves():
    yield JPEG
    raise SystemExit(3)

def wrong_thing():
    yield "a text"

def wrong_array():
    yield np.zeros((48, 64))

def number():
    return 7

def takes_more(camera, width):
    return []

three = 3
"""


@pytest.fixture(autouse=True)
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A module with plug-ins, in a folder of PYTHONPATH."""
    (tmp_path / "own_cameras.py").write_text(MODULE)
    (tmp_path / "1.jpg").write_bytes(JPEGS[0])
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    monkeypatch.delitem(sys.modules, "own_cameras", raising=False)
    return "own_cameras"


def plan(function: str, **fields: object) -> Plan:
    """Of the camera "porch"."""
    return Plan(url="", camera="porch", plugin=f"own_cameras:{function}", **fields)  # type: ignore[arg-type]


def shots(function: str, count: int = 9, wants: object = always) -> list[Shot]:
    """The first ones of a plug-in."""
    made = plan(function)
    with open_source(source_of(made), made, wants) as found:  # type: ignore[arg-type]
        return [shot for shot in islice(found, count) if isinstance(shot, Shot)]


def test_jpegs_are_passed_on_as_they_are() -> None:
    """The function knows which camera it is, and is closed at the end."""
    found = shots("jpegs", 3)
    assert [shot.picture for shot in found] == [JPEGS[0] + b"porch"] * 3
    assert [shot.media_s for shot in found] == sorted({shot.media_s for shot in found})
    assert sys.modules["own_cameras"].closed == [True]


@pytest.mark.parametrize(("function", "greys"), [("arrays", [0, 100, 200]), ("turned", [50])])
def test_arrays_are_pictures(function: str, greys: list[int]) -> None:
    """Blue, green, red; however they lie in memory."""
    frames = [shot.picture for shot in shots(function)]
    assert [frame.to_ndarray(format="bgr24").mean() for frame in frames if isinstance(frame, VideoFrame)] == greys


def test_none_is_a_shot_without_a_picture() -> None:
    """So is what is not wanted; only pictures are asked about."""
    assert [shot.picture for shot in shots("seldom")] == [None, JPEGS[0], None, JPEGS[0]]
    asked: list[float] = []
    assert [shot.picture for shot in shots("seldom", wants=lambda media_s: asked.append(media_s))] == [None] * 4
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("function", "text"),
    [
        ("breaks", "RuntimeError: no camera on this cable"),
        ("leaves", "SystemExit: 3"),
        ("wrong_thing", "expected a JPEG or an array (H, W, 3) uint8, got str"),
        ("wrong_array", "expected a JPEG or an array (H, W, 3) uint8, got float64 (48, 64)"),
        ("number", "expected a generator of pictures, got int"),
    ],
)
def test_what_goes_wrong_in_it_is_the_cameras_trouble(function: str, text: str) -> None:
    """Not the end of the process."""
    with pytest.raises(SourceError) as caught:
        shots(function)
    assert text in str(caught.value)
    assert str(caught.value).startswith(f"plugin own_cameras:{function}: ")
    assert caught.value.reason == "read error"


def test_it_is_called_anew_after_a_while() -> None:
    """Each time in a boot of its own."""
    wait = FakeWait(FakeClock(), stop_after=40)
    messages = pictured(produce(plan("breaks"), wait.clock, wait))
    found = [message for message in islice(messages, 6) if isinstance(message, Frame)]
    assert [frame.seq for frame in found] == [0, 0, 0]
    assert len({frame.boot for frame in found}) == 3
    assert any(seconds > 0 for seconds in wait.waits_s)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        (["--plugin", "own_cameras"], "expected MODULE:FUNCTION"),
        (["--plugin", "../x:y"], "expected MODULE:FUNCTION"),
        (["--plugin", "nowhere.at_all:x"], "expected a module nowhere.at_all"),
        (["--plugin", "own_cameras:nothing"], "expected a function nothing in own_cameras, found nothing"),
        (["--plugin", "own_cameras:three"], "expected a function three in own_cameras, found int"),
        (["--plugin", "own_cameras:takes_more"], "expected no parameter but camera, got width"),
        (["--plugin", "own_cameras:jpegs", "clip.mp4"], "expected it without a url"),
    ],
)
def test_a_wrong_one_is_a_wrong_setting(words: list[str], text: str) -> None:
    """Before anything is opened."""
    with pytest.raises(SettingsError, match="plugin") as caught:
        load(Settings, words, "framebus producer", "")[0].plans()
    assert text in str(caught.value)


@pytest.mark.parametrize("url", ["plugin:own_cameras:jpegs", "plugin://own_cameras/jpegs", "python:own_cameras:jpegs"])
def test_no_url_names_one(url: str) -> None:
    """Whoever may set a URL may not run code."""
    with pytest.raises(SettingsError):
        read_url(url)


PICAMERA2 = """
import threading
from pathlib import Path

class Picamera2:
    running = None

    def __enter__(self):
        return self

    def __exit__(self, *why):
        Picamera2.running = "closed"

    def create_video_configuration(self, main, controls):
        return main["size"], controls["FrameRate"]

    def configure(self, configuration):
        assert configuration == ((1280, 720), 10)

    def start_recording(self, encoder, output):
        Picamera2.running = "recording"
        threading.Thread(target=output.write, args=(Path(__file__).with_name("1.jpg").read_bytes(),)).start()

    def stop_recording(self):
        Picamera2.running = "stopped"
"""


def test_the_example_for_a_pi_camera_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a stand-in for picamera2: a picture, nothing for a second, and a stop that lets the camera go."""
    shutil.copy(ROOT / "docs" / "examples" / "pi_camera.py", tmp_path)
    (tmp_path / "picamera2.py").write_text(PICAMERA2)
    for name in ("picamera2", "pi_camera"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    for name, text in (("encoders", "class MJPEGEncoder: pass"), ("outputs", "def FileOutput(out): return out")):
        module = type(sys)(f"picamera2.{name}")
        exec(text, module.__dict__)
        monkeypatch.setitem(sys.modules, module.__name__, module)
    made = Plan(url="", camera="porch", plugin="pi_camera:pictures")
    with open_source(source_of(made), made, always) as found:
        assert [shot.picture for shot in islice(found, 2) if isinstance(shot, Shot)] == [JPEGS[0], None]
        assert sys.modules["picamera2"].Picamera2.running == "recording"
    assert sys.modules["picamera2"].Picamera2.running == "closed"


def test_arrays_become_frames_of_the_bus() -> None:
    """Coded by framebus."""
    wait = FakeWait(FakeClock())
    frame = next(message for message in produce(plan("arrays"), wait.clock, wait) if isinstance(message, Frame))
    assert (frame.width, frame.height, frame.image_by) == (64, 48, "framebus")
