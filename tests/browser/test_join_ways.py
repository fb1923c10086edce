"""Without WebRTC, without a server, on a phone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.joining import ACCEPTED, TOKEN, JoinServer, accepted, join, until

Open = Callable[..., Visit]

NO_WEBRTC = "delete window.RTCPeerConnection"
NO_WAY = "RTCPeerConnection.prototype.setRemoteDescription = () => Promise.reject(new Error('no way'))"
IN_FLIGHT = """window.most = window.flying = 0;
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (data) {
  if (data instanceof Blob) window.most = Math.max(window.most, ++window.flying);
  send.call(this, data);
};
const heard = Object.getOwnPropertyDescriptor(WebSocket.prototype, 'onmessage');
Object.defineProperty(WebSocket.prototype, 'onmessage', {...heard, set(act) {
  heard.set.call(this, act && ((event) => {
    if (/accepted|refused/.test(event.data)) window.flying -= 1;
    act(event);
  }));
}});"""
LOCKS = """window.locks = [];
const request = WakeLock.prototype.request;
WakeLock.prototype.request = async function (kind) {
  window.locks.push(await request.call(this, kind));
  return window.locks.at(-1);
};"""
HIDE = """yes => {
  Object.defineProperty(document, 'hidden', {value: yes, configurable: true});
  document.dispatchEvent(new Event('visibilitychange'));
}"""
SMALL = """[...document.querySelectorAll('button, select, input:not([type=checkbox]), summary, .check')]
  .filter(it => it.offsetParent && it.offsetHeight < 44).map(it => it.id || it.tagName)"""
UNNAMED = """[...document.querySelectorAll('select, input')]
  .filter(it => !it.labels.length).map(it => it.id)"""


def test_pictures_go_one_by_one_where_that_is_wished(join_server: JoinServer, join_page: Open) -> None:
    """Never two without the server's word between them; a pause holds them, too."""
    seen = join_page(f"?fallback#token={TOKEN}", script=IN_FLIGHT)
    join(seen.page, "porch")
    accepted(seen.page, 8)
    expect(seen.page.get_by_text("Sent as pictures one by one, as you chose.")).to_be_visible()
    assert seen.page.evaluate("window.most") == 1
    until(lambda: len(join_server.frames("porch")) > 8, "frames on the topic")
    assert {(one.width, one.height) for one in join_server.frames("porch")} == {(640, 480)}
    seen.page.get_by_role("button", name="Pause").click()
    expect(seen.page.locator("#last")).to_have_text("2 s ago")
    before = accepted(seen.page)
    seen.page.get_by_role("button", name="Go on").click()
    accepted(seen.page, before + 3)
    assert seen.complaints == []


@pytest.mark.parametrize(("name", "script"), [("gate", NO_WEBRTC), ("hall", NO_WAY)])
def test_pictures_go_one_by_one_where_video_finds_no_way(join_page: Open, name: str, script: str) -> None:
    """By itself, and the page says so."""
    seen = join_page(script=script)
    join(seen.page, name)
    accepted(seen.page)
    expect(seen.page.get_by_text("Sent as pictures one by one: video found no way")).to_be_visible()
    expect(seen.page.locator("#state")).to_have_text("sending")


def test_a_server_that_comes_back_is_joined_again(join_server: JoinServer, join_page: Open) -> None:
    """Nobody has to touch the device; what was accepted before still counts."""
    seen = join_page()
    join(seen.page, "yard")
    before = accepted(seen.page)
    join_server.kill()
    expect(seen.page.get_by_role("alert")).to_contain_text("The server does not answer")
    expect(seen.page.locator("#state")).to_have_text("trying again")
    join_server.start()
    accepted(seen.page, before + 5)
    expect(seen.page.locator("#state")).to_have_text("sending")
    expect(seen.page.get_by_role("alert")).to_be_hidden()
    until(lambda: len({one.boot for one in join_server.frames("yard")}) == 2, "another boot")


def test_a_camera_that_went_away_is_opened_again(join_page: Open) -> None:
    """As when its plug was pulled, or another program had it for a while."""
    seen = join_page()
    join(seen.page, "barn")
    accepted(seen.page)
    seen.page.evaluate("document.getElementById('preview').srcObject.getTracks()[0].dispatchEvent(new Event('ended'))")
    expect(seen.page.get_by_role("alert")).to_contain_text("The camera has gone")
    expect(seen.page.locator("#state")).to_have_text("sending")
    before = int(seen.page.evaluate(ACCEPTED))
    accepted(seen.page, before + 3)


def test_the_screen_stays_on_while_it_sends(join_page: Open) -> None:
    """No longer, and again after the page was hidden."""
    seen = join_page(script=LOCKS)
    join(seen.page, "shed")
    seen.until("window.locks.length === 1 && !window.locks[0].released")
    accepted(seen.page)
    seen.page.evaluate("window.locks[0].release()")
    seen.page.evaluate(HIDE, True)
    expect(seen.page.get_by_text("Leave this page in front")).to_be_visible()
    seen.page.wait_for_timeout(600)
    seen.page.evaluate(HIDE, False)
    expect(seen.page.get_by_text("The page was hidden for")).to_contain_text("Phones send nothing meanwhile.")
    seen.until("window.locks.length === 2 && !window.locks[1].released")
    seen.page.get_by_role("button", name="Stop").click()
    seen.until("window.locks.every(({released}) => released)")
    expect(seen.page.get_by_text("Leave this page in front")).to_be_hidden()


@pytest.mark.parametrize(("width", "height"), [(360, 740), (430, 932), (844, 390), (1400, 900)])
def test_the_page_fits(join_page: Open, width: int, height: int) -> None:
    """Nothing sticks out to the side, fingers find everything, and every field has its name."""
    seen = join_page("?fallback", width=width, height=height)
    expect(seen.page.get_by_role("button", name="Start")).to_be_in_viewport()
    assert seen.page.evaluate("document.documentElement.scrollWidth") == width
    assert seen.page.evaluate(SMALL) == []
    assert seen.page.evaluate(UNNAMED) == []
    assert seen.complaints == []
