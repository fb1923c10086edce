"""The demo clip as JPEG frames, and what people marked by hand are in it."""

from pathlib import Path

import pytest

from libs.common.messages import Frame
from tests.detector.clip import Truth, read_clip, read_truth

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def street() -> list[Frame]:
    """All 795 frames of the demo clip, 10 a second."""
    return read_clip(HERE.parents[1] / "deploy" / "demo" / "street.mp4")


@pytest.fixture(scope="session")
def street_truth() -> Truth:
    """175 people in 28 frames, marked by hand, the hidden parts of their bodies included."""
    return read_truth(HERE / "street_truth.txt")
