"""A stub of Telegram's Bot API: it keeps chats as Telegram does, checks every field, and can fail in all its ways.

What a bot should never do is a fault, beside the refusal that Telegram would give: a test ends with `faults == []`.
"""

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.notifier.telegram_forms import Upload, given
from tests.notifier.web_stub import Server, Visit, serving

TOKEN = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
MOST_TEXT, MOST_CAPTION = 4096, 1024
MOST_PHOTO, MOST_VIDEO = 10_000_000, 50_000_000
PLACE = {"chat_id"}
MESSAGE = {"chat_id", "message_id"}
FIELDS = {
    "sendMessage": PLACE | {"text", "link_preview_options"},
    "sendPhoto": PLACE | {"caption", "photo"},
    "sendVideo": PLACE | {"caption", "video", "supports_streaming"},
    "editMessageText": MESSAGE | {"text", "link_preview_options"},
    "editMessageCaption": MESSAGE | {"caption"},
    "editMessageMedia": MESSAGE | {"media"},
}
MODIFIED = "message is not modified: specified new message content and reply markup are exactly the same"

Way = Callable[["TelegramStub", Visit], None]


class RefusalError(Exception):
    """What Telegram would answer."""

    def __init__(self, code: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        names = {400: "Bad Request: ", 403: "Forbidden: "}
        self.answer = {"ok": False, "error_code": code, "description": names.get(code, "") + description}
        if parameters:
            self.answer["parameters"] = parameters


@dataclass
class Shown:
    """A message as the people in the chat see it. `kind`: text, photo, video."""

    kind: str
    text: str
    content: bytes = b""


@dataclass
class TelegramStub:
    """`ways`: how the next calls are answered, instead of rightly; `refusing`: chats and what they say."""

    chats: set[int | str]
    server: Server | None = None
    ways: deque[Way] = field(default_factory=deque)
    refusing: dict[int | str, RefusalError] = field(default_factory=dict)
    shown: dict[tuple[int | str, int], Shown] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    calls: list[tuple[str, int | str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    @property
    def api(self) -> str:
        assert self.server is not None
        return self.server.url("")

    def in_chat(self, chat: int | str) -> list[Shown]:
        """Oldest first."""
        return [shown for (where, _), shown in self.shown.items() if where == chat]

    def meet(self, visit: Visit) -> None:
        (self.ways.popleft() if self.ways else rightly)(self, visit)

    def take(self, visit: Visit) -> tuple[int, dict[str, Any]]:
        """Status and answer; the message is in the chat then."""
        try:
            return 200, {"ok": True, "result": self._done(visit)}
        except RefusalError as refusal:
            return int(refusal.answer["error_code"]), refusal.answer
        except (ValueError, KeyError, TypeError) as error:
            self.faults.append(f"{visit.request.path.rpartition('/')[2]}: {error!r}")
            return RefusalError(400, "wrong request").answer["error_code"], RefusalError(400, "wrong request").answer

    def _done(self, visit: Visit) -> dict[str, Any]:
        request = visit.request
        _, bot, method = request.path.split("/")
        if request.method != "POST" or bot != f"bot{TOKEN}":
            raise RefusalError(401, "Unauthorized")
        if method not in FIELDS:
            raise RefusalError(404, "Not Found")
        fields, upload = given(request)
        form = request.headers["content-type"].startswith("multipart")
        self._expect(fields.keys() <= FIELDS[method], f"{method} does not know all of {sorted(fields)}")
        chat = self._chat(fields["chat_id"], form)
        self.calls.append((method, chat))
        if chat in self.refusing:
            raise self.refusing[chat]
        if chat not in self.chats:
            raise RefusalError(400, "chat not found")
        new = self._message(method, fields, upload)
        return self._edited(chat, fields, form, new) if method.startswith("edit") else self._added(chat, new)

    def _message(self, method: str, fields: dict[str, Any], upload: Upload | None) -> Shown:
        if method in ("sendMessage", "editMessageText"):
            self._expect(fields["link_preview_options"] == {"is_disabled": True}, "previews ask the site's own servers")
            return Shown("text", self._text(fields["text"], 1, MOST_TEXT))
        if method == "editMessageCaption":
            return Shown("", self._text(fields["caption"], 0, MOST_CAPTION))
        if method == "editMessageMedia":
            media = fields["media"] if upload is None else json.loads(fields["media"])
            self._expect(media.keys() == {"type", "media", "caption"}, f"media {sorted(media)}")
            self._expect(upload is None or media["media"] == f"attach://{upload.field}", "the file is not attached")
            kind, name, caption = media["type"], media["media"], media["caption"]
        else:
            kind = {"sendPhoto": "photo", "sendVideo": "video"}[method]
            self._expect(upload is None or upload.field == kind, "the file is in another field")
            streaming = "true" if upload else True
            self._expect(kind == "photo" or fields["supports_streaming"] == streaming, "the video cannot be streamed")
            name, caption = fields.get(kind), fields["caption"]
        return Shown(kind, self._text(caption, 0, MOST_CAPTION), self._content(kind, name, upload))

    def _content(self, kind: str, name: object, upload: Upload | None) -> bytes:
        if upload is None:
            return self.files[str(name)]
        content = upload.content
        if kind == "photo":
            whole = content[:3] == b"\xff\xd8\xff" and content[-2:] == b"\xff\xd9" and upload.kind == "image/jpeg"
            self._expect(whole and len(content) <= MOST_PHOTO, "no photo that Telegram takes")
        else:
            whole = content[4:8] == b"ftyp" and upload.kind == "video/mp4"
            self._expect(whole and len(content) <= MOST_VIDEO, "no video that Telegram takes")
        return content

    def _added(self, chat: int | str, new: Shown) -> dict[str, Any]:
        number = len(self.shown) + 1
        self.shown[chat, number] = new
        return self._result(chat, number)

    def _edited(self, chat: int | str, fields: dict[str, Any], form: bool, new: Shown) -> dict[str, Any]:
        number = int(fields["message_id"]) if form else fields["message_id"]
        old = self.shown.get((chat, number))
        if old is None:
            raise RefusalError(400, "message to edit not found")
        if new.kind == "text" and old.kind != "text":
            raise RefusalError(400, "there is no text in the message to edit")
        if not new.kind and old.kind == "text":
            raise RefusalError(400, "there is no caption in the message to edit")
        new = new if new.kind else Shown(old.kind, new.text, old.content)
        if new == old:
            raise RefusalError(400, MODIFIED)
        self.shown[chat, number] = new
        return self._result(chat, number)

    def _result(self, chat: int | str, number: int) -> dict[str, Any]:
        shown = self.shown[chat, number]
        result: dict[str, Any] = {"message_id": number, "chat": {"id": chat}}
        if shown.content:
            name = f"file-{len(self.files)}-{shown.kind}"
            self.files[name] = shown.content
            sizes = [{"file_id": f"{name}-small"}, {"file_id": name}]
            result[shown.kind] = sizes if shown.kind == "photo" else {"file_id": name}
        return result

    def _chat(self, value: object, form: bool) -> int | str:
        chat = int(value) if form and isinstance(value, str) and not value.startswith("@") else value
        if isinstance(chat, bool) or not isinstance(chat, int | str):
            raise ValueError(f"chat_id {value!r}")
        return chat

    def _text(self, text: object, least: int, most: int) -> str:
        if not isinstance(text, str):
            raise ValueError(f"a text that is {type(text).__name__}")
        if len(text.encode("utf-16-le")) // 2 > most:
            raise RefusalError(400, "message is too long")
        if len(text.strip()) < least:
            raise RefusalError(400, "message text is empty")
        return text

    def _expect(self, fact: bool, else_fault: str) -> None:
        if not fact:
            raise ValueError(else_fault)


def rightly(stub: TelegramStub, visit: Visit) -> None:
    """As Telegram does."""
    status, answer = stub.take(visit)
    visit.answer(status, json.dumps(answer).encode(), "Content-Type: application/json")


def saying(status: int, **answer: Any) -> Way:
    """This, whatever was asked; nothing is shown to anybody."""
    return lambda stub, visit: visit.answer(status, json.dumps(answer).encode(), "Content-Type: application/json")


def flooded(seconds: int) -> Way:
    """429, as it is."""
    text = f"Too Many Requests: retry after {seconds}"
    return saying(429, ok=False, error_code=429, description=text, parameters={"retry_after": seconds})


def silent(stub: TelegramStub, visit: Visit) -> None:
    """It takes the request and never says a word."""
    visit.over.wait(20)


def hangs_up(stub: TelegramStub, visit: Visit) -> None:
    """The message is in the chat, and the connection is gone."""
    stub.take(visit)


@contextmanager
def telegram(*chats: int | str) -> Iterator[TelegramStub]:
    """A Telegram with these chats, on this machine."""
    stub = TelegramStub(set(chats))
    with serving(stub.meet) as server:
        stub.server = server
        yield stub
        stub.faults += server.broken
