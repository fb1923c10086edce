"""The stub of Telegram notices what a bot should not do: else the tests of the channel would show nothing."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.notifier.channels.body import Body, File, as_form, as_json
from tests.notifier.channels.notes import JPEG
from tests.notifier.channels.web_rig import web
from tests.notifier.telegram_stub import TOKEN, TelegramStub, telegram

QUIET = {"link_preview_options": {"is_disabled": True}}
PHOTO = File("picture.jpg", "image/jpeg", JPEG, len(JPEG))


def asked(stub: TelegramStub, folder: Path, method: str, body: Body, token: str = TOKEN) -> tuple[int, dict[str, Any]]:
    """Status and answer."""
    answer = web(stub.api, folder).post(body, {}, f"bot{token}/{method}")
    said: dict[str, Any] = json.loads(answer.body)
    return answer.status, said


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("sendMessage", as_json({"chat_id": 1, "text": "x"})),
        ("sendMessage", as_json({"chat_id": 1, "text": "x", "parse_mode": "HTML", **QUIET})),
        ("sendMessage", as_json({"chat_id": 1.5, "text": "x", **QUIET})),
        ("sendMessage", as_json({"chat_id": 1, "text": 7, **QUIET})),
        ("sendMessage", as_json({"text": "x", **QUIET})),
        ("sendMessage", Body("application/json", b"[1]")),
        ("sendMessage", Body("application/json", b"\xff")),
        ("sendMessage", Body("text/plain", b"{}")),
        ("sendPhoto", as_json({"chat_id": 1, "caption": "x", "photo": "nobody's"})),
        ("sendPhoto", as_form({"chat_id": "1", "caption": "x"}, "video", PHOTO)),
        ("sendPhoto", as_form({"chat_id": "1", "caption": "x"}, "photo", File("a.jpg", "image/jpeg", b"GIF", 3))),
        ("sendPhoto", as_form({"chat_id": "1", "caption": "x"}, "photo", File("a.jpg", "text/plain", JPEG, len(JPEG)))),
        ("sendVideo", as_form({"chat_id": "1", "caption": "x"}, "video", PHOTO)),
        ("sendPhoto", Body("multipart/form-data; boundary=abcdefgh", b"--abcdefgh\r\n")),
    ],
)
def test_a_wrong_request_is_a_fault(tmp_path: Path, method: str, body: Body) -> None:
    """And nothing is shown to anybody."""
    with telegram(1) as stub:
        assert asked(stub, tmp_path, method, body)[0] == 400
        assert len(stub.faults) == 1
        assert stub.shown == {}


@pytest.mark.parametrize(
    ("words", "token", "status"),
    [
        ({"chat_id": 2, "text": "x"}, TOKEN, 400),
        ({"chat_id": 1, "text": "🎄" * 2049}, TOKEN, 400),
        ({"chat_id": 1, "text": " "}, TOKEN, 400),
        ({"chat_id": 1, "text": "x"}, "1:other", 401),
        ({"chat_id": 1, "text": "🎄" * 2048}, TOKEN, 200),
    ],
)
def test_it_refuses_as_telegram_does(tmp_path: Path, words: dict[str, Any], token: str, status: int) -> None:
    """An unknown chat, a long or empty text, another bot: an answer, no fault."""
    with telegram(1) as stub:
        got, said = asked(stub, tmp_path, "sendMessage", as_json({**words, **QUIET}), token)
        assert (got, said["ok"], stub.faults) == (status, status == 200, [])


def test_a_photo_cannot_become_a_text(tmp_path: Path) -> None:
    """Nor a text a caption."""
    with telegram(1) as stub:
        asked(stub, tmp_path, "sendPhoto", as_form({"chat_id": "1", "caption": "x"}, "photo", PHOTO))
        asked(stub, tmp_path, "sendMessage", as_json({"chat_id": 1, "text": "x", **QUIET}))
        text, caption = {"message_id": 1, "text": "y", **QUIET}, {"message_id": 2, "caption": "y"}
        for method, words in (("editMessageText", text), ("editMessageCaption", caption)):
            status, said = asked(stub, tmp_path, method, as_json({"chat_id": 1, **words}))
            assert (status, stub.faults) == (400, [])
            assert "in the message to edit" in said["description"]
