"""What every answer carries."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

import services.viewer.app
from tests.viewer.conftest import ORIGIN, Site

PLACE = Path(services.viewer.app.__file__).parent


def answers(site: Site) -> dict[str, TestResponse]:
    visitor, stranger = site.browser(), site.browser(logged_in=False)
    return {
        "wall": visitor.get("/"),
        "session": visitor.get("/session"),
        "no such page": visitor.get("/nothing"),
        "wrong method": visitor.put("/", headers=ORIGIN),
        "foreign post": visitor.post("/logout"),
        "login": stranger.get("/login"),
        "led away": stranger.get("/"),
        "stranger": stranger.get("/session"),
        "static": stranger.get("/static/main.js", buffered=True),
        "no such static": stranger.get("/static/nothing.js"),
        "out of static": stranger.get("/static/../app.py"),
        "wrong password": stranger.post("/login", data={"username": "a", "password": "b"}, headers=ORIGIN),
        "stranger's socket": stranger.get("/socket.io/?EIO=4&transport=websocket", headers=ORIGIN),
        "broken socket": visitor.get("/socket.io/?EIO=1&transport=nonsense", headers=ORIGIN),
    }


def test_every_answer_carries_the_policy(site: Site) -> None:
    """Errors, redirects, files and sockets too."""
    for name, answer in answers(site).items():
        policy = answer.headers.get("Content-Security-Policy", "")
        assert "default-src 'none'" in policy, name
        assert "unsafe" not in policy, name
        assert answer.headers["X-Content-Type-Options"] == "nosniff", name
        assert answer.headers["Referrer-Policy"] == "same-origin", name
        assert "Access-Control-Allow-Origin" not in answer.headers, name


def test_pages_are_not_kept_by_caches(site: Site) -> None:
    """Files may be kept, but are asked for anew each time."""
    for name, answer in answers(site).items():
        expected = "no-cache" if name == "static" else "no-store"
        assert answer.headers["Cache-Control"] == expected, name


def test_a_bug_gives_a_plain_page_with_the_policy(site: Site) -> None:
    """No traceback, no text of the error."""

    @site.app.get("/static-bug")
    def bug() -> str:
        raise RuntimeError("secret inside")

    answer = site.browser().get("/static-bug")
    assert answer.status_code == 500
    assert "secret inside" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_raw_is_said_on_the_page(make_site: Callable[..., Site]) -> None:
    """Whoever looks knows that people are not covered."""
    assert "Raw pictures are shown here." in make_site(raw=True).browser().get("/").text
    assert "Raw pictures" not in make_site(raw=False).browser().get("/").text


def test_names_from_outside_cannot_become_markup(make_site: Callable[..., Site]) -> None:
    """Topics and the viewer's own name are text."""
    evil = "'\"><img src=x onerror=alert(1)>"
    text = make_site(topics=(evil,), name=evil).browser().get("/").text
    assert "<img src=x" not in text


@pytest.mark.parametrize("page", sorted(PLACE.glob("templates/*.html")), ids=lambda path: path.name)
def test_pages_have_nothing_inline_and_nothing_from_elsewhere(page: Path) -> None:
    """The policy would refuse it anyway; here it is found earlier."""
    text = page.read_text()
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=|https?://", text)


@pytest.mark.parametrize("script", sorted(PLACE.glob("static/*.js")), ids=lambda path: path.name)
def test_scripts_write_text_and_never_markup(script: Path) -> None:
    """Names and labels come from strangers."""
    text = script.read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|https?://", text)
    assert len(text.splitlines()) < 250
