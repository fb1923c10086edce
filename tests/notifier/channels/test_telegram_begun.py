"""A note that some chats have already: whoever goes on with it, this process or another one, leaves those alone."""

from dataclasses import replace
from pathlib import Path

import pytest

from libs.common.errors import PermanentError
from services.notifier.channels.channel import PartlySentError
from services.notifier.channels.telegram_chats import messages_of
from tests.notifier.channels.notes import JPEG, note
from tests.notifier.channels.telegram_rig import channel, ready, told
from tests.notifier.telegram_stub import RefusalError, flooded, rightly


def test_another_process_asks_only_the_chats_that_do_not_have_it(tmp_path: Path) -> None:
    """What the first one left in the log says who they are; the handle in the end is of all of them."""
    with ready(tmp_path, 1, 2, 3) as (stub, phone):
        stub.ways += [rightly, flooded(7)]
        error = told(PartlySentError, lambda: phone.send(note(jpeg=JPEG)))
        assert (error.delay_s, error.handle) == (7, '{"1":[1,"photo"],"3":[2,"photo"]}')
        other = channel(stub, tmp_path)
        handle = other.send(replace(note(jpeg=JPEG), begun=error.handle))
        assert [len(stub.in_chat(chat)) for chat in (1, 2, 3)] == [1, 1, 1]
        assert messages_of(handle).keys() == {1, 2, 3}


def test_the_same_is_true_of_what_completes_it(tmp_path: Path) -> None:
    """Each message is edited once."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        handle = phone.send(note())
        stub.ways += [rightly, flooded(1)]
        complete = note(id="update", jpeg=JPEG)
        error = told(PartlySentError, lambda: phone.edit(handle, complete))
        newest = channel(stub, tmp_path).edit(handle, replace(complete, begun=error.handle))
        assert [method for method, _ in stub.calls] == ["sendMessage"] * 2 + ["editMessageMedia"] * 2
        assert newest == '{"1":[1,"photo"],"2":[2,"photo"]}'


def test_where_nobody_has_it_there_is_nothing_to_remember(tmp_path: Path) -> None:
    """An empty handle."""
    with ready(tmp_path, 1, 2) as (stub, phone):
        stub.refusing = {chat: RefusalError(429, "Too Many Requests") for chat in (1, 2)}
        assert told(PartlySentError, lambda: phone.send(note())).handle == ""


@pytest.mark.parametrize("begun", ["nonsense", "[]", '{"1": 2}', '{"x": [1, "text"]}', "<a@b>; not for c@d"])
def test_what_is_no_handle_of_ours_is_refused_and_not_sent_to_everybody(tmp_path: Path, begun: str) -> None:
    """Somebody else has written it."""
    with ready(tmp_path, 1) as (stub, phone):
        told(PermanentError, lambda: phone.send(note(begun=begun)))
        assert stub.calls == []
