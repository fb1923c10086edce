"""What a mail looks like to those who read it."""

import random
import re
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parsedate_to_datetime

import pytest

from services.notifier.channels.mail import LEFT_OUT, MOST_SUBJECT, mail, without_picture
from tests.notifier.channels.mail_rig import AT_NS, HTML, PICTURE, mail_settings, note, outline, parsed

HOSTILE = "x\r\nBcc: eve@example.org\r\n\r\nHello\x00\x0b\x85\u2028"
ALPHABET = "aB9 .,;:<>@\"()[]\\=?_-'\täß日本🚶🏪é\u00a0\u200d"


def part(message: EmailMessage, kind: str) -> EmailMessage:
    """The first of its type."""
    return next(each for each in message.walk() if each.get_content_type() == kind and isinstance(each, EmailMessage))


def test_the_picture_is_shown_in_the_text_and_attached() -> None:
    """Both hold the very bytes; the HTML's `cid:` is the Content-ID of the inline one."""
    message = parsed(mail(note(), mail_settings(), AT_NS))
    assert outline(message) == [
        "multipart/mixed",
        " multipart/alternative",
        "  text/plain",
        "  multipart/related",
        "   text/html",
        "   image/jpeg inline",
        " image/jpeg attachment",
    ]
    inline = part(message, "image/jpeg")
    [attached] = message.iter_attachments()
    assert inline.get_content() == attached.get_content() == PICTURE
    assert inline.get_filename() == attached.get_filename() == "porch-20231114T221320Z.jpg"
    [shown] = re.findall(r'src="cid:([^"]+)"', part(message, "text/html").get_content())
    assert inline["Content-ID"] == f"<{shown}>"


def test_text_and_html_arrive_as_they_were_written() -> None:
    """Emoji, umlauts, a line that begins with From, one that is longer than a line may be, a dot alone."""
    text = "From here on\n.\n" + "Käse 🚶 " * 300 + "\nend"
    message = parsed(mail(note(text=text, html=HTML.replace("porch", text)), mail_settings(), AT_NS))
    assert part(message, "text/plain").get_content().replace("\r\n", "\n") == text
    assert "Käse 🚶 Käse" in part(message, "text/html").get_content()


def test_two_mails_never_show_each_others_picture() -> None:
    """Some mail programs look for a Content-ID in all mails of a conversation."""
    ids = {
        part(parsed(mail(note(id=each), mail_settings(), AT_NS)), "image/jpeg")["Content-ID"] for each in ("1a", "2b")
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("fields", "more", "lines"),
    [
        ({}, {"attach": False}, ["multipart/alternative", " text/plain", " multipart/related"]),
        ({"jpeg": None}, {}, ["multipart/alternative", " text/plain", " text/html"]),
        ({"jpeg": None, "html": ""}, {}, ["text/plain"]),
        ({"html": ""}, {"attach": False}, ["multipart/mixed", " text/plain", " image/jpeg attachment"]),
        ({"html": "<p>no picture</p>"}, {"attach": False}, ["multipart/mixed", " multipart/alternative"]),
    ],
    ids=["once", "none", "bare", "no-html", "not-shown"],
)
def test_a_mail_has_only_the_parts_that_it_needs(
    fields: dict[str, object], more: dict[str, object], lines: list[str]
) -> None:
    """A picture that no HTML shows is attached, whatever `attach` says: it is not lost."""
    assert outline(parsed(mail(note(**fields), mail_settings(**more), AT_NS)))[: len(lines)] == lines


def test_without_a_picture_there_is_no_hole_where_it_was() -> None:
    """And both texts say that one was left out."""
    message = parsed(mail(without_picture(note()), mail_settings(), AT_NS))
    html = part(message, "text/html").get_content()
    assert "<img" not in html
    assert LEFT_OUT in html
    assert LEFT_OUT in part(message, "text/plain").get_content()
    assert "<img" not in part(parsed(mail(note(jpeg=None), mail_settings(), AT_NS)), "text/html").get_content()


def test_the_headers_say_who_to_whom_when_and_which() -> None:
    """The Message-ID is that of the notice: an attempt more is known as the same mail."""
    settings = mail_settings(cc=("boss@example.org",), bcc=("Secret <eve@example.org>",))
    data = mail(note(), settings, 1_711_846_800_123_456_789)
    message = parsed(data)
    assert message["From"].addresses[0].display_name == "Shop 🏪"
    assert message["From"].addresses[0].addr_spec == "shop@example.org"
    assert [each.addr_spec for each in message["To"].addresses] == ["anna@example.org", "ben@example.org"]
    assert message["To"].addresses[0].display_name == "Anna"
    assert message["Cc"] == "boss@example.org"
    assert message["Message-ID"] == f"<{note().id}@example.org>"
    assert parsed(mail(note(), settings, AT_NS))["Message-ID"] == message["Message-ID"]
    assert message["Subject"] == note().subject
    assert message["Auto-Submitted"] == "auto-generated"
    assert b"eve@example.org" not in data
    assert settings.recipients == ("anna@example.org", "ben@example.org", "boss@example.org", "eve@example.org")


@pytest.mark.parametrize("moment", [1_711_846_799, 1_711_846_800, 1_729_990_799, 1_729_990_800, 1_730_000_000])
def test_the_date_is_right_on_both_sides_of_a_clock_change(moment: int) -> None:
    """In UTC, whatever the clock on the wall shows; here Europe's changes of 2024."""
    said = parsed(mail(note(), mail_settings(), moment * 1_000_000_000))["Date"]
    assert str(said).endswith(" +0000")
    assert parsedate_to_datetime(said).timestamp() == moment


def test_what_is_told_of_one_event_lies_together() -> None:
    """Also where two channels tell it to the same mailbox: by References, never by naming a foreign mail."""
    first, second = (parsed(mail(note(id=each), mail_settings(), AT_NS)) for each in ("1a", "2b"))
    other = parsed(mail(note(event="event-2"), mail_settings(), AT_NS))
    assert first["References"] == second["References"] != other["References"]


@pytest.mark.parametrize("field", ["id", "event", "camera", "kind", "rule", "subject", "text", "html", "local_time"])
def test_no_field_of_a_note_can_add_a_header_or_a_recipient(field: str) -> None:
    """Line breaks of every kind, NUL, in texts a lone surrogate too (ids have none: they were UTF-8)."""
    hostile = HOSTILE if field in ("id", "event") else HOSTILE + "\ud800"
    data = mail(note(**{field: hostile}), mail_settings(), AT_NS)
    message = parsed(data)
    assert message.keys() == parsed(mail(note(), mail_settings(), AT_NS)).keys()
    assert not re.search(rb"^Bcc", data.partition(b"\r\n\r\n")[0], re.MULTILINE)
    assert [each.addr_spec for each in message["To"].addresses] == ["anna@example.org", "ben@example.org"]
    assert message["Subject"] in (note().subject, "x Bcc: eve@example.org Hello \ufffd")
    assert len(list(message.walk())) == (5 if field == "html" else 7)


def test_whatever_a_subject_or_name_says_arrives_and_every_line_is_short() -> None:
    """RFC 2047 in both directions, 200 times; names by the older parser: the newer one puts spaces into long ones."""
    rng = random.Random(1)
    for _ in range(200):
        subject, name = (" ".join("".join(rng.choices(ALPHABET, k=rng.randint(1, 90))).split(" ")) for _ in range(2))
        sender = {"from": '"' + re.sub(r'(["\\])', r"\\\1", " ".join(name.split())) + '" <a@example.org>'}
        if "<" in name or ">" in name:
            sender = {"from": "a@example.org"}
        data = mail(note(subject=subject, html="", jpeg=None), mail_settings(**sender), AT_NS)
        head = data.partition(b"\r\n\r\n")[0]
        assert head.isascii()
        assert max(map(len, head.split(b"\r\n"))) <= 130
        assert max(map(len, data.split(b"\r\n"))) <= 998
        assert b"\n" not in data.replace(b"\r\n", b"")
        assert parsed(data)["Subject"] == " ".join(subject.split())
        [said] = re.findall(rb"^From: ((?:.|\r\n )*?)\r\n\S", head, re.MULTILINE)
        if "<a@" in said.decode() and said.startswith(b"=?"):
            decoded = str(make_header(decode_header(said.decode().replace("\r\n", "").rpartition("<")[0].strip())))
            assert decoded == " ".join(name.split())


def test_a_subject_cannot_turn_itself_around() -> None:
    """Signs that change the direction of writing make one text look like another; those that join emoji stay."""
    message = parsed(mail(note(subject="gpj.\u202eexe\u2066 🚶\u200d♂️ a\u200cb"), mail_settings(), AT_NS))
    assert message["Subject"] == "gpj.exe 🚶\u200d♂️ a\u200cb"


def test_an_endless_subject_is_cut() -> None:
    """A line of a mailbox is not longer either."""
    assert len(parsed(mail(note(subject="ä" * 10_000), mail_settings(), AT_NS))["Subject"]) == MOST_SUBJECT


def test_who_is_only_told_in_secret_sees_nobody() -> None:
    """To is there nevertheless, as a group without members."""
    message = parsed(mail(note(), mail_settings(to=(), bcc=("a@example.org",)), AT_NS))
    assert message["To"].addresses == ()
    assert str(message["To"]) == "undisclosed-recipients:;"
