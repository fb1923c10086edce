"""The wall of pictures, in a real browser."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from libs.common.messages import replace
from libs.common.testing import frame
from tests.browser.conftest import PERSON, Viewer, Visit

Open = Callable[..., Visit]
Start = Callable[..., Viewer]

RATES = "[...document.querySelectorAll('.rate')].map(it => parseFloat(it.textContent))"
AGES = "[...document.querySelectorAll('.tile')].map(it => Number(it.dataset.age))"
DRAWN = "[...document.querySelectorAll('.tile')].map(it => Number(it.dataset.drawn ?? 0))"
PAINTED = """(canvas) => {
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value > 0);
}"""


def painted(page: Page, tile: int, layer: str) -> bool:
    """True if the canvas "picture" or "boxes" of a tile shows anything."""
    return bool(page.locator(f".tile .{layer}").nth(tile).evaluate(PAINTED))


def test_six_tiles_show_eight_pictures_a_second_each(viewer: Start, visit: Open) -> None:
    """Three topics of two cameras at 30 frames per second; no complaint of the browser, nor of its policy."""
    wall = viewer(login=False, raw=True)
    wall.feed(30, ("porch", "yard"))
    seen = visit(wall.server.url)
    seen.until(f"{RATES}.filter(rate => rate >= 8).length === 6")
    ages = seen.page.evaluate(AGES)
    assert all(0 <= age < 2000 for age in ages), ages
    assert seen.complaints == []


def test_hostile_names_and_labels_are_only_text(viewer: Start, visit: Open) -> None:
    """Whatever a camera or a model calls itself."""
    evil = "<img src=x onerror=document.title='owned'>"
    wall = viewer(login=False, raw=True)
    seen = visit(wall.server.url)
    for _ in range(3):
        wall.show(frame(camera=evil, detections=(replace(PERSON, label=evil),)))
    expect(seen.page.locator("#sightings td").nth(1)).to_have_text(evil)
    expect(seen.page.locator(".row h2")).to_have_text(evil)
    assert seen.page.locator("img[src=x]").count() == 0
    assert seen.page.title() == "framebus"
    assert seen.complaints == []


def test_raw_pictures_are_marked(viewer: Start, visit: Open) -> None:
    """A banner on the page and a badge on each raw tile."""
    wall = viewer(login=False, raw=True)
    wall.feed(5, ("porch",))
    seen = visit(wall.server.url)
    expect(seen.page.get_by_text("Raw pictures are shown here.")).to_be_visible()
    expect(seen.page.locator(".badge:visible")).to_have_count(2)
    assert painted(seen.page, 0, "picture")


def test_without_raw_a_placeholder_says_why(viewer: Start, visit: Open) -> None:
    """Only the covered picture is drawn."""
    wall = viewer(login=False)
    wall.feed(5, ("porch",))
    seen = visit(wall.server.url)
    seen.until(f"{DRAWN}.every(count => count > 2)")
    note = "withheld: nobody has covered this picture (start the viewer with --raw to see it)"
    expect(seen.page.locator(".note").first).to_have_text(note)
    assert [painted(seen.page, tile, "picture") for tile in range(3)] == [False, False, True]
    assert seen.page.locator(".badge:visible").count() == 0


def test_a_withheld_picture_says_why(viewer: Start, visit: Open) -> None:
    """Black alone could be the night."""
    wall = viewer(login=False)
    seen = visit(wall.server.url)
    wall.show(frame(), withheld=True)
    expect(seen.page.locator(".note").last).to_have_text(
        "withheld: no detector has looked at this picture (not-looked)"
    )


def test_boxes_are_drawn_where_nobody_is_covered(viewer: Start, visit: Open) -> None:
    """B takes them away from there, or brings them to the covered pictures."""
    wall = viewer(login=False, raw=True)
    wall.feed(10, ("porch",))
    seen = visit(wall.server.url)
    for boxes in ([False, True, False], [False, True, True], [False, False, False]):
        seen.until(f"{DRAWN}.length === 3 && {DRAWN}.every(count => count > 2)")
        drawn = seen.page.evaluate(DRAWN)
        seen.until(f"{DRAWN}.every((count, at) => count > {drawn}[at] + 1)")
        assert [painted(seen.page, tile, "boxes") for tile in range(3)] == boxes
        seen.page.keyboard.press("b")


def test_a_tile_is_enlarged_and_only_it_is_sent(viewer: Start, visit: Open) -> None:
    """By Enter or a click; arrows go on, Esc goes back."""
    wall = viewer(login=False, raw=True)
    wall.feed(10, ("porch", "yard"))
    seen = visit(wall.server.url)
    seen.until(f"{DRAWN}.length === 6 && {DRAWN}.every(count => count > 2)")
    button = seen.page.get_by_role("button", name="Enlarge yard, redacted")
    button.focus()
    seen.page.keyboard.press("Enter")
    expect(seen.page.locator(".tile.enlarged .camera")).to_have_text("yard")
    seen.page.wait_for_timeout(300)
    before = seen.page.evaluate(DRAWN)
    seen.until(f"{DRAWN}[5] > {before[5] + 5}")
    assert seen.page.evaluate(DRAWN)[:5] == before[:5]
    seen.page.keyboard.press("ArrowRight")
    expect(seen.page.locator(".tile.enlarged .camera")).to_have_text("porch")
    seen.page.keyboard.press("Escape")
    expect(seen.page.locator(".tile.enlarged")).to_have_count(0)
    seen.until(f"{DRAWN}.every((count, at) => count > {before}[at])")


def test_a_paused_page_stands_still(viewer: Start, visit: Open) -> None:
    """Space stops it, also while a tile has the focus, and space goes on."""
    wall = viewer(login=False, raw=True)
    wall.feed(10, ("porch",))
    seen = visit(wall.server.url)
    seen.until(f"{DRAWN}.length === 3 && {DRAWN}.every(count => count > 2)")
    seen.page.locator(".open").first.focus()
    seen.page.keyboard.press(" ")
    expect(seen.page.locator(".age").first).to_have_text("paused")
    before = seen.page.evaluate(DRAWN)
    seen.page.wait_for_timeout(500)
    assert seen.page.evaluate(DRAWN) == before
    seen.page.keyboard.press(" ")
    seen.until(f"{DRAWN}.every((count, at) => count > {before}[at])")


def test_one_camera_can_be_chosen(viewer: Start, visit: Open) -> None:
    """The others are neither shown nor sent."""
    wall = viewer(login=False, raw=True)
    wall.feed(10, ("porch", "yard"))
    page = visit(wall.server.url).page
    expect(page.locator(".row h2")).to_have_text(["porch", "yard"])
    page.get_by_label("Camera", exact=True).select_option("yard")
    expect(page.locator(".row:visible h2")).to_have_text(["yard"])


def test_a_link_may_name_the_camera(viewer: Start, visit: Open) -> None:
    """It is chosen, and the others can be."""
    wall = viewer(login=False, raw=True)
    wall.feed(10, ("porch", "yard"))
    page = visit(f"{wall.server.url}?camera=yard").page
    expect(page.locator(".row:visible h2")).to_have_text(["yard"])
    expect(page.get_by_label("Camera", exact=True)).to_have_value("yard")
    page.get_by_label("Camera", exact=True).select_option("")
    expect(page.locator(".row:visible h2")).to_have_text(["porch", "yard"])


def test_a_sighting_is_one_row_however_many_frames_it_lasts(viewer: Start, visit: Open) -> None:
    """And although the same frames come on two topics."""
    wall = viewer(login=False, raw=True)
    wall.feed(10, ("porch", "yard"))
    seen = visit(wall.server.url)
    seen.until(f"{DRAWN}.length === 6 && {DRAWN}.every(count => count > 10)")
    rows = seen.page.locator("#sightings tr")
    expect(rows).to_have_count(2)
    expect(rows.first.locator("td").nth(2)).to_have_text("person")
    expect(rows.first.locator("td").nth(3)).to_have_text("87 %")


def test_a_silent_camera_is_said_to_be_silent(viewer: Start, visit: Open) -> None:
    """The old picture stays, dimmed, with its age in words."""
    wall = viewer(login=False, topics=("frames.redacted",))
    page = visit(wall.server.url).page
    wall.show(frame())
    expect(page.locator(".age")).to_have_text("no picture since 6 s", timeout=15_000)
    expect(page.locator(".tile")).to_have_attribute("data-state", "silent")


def test_the_page_fits_a_phone(viewer: Start, visit: Open) -> None:
    """Nothing sticks out to the side."""
    wall = viewer(raw=True, login=False)
    wall.feed(5, ("porch", "a-camera-with-a-very-long-name-that-nobody-would-choose-but-somebody-"))
    page = visit(wall.server.url, width=390, height=844).page
    expect(page.locator(".tile[data-age]")).to_have_count(6)
    assert page.evaluate("document.documentElement.scrollWidth") == 390
