"""Time and text in a corner of the picture. Needs Pillow."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from av.video.frame import VideoFrame

from libs.common import images
from libs.common.errors import SettingsError
from services.producer.camera_settings import CameraFlags
from services.producer.pictures.pictures import PictureEncoder
from services.producer.pictures.stamp import SHARE, Caption, Stamp, check_caption
from services.producer.pictures.turning import clockwise
from services.producer.plans import plan_of

BERLIN = ZoneInfo("Europe/Berlin")
NOON = round(datetime(2026, 1, 31, 12, tzinfo=UTC).timestamp()) * 1_000_000_000
SECOND = 1_000_000_000
FONTS = sorted(Path("/usr/share/fonts").rglob("DejaVuSans.ttf"))
Planes = tuple[images.Image, images.Image, images.Image]


def planes(width: int = 640, height: int = 360) -> Planes:
    """Grey with a tint."""
    half = (height + 1) // 2, (width + 1) // 2
    return np.full((height, width), 100, np.uint8), np.full(half, 90, np.uint8), np.full(half, 160, np.uint8)


def burnt(text: str = "", zone: ZoneInfo | None = None, corner: str = "top-left", at: int = NOON) -> images.Image:
    """The brightness of a picture with the caption."""
    return Stamp(Caption(text, zone, corner, None)).burn(planes(), at)[0]


def changed(y: images.Image) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of what is no longer grey."""
    rows, columns = np.nonzero(y != 100)
    return int(columns.min()), int(rows.min()), int(columns.max()) + 1, int(rows.max()) + 1


def test_a_text_is_white_on_black() -> None:
    """Without colour behind it, and nothing else of the picture changes."""
    y, u, v = Stamp(Caption("PORCH", None, "top-left", None)).burn(planes(), NOON)
    left, top, right, bottom = changed(y)
    inside = y[top:bottom, left:right]
    assert inside.min() == 0
    assert inside.max() > 220
    assert ((u != 90) == (v != 160)).all()
    assert set(np.unique(u)) == {90, 128}
    assert (u[top // 2 : bottom // 2, left // 2 : right // 2] == 128).all()
    assert 360 // SHARE <= bottom - top <= 3 * 360 // SHARE


@pytest.mark.parametrize(
    ("corner", "touched"),
    [("top-left", (0, 0)), ("top-right", (0, -1)), ("bottom-left", (-1, 0)), ("bottom-right", (-1, -1))],
)
def test_it_stands_in_its_corner(corner: str, touched: tuple[int, int]) -> None:
    """And in no other."""
    y = burnt("PORCH", corner=corner)
    assert [at for at in ((0, 0), (0, -1), (-1, 0), (-1, -1)) if y[at] != 100] == [touched]


def test_the_time_is_that_of_the_wall_clock_at_the_camera() -> None:
    """12:00 UTC is 13:00 in Berlin in winter, 14:00 in summer."""
    summer = NOON + 181 * 86400 * SECOND
    assert (burnt(zone=BERLIN) == burnt("2026-01-31 13:00:00 CET")).all()
    assert (burnt(zone=BERLIN, at=summer) == burnt("2026-07-31 14:00:00 CEST")).all()
    assert (burnt("Porch", ZoneInfo("UTC")) == burnt("2026-01-31 12:00:00 UTC  Porch")).all()


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    """When clocks are set back, the zone's name says which of the two it is."""
    before = round(datetime(2026, 10, 25, 0, 30, tzinfo=UTC).timestamp()) * SECOND
    assert (burnt(zone=BERLIN, at=before) == burnt("2026-10-25 02:30:00 CEST")).all()
    assert (burnt(zone=BERLIN, at=before + 3600 * SECOND) == burnt("2026-10-25 02:30:00 CET")).all()


def test_the_time_goes_on() -> None:
    """A line that was drawn is used again within the second, not after it."""
    stamp = Stamp(Caption("", BERLIN, "top-left", None))
    first, same, later = (stamp.burn(planes(), NOON + extra)[0] for extra in (0, SECOND - 1, SECOND))
    assert (first == same).all()
    assert (first != later).any()


@pytest.mark.parametrize("corner", ["top-left", "bottom-right"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 40), (41, 5), (63, 47), (640, 13)])
def test_what_does_not_fit_is_cut(width: int, height: int, corner: str) -> None:
    """The picture keeps its size, however small it is."""
    made = Stamp(Caption("a line that is wide", BERLIN, corner, None)).burn(planes(width, height), NOON)
    assert [plane.shape for plane in made] == [plane.shape for plane in planes(width, height)]


def test_the_decoders_picture_is_not_written_to() -> None:
    """The next one is made of it."""
    frame = VideoFrame.from_ndarray(np.full((72, 64), 100, np.uint8), "yuvj420p")
    stamp = Stamp(Caption("text", None, "top-left", None))
    marked = PictureEncoder(95, stamp=stamp).encode(frame, NOON)
    assert images.decode(marked.jpeg).max() > 200
    assert (frame.to_ndarray() == 100).all()


def test_a_turned_picture_can_be_read() -> None:
    """The caption is burnt in last, upright; a camera's JPEG is coded again for it."""
    grey = np.full((64, 48, 3), 100, np.uint8)
    stamp = Stamp(Caption("i", None, "top-left", None))
    turned = PictureEncoder(95, turning=clockwise(90), stamp=stamp).encode(images.encode(grey), NOON)
    upright = PictureEncoder(95, stamp=stamp).encode(images.encode(np.rot90(grey, -1)), NOON)
    shown, expected = images.decode(turned.jpeg).astype(int), images.decode(upright.jpeg)
    assert np.abs(shown - expected).max() <= 3
    assert turned.by == "framebus"


def test_signs_that_the_font_lacks_are_refused_with_what_helps() -> None:
    """Pillow's own font draws ASCII."""
    with pytest.raises(SettingsError, match=r"cannot draw 'ßä東', expected --stamp-font FILE"):
        check_caption(Caption("Straße zur Tänke 東", None, "top-left", None))


@pytest.mark.skipif(not FONTS, reason="no DejaVu Sans on this machine")
def test_another_font_draws_other_signs() -> None:
    """Greek, Cyrillic, an umlaut."""
    caption = Caption("Hof Süd Ω Ж", None, "top-left", str(FONTS[0]))
    check_caption(caption)
    assert Stamp(caption).burn(planes(), NOON)[0].max() > 220


@pytest.mark.parametrize(
    ("flags", "says"),
    [
        ({"stamp": True, "timezone": "Berlin"}, "timezone: expected a name like Europe/Berlin or UTC, not 'Berlin'"),
        ({"text": "a", "stamp_font": __file__}, "expected a TrueType or OpenType font"),
        ({"text": "a", "stamp_font": "/no/such.ttf"}, "expected a TrueType or OpenType font"),
    ],
)
def test_what_cannot_be_drawn_is_a_wrong_setting(flags: dict[str, object], says: str) -> None:
    """Said before a camera is opened."""
    with pytest.raises(SettingsError, match=says):
        plan_of("porch", CameraFlags(url="street.mp4", **flags))


def test_without_pillow_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """And without a caption nobody needs it."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert plan_of("porch", CameraFlags(url="street.mp4")).caption is None
    with pytest.raises(SettingsError, match=r"pip install 'framebus\[stamp\]'"):
        plan_of("porch", CameraFlags(url="street.mp4", text="another size of font", stamp_font="/no/such.ttf"))


def test_nothing_is_burnt_in_unless_asked_for() -> None:
    """A zone alone asks for nothing; a plan with a caption is another plan."""
    plain = plan_of("porch", CameraFlags(url="street.mp4", timezone="Europe/Berlin"))
    stamped = plan_of("porch", CameraFlags(url="street.mp4", timezone="Europe/Berlin", stamp=True))
    assert plain.caption is None
    assert stamped.caption == Caption("", BERLIN, "top-left", None)
    assert stamped == plan_of("porch", CameraFlags(url="street.mp4", timezone="Europe/Berlin", stamp=True))
