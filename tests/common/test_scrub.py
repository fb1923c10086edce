"""Secrets are taken out of text."""

import pytest

from libs.common.scrub import has_secret, scrub


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("rtsp://me:canary@cam/1", "rtsp://***@cam/1"),
        ("open rtsp://canary@cam failed, rtsp://a:canary@b too", "open rtsp://***@cam failed, rtsp://***@b too"),
        ("rtsp://me:can@ary@cam/1", "rtsp://***@cam/1"),
        ("rtsp://me:can/a@ry?x@cam/1", "rtsp://***@cam/1"),
        ("http://cam/a?b=me@home", "http://cam/a?b=me@home"),
        ("me@home", "me@home"),
    ],
)
def test_logins_in_urls_are_hidden(text: str, clean: str) -> None:
    """User and password, and nothing else."""
    assert scrub(text) == clean
    assert has_secret(text) == (text != clean)
