"""Addresses that may stand in a message."""

from typing import Any

import pytest

from services.notifier.text.links import clip_of, links, web
from tests.notifier.text.notices import HOSTILE, notice

WRONG: list[Any] = [
    *HOSTILE,
    "javascript:alert(1)",
    "data:text/html,x",
    "file:///etc/passwd",
    "//example.org/x",
    "https://",
    "https://me:secret@example.org/",
    "https://example.org/\"onmouseover='x'",
    "https://example.org/<b>",
    "https://example.org/a b",
    "https://ex\u0430mple.org/",
    "https://[::1/",
    "https://example.org/" + "x" * 2000,
    None,
    7,
    ["https://example.org"],
]


@pytest.mark.parametrize("url", WRONG)
def test_what_is_no_address_for_a_browser_is_no_link(url: Any) -> None:
    """Scripts, files, logins, signs that end an attribute."""
    assert web(url) == ""
    assert links("", notice(data={"clip": {"url": url}, "url": url})) == {}
    assert clip_of(notice(data={"clip": {"path": None, "url": url}})) is None


@pytest.mark.parametrize(
    ("viewer", "url"),
    [
        ("https://cams.example.org", "https://cams.example.org/?camera=porch"),
        ("http://10.0.0.5:5000/", "http://10.0.0.5:5000/?camera=porch"),
        ("https://example.org/cams/", "https://example.org/cams/?camera=porch"),
    ],
)
def test_the_viewer_is_asked_for_the_camera(viewer: str, url: str) -> None:
    """Wherever it is served."""
    assert links(viewer, notice()) == {"viewer": url}


def test_a_summary_links_the_whole_viewer() -> None:
    """It tells of many cameras."""
    assert links("https://cams.example.org", notice("summary")) == {"viewer": "https://cams.example.org/"}


def test_a_recording_is_linked_by_its_own_event_too() -> None:
    """`recording.finished` has the address in its data."""
    assert links("", notice(data={"url": "https://example.org/a.mp4"})) == {"recording": "https://example.org/a.mp4"}


@pytest.mark.parametrize("path", ["/etc/passwd", "/etc/shadow.mp4\x00", "", "x", 7, None, "/root/.ssh/id_rsa", ".mp4"])
def test_a_file_that_is_no_film_is_not_sent(path: Any) -> None:
    """The path came in a message: nobody's keys go out that way."""
    assert clip_of(notice(data={"clip": {"path": path, "bytes": 1}})) is None


@pytest.mark.parametrize("count", [None, -1, 1.5, "x"])
def test_a_clip_of_unknown_size_has_none(count: Any) -> None:
    """The channel looks at the file."""
    clip = clip_of(notice(data={"clip": {"path": "/a/B.MP4", "bytes": count}}))
    assert clip is not None
    assert clip.size_bytes == 0
