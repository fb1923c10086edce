"""Who gets which picture next, and what is kept."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from libs.common.testing import FakeClock
from services.viewer.access import User
from services.viewer.browser import Browser
from services.viewer.hub import SILENT_S, Hub
from services.viewer.picture import Picture, Tile

TOPIC = "frames.redacted"


class Page:
    """A browser that draws when it is told to."""

    def __init__(self, hub: Hub, sid: str = "page", topics: tuple[str, ...] = (TOPIC, "other")) -> None:
        self.hub, self.sid = hub, sid
        self.got: list[tuple[Mapping[str, Any], bytes]] = []
        self.drawn: list[Callable[[], None]] = []
        self.closed = False
        self.logged_in = True
        user = User("viewer", frozenset(topics))
        self.joined = hub.join(Browser(sid, user, self._take, self._close, lambda: self.logged_in))
        hub.choose(sid, watching=True, camera=None, topic=None)

    def draw(self) -> None:
        """Acknowledge the picture under way."""
        self.drawn.pop(0)()

    @property
    def names(self) -> list[str]:
        return [jpeg.decode() for _, jpeg in self.got]

    def _take(self, meta: Mapping[str, Any], jpeg: bytes, drawn: Callable[[], None]) -> None:
        self.got.append((meta, jpeg))
        self.drawn.append(drawn)

    def _close(self) -> None:
        self.closed = True


def picture(camera: str, name: str, topic: str = TOPIC) -> Picture:
    return Picture(Tile(topic, camera), {"camera": camera, "topic": topic}, name.encode())


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def hub(clock: FakeClock) -> Hub:
    return Hub(clock)


def test_a_page_that_never_draws_gets_one_picture(hub: Hub) -> None:
    """However many come."""
    page = Page(hub)
    for number in range(100):
        hub.offer(picture("porch", f"p{number}"))
    assert page.names == ["p0"]


def test_the_newest_picture_wins_and_the_others_are_counted(hub: Hub) -> None:
    """After drawing, the page gets what is newest then, and is told how many it missed."""
    page = Page(hub)
    for number in range(5):
        hub.offer(picture("porch", f"p{number}"))
    page.draw()
    assert page.names == ["p0", "p4"]
    assert [meta["dropped"] for meta, _ in page.got] == [0, 3]
    assert hub.counts()["pictures_dropped"] == 3


def test_a_busy_camera_does_not_starve_the_others(hub: Hub) -> None:
    """Tiles that wait are served in turn."""
    page = Page(hub)
    for number in range(30):
        hub.offer(picture("fast", f"f{number}"))
        hub.offer(picture("slow", f"s{number}"))
        hub.offer(picture("slower", f"r{number}"))
        page.draw()
    cameras = [meta["camera"] for meta, _ in page.got]
    assert {camera: cameras.count(camera) for camera in ("fast", "slow", "slower")} == {
        "fast": 11,
        "slow": 10,
        "slower": 10,
    }


def test_pages_do_not_wait_for_each_other(hub: Hub) -> None:
    """A page that hangs costs the others nothing."""
    hanging, lively = Page(hub, "hanging"), Page(hub, "lively")
    for number in range(3):
        hub.offer(picture("porch", f"p{number}"))
        lively.draw()
    assert hanging.names == ["p0"]
    assert lively.names == ["p0", "p1", "p2"]


def test_a_new_page_gets_the_newest_of_every_tile_at_once(hub: Hub) -> None:
    """Also of a camera that is silent now."""
    for name in ("old", "new"):
        hub.offer(picture("porch", name))
        hub.offer(picture("yard", name + "-yard", topic="other"))
    page = Page(hub)
    page.draw()
    page.draw()
    assert sorted(page.names) == ["new", "new-yard"]


def test_nothing_is_sent_that_the_user_may_not_see(hub: Hub) -> None:
    """Neither from what is kept nor from what comes."""
    hub.offer(picture("porch", "kept", topic="secret"))
    page = Page(hub)
    hub.offer(picture("porch", "came", topic="secret"))
    hub.choose(page.sid, watching=True, camera=None, topic="secret")
    assert page.got == []


def test_a_page_gets_only_what_it_chose(hub: Hub) -> None:
    """One camera, one topic, or nothing while it pauses; after that the newest again."""
    page = Page(hub)
    hub.choose(page.sid, watching=True, camera="porch", topic=TOPIC)
    hub.offer(picture("yard", "y0"))
    hub.offer(picture("porch", "x0", topic="other"))
    hub.offer(picture("porch", "p0"))
    page.draw()
    hub.choose(page.sid, watching=False, camera=None, topic=None)
    hub.offer(picture("porch", "p1"))
    assert page.names == ["p0"]
    hub.choose(page.sid, watching=True, camera="porch", topic=TOPIC)
    assert page.names == ["p0", "p1"]


def test_drawing_twice_or_late_brings_nothing_extra(hub: Hub) -> None:
    """Only the picture under way can be acknowledged."""
    page = Page(hub)
    hub.offer(picture("porch", "p0"))
    first = page.drawn[0]
    first()
    hub.offer(picture("porch", "p1"))
    hub.offer(picture("porch", "p2"))
    first()
    assert page.names == ["p0", "p1"]


def test_a_page_that_is_silent_for_a_minute_is_sent_away(hub: Hub, clock: FakeClock) -> None:
    """A paused page, with nothing under way, may stay."""
    silent, paused = Page(hub, "silent"), Page(hub, "paused")
    hub.choose("paused", watching=False, camera=None, topic=None)
    hub.offer(picture("porch", "p0"))
    clock.advance(SILENT_S)
    hub.tick()
    assert not silent.closed
    clock.advance(0.1)
    hub.tick()
    assert (silent.closed, paused.closed) == (True, False)
    assert hub.counts()["browsers"] == 1


def test_a_page_whose_login_ended_is_sent_away(hub: Hub) -> None:
    """Logged out elsewhere, or the week is over."""
    page = Page(hub)
    page.logged_in = False
    hub.tick()
    assert page.closed


def test_one_page_too_many_is_refused(clock: FakeClock) -> None:
    """And may come when another has gone."""
    hub = Hub(clock, max_browsers=2)
    assert [Page(hub, sid).joined for sid in ("1", "2", "3")] == [True, True, False]
    hub.leave("1")
    assert Page(hub, "3").joined


def test_the_camera_silent_longest_leaves_when_there_are_too_many(clock: FakeClock) -> None:
    """Counted; what waited of it is gone too."""
    hub = Hub(clock, max_cameras=2)
    page = Page(hub)
    for camera in ("first", "second", "third"):
        hub.offer(picture(camera, camera))
    page.draw()
    page.draw()
    assert page.names == ["first", "second", "third"]
    assert (hub.counts()["cameras"], hub.counts()["cameras_evicted"]) == (2, 1)
    assert Page(hub, "later").got[0][0]["camera"] == "second"


def test_what_is_kept_is_bounded_in_bytes(clock: FakeClock) -> None:
    """A newer picture of a tile takes its predecessor's room."""
    hub = Hub(clock, max_bytes=250)
    for _ in range(10):
        hub.offer(picture("porch", "x" * 100))
    assert hub.counts()["kept_bytes"] == 100
    for camera in ("a", "b", "c", "d"):
        hub.offer(picture(camera, "x" * 100))
    assert hub.counts()["kept_bytes"] == 200


def test_a_page_that_draws_within_the_call_is_served_on(hub: Hub) -> None:
    """The hub holds no lock while it sends."""
    got: list[bytes] = []

    def send(meta: Mapping[str, Any], jpeg: bytes, drawn: Callable[[], None]) -> None:
        got.append(jpeg)
        drawn()

    for number in range(5):
        hub.offer(picture(f"camera{number}", f"p{number}"))
    hub.join(Browser("1", User("viewer", frozenset({TOPIC})), send, lambda: None, lambda: True))
    hub.choose("1", watching=True, camera=None, topic=None)
    assert len(got) == 5
