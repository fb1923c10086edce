"""What the page says, and what it does, where something is wrong."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.joining import TOKEN, JoinServer, accepted, join

Open = Callable[..., Visit]

NO_CAMERA = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', window.error))"
WITHOUT_CAMERA = {
    "NotAllowedError": "The camera is not allowed",
    "NotFoundError": "No camera was found",
    "NotReadableError": "The camera is in use",
    "OverconstrainedError": "That camera is gone",
}
JOIN_SIXTEEN = """token => Promise.all([...Array(16).keys()].map(one => new Promise((joined) => {
  const socket = new WebSocket(location.origin.replace('http', 'ws') + '/join');
  const camera = `camera-${one}`;
  socket.onopen = () => socket.send(JSON.stringify({type: 'hello', token, camera, client: camera.padEnd(16, '-')}));
  socket.onmessage = joined;
})))"""


def said(seen: Visit, title: str) -> None:
    """The page says this, and does not try again by itself."""
    expect(seen.page.get_by_role("alert")).to_contain_text(title)
    expect(seen.page.get_by_role("alert")).not_to_contain_text("Trying again")
    expect(seen.page.locator("#state")).to_have_text("stopped")
    expect(seen.page.get_by_role("button", name="Start")).to_be_visible()


def test_a_wrong_token_is_asked_for_again(join_page: Open) -> None:
    """And the right one, typed, opens the door."""
    seen = join_page("#token=a-wrong-token")
    join(seen.page, "porch")
    said(seen, "The join token is wrong")
    token = seen.page.get_by_label("Join token")
    expect(token).to_be_focused()
    token.fill(TOKEN)
    token.press("Enter")
    accepted(seen.page)
    expect(seen.page.get_by_role("alert")).to_be_hidden()


def test_without_a_token_nothing_begins(join_page: Open) -> None:
    """A link that is opened later in the same tab brings it."""
    seen = join_page("")
    join(seen.page, "gate")
    expect(seen.page.get_by_label("Join token")).to_be_focused()
    expect(seen.page.locator("#state")).to_have_text("not sending")
    seen.page.evaluate(f"location.hash = 'token={TOKEN}'")
    expect(seen.page.get_by_label("Join token")).to_be_hidden()
    seen.page.get_by_role("button", name="Start").click()
    accepted(seen.page)


def test_a_bad_name_is_marked_while_it_is_typed(join_page: Open) -> None:
    """And is not sent."""
    page = join_page().page
    field = page.get_by_label("Camera name")
    for name in (".porch", "front door", "Tür", "a/b", ""):
        field.fill("x")
        expect(field).to_have_attribute("aria-invalid", "false")
        field.fill(name)
        expect(field).to_have_attribute("aria-invalid", "true")
        page.get_by_role("button", name="Start").click()
        expect(field).to_be_focused()
        expect(page.locator("#state")).to_have_text("not sending")


def test_the_name_of_another_camera_is_refused(join_page: Open) -> None:
    """The first one goes on; a reload of it takes its own name again."""
    first, second = join_page(), join_page()
    join(first.page, "yard")
    accepted(first.page)
    join(second.page, "yard")
    said(second, "That name is taken")
    expect(second.page.get_by_label("Camera name")).to_be_focused()
    first.page.reload()
    first.page.get_by_role("button", name="Start").click()
    accepted(first.page)


def test_without_a_camera_the_page_says_why(join_page: Open) -> None:
    """Whatever the browser calls it."""
    seen = join_page(script=NO_CAMERA)
    for error, title in WITHOUT_CAMERA.items():
        seen.page.evaluate(f"window.error = '{error}'")
        join(seen.page, "shed")
        said(seen, title)


def test_without_https_the_page_says_how_to_get_it(join_server: JoinServer, join_page: Open) -> None:
    """Browsers give no camera to a page from another machine that came by http."""
    seen = join_page(url=f"http://camera.test:{join_server.port}/#token={TOKEN}")
    alert = seen.page.get_by_role("alert")
    expect(alert).to_contain_text("This page needs https")
    expect(alert).to_contain_text("--tls-certfile")
    expect(seen.page.get_by_role("button", name="Start")).to_be_disabled()


def test_a_page_at_an_unknown_address_is_told_so(join_server: JoinServer, join_page: Open) -> None:
    """No browser tells a page why its socket was refused."""
    seen = join_page(url=f"http://camera.localhost:{join_server.port}/#token={TOKEN}")
    join(seen.page, "x")
    expect(seen.page.get_by_role("alert")).to_contain_text(f"--origin http://camera.localhost:{join_server.port}")


def test_a_full_server_is_said_and_tried_again(join_page: Open) -> None:
    """The 17th camera."""
    crowd, seen = join_page(), join_page()
    crowd.page.evaluate(JOIN_SIXTEEN, TOKEN)
    join(seen.page, "barn")
    expect(seen.page.get_by_role("alert")).to_contain_text("The server is full")
    expect(seen.page.get_by_role("alert")).to_contain_text("Trying again in 30 s.")
