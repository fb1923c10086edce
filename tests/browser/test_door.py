"""Login, logout and a lost connection, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.conftest import Viewer, Visit

Open = Callable[..., Visit]
Start = Callable[..., Viewer]


def log_in(page: Page, password: str = "right horse") -> None:
    page.get_by_label("Name").fill("viewer")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_the_login_opens_the_wall_and_the_logout_closes_it(viewer: Start, visit: Open) -> None:
    """With no complaint of the browser."""
    wall = viewer()
    wall.feed(5, ("porch",))
    seen = visit(wall.server.url)
    log_in(seen.page)
    expect(seen.page.locator(".tile[data-age]")).to_have_count(3)
    assert seen.complaints == []
    seen.page.get_by_role("button", name="Log out").click()
    expect(seen.page.get_by_label("Password")).to_be_visible()
    seen.page.goto(wall.server.url)
    expect(seen.page).to_have_url(wall.server.url + "login")


def test_a_wrong_password_is_said(viewer: Start, visit: Open) -> None:
    """And the name need not be typed again."""
    page = visit(viewer().server.url).page
    log_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_have_text("Name or password is wrong.")
    expect(page.get_by_label("Name")).to_have_value("viewer")


def test_logging_out_in_one_window_closes_the_other(viewer: Start, visit: Open) -> None:
    """Both share the session."""
    wall = viewer()
    seen = visit(wall.server.url)
    log_in(seen.page)
    other = seen.context.new_page()
    other.goto(wall.server.url)
    expect(other.locator("#link")).to_have_text("live")
    seen.page.get_by_role("button", name="Log out").click()
    expect(other.get_by_label("Password")).to_be_visible(timeout=10_000)


def test_a_lost_viewer_is_said_and_its_successor_asks_for_the_login(viewer: Start, visit: Open) -> None:
    """Sessions do not outlive the viewer."""
    first = viewer()
    page = visit(first.server.url).page
    log_in(page)
    expect(page.locator("#link")).to_have_text("live")
    first.close()
    expect(page.locator("#lost")).to_contain_text("The connection to the viewer is lost.", timeout=10_000)
    viewer(port=first.server.port)
    expect(page.get_by_label("Password")).to_be_visible(timeout=20_000)


def test_without_a_login_the_page_comes_back_by_itself(viewer: Start, visit: Open) -> None:
    """A wall screen needs nobody after a restart of the viewer."""
    first = viewer(login=False)
    page = visit(first.server.url).page
    expect(page.locator("#link")).to_have_text("live")
    first.close()
    expect(page.locator("#link")).to_have_text("connection lost", timeout=10_000)
    second = viewer(port=first.server.port, login=False)
    expect(page.locator("#link")).to_have_text("live", timeout=20_000)
    second.feed(5, ("porch",))
    expect(page.locator(".tile[data-age]")).to_have_count(3)
