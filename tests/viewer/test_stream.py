"""The sockets, through Flask-SocketIO's own client."""

from collections.abc import Callable

from flask_socketio import SocketIOTestClient

from libs.common.messages import Redaction
from services.viewer.show import Show
from tests.viewer.conftest import Site
from tests.viewer.frames import frame

ALL = {"watching": True, "camera": None, "topic": None}
COVERED = Redaction(policy="fill", labels=(), boxes=(), withheld=False)


def frames(socket: SocketIOTestClient) -> list[str]:
    return [event["args"][0]["frame_id"] for event in socket.get_received() if event["name"] == "frame"]


def test_a_stranger_gets_no_socket(site: Site) -> None:
    """The connection is refused, not only left silent."""
    assert not site.socket(site.browser(logged_in=False)).is_connected()


def test_anybody_gets_a_socket_where_the_login_is_off(make_site: Callable[..., Site]) -> None:
    """The operator said so."""
    site = make_site(login=False)
    assert site.socket(site.app.test_client()).is_connected()


def test_a_page_gets_meta_and_the_bytes_of_the_message(site: Site) -> None:
    """The JPEG is a binary attachment."""
    socket = site.socket(site.browser())
    socket.emit("choose", ALL)
    sent = frame(redaction=COVERED)
    Show("frames.redacted", site.hub, raw=False).handle(sent)
    (event,) = socket.get_received()
    meta, jpeg = event["args"]
    assert jpeg == sent.image
    assert meta["frame_id"] == "porch/00000001/0"
    assert meta["captured_at"] == 1_700_000_000_000
    assert (meta["topic"], meta["camera"], meta["dropped"]) == ("frames.redacted", "porch", 0)


def test_nothing_comes_before_the_page_said_what_it_wants(site: Site) -> None:
    """It may not be ready, or be hidden."""
    socket = site.socket(site.browser())
    Show("frames.redacted", site.hub, raw=False).handle(frame(redaction=COVERED))
    assert frames(socket) == []


def test_nonsense_from_a_page_is_passed_over(site: Site) -> None:
    """Whatever it sends as its wish or question."""
    socket = site.socket(site.browser())
    wishes: list[object] = [
        None,
        1,
        "x",
        [],
        {},
        {"watching": "yes"},
        {"watching": True, "camera": ["porch"], "topic": {}},
    ]
    for nonsense in wishes:
        socket.emit("choose", nonsense)
        socket.emit("time", nonsense if nonsense != 1 else "one")
    socket.emit("no-such-event", {})
    assert socket.is_connected()
    Show("frames.redacted", site.hub, raw=False).handle(frame(redaction=COVERED))
    assert frames(socket) == ["porch/00000001/0"]


def test_the_viewers_clock_is_told(site: Site) -> None:
    """With the page's own word, by which it measures the way."""
    socket = site.socket(site.browser())
    socket.emit("time", 12.5)
    (event,) = socket.get_received()
    assert (event["name"], event["args"]) == ("time", [12.5, 1_700_000_000_000])


def test_a_page_that_left_is_forgotten(site: Site) -> None:
    """Its place is free again."""
    socket = site.socket(site.browser())
    assert site.hub.counts()["browsers"] == 1
    socket.disconnect()
    assert site.hub.counts()["browsers"] == 0


def test_the_thirty_third_page_is_refused(site: Site) -> None:
    """Threads and memory are bounded."""
    browser = site.browser()
    sockets = [site.socket(browser) for _ in range(33)]
    assert [socket.is_connected() for socket in sockets] == [True] * 32 + [False]
