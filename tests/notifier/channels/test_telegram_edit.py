"""Telegram: a message that is there is completed; and what may be set."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from libs.common.errors import PermanentError, SettingsError, TemporaryError
from libs.common.messages import Notice
from libs.common.scrub import scrub
from services.notifier.channels.channel import Clip
from services.notifier.channels.telegram import MOST_CHATS, TelegramSettings
from services.notifier.channels.telegram_chats import Sent, handle_of, messages_of
from tests.notifier.channels.notes import JPEG, note, tools
from tests.notifier.channels.telegram_rig import MP4, clip, ready, told
from tests.notifier.telegram_stub import TOKEN, RefusalError, flooded, saying

OTHER = b"\xff\xd8\xff other \xff\xd9"
LINK = "https://cams.example.org/r/1"


def test_a_text_becomes_a_picture_and_then_a_video(tmp_path: Path) -> None:
    """It stays the same message in every chat."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        first = phone.send(note())
        second = phone.edit(first, note(id="p", jpeg=JPEG))
        third = phone.edit(second, note(id="c", jpeg=JPEG, clip=clip(tmp_path)))
    assert [(shown.kind, shown.content) for shown in stub.in_chat(1) + stub.in_chat(2)] == [("video", MP4)] * 2
    assert third == '{"1":[1,"video"],"2":[2,"video"]}'


def test_a_picture_does_not_replace_a_video(tmp_path: Path) -> None:
    """Whichever comes last."""
    with ready(tmp_path) as (stub, phone):
        handle = phone.send(note(clip=clip(tmp_path)))
        assert phone.edit(handle, note(id="p", jpeg=JPEG)) == handle
    assert stub.in_chat(12345)[0].kind == "video"


@pytest.mark.parametrize("jpeg", [None, JPEG], ids=["text", "picture"])
def test_a_link_is_put_into_the_text_or_under_the_picture(tmp_path: Path, jpeg: bytes | None) -> None:
    """A recording that is too large."""
    with ready(tmp_path) as (stub, phone):
        handle = phone.send(note(jpeg=jpeg))
        assert phone.edit(handle, note(id="c", text="x" * 3000, clip=Clip(None, LINK, 60_000_000))) == handle
    (shown,) = stub.in_chat(12345)
    assert shown.content == (jpeg or b"")
    assert shown.text.endswith(LINK)


def test_an_edit_that_changes_nothing_is_done(tmp_path: Path) -> None:
    """Telegram calls it an error: message is not modified."""
    with ready(tmp_path) as (_, phone):
        handle = phone.send(note(jpeg=JPEG))
        for number in range(2):
            assert phone.edit(handle, note(id=f"p{number}", jpeg=JPEG)) == handle


def test_a_message_that_somebody_deleted_is_left_alone(tmp_path: Path) -> None:
    """The other chat's is completed."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        handle = phone.send(note())
        del stub.shown[1, 1]
        phone.edit(handle, note(id="p", jpeg=JPEG))
    assert [shown.kind for shown in stub.in_chat(1) + stub.in_chat(2)] == ["photo"]


def test_a_picture_that_is_refused_leaves_the_message(tmp_path: Path) -> None:
    """With a word about it."""
    with ready(tmp_path) as (stub, phone):
        handle = phone.send(note())
        stub.ways.append(saying(400, ok=False, error_code=400, description="Bad Request: IMAGE_PROCESS_FAILED"))
        assert phone.edit(handle, note(id="p", jpeg=JPEG)) == handle
    assert stub.in_chat(12345)[0].text.endswith("Telegram refuses the picture.")


def test_a_retry_of_an_edit_goes_to_the_missing_chats_only(tmp_path: Path) -> None:
    """As when it was sent."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        handle = phone.send(note())
        stub.ways += [flooded(3)]
        assert told(TemporaryError, lambda: phone.edit(handle, note(id="p", jpeg=JPEG))).delay_s == 3
        phone.edit(handle, note(id="p", jpeg=JPEG))
    assert stub.calls[2:] == [("editMessageMedia", 2), ("editMessageMedia", 1)]


def test_a_chat_that_never_had_it_is_not_edited(tmp_path: Path) -> None:
    """Blocked then; it is not in the handle."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        stub.refusing[1] = RefusalError(403, "bot was blocked by the user")
        handle = phone.send(note())
        phone.edit(handle, note(id="p", jpeg=JPEG))
    assert handle == '{"2":[1,"text"]}'
    assert stub.calls[2:] == [("editMessageMedia", 2)]


@pytest.mark.parametrize("handle", ["", "x", "[]", "3", '{"1":2}', '{"a":[1,"text"]}', '{"1":["x","text"]}'])
def test_a_handle_that_is_none_of_ours_is_refused(tmp_path: Path, handle: str) -> None:
    """It comes from a topic."""
    with ready(tmp_path) as (_, phone):
        told(PermanentError, lambda: phone.edit(handle, note(jpeg=JPEG)))


def test_a_handle_fits_into_a_notice() -> None:
    """With as many chats as there may be, all with the longest names and numbers."""
    each = [Sent(f"@{'x' * 30}{number:02}", 2**53, "video") for number in range(MOST_CHATS)]
    handle = handle_of(each)
    notice = {"id": "a", "event": "e", "channel": "c", "rule": "r", "kind": "k", "at": 1, "noticed_at": 1}
    assert Notice(**notice, camera="porch", state="sent", handle=handle).handle == handle  # type: ignore[arg-type]
    assert len(handle) <= 1024
    assert list(messages_of(handle).values()) == each


@pytest.mark.parametrize("token", ["T0PSECRET", "1:short", f"{TOKEN}/../x", f"{TOKEN} x", f"{TOKEN}?", "", "🎄" * 40])
def test_a_token_that_is_none_is_refused_at_the_start(tmp_path: Path, token: str) -> None:
    """It becomes a part of addresses, and is shown nowhere."""
    settings = TelegramSettings.model_validate({"token": token, "chats": [1]})
    with pytest.raises(SettingsError, match=r"^token.*expected") as refused:
        settings.opened(tools(tmp_path))
    assert "T0PSECRET" not in f"{refused.value} {settings!r}"


def test_the_token_is_shown_nowhere(tmp_path: Path) -> None:
    """Neither it nor an address that holds it."""
    (tmp_path / "token").write_text(f"{TOKEN}\n")
    settings = TelegramSettings.model_validate({"token_file": "token", "chats": [1]})
    settings.opened(tools(tmp_path))
    key = TOKEN.partition(":")[2]
    assert key not in scrub(f"https://api.telegram.org/bot{TOKEN}/sendMessage {key} {settings!r}")
    assert settings.secrets() == ("token",)


@pytest.mark.parametrize(
    "chats", [[], ["shop"], ["@a"], ["12 34"], ["@shop\n"], [1.5], [[1, 2]], [None], list(range(17))]
)
def test_chats_are_numbers_or_names(chats: list[Any]) -> None:
    """Wrong ones are told at the start."""
    with pytest.raises(ValidationError):
        TelegramSettings.model_validate({"token": TOKEN, "chats": chats})


def test_a_chat_that_stands_there_twice_is_one(tmp_path: Path) -> None:
    """As a number and as text."""
    with ready(tmp_path, 7, chats=[7, "7"]) as (stub, phone):
        assert json.loads(phone.send(note())) == {"7": [1, "text"]}
    assert len(stub.in_chat(7)) == 1


def test_it_can_be_completed_and_speaks_https_to_telegram_by_itself() -> None:
    """Whatever else is left out."""
    settings = TelegramSettings.model_validate({"token": TOKEN, "chats": [1]})
    assert (settings.can_edit, settings.api) == (True, "https://api.telegram.org")
    assert (settings.http, settings.private, settings.picture) == (False, False, True)


def test_another_picture_replaces_the_first(tmp_path: Path) -> None:
    """The newest counts."""
    with ready(tmp_path) as (stub, phone):
        handle = phone.send(note(jpeg=JPEG))
        phone.edit(handle, note(id="p", jpeg=OTHER))
    assert stub.in_chat(12345)[0].content == OTHER
