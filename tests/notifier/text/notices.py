"""Notices and what rules.yaml says, for the tests of texts."""

from typing import Any

from libs.common.messages import Notice
from libs.common.testing import FakeClock
from services.notifier.book import Book
from services.notifier.channels.channel import Note
from services.notifier.channels.mail_settings import MailSettings
from services.notifier.rules.rule import Rule
from services.notifier.text.texts import Texts

AT = 1_700_000_000_000_000_000
"""2023-11-14 22:13:20 UTC."""
TO = {"from": "shop@example.org", "to": ["anna@example.org"]}
HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "a\r\nBcc: everybody@example.org",
    "a\x00b\x1b[31m\x07",
    "\u202egpj.exe\u2066",
    "\u2028\u2029\x85",
    "x" * 1024,
    "👩‍👩‍👧‍👦 приве\u0301т 猫 🚗",
    "{{ 7 * 7 }}{% for a in b %}",
    "$camera ${label} $$ %s {0}",
    "\ud800 half",
    "'; DROP TABLE notices; --",
    "",
)
"""What somebody may call a label, a zone or a line."""


def notice(kind: str = "detection.started", **fields: Any) -> Notice:
    """Of the camera porch, for the channel office."""
    known: dict[str, Any] = {
        "id": "1" * 32,
        "event": "2" * 32,
        "camera": "porch",
        "channel": "office",
        "rule": "at night",
        "kind": kind,
        "at": AT,
        "noticed_at": AT,
        "state": "waiting",
    }
    return Notice(**(known | fields))


def person(**fields: Any) -> Notice:
    """Somebody, and a car."""
    known = {"label": "person", "labels": {"car": 0.5, "person": 0.874}, "counts": {"person": 2, "car": 1}}
    return notice(**(known | {"zones": ("drive",), "frame_id": "porch/0a1b2c3d/7"} | fields))


def book(rule: Rule | None = None, **fields: Any) -> Book:
    """One rule and one channel; `fields` of the channel, or of the book where it has them."""
    own = {name: fields.pop(name) for name in ("site", "viewer", "texts") if name in fields}
    rules = (rule or Rule(name="at night", channels=("office",)),)
    return Book(rules, {"office": MailSettings.model_validate({**TO, **fields})}, **own)


def told(notice: Notice, late_s: float = 0.0, jpeg: bytes | None = None, **fields: Any) -> Note:
    """What is sent of it so many seconds later."""
    members = fields.pop("members", ())
    clock = FakeClock(notice.at + round(late_s * 1e9))
    return Texts(clock).note(book(**fields), notice, jpeg, members)
