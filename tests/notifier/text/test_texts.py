"""What is sent of a notice."""

import logging
from pathlib import Path
from typing import Any

import pytest

from libs.common.messages import replace
from services.notifier.channels.channel import Clip
from services.notifier.rules.rule import Rule
from services.notifier.text.fields import FIELDS, fields_of
from services.notifier.text.samples import AT, samples
from services.notifier.text.texts import LONGEST_SUBJECT, surroundings
from tests.notifier.text.notices import HOSTILE, book, notice, person, told
from tests.notifier.text.page import Page

JPEG = b"\xff\xd8 a picture"
VIEWER = "https://cams.example.org"


def test_a_detection_says_what_where_when_and_how_sure() -> None:
    """In the zone of the channel."""
    note = told(person(), jpeg=JPEG, site="Corner shop", viewer=VIEWER, timezone="Europe/Berlin")
    assert note.subject == "[Corner shop] 2 \N{MULTIPLICATION SIGN} person at porch, 23:13:20"
    assert note.text.splitlines() == [
        "2023-11-14 23:13:20 CET",
        "87 % sure",
        "Zone: drive",
        "Also seen: car 50 %",
        "",
        "Viewer: https://cams.example.org/?camera=porch",
    ]
    assert note.local_time == "2023-11-14 23:13:20 CET"
    assert note.links == {"viewer": "https://cams.example.org/?camera=porch"}
    assert (note.labels, note.counts) == ({"car": 0.5, "person": 0.874}, {"person": 2, "car": 1})


def test_the_channels_zone_comes_before_that_of_the_file() -> None:
    """Somebody on a journey is told by their own clock."""
    assert told(person()).local_time.endswith("22:13:20 UTC")
    assert told(person(), timezone="Asia/Tokyo").local_time == "2023-11-15 07:13:20 JST"


def test_the_picture_is_named_in_html_only_where_there_is_one() -> None:
    """By the name that the mail gives it; nothing is fetched from anywhere."""
    assert Page(told(person(), jpeg=JPEG).html).addresses == ["cid:picture"]
    assert Page(told(person()).html).addresses == []


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "The picture was not available any more."),
        ({"picture": "not-looked"}, "The picture is withheld: nobody has looked at it."),
        ({"picture": "not-redacted"}, "The picture is withheld: nobody has covered who is in it."),
        ({"picture": "another reason"}, "The picture is withheld: it may not be shown."),
    ],
)
def test_without_its_picture_a_message_says_why(data: dict[str, Any], said: str) -> None:
    """In text and HTML."""
    note = told(person(data=data))
    assert said in note.text.splitlines()
    assert said in Page(note.html).words


@pytest.mark.parametrize(
    ("about", "fields"),
    [
        (person(data={"picture": "follows"}), {}),
        (person(), {"picture": False}),
        (person(), {"rule": Rule(name="at night", channels=("office",), picture=False)}),
        (notice("camera.connected"), {}),
    ],
)
def test_nothing_is_said_of_a_picture_where_none_belongs(about: Any, fields: dict[str, Any]) -> None:
    """One that follows, one that nobody wants, an event without one."""
    assert "picture" not in told(about, **fields).text


def test_a_channel_without_pictures_is_given_none() -> None:
    """Whoever looked one up."""
    assert told(person(), jpeg=JPEG, picture=False).jpeg is None
    assert told(person(), jpeg=JPEG).jpeg == JPEG


def test_what_was_left_out_is_counted() -> None:
    """By the cooldown."""
    assert "And 12 more since the last message." in told(person(meanwhile=12)).text


def test_what_is_told_late_says_so() -> None:
    """Beyond a minute; what completes a message does not."""
    assert "told" not in told(person(), late_s=59).text
    assert "2023-11-14 22:13:20 UTC, told 12 min later" in told(person(), late_s=720).text
    assert "told" not in told(person(updates="1" * 32), late_s=720).text


def test_a_test_is_marked() -> None:
    """In the subject, and for the channel."""
    note = told(notice("test"))
    assert note.marked
    assert note.subject == "TEST: This is a test: messages arrive here"
    assert not told(person()).marked


def test_a_failing_channel_is_told_with_its_error() -> None:
    """On the other channels."""
    note = told(notice("service.failing", data={"channel": "phone"}, text="403 Forbidden"))
    assert note.subject == "Messages through phone fail, 22:13:20"
    assert "It said: 403 Forbidden. Nothing more is told of this until a message gets through." in note.text


def test_a_clip_is_given_and_linked() -> None:
    """Where a channel can send a film."""
    clip = {"path": "/recordings/porch.mp4", "url": "https://cams.example.org/porch.mp4", "bytes": 5}
    note = told(person(data={"clip": clip}))
    assert note.clip == Clip(Path("/recordings/porch.mp4"), "https://cams.example.org/porch.mp4", 5)
    assert note.links["recording"] == "https://cams.example.org/porch.mp4"
    assert "Recording: https://cams.example.org/porch.mp4" in note.text


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_stay_words(text: str) -> None:
    """In every place of a notice: one line of subject, no tag of theirs, no sign that cannot be sent."""
    harmless = Page(told(person(label="a", labels={"a": 0.5, "b": 0.5}, zones=("b",), text="c"), jpeg=JPEG).html)
    evil = person(label=text, labels={text: 0.5}, zones=(text,), text=text, data={"topic": text, "clip": {"url": text}})
    for kind in ("detection.started", "mark", "line.crossed", "some.thing"):
        note = told(replace(evil, kind=kind), jpeg=JPEG, site=text)
        assert len(note.subject) <= LONGEST_SUBJECT
        assert "\n" not in note.subject
        assert "\r" not in note.text
        assert note.subject.encode()
        assert note.text.encode()
        assert note.html.encode()
        page = Page(note.html)
        assert set(page.tags) <= {*harmless.tags, "p", "strong"}
        assert page.addresses == ["cid:picture"]
        assert all((0 < len(zone) <= 64 and zone.isprintable()) or "\u200d" in zone for zone in note.zones)


@pytest.mark.parametrize(
    "name",
    ["{{ what", "{{ nothing }}", "{{ camera.x }}", "$nothing", "$", "{% for a in list %}{{ list }}{% endfor %}" * 9],
)
@pytest.mark.parametrize("which", ["subject", "text", "html"])
def test_a_template_that_fails_is_told_and_ours_is_used(
    which: str, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Never silent: the message goes out."""
    many = person(labels={f"label {number} {'x' * 40}": 0.5 for number in range(64)})
    own: dict[str, Any] = {which: name}
    with caplog.at_level(logging.WARNING):
        note = told(many, **own)
    assert getattr(note, which) == getattr(told(many), which)
    assert f"channel office, {which}, line 1" in caplog.text


@pytest.mark.parametrize("blank", ["{% if test %}x{% endif %}", "\n \n", "{{ viewer }}"])
def test_a_template_that_says_nothing_gives_way_to_ours(blank: str) -> None:
    """No channel takes an empty text."""
    assert told(person(), text=blank, subject=blank) == told(person())


def test_the_simplest_templates_keep_working() -> None:
    """Those that the first version had."""
    html = "<p>$camera saw $list at $time</p>$image"
    note = told(
        person(zones=("<b>",)), jpeg=JPEG, html=html, text="$camera: $list ($count $label) $image", timezone="UTC"
    )
    assert note.text == "porch: 2 \N{MULTIPLICATION SIGN} person 87 %, car 50 % (2 person)"
    assert "<p>porch saw 2" in note.html
    assert Page(note.html).addresses == ["cid:picture"]


def test_templates_of_the_file_are_those_of_every_channel_without_its_own() -> None:
    """`texts:` of rules.yaml."""
    assert told(person(), texts={"subject": "of the file"}).subject == "of the file"
    assert told(person(), texts={"subject": "of the file"}, subject="own").subject == "own"


def test_a_channel_that_is_gone_is_no_fault() -> None:
    """It was taken out of rules.yaml while its message waited."""
    assert told(person(channel="gone")).subject.startswith("2 ")


def test_no_subject_has_a_line_break() -> None:
    """Not by a template either: what is behind it would be a header of its own."""
    assert told(person(), subject="a\r\nBcc: b@example.org\n{{ camera }}").subject == "a Bcc: b@example.org porch"


@pytest.mark.parametrize("number", range(len(samples("office"))))
def test_every_field_is_there_for_every_notice(number: int) -> None:
    """And no other: the list is what pages promise."""
    about, members = samples("office")[number]
    fields = fields_of(about, surroundings(book(), about, False, AT, members))
    assert fields.keys() == FIELDS.keys()
