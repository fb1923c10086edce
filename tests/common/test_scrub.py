"""Secrets are taken out of text."""

import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode
from urllib.parse import quote, quote_plus

import pytest

from libs.common.scrub import MOST, has_secret, hide, hide_address, scrub

SECRET = "c@n/ary é+%~horse"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("rtsp://me:canary@cam/1", "rtsp://***@cam/1"),
        ("open rtsp://canary@cam failed, rtsp://a:canary@b too", "open rtsp://***@cam failed, rtsp://***@b too"),
        ("rtsp://me:can@ary@cam/1", "rtsp://***@cam/1"),
        ("rtsp://me:can/a@ry?x@cam/1", "rtsp://***@cam/1"),
        ("http://cam/a?b=me@home", "http://cam/a?b=me@home"),
        ("me@home", "me@home"),
        ("rtsp://cam/user=me_password=canary_channel=1", "rtsp://cam/user=me_password=***"),
        (
            "http://cam:88/cgi-bin/CGIProxy.fcgi?cmd=snapPicture2&usr=me&pwd=canary",
            "http://cam:88/cgi-bin/CGIProxy.fcgi?cmd=snapPicture2&usr=***&pwd=***",
        ),
        ("http://cam/snapshot.cgi?loginuse=me&loginpas=canary", "http://cam/snapshot.cgi?loginuse=***&loginpas=***"),
        (
            "http://cam/cgi-bin/api.cgi?cmd=Snap&password=can%26ary#x",
            "http://cam/cgi-bin/api.cgi?cmd=Snap&password=***#x",
        ),
        ("http://cam/pic?access_token=canary;Auth=canary", "http://cam/pic?access_token=***;Auth=***"),
        ("http://cam/pic?sig=canary&x=1 http://cam/?PSW=canary", "http://cam/pic?sig=***&x=1 http://cam/?PSW=***"),
        ("usr=me, bypass=1, http://cam/?size=2&bypassed=no", "usr=me, bypass=1, http://cam/?size=2&bypassed=no"),
        ("http://cam/snap.jpg?user=me&pwd=canary&size=2", "http://cam/snap.jpg?user=me&pwd=***&size=2"),
    ],
)
def test_logins_in_urls_are_hidden(text: str, clean: str) -> None:
    """User and password, and nothing else."""
    assert scrub(text) == clean
    assert has_secret(text) == (text != clean)


def forms(secret: str) -> list[str]:
    """What others make of a secret on its way into a text."""
    basic = [f"{'x' * count}:{secret}".encode() for count in range(3)]
    return [
        secret,
        quote(secret),
        quote(secret, safe=""),
        quote(secret, safe="").lower().replace("%c3", "%C3"),
        quote(quote(secret, safe=""), safe=""),
        "".join(f"%{byte:02x}" for byte in secret.encode()),
        quote_plus(secret),
        repr(secret),
        *(b64encode(login).decode() for login in basic),
        *(urlsafe_b64encode(login).decode() for login in basic),
        *(quote(b64encode(login).decode(), safe="") for login in basic),
        b64encode(secret.encode() + b" and more").decode(),
    ]


@pytest.mark.parametrize("form", forms(SECRET))
def test_a_secret_that_was_told_is_hidden_in_every_form(form: str) -> None:
    """Plain, percent-encoded, escaped, and in base64 alone or behind a user name."""
    hide(SECRET)
    clean = scrub(f"failed (Authorization: Basic {form}) at once")
    assert clean.startswith("failed (Authorization: Basic ")
    assert clean.endswith(" at once")
    assert "***" in clean
    assert form not in clean
    assert longest_common(form, clean) <= 8


def longest_common(form: str, text: str) -> int:
    """How long a piece of the form is left in the text."""
    return max(size for size in range(len(form)) if any(form[at : at + size] in text for at in range(len(form) - size)))


def test_the_password_of_an_address_is_hidden_and_the_address_is_not() -> None:
    """Raw and decoded."""
    hide_address("rtsp://viewer:battery%40staple@camera.example:8554/stream")
    assert scrub("battery@staple, battery%40staple") == "***, ***"
    assert scrub("rtsp://camera.example:8554: no video in it") == "rtsp://camera.example:8554: no video in it"


def test_a_password_in_the_query_of_an_address_is_hidden_and_the_user_is_not() -> None:
    """Raw and decoded; the user's name is a word like others."""
    hide_address("http://camera.example/CGIProxy.fcgi?cmd=snapPicture2&usr=visitor&pwd=battery%40staple")
    assert scrub("visitor, battery@staple, battery%40staple, snapPicture2") == "visitor, ***, ***, snapPicture2"


def test_a_short_secret_is_hidden_as_a_word_of_its_own() -> None:
    """Inside other words it would garble the line, and tell more than it hides."""
    hide("frame")
    assert scrub("wrong password 'frame'; framebus goes on %40frame") == "wrong password '***'; framebus goes on %40***"


def test_a_secret_of_three_characters_is_too_short_to_be_hidden() -> None:
    """Where no URL shows what it is."""
    hide("abc")
    assert scrub("abc") == "abc"


CODE = """
import sys, time, timeit
from base64 import b64encode
from libs.common.scrub import MOST, hide, scrub
text = "refused frames.source/3@1234: bad-message: expected a map, got a list " * 2
scrub(text)
for n in range(MOST + 100):
    hide(f"secret-number-{n}-of-many")
for n in (100, MOST // 2, MOST + 99):
    assert scrub(f"secret-number-{n}-of-many") == "***"
    assert scrub(f"%2573ecret%2Dnumber-{n}-of-many") == "***"
    assert "***" in scrub(b64encode(f"a:secret-number-{n}-of-many".encode()).decode())
assert scrub("secret-number-0-of-many") != "***"
after = min(timeit.repeat(lambda: scrub(text), timer=time.process_time, number=200, repeat=9))
sys.stdout.write(str(after / 200))
"""


def test_secrets_are_bounded_and_a_line_stays_cheap() -> None:
    """The newest ones count; even with all of them a line costs far less than what it tells about."""
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True, timeout=60)
    assert MOST == 2048
    assert float(done.stdout) < 0.005
