"""A note and settings for mail; a picture whose bytes are known; mail as programs read it."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from services.notifier.channels.channel import Note
from services.notifier.channels.mail_settings import MailSettings
from services.notifier.ids import notice_id

PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40 + b"\xff\xd9"
AT_NS = 1_700_000_000_000_000_000
HTML = '<html><body><h1>Person 🚶 at porch</h1><p><img alt="porch" src="cid:picture" width="320"></p></body></html>'
TO = {"from": "Shop 🏪 <shop@example.org>", "to": ["Anna <anna@example.org>", "ben@example.org"]}


def note(**fields: Any) -> Note:
    """A person at the porch, with a picture; `fields` replace any."""
    made: dict[str, Any] = {
        "id": notice_id("event-1", "office"),
        "event": "event-1",
        "camera": "porch",
        "kind": "detection.started",
        "rule": "somebody at night",
        "at": AT_NS,
        "local_time": "23:13:20",
        "subject": "Corner shop: person 🚶 at porch",
        "text": "Person (91 %) at porch, 23:13:20.\nKäse, 日本 🚶",
        "html": HTML,
        "jpeg": PICTURE,
    }
    return Note(**{**made, **fields})


def mail_settings(**fields: Any) -> MailSettings:
    """To Anna and Ben; `fields` replace any."""
    return MailSettings.model_validate({**TO, **fields})


def parsed(data: bytes) -> EmailMessage:
    """As a program reads it that goes by today's standards; nothing about it may be wrong."""
    message = message_from_bytes(data, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def outline(message: EmailMessage, depth: int = 0) -> list[str]:
    """Its parts, one a line."""
    kind = message.get_content_disposition() or ""
    lines = [f"{' ' * depth}{message.get_content_type()} {kind}".rstrip()]
    for part in message.iter_parts():
        assert isinstance(part, EmailMessage)
        lines += outline(part, depth + 1)
    return lines
