"""Telegram: what people see in their chats, and what is told of failures."""

from pathlib import Path

import pytest

from libs.common.errors import PermanentError, TemporaryError
from services.notifier.channels.telegram_parcel import MOST_CAPTION, MOST_TEXT
from services.notifier.channels.utf16 import length
from tests.notifier.channels.notes import JPEG, note
from tests.notifier.channels.telegram_rig import channel, in_time, ready, told
from tests.notifier.telegram_stub import RefusalError, flooded, hangs_up, saying, silent, telegram

UPGRADED = "group chat was upgraded to a supergroup chat"


def test_every_chat_gets_the_text(tmp_path: Path) -> None:
    """A person, a group, a channel by its name."""
    with ready(tmp_path, 12345, -1001234567890, "@shop_alerts") as (stub, phone):
        phone.send(note())
    for chat in stub.chats:
        (shown,) = stub.in_chat(chat)
        assert (shown.kind, shown.text) == ("text", "porch: person\nA person (91 %) at porch, 14 Nov 2023, 23:13:20.")


def test_camera_and_time_are_there_whatever_the_template_says(tmp_path: Path) -> None:
    """Under the picture too; a note without any text has at least these."""
    with ready(tmp_path) as (stub, phone):
        phone.send(note(subject="", text=" ", jpeg=JPEG))
        phone.send(note(id="b", text="porch is busy", subject=""))
    assert [shown.text for shown in stub.in_chat(12345)] == [
        "porch, 14 Nov 2023, 23:13:20",
        "porch is busy\n14 Nov 2023, 23:13:20",
    ]


def test_a_summary_is_of_no_one_camera_and_time(tmp_path: Path) -> None:
    """It says of which and from when to when; the time of its first event would confuse."""
    with ready(tmp_path) as (stub, phone):
        phone.send(note(subject="9 events at 3 cameras", text="- Cat at yard, 9 times", summary_of=9))
    assert stub.in_chat(12345)[0].text == "9 events at 3 cameras\n- Cat at yard, 9 times"


def test_text_is_shown_as_it_is(tmp_path: Path) -> None:
    """No sign means anything: neither HTML nor Markdown is read."""
    text = "<b>x</b> & _y_ *z* [l](tg://user?id=1) 🎄 porch 14 Nov 2023, 23:13:20"
    with ready(tmp_path) as (stub, phone):
        phone.send(note(subject="", text=text))
    assert stub.in_chat(12345)[0].text == text


def test_a_picture_is_uploaded_once_for_all_chats(tmp_path: Path) -> None:
    """The others get it by its id in Telegram."""
    with ready(tmp_path, 1, 2, 3) as (stub, phone):
        phone.send(note(jpeg=JPEG))
        assert stub.server is not None
        kinds = [request.headers["content-type"].partition(";")[0] for request in stub.server.requests]
    assert [stub.in_chat(chat)[0].content for chat in (1, 2, 3)] == [JPEG] * 3
    assert kinds == ["multipart/form-data", "application/json", "application/json"]


def test_pictures_can_be_switched_off(tmp_path: Path) -> None:
    """Then it is the text alone."""
    with ready(tmp_path, picture=False) as (stub, phone):
        phone.send(note(jpeg=JPEG))
    assert stub.in_chat(12345)[0].kind == "text"


@pytest.mark.parametrize("sign", ["x", "ä", "🎄", "👨‍👩‍👧", "e\u0301", "👍🏽", "\U0001f1e9\U0001f1ea"])
def test_long_texts_are_cut_to_what_telegram_takes(tmp_path: Path, sign: str) -> None:
    """Counted as it counts, and never within what is shown as one sign."""
    with ready(tmp_path) as (stub, phone):
        phone.send(note(text=sign * 5000))
        phone.send(note(id="b", text=sign * 5000, jpeg=JPEG))
    for shown, most in zip(stub.in_chat(12345), (MOST_TEXT, MOST_CAPTION), strict=True):
        assert most - 2 * length(sign) <= length(shown.text) <= most
        assert shown.text.endswith("…")
        assert not shown.text.removesuffix("…").endswith("\u200d")


def test_a_picture_that_is_too_large_leaves_the_text(tmp_path: Path) -> None:
    """And a word about it."""
    with ready(tmp_path) as (stub, phone):
        phone.send(note(jpeg=b"\xff\xd8\xff" + bytes(10_000_000) + b"\xff\xd9"))
    (shown,) = stub.in_chat(12345)
    assert shown.kind == "text"
    assert shown.text.endswith("The picture is too large for Telegram.")


@pytest.mark.parametrize("why", ["PHOTO_INVALID_DIMENSIONS", "IMAGE_PROCESS_FAILED", "no rights to send photos"])
def test_a_picture_that_is_refused_leaves_the_text(tmp_path: Path, why: str) -> None:
    """Nobody misses a message for a picture of the wrong shape."""
    with ready(tmp_path) as (stub, phone):
        stub.ways.append(saying(400, ok=False, error_code=400, description=f"Bad Request: {why}"))
        phone.send(note(jpeg=JPEG))
    (shown,) = stub.in_chat(12345)
    assert shown.text.endswith("Telegram refuses the picture.")


def test_ok_false_is_a_failure_whatever_the_status(tmp_path: Path) -> None:
    """HTTP 200 means nothing by itself."""
    with ready(tmp_path) as (stub, phone):
        stub.ways.append(saying(200, ok=False, error_code=400, description="Bad Request: chat not found"))
        assert "chat not found" in str(told(PermanentError, lambda: phone.send(note())))
        stub.ways.append(saying(200, ok=False))
        told(TemporaryError, lambda: phone.send(note(id="b")))


@pytest.mark.parametrize("answer", [b"", b"<html>Log in to our network</html>", b"[]", b"[" * 60_000, b'{"ok":true}'])
def test_an_answer_that_is_none_is_a_failure(tmp_path: Path, answer: bytes) -> None:
    """Of a network that wants a login first, of a broken server."""
    with ready(tmp_path) as (stub, phone):
        stub.ways.append(lambda stub, visit: visit.answer(200, answer))
        told(TemporaryError, lambda: phone.send(note()))
        phone.send(note())
    assert len(stub.in_chat(12345)) == 1


def test_a_flood_is_waited_out(tmp_path: Path) -> None:
    """As long as Telegram says, at most a day."""
    with ready(tmp_path) as (stub, phone):
        stub.ways += [flooded(37), flooded(10**40)]
        assert told(TemporaryError, lambda: phone.send(note())).delay_s == 37
        assert told(TemporaryError, lambda: phone.send(note())).delay_s == 86_400


@pytest.mark.parametrize("status", [500, 502, 503, 504, 408])
def test_trouble_at_telegram_passes(tmp_path: Path, status: int) -> None:
    """The same message again, later."""
    with ready(tmp_path) as (stub, phone):
        stub.ways.append(saying(status, ok=False, error_code=status, description="Internal Server Error"))
        told(TemporaryError, lambda: phone.send(note()))
        phone.send(note())


def test_a_silent_telegram_holds_nobody(tmp_path: Path) -> None:
    """All chats together have one end."""
    with ready(tmp_path, 1, 2, 3, within_s=1.5) as (stub, phone):
        stub.ways.append(silent)
        in_time(lambda: told(TemporaryError, lambda: phone.send(note())), 4)


def test_a_telegram_that_cannot_be_reached_comes_back(tmp_path: Path) -> None:
    """No answer is no refusal."""
    with telegram(12345) as stub:
        phone = channel(stub, tmp_path)
    told(TemporaryError, lambda: phone.send(note()))


def test_who_accepts_and_hangs_up_gets_it_twice(tmp_path: Path) -> None:
    """Nobody can know that it was taken: the Bot API has no ids of ours."""
    with ready(tmp_path) as (stub, phone):
        stub.ways.append(hangs_up)
        told(TemporaryError, lambda: phone.send(note()))
        phone.send(note())
    assert len(stub.in_chat(12345)) == 2


@pytest.mark.parametrize("status", [401, 404])
def test_a_wrong_token_is_told_and_not_shown(tmp_path: Path, status: int) -> None:
    """To no other chat is anything tried."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        stub.ways.append(saying(status, ok=False, error_code=status, description="Unauthorized"))
        assert "is the token right?" in str(told(PermanentError, lambda: phone.send(note())))
    assert stub.calls == []


def test_one_refusing_chat_does_not_keep_it_from_the_others(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The log says so once, not at every message."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        stub.refusing[1] = RefusalError(403, "bot was blocked by the user")
        for number in range(3):
            phone.send(note(id=f"n{number}"))
    assert len(stub.in_chat(2)) == 3
    assert caplog.text.count("bot was blocked by the user") == 1


def test_a_test_is_right_only_if_every_chat_takes_it(tmp_path: Path) -> None:
    """Whoever asks wants to know of the one that does not."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        stub.refusing[1] = RefusalError(403, "bot was blocked by the user")
        error = str(told(PermanentError, lambda: phone.send(note(marked=True))))
    assert error.startswith("chat 1: ")
    assert "bot was blocked" in error
    assert len(stub.in_chat(2)) == 1


@pytest.mark.parametrize("why", ["bot was blocked by the user", "user is deactivated", "bot was kicked from the group"])
def test_if_nobody_takes_it_it_is_refused(tmp_path: Path, why: str) -> None:
    """With the reason that Telegram gave."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        stub.refusing = {1: RefusalError(403, why), 2: RefusalError(403, why)}
        assert why in str(told(PermanentError, lambda: phone.send(note())))


def test_a_retry_asks_only_the_chats_that_do_not_have_it(tmp_path: Path) -> None:
    """Neither those that took it, nor those that refused it."""
    with ready(tmp_path, 1, 2, 3) as (stub, phone):
        stub.refusing[3] = RefusalError(403, "bot was blocked by the user")
        stub.ways += [lambda stub, visit: visit.answer(200, b'{"ok":true,"result":{"message_id":90}}'), flooded(1)]
        told(TemporaryError, lambda: phone.send(note()))
        handle = phone.send(note())
    assert stub.calls == [("sendMessage", 3), ("sendMessage", 2)]
    assert handle == '{"1":[90,"text"],"2":[1,"text"]}'


def test_what_is_remembered_of_failures_has_a_bound(tmp_path: Path) -> None:
    """The oldest is forgotten: it may come twice, and memory does not grow."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        stub.refusing[2] = RefusalError(429, "Too Many Requests")
        for number in range(260):
            told(TemporaryError, lambda number=number: phone.send(note(id=f"n{number}")))  # type: ignore[misc]
        assert len(phone._attempts) == 256


def test_a_group_with_a_new_id_is_followed(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """And whoever wrote the rules is told the new one."""
    with ready(tmp_path, -100777, chats=[-5]) as (stub, phone):
        stub.refusing[-5] = RefusalError(400, UPGRADED, migrate_to_chat_id=-100777)
        phone.send(note())
        phone.send(note(id="b"))
    assert len(stub.in_chat(-100777)) == 2
    assert caplog.text.count("-5 is -100777 now") == 1


def test_a_group_is_not_followed_for_ever(tmp_path: Path) -> None:
    """Whatever a server says: it is one step for each message."""
    with ready(tmp_path, 1, chats=[-5]) as (stub, phone):
        stub.refusing = {-n: RefusalError(400, UPGRADED, migrate_to_chat_id=-n - 1) for n in range(5, 500)}
        for _ in range(2):
            assert UPGRADED in str(told(PermanentError, lambda: phone.send(note())))
    assert [chat for _, chat in stub.calls] == [-5, -6, -6, -7]
