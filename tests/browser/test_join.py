"""A browser with a made-up camera sends to a real server."""

from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import expect

from libs.common.messages import Frame
from tests.browser.conftest import Visit
from tests.browser.joining import TOKEN, JoinServer, accepted, join, until

Open = Callable[..., Visit]


def apart_s(frames: list[Frame]) -> float:
    """The shortest time between two of them."""
    return min(later.captured_at - one.captured_at for one, later in pairwise(frames)) / 1e9


def test_a_browser_becomes_a_camera(join_server: JoinServer, join_page: Open) -> None:
    """Its pictures are frames on the topic, and neither the browser nor its policy complains."""
    seen = join_page()
    join(seen.page, "porch")
    accepted(seen.page, 10)
    expect(seen.page.locator("#state")).to_have_text("sending")
    until(lambda: len(join_server.frames("porch")) > 10, "frames on the topic")
    frames = join_server.frames("porch")
    assert {(one.width, one.height, one.boot, one.redaction) for one in frames} == {(640, 480, frames[0].boot, None)}
    assert [one.captured_at for one in frames] == sorted({one.captured_at for one in frames})
    assert seen.complaints == []


def test_the_token_is_in_no_address(join_server: JoinServer, join_page: Open) -> None:
    """It comes in the part of the link that stays in the browser, and does not stay in the address bar."""
    seen = join_page("")
    asked: list[str] = []
    seen.page.on("request", lambda request: asked.append(request.url))
    seen.page.on("websocket", lambda socket: asked.append(socket.url))
    seen.page.goto(f"{join_server.url}?again#token={TOKEN}")
    expect(seen.page).to_have_url(f"{join_server.url}?again")
    join(seen.page, "gate")
    accepted(seen.page)
    assert [url for url in asked if "/join" in url]
    assert [url for url in asked if TOKEN in url.partition("#")[0]] == []
    seen.page.reload()
    expect(seen.page.get_by_label("Join token")).to_be_hidden()


def test_a_pause_sends_nothing_and_is_no_end(join_server: JoinServer, join_page: Open) -> None:
    """The camera keeps its place, and goes on where it was."""
    seen = join_page()
    join(seen.page, "yard")
    accepted(seen.page)
    seen.page.get_by_role("button", name="Pause").click()
    expect(seen.page.locator("#state")).to_have_text("paused")
    expect(seen.page.locator("#last")).to_have_text("2 s ago")
    before = accepted(seen.page)
    seen.page.get_by_role("button", name="Go on").click()
    accepted(seen.page, before + 5)
    expect(seen.page.locator("#state")).to_have_text("sending")


def test_stop_is_the_end_and_start_begins_anew(join_server: JoinServer, join_page: Open) -> None:
    """The camera is let go, its name is free at once."""
    seen = join_page()
    join(seen.page, "barn")
    accepted(seen.page)
    seen.page.get_by_role("button", name="Stop").click()
    expect(seen.page.locator("#state")).to_have_text("not sending")
    assert seen.page.evaluate("document.getElementById('preview').srcObject") is None
    until(lambda: len(join_server.ends("barn")) == 1, "the end of the boot")
    seen.page.get_by_role("button", name="Start").click()
    accepted(seen.page)
    until(lambda: len({one.boot for one in join_server.frames("barn")}) == 2, "another boot")


def test_camera_size_and_rate_change_while_it_sends(join_server: JoinServer, join_page: Open) -> None:
    """At once, without a new start."""
    seen = join_page()
    join(seen.page, "shed")
    accepted(seen.page)
    seen.page.get_by_label("Size", exact=True).select_option("320x240")
    until(lambda: join_server.frames("shed")[-1].width == 320, "smaller pictures")
    before = accepted(seen.page)
    seen.page.locator("#camera").select_option(label="fake_device_0")
    accepted(seen.page, before + 3)
    seen.page.get_by_label("Pictures per second").select_option("2")
    until(lambda: apart_s(join_server.frames("shed")[-3:]) > 0.4, "fewer pictures a second")
    expect(seen.page.locator("#state")).to_have_text("sending")
    seen.page.reload()
    expect(seen.page.get_by_label("Camera name")).to_have_value("shed")
    expect(seen.page.get_by_label("Size", exact=True)).to_have_value("320x240")
    expect(seen.page.get_by_label("Pictures per second")).to_have_value("2")


def test_the_picture_can_be_looked_at_before_anything_is_sent(join_page: Open) -> None:
    """And what comes from the front camera is turned on this screen alone."""
    seen = join_page(
        script="""const real = MediaStreamTrack.prototype.getSettings;
        MediaStreamTrack.prototype.getSettings = function () { return {...real.call(this), facingMode: 'user'}; };"""
    )
    sockets: list[str] = []
    seen.page.on("websocket", lambda socket: sockets.append(socket.url))
    seen.page.get_by_role("button", name="Show the camera").click()
    seen.until("document.getElementById('preview').videoWidth === 640")
    expect(seen.page.locator("#preview")).to_have_class("mirrored")
    expect(seen.page.locator("#state")).to_have_text("not sending")
    assert sockets == []
