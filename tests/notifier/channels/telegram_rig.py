"""The channel at the stub of Telegram."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest

from libs.common.errors import FramebusError
from services.notifier.channels.channel import Clip
from services.notifier.channels.telegram import Telegram, TelegramSettings
from tests.notifier.channels.notes import tools
from tests.notifier.telegram_stub import TOKEN, TelegramStub, telegram

E = TypeVar("E", bound=FramebusError)
MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(3000)


def channel(stub: TelegramStub, folder: Path, within_s: float = 10.0, **words: Any) -> Telegram:
    """To the chats of the stub."""
    given = {"token": TOKEN, "chats": sorted(stub.chats, key=str), "api": stub.api, "http": True, "private": True}
    return TelegramSettings.model_validate({**given, **words}).opened(tools(folder), within_s=within_s)


@contextmanager
def ready(folder: Path, *chats: int | str, **words: Any) -> Iterator[tuple[TelegramStub, Telegram]]:
    """Fails where the channel did what a bot should not."""
    with telegram(*(chats or (12345,))) as stub:
        yield stub, channel(stub, folder, **words)
    assert stub.faults == []


def clip(folder: Path, content: bytes = MP4, url: str | None = "https://cams.example.org/r/1") -> Clip:
    """A recording of these bytes."""
    path = folder / "recording"
    path.write_bytes(content)
    return Clip(path, url, len(content))


def told(kind: type[E], act: Callable[[], str]) -> E:
    """The error that it ends with, which holds nothing of the token."""
    with pytest.raises(kind) as raised:
        act()
    assert TOKEN.partition(":")[2] not in f"{raised.value!s} {raised.value!r}"
    return raised.value


def in_time(act: Callable[[], Any], most_s: float) -> None:
    began = time.monotonic()
    act()
    assert time.monotonic() - began < most_s
