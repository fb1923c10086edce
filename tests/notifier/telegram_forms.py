"""Reads what a bot was given, as strictly as can be: whatever is not quite right raises ValueError."""

import json
import re
from dataclasses import dataclass
from typing import Any

from tests.notifier.web_stub import Request


@dataclass(frozen=True)
class Upload:
    """A file in a form."""

    field: str
    name: str
    kind: str
    content: bytes


def given(request: Request) -> tuple[dict[str, Any], Upload | None]:
    """The parameters by name, and the file."""
    kind = request.headers.get("content-type", "")
    if kind == "application/json":
        return _map(json.loads(request.body.decode("utf-8"))), None
    if boundary := re.fullmatch(r"multipart/form-data; boundary=([0-9A-Za-z]{8,70})", kind):
        return _form(request.body, boundary[1].encode())
    raise ValueError(f"Content-Type {kind!r}")


def _map(value: object) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("expected a JSON object")
    return value


def _form(body: bytes, boundary: bytes) -> tuple[dict[str, Any], Upload | None]:
    """RFC 7578: nothing before the first boundary, nothing behind the last."""
    first, *parts, last = (b"\r\n" + body).split(b"\r\n--" + boundary)
    if first or last != b"--\r\n":
        raise ValueError("the form does not begin or end as it should")
    fields: dict[str, Any] = {}
    upload = None
    for part in parts:
        head, gap, content = part.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        disposition, *rest = head.decode("ascii").split("\r\n")
        named = re.fullmatch(r'Content-Disposition: form-data; name="([a-z_]+)"(?:; filename="([\w.]+)")?', disposition)
        if not gap or not named or named[1] in fields:
            raise ValueError(f"a part of the form: {disposition!r}")
        if named[2] is None:
            fields[named[1]] = _field(content.decode("utf-8"), rest)
        elif upload is None and len(rest) == 1 and rest[0].startswith("Content-Type: "):
            upload = Upload(named[1], named[2], rest[0].removeprefix("Content-Type: "), content)
        else:
            raise ValueError("a file without Content-Type, or a second one")
    return fields, upload


def _field(text: str, rest: list[str]) -> str:
    if rest:
        raise ValueError(f"headers of a plain field: {rest}")
    return text
