"""A note as a mail: RFC 5322, RFC 2045 to 2047.

    mixed
        alternative
            text/plain
            related
                text/html, which shows cid:picture
                image/jpeg, inline
        image/jpeg, attachment

The picture is in it twice: mail programs on the way of `cid:` show the inline one and do not list it, while what shows
no HTML (a watch, a rule that saves attachments, a plain text client) knows attachments alone. `attach: false` leaves
the second one out.

Headers are written here and not by the library: it puts spaces into long subjects (refolded encoded words).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime

from services.notifier.channels.channel import Note
from services.notifier.channels.mail_address import Address
from services.notifier.channels.mail_settings import MailSettings
from services.notifier.ids import notice_id
from services.notifier.plain_text import one_line

MOST_SUBJECT = 250
LEFT_OUT = "The picture was left out: it is too large for the way to the mail server."

_POLICY = policy.compat32.clone(linesep="\r\n")
_SHOWN = re.compile(r"\bcid:picture\b")
_PICTURE = re.compile(r"<img\b[^>]*\bcid:picture\b[^>]*>", re.IGNORECASE)
# Tab and line feed are left; lone surrogates cannot be written.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_NOT_IN_FILES = re.compile(r"[^A-Za-z0-9_-]")
_TOKEN = re.compile(r"[A-Za-z0-9-]{1,64}")


def message_id(note: Note, settings: MailSettings) -> str:
    """The same for every attempt: a server or mail program knows a repeat by it."""
    return f"<{_token(note.id)}@{settings.sender.domain}>"


def mail(note: Note, settings: MailSettings, now_ns: int) -> bytes:
    """The whole mail, lines of at most 998 bytes that end with CR LF; ASCII but for addresses that are not.

    `now_ns`: UTC, for its Date. Its html may show the picture as `cid:picture`.
    """
    head = "\r\n".join(f"{name}: {value}" for name, value in _headers(note, settings, now_ns))
    return head.encode() + b"\r\n" + _body(note, settings).as_bytes(policy=_POLICY)


def without_picture(note: Note) -> Note:
    """The same, saying that there was one."""
    html = _PICTURE.sub(f"<p>{LEFT_OUT}</p>", note.html)
    return replace(note, jpeg=None, text=f"{note.text}\n\n{LEFT_OUT}", html=html)


def _headers(note: Note, settings: MailSettings, now_ns: int) -> Iterator[tuple[str, str]]:
    yield "From", settings.sender.in_header("From")
    yield "To", _list(settings.to, "To") or "undisclosed-recipients:;"
    if settings.cc:
        yield "Cc", _list(settings.cc, "Cc")
    yield "Subject", _subject(note.subject)
    yield "Date", format_datetime(datetime.fromtimestamp(now_ns // 1_000_000_000, UTC))
    yield "Message-ID", message_id(note, settings)
    # What is told of one event, on other channels too, lies together.
    yield "References", f"<{notice_id(note.event, 'event')}@{settings.sender.domain}>"
    # RFC 3834, and what Exchange asks for: nobody's holiday answers an alert.
    yield "Auto-Submitted", "auto-generated"
    yield "X-Auto-Response-Suppress", "All"
    # Amazon SES makes its own Message-ID.
    yield "X-Framebus-Notice", _token(note.id)


def _list(addresses: tuple[Address, ...], header: str) -> str:
    return ",\r\n ".join(each.in_header(header) for each in addresses)


def _subject(text: str) -> str:
    line = one_line(text, MOST_SUBJECT)
    plain = line.isascii() and "=?" not in line
    return Header(line, "us-ascii" if plain else "utf-8", header_name="Subject").encode(linesep="\r\n")


def _body(note: Note, settings: MailSettings) -> MIMEBase:
    body, shown = _words(note, settings)
    if note.jpeg is None or (shown and not settings.attach):
        return body
    return MIMEMultipart("mixed", _subparts=[body, _picture(note.jpeg, note, "attachment")])


def _words(note: Note, settings: MailSettings) -> tuple[MIMEBase, bool]:
    """Text and HTML, and whether the HTML shows the picture."""
    text = _part(note.text, "plain")
    if not note.html:
        return text, False
    html, shown = _html(note, f"picture.{_token(note.id)}@{settings.sender.domain}")
    return MIMEMultipart("alternative", _subparts=[text, html]), shown


def _html(note: Note, content_id: str) -> tuple[MIMEBase, bool]:
    """Its own Content-ID for each mail, as RFC 2045 wants it: some programs show another mail's picture otherwise."""
    if note.jpeg is None or not _SHOWN.search(note.html):
        return _part(_PICTURE.sub("", note.html), "html"), False
    html = _part(_SHOWN.sub(f"cid:{content_id}", note.html), "html")
    picture = _picture(note.jpeg, note, "inline")
    picture["Content-ID"] = f"<{content_id}>"
    return MIMEMultipart("related", type="text/html", _subparts=[html, picture]), True


def _part(text: str, kind: str) -> MIMEText:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    return MIMEText(_UNFIT.sub(" ", re.sub(r"\r\n?", "\n", text)), kind, charset)  # type: ignore[arg-type]


def _picture(jpeg: bytes, note: Note, disposition: str) -> MIMEImage:
    taken = datetime.fromtimestamp(note.at // 1_000_000_000, UTC)
    name = f"{_NOT_IN_FILES.sub('_', note.camera)[:64]}-{taken:%Y%m%dT%H%M%SZ}.jpg"
    picture = MIMEImage(jpeg, "jpeg", name=name)
    picture.add_header("Content-Disposition", disposition, filename=name)
    return picture


def _token(text: str) -> str:
    """Safe in an id."""
    return text if _TOKEN.fullmatch(text) else notice_id(text, "token")
